"""A history under way: the systems, what has happened to them, and how a flow is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests.laws.engine import flows
from tests.laws.engine.laws import Laws
from tests.laws.engine.people import People
from tests.laws.engine.systems import Entity, Line, Text
from tests.laws.engine.world import COMMITS, DELTA, FATES, Mode, World

WHERE = st.integers(0, 5)
KINDS = st.sampled_from(["customers", "orders"])


class History(RuleBasedStateMachine):
    """What all rules share.

    :param tally: over all histories: in how many each rule and fault fired; :param lengths: the steps of each.
    """

    RULES: ClassVar[tuple[str, ...]] = ()
    FAULTS: ClassVar[tuple[str, ...]] = (*FATES, *COMMITS)
    make: ClassVar[Callable[[], flows.Tree]] = staticmethod(flows.pair)
    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []

    def __init__(self) -> None:
        super().__init__()
        self.tree = type(self).make()
        self.clock, self.systems, self.worlds = self.tree.clock, self.tree.systems, self.tree.worlds
        self.people = People()
        self.fired: set[str] = set()
        self.steps = 0

    @initialize(lines=st.integers(0, 2), is_run=st.booleans(), deletes=st.booleans())
    def begin(self, lines: int, is_run: bool, deletes: bool) -> None:
        """A shop with a customer and an order, most often synced before; in some nobody ever deletes a record."""
        self.people.may_delete = deletes
        customer = self._customer("customers", "person")
        id = self.people.create(self.systems[0]["customers"], customer, [])
        made = [self._line("A") for _ in range(lines)]
        fields = {"customer": id, "number": self.people.word("O"), "note": None, "status": None}
        self.people.create(self.systems[0]["orders"], fields, made)
        if is_run:
            self._run(DELTA)

    def teardown(self) -> None:
        self.steps += 1
        cls = type(self)
        fired = self.fired.union(*(world.fired for world in self.worlds))
        cls.tally.update(fired)
        cls.lengths.append(self.steps)
        for name in sorted(fired):
            event(name)
        self.check()

    def check(self) -> None:
        """Raise AssertionError where a law does not hold after all this."""
        Laws(self.tree, self.people).check()

    def _fire(self, name: str, *, lasts: float = 0) -> None:
        self.clock.tick(lasts)
        self.fired.add(name)
        self.steps += 1

    def _run(self, mode: Mode, world: World | None = None, *, is_behind: bool = False, is_synced_before: bool = False) -> None:
        """One dataflow runs, or all of them in turn."""
        for one in [world] if world else self.worlds:
            if is_synced_before and any(not ledger.cursor for ledger in one.ledgers.values()):
                continue
            one.behind = dict(one.lag) if is_behind else {side: timedelta(0) for side in one.lag}
            one.run(mode)
            one.behind = {side: timedelta(0) for side in one.lag}

    def _world(self, where: int) -> World:
        return self.worlds[where % len(self.worlds)]

    def _entity(self, where: int, kind: str) -> Entity:
        return self.systems[where % len(self.systems)][kind]

    def _customer(self, kind: str, party: str) -> dict[str, Text]:
        names = ("name", "email", "code", "phone", "currency", "tag", "number")
        return dict.fromkeys(names) | {"name": self.people.word("Name"), "email": self.people.word("Mail"), "kind": party}

    def _line(self, sku: str) -> Line:
        return Line({"sku": sku, "quantity": self.people.word("Q"), "text": self.people.word("Text")})


def some(data: st.DataObject, entity: Entity) -> str | None:
    """The id of a record, if there is any."""
    ids = sorted(entity.present)
    return data.draw(st.sampled_from(ids)) if ids else None
