"""Both sides edited in one property: who won, and that both values are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lenke.core.links.rows import OTHER, SIDES, Side
from lenke.core.mapping.model import Flow
from lenke.qa.crossing import Key, find, key
from lenke.qa.item import Item
from lenke.qa.pairs import Pair
from lenke.qa.session import LineId, Session
from lenke.qa.sheet import Tick

_PLAIN = ("string", "email", "phone", "date", "integer", "decimal", "money", "country", "currency", "enum", "unit", "boolean")


@dataclass(frozen=True)
class _Clash:
    item: Item
    left: str
    line: LineId
    texts: Mapping[Side, str | None]


Crossed = Mapping[Side, Mapping[Key, Tick]]


def conflict(session: Session, flow: Flow, sections: Mapping[str, Sequence[Item]], crossed: Crossed) -> dict[str, Tick]:
    """By section of a flow, what became of a conflict in one of its properties.

    :param crossed: edits that cross, by the side edited: only what crosses from both sides can clash.
    """
    ticks: dict[str, Tick] = {}
    clashes: list[_Clash] = []
    pairs = session.desk.read(flow, session.free(flow))
    for section, items in sections.items():
        item = _chosen(items, crossed)
        if item is None:
            ticks[section] = Tick("none", "no property of this flow goes both ways")
            continue
        clash = _clash(session, item, {id: pair for id, pair in pairs.items() if id not in {one.left for one in clashes}})
        if clash is None:
            ticks[section] = Tick("no", f"`{item.spec.name}` could not be edited on both sides of one pair")
        else:
            clashes.append(clash)
    if clashes:
        session.run()
        kept = session.runner.conflicts(flow.name)
        ticks |= {clash.item.section: _judge(session, clash, kept) for clash in clashes}
    return ticks


def _chosen(items: Sequence[Item], crossed: Crossed) -> Item | None:
    def both(item: Item) -> bool:
        return all((tick := crossed[side].get(key(item))) is not None and tick.state == "yes" for side in SIDES)

    fitting = [item for item in items if item.spec.direction == "two_way" and item.spec.type in _PLAIN and both(item)]
    return min(fitting, key=lambda item: (item.is_line, _PLAIN.index(item.spec.type)), default=None)


def _clash(session: Session, item: Item, pairs: dict[str, Pair]) -> _Clash | None:
    place = find(item, "left", pairs)
    if place is None:
        return None
    left, line = place
    for side in SIDES:
        if session.edit(item, side, pairs[left], line) is None:
            return None
    pair = session.desk.read(item.flow, [left])[left]
    texts = {side: values.texts.get(item.spec.name) for side in SIDES if (values := pair.values(side, line))}
    return _Clash(item, left, line, texts) if len(texts) == len(SIDES) and texts["left"] != texts["right"] else None


def _judge(session: Session, clash: _Clash, kept: Sequence[Mapping[str, object]]) -> Tick:
    name, policy = clash.item.spec.name, clash.item.spec.conflict
    mine = next((one for one in kept if (one["left_id"], one["property"]) == (clash.left, name)), None)
    if mine is None:
        return Tick("no", f"`{name}` was edited on both sides, and no conflict was recorded")
    if {side: mine[side] for side in SIDES} != dict(clash.texts):
        return Tick("no", f"the conflict of `{name}` does not hold both values")
    winner = mine["winner"]
    pair = session.desk.read(clash.item.flow, [clash.left]).get(clash.left)
    now = {side: values.texts.get(name) for side in SIDES if pair and (values := pair.values(side, clash.line))}
    if winner in SIDES and now != dict.fromkeys(SIDES, clash.texts["left" if winner == "left" else "right"]):
        loser = OTHER["left" if winner == "left" else "right"]
        return Tick("no", f"{winner} won `{name}`, but the {loser} side does not hold its value")
    return Tick("yes", f"`{name}` edited on both sides: {winner} won (policy {policy}); both values are in the journal")
