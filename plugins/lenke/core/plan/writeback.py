"""What the right system gave a record by itself at its creation (numbers, defaults), written back to the left at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lenke.core.links.digests import UNKNOWN, Digester
from lenke.core.links.merge import Row
from lenke.core.links.references import UNLINKED
from lenke.core.links.rows import Link
from lenke.core.mapping.model import Flow, Property
from lenke.core.plan import recheck
from lenke.core.plan.model import Action, LineAction, SideWrite
from lenke.core.plan.outcome import Stored


def write_back(flow: Flow, action: Action, stored: Stored, digester: Digester) -> Action:
    """The create with what goes back to the left record; only with more agreed where nothing does.

    :param stored: the right record as created.
    """
    given = _Given(flow.properties, action.link, action.whole, stored.row, digester)
    lines, links = _lines(flow, action, stored, digester)
    write = SideWrite(given.values(), given.expected(), None, lines)
    return replace(action, link=given.agreed(), lines=links, to_left=recheck.seen(digester, write))


@dataclass(frozen=True)
class _Given:
    """One record, or one line, that was created on the right."""

    properties: Sequence[Property]
    link: Link
    whole: Mapping[str, str | None]
    row: Row
    digester: Digester

    def values(self) -> dict[str, str | None]:
        """Properties that the left side lacks and the right side has filled."""
        return {spec.name: self.row.texts[spec.name] for at, spec in enumerate(self.properties) if self._fills(at, spec)}

    def _fills(self, at: int, spec: Property) -> bool:
        text, now, base = self.row.texts.get(spec.name), self.row.digests[at], self.link.base[at]
        if not spec.travels_to("left") or text is None or text.startswith(UNLINKED) or self.whole.get(spec.name) is not None:
            return False
        # A property of both sides that has no base was absent on the left, which is not the same as empty.
        return now not in (UNKNOWN, base) and (spec.direction == "to_left" or base != UNKNOWN)

    def expected(self) -> dict[str, int]:
        """What the left side is believed to hold of :meth:`values`: nothing."""
        return {name: self.digester.value(name, None) for name in self.values()}

    def agreed(self) -> Link:
        """The link once the values are written back."""
        base = tuple(int(self.row.digests[at]) if self._agrees(at, spec) else self.link.base[at] for at, spec in enumerate(self.properties))
        return replace(self.link, base=base)

    def _agrees(self, at: int, spec: Property) -> bool:
        text = self.row.texts.get(spec.name)
        same = text is None or text == self.whole.get(spec.name)
        return self._fills(at, spec) or (spec.direction == "to_left" and self.row.digests[at] != UNKNOWN and same)


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
        given = _Given(flow.lines.properties, link, source.whole, row, digester) if source and row else None
        if given and (values := given.values()):
            actions.append(LineAction("update", link.left, "", values, given.expected(), {**given.whole, **values}))
        links.append(given.agreed() if given else link)
    return tuple(actions), tuple(links)
