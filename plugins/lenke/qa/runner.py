"""Runs a dataflow's five steps in this process, without Airflow."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from airflow.sdk import ObjectStoragePath
from airflow.sdk.definitions.retry_policy import RetryAction

from lenke.core.errors import BrakeError, LenkeError, RetriableError
from lenke.core.links.digests import Digester
from lenke.core.links.rows import Link
from lenke.core.mapping.model import Dataflow, Flow
from lenke.core.mapping.settings import Settings
from lenke.core.ports import System
from lenke.qa.kept import FileClaim, FileWitness, FolderKeys
from lenke.runtime.flow_run import Access, FlowRun
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.desk import Desk
from lenke.runtime.retry import RETRIES, IntentRetryPolicy
from lenke.runtime.steps.commit import Committed, commit
from lenke.runtime.steps.extract import Extracted, extract
from lenke.runtime.steps.load import load
from lenke.runtime.steps.mapping import map_records
from lenke.runtime.steps.publish import Resolved
from lenke.runtime.steps.resolve import resolve
from lenke.runtime.windows import Window
from lenke.systems.patience import Patience
from lenke.systems.registry import client_for

T = TypeVar("T")
DELTA, FULL = Window("delta"), Window("full")
# Clients try as often as in earnest; a server that asks for a wait gets one of at most so many seconds.
PATIENCE = Patience(first=0.05, longest=5.0)


@dataclass
class Runner:
    """One installation in a folder: staging, journal, exports and the ledger lie below ``home``.

    :param connections: system to its connection (host, login, password, extra).
    :param digest_key: the ledger's secret; the same one is needed for every run in one home.
    :param errors: what stopped a flow in the last run, by flow.
    """

    home: Path
    connections: Mapping[str, Mapping[str, Any]]
    dataflow: Dataflow
    settings: Settings
    digest_key: bytes
    patience: Patience = PATIENCE
    errors: dict[str, LenkeError] = field(default_factory=dict)
    runs: int = 0
    _clients: dict[str, System] = field(default_factory=dict)

    def run(self, window: Window = DELTA) -> dict[str, Committed]:
        """Every flow in order, one that fails not stopping the others (see ``errors``); what each committed, by flow."""
        self.runs += 1
        self.errors = {}
        return {flow.name: self._flow(flow, window) for flow in self.dataflow.ordered()}

    def approve(self) -> None:
        """A person's word that the first run may write to these systems though they are no sandbox."""
        for flow in self.dataflow.flows:
            Desk(self.dataflow, flow, self.flow_run(flow).ledger, "qa", datetime.now(UTC)).approve(decisions.FIRST_RUN)

    def system(self, name: str) -> System:
        """The client of a system."""
        if name not in self._clients:
            self._clients[name] = client_for(name, self.connections[name], patience=self.patience)
        return self._clients[name]

    def close(self) -> None:
        """End the clients' sessions."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def links(self, flow: str) -> list[Link]:
        """The rows of a flow's ledger as last committed."""
        return self.flow_run(self.dataflow.flow(flow)).ledger.table.links()

    def conflicts(self, flow: str) -> list[dict[str, Any]]:
        """What the last run recorded: left_id, property, left, right, winner, reason."""
        place = self.flow_run(self.dataflow.flow(flow)).folder("journal") / "conflicts.json"
        return json.loads(place.read_text()) if place.exists() else []

    def flow_run(self, flow: Flow, window: Window = DELTA, *, try_number: int = 1) -> FlowRun:
        """One step's view of a flow, freshly opened as a task would."""
        root = ObjectStoragePath(f"file://{self.home}")
        digester = Digester(self.digest_key)
        return FlowRun(self.dataflow, flow, self.settings, f"qa-{self.runs}", window, digester, self._access(), root, try_number)

    def _access(self) -> Access:
        kept = self.home / "kept"
        return Access(
            self.system,
            lambda name: bool(self.connections[name].get("extra", {}).get("sandbox")),
            lambda flow, generation: FolderKeys(kept / flow / str(generation)),
            lambda flow: FileWitness(kept / flow / "witness.json"),
            lambda flow: FileClaim(kept / flow / "claim"),
            lambda _: False,
        )

    def _flow(self, flow: Flow, window: Window) -> Committed:
        extracted: Extracted | None = None
        resolved: Resolved | None = None
        opened = partial(self._opened, flow, window)
        try:
            extracted = found = self._try(lambda number: extract(opened(number)))
            mapped = self._try(lambda number: map_records(opened(number), found))
            resolved = plan = self._try(lambda number: resolve(opened(number), found, mapped))
            for chunk in plan["chunks"]:
                self._try(partial(self._load, opened, found, plan, chunk))
        except LenkeError as error:
            self.errors[flow.name] = error
        stopped = self.errors.get(flow.name)
        braked = str(stopped) if isinstance(stopped, BrakeError) else ""
        return self._try(lambda number: commit(opened(number), extracted, resolved, {}, braked=braked))

    def _opened(self, flow: Flow, window: Window, number: int) -> FlowRun:
        return self.flow_run(flow, window, try_number=number)

    def _load(self, opened: Callable[[int], FlowRun], extracted: Extracted, resolved: Resolved, chunk: int, number: int) -> None:
        load(opened(number), extracted, resolved, chunk, fence=lambda: None)

    def _try(self, step: Callable[[int], T]) -> T:
        """A task with its retries, as the retry policy has them; it waits only where a server asked for it."""
        for number in range(1, RETRIES + 1):
            try:
                return step(number)
            except LenkeError as error:
                if IntentRetryPolicy().evaluate(error, number, RETRIES).action == RetryAction.FAIL:
                    raise
                if isinstance(error, RetriableError) and error.delay is not None:
                    time.sleep(min(error.delay.total_seconds(), self.patience.longest))
        return step(RETRIES + 1)
