"""What the right system gave a record by itself at its creation (numbers, defaults), written back to the left at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lenke.core.links.digests import UNKNOWN, Digester
from lenke.core.links.merge import Row
from lenke.core.links.references import UNLINKED
from lenke.core.links.rows import Link
from lenke.core.mapping.model import Flow, Property
from lenke.core.plan.model import Action, LineAction, SideWrite
from lenke.core.plan.outcome import Stored


def write_back(flow: Flow, action: Action, stored: Stored, digester: Digester) -> Action:
    """The create with what goes back to the left record; unchanged where nothing does.

    :param stored: the right record as created.
    """
    values = _given(flow.properties, action.whole, action.link, stored.row)
    base = _agreed(flow.properties, action.link, values, stored.row)
    lines, links = _lines(flow, action, stored, digester)
    if not values and not lines:
        return action
    expected = {name: digester.value(name, None) for name in values}
    return replace(action, link=replace(action.link, base=base), lines=links, to_left=SideWrite(values, expected, None, lines))


def _given(properties: Sequence[Property], whole: Mapping[str, str | None], link: Link, row: Row) -> dict[str, str | None]:
    """Properties that the left side lacks and the right side has filled."""
    given: dict[str, str | None] = {}
    for at, spec in enumerate(properties):
        text = row.texts.get(spec.name)
        fills = spec.travels_to("left") and row.digests[at] != UNKNOWN and text is not None and not text.startswith(UNLINKED)
        if fills and whole.get(spec.name) is None and link.base[at] != row.digests[at]:
            given[spec.name] = text
    return given


def _agreed(properties: Sequence[Property], link: Link, values: Mapping[str, str | None], row: Row) -> tuple[int, ...]:
    return tuple(int(row.digests[at]) if spec.name in values else link.base[at] for at, spec in enumerate(properties))


def _lines(flow: Flow, action: Action, stored: Stored, digester: Digester) -> tuple[tuple[LineAction, ...], tuple[Link, ...]]:
    if flow.lines is None:
        return (), action.lines
    made = {line.other: line for line in action.to_right.lines if line.verb == "create"}
    rows = {line.marker: line.row for line in stored.lines if line.marker}
    actions: list[LineAction] = []
    links: list[Link] = []
    for link in action.lines:
        source = made.get(link.left)
        row = rows.get(source.marker) if source else None
        values = _given(flow.lines.properties, source.whole, link, row) if source and row else {}
        if source and row and values:
            expected = {name: digester.value(name, None) for name in values}
            actions.append(LineAction("update", link.left, "", values, expected, {**source.whole, **values}))
            link = replace(link, base=_agreed(flow.lines.properties, link, values, row))
        links.append(link)
    return tuple(actions), tuple(links)
