"""Everything one step of one flow works with: mapping, systems, ledger, staging, clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from lenke.core.errors import ConfigurationError, FatalError
from lenke.core.links.digests import Digester
from lenke.core.links.references import Index
from lenke.core.links.rows import Side
from lenke.core.mapping.apply import fingerprint
from lenke.core.mapping.model import Dataflow, Flow, Property
from lenke.core.mapping.prints import directed
from lenke.core.mapping.settings import Settings
from lenke.core.plan.decisions import Decision
from lenke.core.plan.reading import Reader
from lenke.core.ports import System, Traits
from lenke.runtime import places
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.claim import Claim
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.manifest import Shape
from lenke.runtime.ledger.opened import Ledger
from lenke.runtime.ledger.store import Identity, Store, Witness
from lenke.runtime.params import pauses
from lenke.runtime.windows import Window

SIDES: tuple[Side, Side] = ("left", "right")
# Who pauses by a param of the run.
PARAM = "param"


@dataclass(frozen=True)
class Access:
    """How a run reaches what is outside: systems, ledger keys, witnesses.

    :param system: system id to a client; a second call gives the same one.
    :param is_sandbox: whether a system's connection carries the sandbox mark.
    :param keys: flow and generation to ledger keys; :param witness: flow to its witness.
    :param claim: flow to its claim; :param is_active: whether a run of this dataflow is queued or running.
    """

    system: Callable[[str], System]
    is_sandbox: Callable[[str], bool]
    keys: Callable[[str, int], Keys]
    witness: Callable[[str], Witness]
    claim: Callable[[str], Claim]
    is_active: Callable[[str], bool]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class FlowRun:
    """One flow in one run of its dataflow.

    :param home: storage root with staging/, journal/, ledger/ and reports/.
    :param options: max_changes, override_brake and the like from the trigger form.
    """

    dataflow: Dataflow
    flow: Flow
    settings: Settings
    run_id: str
    window: Window
    digester: Digester
    access: Access
    home: Any
    try_number: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    now: Callable[[], datetime] = _utc_now

    def system(self, side: Side) -> System:
        """The client of one side."""
        return self.access.system(self.dataflow.system(side))

    def entity(self, side: Side) -> str:
        """The entity of one side."""
        return self.flow.entity(side).entity

    def traits(self, side: Side) -> Traits:
        """What the entity of one side can do."""
        return self.system(side).traits(self.entity(side))

    @property
    def calls(self) -> int:
        """HTTP requests sent so far by this step."""
        return sum(self.system(side).calls for side in SIDES)

    @cached_property
    def read_lag(self) -> dict[Side, timedelta]:
        """Per side, how much older than the last write a read may be."""
        return {side: self.traits(side).read_lag for side in SIDES}

    @property
    def is_sandbox(self) -> bool:
        """Both sides are sandbox systems.

        :raises ConfigurationError: one is, the other is not.
        """
        marks = {side: self.access.is_sandbox(self.dataflow.system(side)) for side in SIDES}
        if marks["left"] != marks["right"]:
            real = self.dataflow.right if marks["left"] else self.dataflow.left
            raise ConfigurationError(f"{self.dataflow.name}: {real} is a real system and the other side a sandbox; they are never mixed")
        return marks["left"]

    def store(self, flow: Flow) -> Store:
        """The ledger store of this flow, or of one that it refers to."""
        identity = Identity(self.dataflow.name, flow.name, self.shape(flow), self.digester.key_id)
        backups = Backups(self.home / "ledger" / self.dataflow.name / flow.name)
        return Store(identity, lambda generation: self.access.keys(flow.name, generation), self.access.witness(flow.name), backups)

    def shape(self, flow: Flow) -> Shape:
        """The shape of this flow's ledger, or of another one's; a step asks for it at every ledger that it opens."""
        if flow.name not in self._shapes:
            self._shapes[flow.name] = shape(self.dataflow, flow, self.settings)
        return self._shapes[flow.name]

    @cached_property
    def _shapes(self) -> dict[str, Shape]:
        return {}

    @cached_property
    def ledger(self) -> Ledger:
        """This flow's ledger, opened with every check."""
        return self.store(self.flow).open()

    @cached_property
    def decisions(self) -> list[Decision]:
        """What persons decided and this run may apply: of a run for some records, only what is about them."""
        waiting = [*self.pending, *self.left_out(self.flow)]
        records = self.window.records
        return [one for one in waiting if one.kind != "approve" and (not records or (one.side == "left" and one.subject in records))]

    @property
    def paused(self) -> str:
        """Why nothing of the flow is read or written, or ""."""
        for one in (*self.pending, *self.left_out(self.flow)):
            if one.kind == "pause" and not one.subject:
                remedy = f"`lenke ledger unpause {self.dataflow.name} {self.flow.name}`"
                return f"paused by {one.who} since {one.at[:16]}; {remedy}" if one.at else "paused by a param of this run"
        return ""

    @cached_property
    def pending(self) -> list[Decision]:
        """Every decision that no run has applied, approvals too."""
        return decisions.pending(self.ledger.keys, self.ledger.manifest)

    def left_out(self, flow: Flow) -> list[Decision]:
        """Pauses for this run alone, of this flow or a sibling: a flow's (or a part's) name, or ``flow:id`` with a left id."""
        names = {flow.name, *flow.parts}
        return [Decision("pause", id, "", id=f"{PARAM}:{id}", who=PARAM) for name, id in pauses(self.options) if name in names]

    @cached_property
    def mapping(self) -> str:
        """A digest of the flow's properties, which all steps of a run must have in common."""
        return self.shape(self.flow).digest

    def require_mapping(self, then: str) -> None:
        """Refuse to go on with what was read under another mapping.

        :raises FatalError: the mapping was changed since.
        """
        if then != self.mapping:
            raise FatalError(
                f"the properties of {self.dataflow.name}.{self.flow.name} were changed in its mapping, or the settings that they follow, "
                "since this run read its records; clear the flow from its extract task on"
            )

    @cached_property
    def claim(self) -> Claim:
        """This flow's claim."""
        return self.access.claim(self.flow.name)

    @cached_property
    def references(self) -> dict[str, Index]:
        """Per reference target, the links of the flows that it names."""
        return {to: self._index([target for target in self.dataflow.targets(to) if target != self.flow]) for to in self.flow.references}

    def _index(self, targets: Sequence[Flow]) -> Index:
        keeps = all(target.on_delete != "archive" for target in targets)
        return Index.of([self.store(target).open().table for target in targets], keeps=keeps)

    def reader(self, side: Side) -> Reader:
        """What turns canonical tables of one side into a read."""
        traits = self.traits(side)
        line_marker = traits.line_marker or traits.marker
        return Reader(self.dataflow, self.flow, side, self.digester, self.references, traits.marker, line_marker)

    def folder(self, kind: str) -> Any:
        """This flow's folder of this run below ``staging``, ``journal`` or ``reports``."""
        base = self.home / kind / places.run_folder(self.dataflow.name, self.run_id)
        return base if kind == "reports" else base / self.flow.name


def shape(dataflow: Dataflow, flow: Flow, settings: Settings) -> Shape:
    """The properties whose digests a flow's ledger rows hold, with the prints of their mapping."""

    def prints(properties: tuple[Property, ...]) -> tuple[tuple[str, str], ...]:
        systems = (dataflow.left, dataflow.right)
        return tuple((spec.name, directed(fingerprint(spec, settings, systems=systems), spec.direction)) for spec in properties)

    return Shape(prints(flow.properties), prints(flow.lines.properties if flow.lines else ()))
