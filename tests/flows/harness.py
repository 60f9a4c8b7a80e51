"""Runs a dataflow's steps in this process, against sandbox systems over HTTP, with ledger keys in memory."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import requests
from airflow.sdk import ObjectStoragePath
from airflow.sdk.definitions.retry_policy import RetryAction

from lenke.core.errors import BrakeError, LenkeError, PausedError, RetriableError
from lenke.core.links.digests import Digester
from lenke.core.links.rows import Link
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow, Flow
from lenke.core.mapping.settings import Settings, load_settings
from lenke.core.plan.model import ACTION, Action
from lenke.core.ports import System
from lenke.runtime import staging
from lenke.runtime.flow_run import Access, FlowRun
from lenke.runtime.ledger.desk import Desk
from lenke.runtime.ledger.manifest import Manifest
from lenke.runtime.ledger.waiting import Waiting, parked, taken
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
from tests.flows.mortal import (
    KilledError,
    MemoryClaim,
    MemoryKeys,
    MemoryWitness,
    Trip,
    TrippedAdapter,
    TrippedBackups,
    mortal,
    no_trip,
)

ROOT = Path(__file__).resolve().parents[2]
MAPPING = ROOT / "include/mappings/custom_webshop_to_poweroffice_go.yaml"
DELTA = Window("delta")
# Clients that try as often as in earnest, without the pauses.
QUICK = Patience(first=0.01, longest=3.0)

T = TypeVar("T")


@dataclass(frozen=True)
class TrippedRun(FlowRun):
    """A flow run whose backups may be where the process dies."""

    trip: Callable[[str], None] = no_trip

    def store(self, flow: Flow) -> Any:
        found = super().store(flow)
        return replace(found, backups=TrippedBackups(found.backups._folder, self.trip))


@dataclass
class Harness:
    """One installation: settings, connections, ledgers; ``run`` is one run of the dataflow.

    :param before_load: called between link_resolve and load of every flow.
    :param trip: called at every place where the process may die.
    :param revives: a killed task is tried again within its run, as Airflow does once its heartbeat is missing; else the run is over.
    :param adapter: carries the requests of every client, where no process is to die.
    :param later: how far the engine's clock is ahead of the real one.
    :param errors: of the last run, by flow; :param calls: HTTP requests of the last run.
    """

    home: Path
    connections: Mapping[str, Mapping[str, Any]]
    dataflow: Dataflow = field(default_factory=lambda: load_dataflow(MAPPING))
    settings: Settings = field(default_factory=lambda: load_settings(ROOT / "include/settings.yaml"))
    keys: dict[tuple[str, int], MemoryKeys] = field(default_factory=dict)
    witnesses: dict[str, MemoryWitness] = field(default_factory=dict)
    claims: dict[str, MemoryClaim] = field(default_factory=dict)
    active: frozenset[str] = frozenset()
    before_load: Callable[[Flow, Resolved], None] | None = None
    runs: int = 0
    later: timedelta = timedelta(0)
    fence: Callable[[], None] = lambda: None
    digest_key: bytes = b"k" * 32
    patience: Patience = QUICK
    adapter: requests.adapters.BaseAdapter | None = None
    trip: Callable[[str], None] = no_trip
    revives: bool = False
    retries: int = RETRIES
    errors: dict[str, LenkeError] = field(default_factory=dict)
    resolved: dict[str, Resolved] = field(default_factory=dict)
    calls: int = 0

    def run(
        self, window: Window | None = None, *, options: Mapping[str, Any] | None = None, flows: tuple[str, ...] = (), strict: bool = True
    ) -> dict[str, Committed]:
        """Every flow in order, one that fails not stopping the others; what each committed, by flow.

        :param strict: raise the first error after all flows had their turn; else see ``errors``.
        """
        self.runs += 1
        self.errors, self.resolved = {}, {}
        clients: dict[str, System] = {}
        committed: dict[str, Committed] = {}
        try:
            for flow in self.dataflow.ordered():
                if not flows or flow.name in flows:
                    committed[flow.name] = self._flow(flow, window or DELTA, options or {}, clients)
        finally:
            self.calls = sum(client.calls for client in clients.values())
            for client in clients.values():
                client.close()
        if strict and self.errors:
            raise next(iter(self.errors.values()))
        return committed

    def quiet(self, **how: Any) -> bool:
        """A run; whether it left everything as it was: nothing created, nothing updated, no ledger key set."""
        before = self.sets
        reports = [committed["report"] for committed in self.run(**how).values()]
        wrote = sum(report[name] for report in reports for name in ("created_left", "created_right", "updated_left", "updated_right"))
        return not wrote and self.sets == before

    @property
    def sets(self) -> int:
        """How often any ledger key was set."""
        return sum(keys.sets for keys in self.keys.values())

    def links(self, flow: str) -> list[Link]:
        """The rows of a flow's ledger as last committed."""
        return self.flow_run(self.dataflow.flow(flow), DELTA, {}, {}).ledger.table.links()

    def right_of(self, flow: str) -> dict[str, str]:
        """Left id to right id of a flow's linked records."""
        return {link.left: link.right for link in self.links(flow) if link.kind == "link" and not link.parent}

    def parked(self, flow: str) -> dict[str, tuple[str, str]]:
        """Left id to (reason, property) of a flow's recheck list."""
        rows = [link for link in self.links(flow) if link.kind == "recheck"]
        return {link.left or link.right: (link.note["reason"], link.note.get("property", "")) for link in rows}

    def all_parked(self) -> set[tuple[str, str]]:
        """(left entity, left id) of every unlinked record on the recheck lists, as the judge takes it."""
        return {
            (flow.left.entity, id) for flow in self.dataflow.flows for id in self.parked(flow.name).keys() - self.right_of(flow.name).keys()
        }

    def conflicts(self, flow: str) -> list[dict[str, Any]]:
        """What the last run recorded in its conflicts file."""
        folder = self.flow_run(self.dataflow.flow(flow), DELTA, {}, {}).folder("journal")
        found: list[dict[str, Any]] = json.loads((folder / "conflicts.json").read_text())
        return found

    def plan(self, flow: str) -> list[Action]:
        """The actions that the last run planned."""
        return [ACTION.validate_json(text) for text in staging.read(self.resolved[flow]["plan"]).column("action").to_pylist()]

    def waiting_plan(self, flow: str) -> str:
        """The id of the plan that the last run made, whether or not a brake stopped it."""
        folder = self.flow_run(self.dataflow.flow(flow), DELTA, {}, {}).folder("staging")
        return str((folder / "plan.id").read_text())

    def manifest(self, flow: str) -> Manifest:
        """A flow's manifest as last committed."""
        return self.flow_run(self.dataflow.flow(flow), DELTA, {}, {}).ledger.manifest

    def journal_keys(self) -> list[str]:
        """Journal keys that are still there."""
        return [key for keys in self.keys.values() for key in keys.rows if key.startswith("j.")]

    def desk(self, flow: str, *, who: str = "cli") -> Desk:
        """Where a person decides about a flow."""
        run = self.flow_run(self.dataflow.flow(flow), DELTA, {}, {})
        return Desk(self.dataflow, run.flow, run.ledger, who, run.now())

    def waiting(self, flow: str) -> dict[str, Waiting]:
        """What waits on a flow's recheck list, by id."""
        return {one.id: one for one in parked(flow, self.desk(flow).ledger)}

    def decided(self, flow: str) -> dict[tuple[str, str], str]:
        """What became of a flow's decisions, by kind and subject."""
        return {(one.decision.kind, one.decision.subject): one.outcome for one in taken(self.desk(flow).ledger)}

    def state(self) -> Any:
        """Ledger keys and witnesses, to be put back with ``restore``."""
        return copy.deepcopy((self.keys, self.witnesses, self.runs))

    def restore(self, state: Any) -> None:
        """Put ledger keys and witnesses back."""
        self.keys, self.witnesses, self.runs = copy.deepcopy(state)

    def flow_run(self, flow: Flow, window: Window, options: Mapping[str, Any], clients: dict[str, System], try_number: int = 1) -> FlowRun:
        """One step's view, freshly opened as a task would."""

        def system(name: str) -> System:
            if name not in clients:
                adapter = TrippedAdapter(self.trip) if self.trip is not no_trip else self.adapter
                clients[name] = client_for(name, self.connections[name], patience=self.patience, adapter=adapter)
            return clients[name]

        access = Access(
            system,
            lambda name: bool(self.connections[name]["extra"].get("sandbox")),
            lambda name, generation: mortal(self.keys.setdefault((name, generation), MemoryKeys()), self.trip),
            lambda name: mortal(self.witnesses.setdefault(name, MemoryWitness()), self.trip),
            lambda name: mortal(self.claims.setdefault(name, MemoryClaim()), self.trip),
            lambda run: run in self.active,
        )
        return TrippedRun(
            self.dataflow,
            flow,
            self.settings,
            f"run-{self.runs}",
            window,
            Digester(self.digest_key),
            access,
            ObjectStoragePath(f"file://{self.home}"),
            try_number,
            options,
            now=lambda: datetime.now(UTC) + self.later,
            trip=self.trip,
        )

    def _flow(self, flow: Flow, window: Window, options: Mapping[str, Any], clients: dict[str, System]) -> Committed:
        extracted = resolved = None
        opened = partial(self.flow_run, flow, window, options, clients)
        try:
            extracted = self._try(lambda number: extract(opened(number)))
            mapped = self._try(lambda number: map_records(opened(number), extracted))
            resolved = self._try(lambda number: resolve(opened(number), extracted, mapped))
            self.resolved[flow.name] = resolved
            if self.before_load:
                self.before_load(flow, resolved)
            for chunk in resolved["chunks"]:
                self._try(partial(self._load, opened, extracted, resolved, chunk))
        except PausedError as paused:
            return commit(opened(), None, None, {}, paused=str(paused))
        except LenkeError as error:
            self.errors[flow.name] = error
        stopped = self.errors.get(flow.name)
        braked = str(stopped) if isinstance(stopped, BrakeError) else ""
        return self._try(lambda number: commit(opened(number), extracted, resolved, {}, braked=braked))

    def _load(self, opened: Callable[[int], FlowRun], extracted: Extracted, resolved: Resolved, chunk: int, number: int) -> None:
        load(opened(number), extracted, resolved, chunk, fence=self.fence)

    def _try(self, step: Callable[[int], T]) -> T:
        """A task with its retries, as the retry policy has them, without the waits that no server asked for."""
        for number in range(1, self.retries + 1):
            try:
                return step(number)
            except KilledError:
                if not self.revives:
                    raise
                self.trip = no_trip
            except LenkeError as error:
                if IntentRetryPolicy().evaluate(error, number, self.retries).action == RetryAction.FAIL:
                    raise
                if isinstance(error, RetriableError) and error.delay is not None:
                    self.patience.sleep(min(error.delay.total_seconds(), self.patience.longest))
        return step(self.retries + 1)


__all__ = ["Harness", "KilledError", "MemoryKeys", "Trip", "no_trip", "replace"]
