"""The trees of systems that histories are played on."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.laws.engine import flows
from tests.laws.engine.history import some
from tests.laws.engine.running import Running


class Engine(Running):
    """A pair of systems."""

    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []


class WalkedEngine(Engine):
    """The same with a right side whose orders do not tell that their lines changed, and customers that are archived with their partner."""

    make = staticmethod(lambda: flows.pair(bumps_on_lines=False, on_delete="archive"))
    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []


class ChainEngine(Engine):
    """Three systems in a row, with a dataflow between each two."""

    make = staticmethod(flows.chain)
    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []


class GroupEngine(Engine):
    """Persons and companies in an exclusive group."""

    RULES = (*Engine.RULES, "flip")
    make = staticmethod(flows.group)
    tally: ClassVar[Counter[str]] = Counter()
    lengths: ClassVar[list[int]] = []

    @rule(data=st.data())
    def flip(self, data: st.DataObject) -> None:
        """A person becomes a company, or the other way round."""
        self._fire("flip")
        entity = self.systems[0]["customers"]
        if id := some(data, entity):
            self.people.update(entity, id, {"kind": "company" if entity.present[id].fields["kind"] == "person" else "person"})


MACHINES: tuple[type[Engine], ...] = (Engine, WalkedEngine, ChainEngine, GroupEngine)
