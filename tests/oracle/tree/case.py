"""Everything that the judge looks at, and what it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sandbox.seed import Seed
from tests.oracle.databases import Body, Database
from tests.oracle.judge import SHOWN
from tests.oracle.tree import readers
from tests.oracle.tree.facts import Kind, Record
from tests.oracle.tree.flow import Flow

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Objection:
    """One thing that is not as it should be: where, which record (of the left system where there are two), which fact."""

    flow: str
    id: str
    fact: str
    words: str


@dataclass
class Findings:
    """What the judge found.

    :param pairs: dataflow -> flow -> left id -> right id.
    :param parked: (dataflow, flow) -> left ids that are to have no right record.
    """

    objections: list[Objection] = field(default_factory=list)
    pairs: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    parked: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    @property
    def agreed(self) -> bool:
        """Whether there is nothing to object to."""
        return not self.objections

    def report(self) -> str:
        """The pairs of each flow, the objections counted by flow and fact, and the first ones in full."""
        pairs = [f"{dataflow}.{flow}: {len(ids)} pairs" for dataflow, flows in self.pairs.items() for flow, ids in flows.items()]
        counted = Counter((one.flow, one.fact) for one in self.objections)
        groups = [f"{times} x {flow} {fact}" for (flow, fact), times in counted.most_common()]
        shown = [f"{one.flow} {one.id}: {one.words}" for one in self.objections[:SHOWN]]
        return "\n".join([*pairs, f"{len(self.objections)} objections", *groups, *shown])


@dataclass
class Case:
    """Everything that is looked at."""

    databases: Mapping[str, Database]
    seed: Seed
    seeded: Mapping[str, Mapping[str, Mapping[str, Body]]]
    touched: frozenset[Place]
    findings: Findings = field(default_factory=Findings)

    @cached_property
    def told(self) -> dict[tuple[str, Kind], dict[str, Record]]:
        """(system, kind) -> id -> record."""
        return {place: read(self.databases[place[0]]) for place, read in readers.READERS.items() if place[0] in self.databases}

    def pairs(self, flow: Flow) -> dict[str, str]:
        """Left id to right id, as far as the flow was judged."""
        return self.findings.pairs.get(flow.dataflow, {}).get(flow.name, {})

    def object(self, flow: str, id: str, fact: str, words: str) -> None:
        """Note one objection."""
        self.findings.objections.append(Objection(flow, id, fact, words))
