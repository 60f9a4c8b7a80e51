"""One run of one flow, a task at a time, so that a test can clear tasks or let something happen in between."""

from __future__ import annotations

from dataclasses import dataclass, field

from lenke.core.ports import System
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.commit import Committed, commit
from lenke.runtime.steps.extract import Extracted, extract
from lenke.runtime.steps.load import load
from lenke.runtime.steps.mapping import map_records
from lenke.runtime.steps.publish import Resolved
from lenke.runtime.steps.resolve import resolve
from tests.flows.harness import DELTA, Harness


@dataclass
class Stepped:
    """The run; each task called twice is a task that was cleared."""

    engine: Harness
    flow: str
    number: int = 0
    extracted: Extracted | None = None
    resolved: Resolved | None = None
    _clients: dict[str, System] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine.runs += 1
        self.number = self.engine.runs

    def task(self, number: int = 1) -> FlowRun:
        """A task's view of the flow, opened anew."""
        now, self.engine.runs = self.engine.runs, self.number
        try:
            return self.engine.flow_run(self.engine.dataflow.flow(self.flow), DELTA, {}, self._clients, number)
        finally:
            self.engine.runs = now

    def extract(self) -> Stepped:
        self.extracted = extract(self.task())
        return self

    def plan(self, number: int = 1) -> Stepped:
        """Map and resolve; ``number`` is the try."""
        assert self.extracted is not None
        self.resolved = resolve(self.task(number), self.extracted, map_records(self.task(), self.extracted))
        return self

    def load(self, number: int = 1) -> Stepped:
        assert self.extracted is not None
        assert self.resolved is not None
        for chunk in self.resolved["chunks"]:
            load(self.task(number), self.extracted, self.resolved, chunk, fence=lambda: None)
        return self

    def commit(self) -> Committed:
        return commit(self.task(), self.extracted, self.resolved, {})

    def is_idle(self) -> bool:
        """Whether the plan has nothing to write."""
        assert self.resolved is not None
        return not self.resolved["chunks"]
