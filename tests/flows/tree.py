"""All six systems in one sandbox, and an engine of its own for each dataflow: what one run writes wakes those that read it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sandbox
from lenke.core.mapping.load import load_dataflow
from lenke.runtime.steps.commit import Committed
from sandbox.running import Running
from tests.flows.harness import ROOT, Harness
from tests.flows.installation import RATE
from tests.oracle.tree.case import Case, Findings
from tests.oracle.tree.judging import case_of, judge

# In the order in which an edit made in SuperOffice travels.
ORDER = (
    "superoffice_to_custom_webshop",
    "custom_webshop_to_poweroffice_go",
    "woocommerce_to_poweroffice_go",
    "custom_webshop_to_custom_erp",
    "poweroffice_go_to_shopify",
)
WROTE = {
    "left": ("created_left", "updated_left", "archived_left", "deleted_left"),
    "right": ("created_right", "updated_right", "archived_right", "deleted_right"),
}
Place = tuple[str, str]
Records = Mapping[str, Mapping[str, Sequence[dict[str, Any]]]]


@dataclass
class Tree:
    """A served sandbox, and the engines beside it.

    :ivar seconds: dataflow -> seconds of its latest run; :ivar reports: dataflow -> flow -> report of its latest run.
    :ivar touched: (system, entity, id) of what the test edited.
    """

    folder: Path
    systems: Running
    engines: dict[str, Harness]
    records: Records | None = None
    seed: int = 1
    seconds: dict[str, float] = field(default_factory=dict)
    reports: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    touched: set[tuple[str, str, str]] = field(default_factory=set)
    _seen: dict[str, int] = field(default_factory=dict)

    def run(self, name: str) -> set[Place]:
        """One run of a dataflow; the (system, entity) pairs that it wrote."""
        started = time.monotonic()
        engine = self.engines[name]
        committed = engine.run()
        self.seconds[name] = time.monotonic() - started
        self.reports[name] = {flow: dict(found["report"]) for flow, found in committed.items()}
        return {place for flow, found in committed.items() for place in self._places(engine, flow, found)}

    def _places(self, engine: Harness, flow: str, committed: Committed) -> Iterator[Place]:
        sides, dataflow = engine.dataflow.flow(flow), engine.dataflow
        report: Mapping[str, Any] = committed["report"]
        for system, entity, counted in ((dataflow.left, sides.left.entity, "left"), (dataflow.right, sides.right.entity, "right")):
            if sum(report.get(name, 0) for name in WROTE[counted]):
                yield system, entity

    def round(self) -> dict[str, set[Place]]:
        """Every dataflow once, upstream first; what each wrote."""
        return {name: self.run(name) for name in self.engines}

    def settle(self, most: int = 6) -> int:
        """Rounds until one wrote nothing; how many of them wrote."""
        for done in range(most):
            self.asked()
            if not any(self.round().values()) and not self.asked():
                return done
        raise AssertionError(f"still writing after {most} rounds: {self.reports}")

    def waves(self, system: str, most: int = 8) -> list[set[str]]:
        """The dataflows that run after an edit in a system: those that read it, then those that read what these wrote, and so on."""
        woken = {name for name in self.engines if system in self._reads(name)}
        ran: list[set[str]] = []
        while woken:
            assert len(ran) < most, f"no end of waves: {ran}"
            wrote = {name: self.run(name) for name in self.engines if name in woken}
            ran.append(woken)
            woken = {
                name for name in self.engines for other, places in wrote.items() if other != name and places & self._entities(name)
            }  # fmt: skip
        return ran

    def _reads(self, name: str) -> set[str]:
        return {self.engines[name].dataflow.left, self.engines[name].dataflow.right}

    def _entities(self, name: str) -> set[Place]:
        dataflow = self.engines[name].dataflow
        return {place for flow in dataflow.flows for place in ((dataflow.left, flow.left.entity), (dataflow.right, flow.right.entity))}

    def asked(self) -> list[dict[str, Any]]:
        """The write requests that reached any system since this was last asked, refused ones too."""
        rows: list[dict[str, Any]] = []
        for name in self.systems.urls:
            new = self.systems.audit(name, self._seen.get(name, 0))
            self._seen[name] = new[-1]["seq"] if new else self._seen.get(name, 0)
            rows += [{**row, "system": name} for row in new]
        return rows

    def edit(self, system: str, entity: str, id: str, fields: Mapping[str, Any]) -> None:
        """A person's edit."""
        self.touched.add((system, entity, id))
        self.systems.edit(system, entity, id, fields)

    def judge(self) -> Findings:
        """The independent judge's findings."""
        return judge(self.folder / "sandbox", seed=self.seed, records=self.records, touched=self.touched, dataflows=tuple(self.engines))

    def case(self) -> Case:
        """The databases as they stand, as the judge reads them."""
        return case_of(self.folder / "sandbox", seed=self.seed, records=self.records, touched=self.touched)

    def parked(self) -> dict[tuple[str, str], set[str]]:
        """(dataflow, flow) -> left ids that are parked without a right record."""
        return {
            (name, flow.name): engine.parked(flow.name).keys() - engine.right_of(flow.name).keys()
            for name, engine in self.engines.items()
            for flow in engine.dataflow.flows
            if not flow.owner
        }


@contextmanager
def planted(folder: Path, *, seed: int = 1, records: Records | None = None, dataflows: Sequence[str] = ORDER) -> Iterator[Tree]:
    """Serve all systems in ``folder`` (seeded where it is empty), with a fresh engine for each dataflow."""
    systems = sandbox.start(folder / "sandbox", seed=seed, port_base=0, rate=RATE, records=records)
    try:
        engines = {
            name: Harness(folder / "lenke" / name, systems.connections, dataflow=load_dataflow(ROOT / f"include/mappings/{name}.yaml"))
            for name in dataflows
        }
        found = Tree(folder, systems, engines, records, seed)
        found.asked()
        yield found
    finally:
        systems.stop()
