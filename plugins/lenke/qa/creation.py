"""Every left record has its right one: those that were there from the start, and one that a person makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from lenke.core.links.rows import SIDES
from lenke.core.mapping.apply import PutProblem
from lenke.core.mapping.model import Flow
from lenke.qa.item import Item, items
from lenke.qa.pairs import Pair, Values
from lenke.qa.session import Session
from lenke.qa.sheet import Tick
from lenke.qa.values import candidates
from lenke.runtime.steps.records import read_records


def every_left_has_its_right(session: Session, flow: Flow, created: int, expected: Mapping[str, str]) -> Tick:
    """After the first runs.

    :param created: how many right records Lenke made in them.
    :param expected: left id to reason of what must park, as far as that is known beforehand.
    """
    run = session.runner.flow_run(flow)
    read = read_records(run, "left", run.system("left").list(run.entity("left")), session.desk.constants(flow))
    rows = session.runner.links(flow.name)
    linked = {row.left for row in rows if row.kind in ("link", "tombstone") and not row.parent}
    parked = {row.left: row.note for row in rows if row.kind == "recheck" and row.left not in linked}
    missing = [id for id in read.ids if id not in linked and id not in parked]
    surprising = {id: note for id, note in parked.items() if expected and id not in expected}
    note = f"{len(linked)} of {len(read)} linked, {created} of them made by Lenke, {len(parked)} parked" + (" on purpose" if parked else "")
    if missing:
        return Tick("no", f"{note}; neither linked nor parked: {', '.join(missing[:5])}")
    if surprising:
        told = [f"{id} ({one.get('reason')} {one.get('property', '')})" for id, one in list(surprising.items())[:5]]
        return Tick("no", f"{note}; parked but not in the manifest: {', '.join(told)}")
    return Tick.of(note if linked else "nothing is linked", ok=bool(linked))


def made_by_a_person(session: Session, flow: Flow) -> tuple[str, str]:
    """A new left record like one that is there; its id, or "" and why there is none."""
    complaint = "there is no pair to take after"
    for left in session.free(flow):
        pair = session.desk.read(flow, [left]).get(left)
        if pair is None or not _names_good_ones(session, flow, pair):
            continue
        try:
            made = _make(session, flow, pair)
            _complete(session, flow, pair, made)
            _add_lines(session, flow, pair, made)
        except (ValueError, PutProblem, KeyError) as problem:
            complaint = str(problem)
        else:
            return made, ""
    return "", complaint


def _make(session: Session, flow: Flow, pair: Pair) -> str:
    """Some pages take dotted paths as they are, others the members of the API's body."""
    place = flow.left
    fields = {one.path: one.values[0] for one in place.where} | _fields(session, _header(flow), pair.left.values, _keys(flow))
    try:
        return session.everybody[0].create(place.system, place.entity, fields)
    except ValueError:
        return session.everybody[0].create(place.system, place.entity, nested(fields))


def _names_good_ones(session: Session, flow: Flow, pair: Pair) -> bool:
    """What the record refers to can be referred to by a new one, too."""
    named = [(spec.to, pair.left.values.texts.get(spec.name)) for spec in flow.properties if spec.to]
    good = {to: {id for target in session.dataflow.targets(to) for id in session.free(target)} for to, _ in named}
    return all(text in good[to] for to, text in named)


def _header(flow: Flow) -> list[Item]:
    return [Item(flow.name, flow, spec, is_line=False) for spec in flow.properties]


def _complete(session: Session, flow: Flow, pair: Pair, made: str) -> None:
    """Enter one by one what the pages had no field for, as far as anybody can."""
    keys = _keys(flow)
    for item in _header(flow):
        now = session.desk.value(flow, "left", made, None)
        wanted = pair.left.values.texts.get(item.spec.name)
        if now is None or wanted is None or item.spec.name in keys or now.texts.get(item.spec.name) == wanted:
            continue
        for people in session.everybody[1:]:
            with suppress(ValueError):
                people.edit(flow.left.system, flow.left.entity, made, _fields(session, [item], pair.left.values, keys))


def _add_lines(session: Session, flow: Flow, pair: Pair, made: str) -> None:
    section = (flow.lines.part if flow.lines else "") or flow.name
    line_items = [Item(section, flow, spec, is_line=True) for spec in flow.lines.properties] if flow.lines else []
    for line in list(pair.left.lines.values())[:2]:
        fields = _fields(session, line_items, line, frozenset())
        session.add_line(flow, "left", made, fields)


def _keys(flow: Flow) -> frozenset[str]:
    """Properties that tell records apart somewhere: those of the match rules, whole numbers of a header, e-mail addresses."""
    named = {name for rule in flow.match for name in rule.properties}
    return frozenset(named | {spec.name for spec in flow.properties if spec.type in ("integer", "email")})


def _fields(session: Session, line: Sequence[Item], like: Values, keys: frozenset[str]) -> dict[str, Any]:
    texts: dict[str, str | None] = {}
    for item in line:
        text = like.texts.get(item.spec.name)
        if text is None or item.spec.left is None or not item.spec.travels_to("right") or _is_given(item) or session.is_given(item, "left"):
            continue
        new = item.spec.name in keys and item.spec.to is None and item.spec.type != "boolean"
        texts[item.spec.name] = candidates(item.spec, next(session.numbers), now=text)[0] if new else text
    return session.pen(line[0].flow).fields(line[0], "left", texts, like, None)


def _is_given(item: Item) -> bool:
    """A number that only this side can write, it gives by itself."""
    return item.spec.type == "integer" and item.spec.direction == "to_right"


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted paths as an object; a name of digits is a place in a list."""
    body: dict[str, Any] = {}
    for path, value in fields.items():
        *above, last = path.split(".")
        place = body
        for name in above:
            place = place.setdefault(name, {})
        place[last] = value
    return {name: _lists(value) for name, value in body.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(one) for name, one in value.items()}
    return [inner[name] for name in sorted(inner, key=int)] if inner and all(name.isdecimal() for name in inner) else inner


def arrived(session: Session, flow: Flow, left: str, complaint: str) -> Tick:
    """Whether the record that a person made has its right one, equal in every property that crosses."""
    if not left:
        return Tick("none", f"a person could not make another record like those that are there: {complaint}")
    pair = session.desk.read(flow, [left]).get(left)
    if pair is None:
        note = session.desk.parked(flow).get(left, {})
        why = " ".join(str(note[name]) for name in ("reason", "property", "text") if note.get(name))
        return Tick("no", f"a record made on the left has no right one: {why or 'not parked either'}")
    wrong = [
        item.spec.name
        for section in session.dataflow.sections
        for item in items(session.dataflow, section.name)
        if item.flow is flow and not item.is_line and item.spec.travels_to("right") and _differs(pair, item)
    ]
    counts = {len(pair.half(side).lines) for side in SIDES} if flow.lines else {0}
    if wrong or len(counts) > 1:
        return Tick("no", f"a record made on the left came out different: {', '.join(wrong) or 'lines'}")
    return Tick("yes", "a record made on the left has its right one, equal in every property")


def _differs(pair: Pair, item: Item) -> bool:
    left, right, name = pair.left.values, pair.right.values, item.spec.name
    return name in left.known & right.known and left.texts.get(name) != right.texts.get(name)
