"""Runs a dataflow's steps in this process, against sandbox systems over HTTP, with ledger keys in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import ObjectStoragePath

from lenke.core.errors import LenkeError
from lenke.core.links.digests import Digester
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow, Flow
from lenke.core.mapping.settings import Settings, load_settings
from lenke.core.ports import System
from lenke.runtime.flow_run import Access, FlowRun
from lenke.runtime.steps.commit import Committed, commit
from lenke.runtime.steps.extract import extract
from lenke.runtime.steps.load import load
from lenke.runtime.steps.mapping import map_records
from lenke.runtime.steps.resolve import Resolved, resolve
from lenke.runtime.windows import Window
from lenke.systems.registry import client_for

ROOT = Path(__file__).resolve().parents[2]


class MemoryKeys:
    """Ledger keys in a dict."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.sets = 0

    def get(self, key: str) -> str | None:
        return self.rows.get(key)

    def set(self, key: str, value: str) -> None:
        self.sets += 1
        self.rows[key] = value

    def delete(self, key: str) -> None:
        self.rows.pop(key, None)

    def prepare(self) -> None:
        pass


@dataclass
class MemoryWitness:
    value: dict[str, int] | None = None

    def get(self) -> dict[str, int] | None:
        return self.value

    def set(self, value: Mapping[str, int]) -> None:
        self.value = dict(value)


@dataclass
class Harness:
    """One installation: settings, connections, ledgers; ``run`` is one run of the dataflow.

    :param before_load: called between link_resolve and load of every flow.
    """

    home: Path
    connections: Mapping[str, Mapping[str, Any]]
    dataflow: Dataflow = field(default_factory=lambda: load_dataflow(ROOT / "include/mappings/custom_webshop_to_poweroffice_go.yaml"))
    settings: Settings = field(default_factory=lambda: load_settings(ROOT / "include/settings.yaml"))
    keys: dict[tuple[str, int], MemoryKeys] = field(default_factory=dict)
    witnesses: dict[str, MemoryWitness] = field(default_factory=dict)
    before_load: Callable[[Flow, Resolved], None] | None = None
    runs: int = 0
    later: timedelta = timedelta(0)
    fence: Callable[[], None] = lambda: None

    def run(self, window: Window | None = None, *, options: Mapping[str, Any] | None = None, flows: tuple[str, ...] = ()) -> dict[str, Committed]:
        """Every flow in order; what each committed, by flow."""
        self.runs += 1
        clients: dict[str, System] = {}
        return {
            flow.name: self._flow(flow, window or Window("delta"), options or {}, clients)
            for flow in self.dataflow.ordered()
            if not flows or flow.name in flows
        }

    def flow_run(self, flow: Flow, window: Window, options: Mapping[str, Any], clients: dict[str, System], try_number: int = 1) -> FlowRun:
        """One step's view, freshly opened as a task would."""

        def system(name: str) -> System:
            if name not in clients:
                clients[name] = client_for(name, self.connections[name])
            return clients[name]

        access = Access(
            system,
            lambda name: bool(self.connections[name]["extra"].get("sandbox")),
            lambda name, generation: self.keys.setdefault((name, generation), MemoryKeys()),
            lambda name: self.witnesses.setdefault(name, MemoryWitness()),
        )
        return FlowRun(
            self.dataflow,
            flow,
            self.settings,
            f"run-{self.runs}",
            window,
            Digester(b"k" * 32),
            access,
            ObjectStoragePath(f"file://{self.home}"),
            try_number,
            options,
            now=lambda: datetime.now(UTC) + self.later,
        )

    def _flow(self, flow: Flow, window: Window, options: Mapping[str, Any], clients: dict[str, System]) -> Committed:
        extracted = resolved = None
        loads: dict[str, int] = {}
        try:
            extracted = extract(self.flow_run(flow, window, options, clients))
            mapped = map_records(self.flow_run(flow, window, options, clients), extracted)
            resolved = resolve(self.flow_run(flow, window, options, clients), extracted, mapped)
            if self.before_load:
                self.before_load(flow, resolved)
            for chunk in resolved["chunks"]:
                self._chunk(flow, window, options, clients, extracted, resolved, chunk)
        finally:
            committed = commit(self.flow_run(flow, window, options, clients), extracted, resolved, loads)
        return committed

    def _chunk(self, flow: Flow, window: Window, options: Any, clients: Any, extracted: Any, resolved: Any, chunk: int) -> None:
        for number in range(1, 5):
            try:
                load(self.flow_run(flow, window, options, clients, number), extracted, resolved, chunk, fence=self.fence)
                return
            except LenkeError:
                if number == 4:
                    raise


__all__ = ["Harness", "MemoryKeys", "replace"]
