"""What a run changed, property by property, from its before-images: tries and plans of one run as one change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lenke.core.links.rows import Side
from lenke.core.plan.model import ActionVerb, LineVerb
from lenke.runtime.undo.images import Batch, Image, LineImage, PropertyImage
from lenke.systems.paths import same

# Outcomes of which the system says that it wrote nothing.
_NOT_WRITTEN = frozenset({"rejected", "not_unique", "moved", "locked", "gone"})
_NOTHING = PropertyImage({})


@dataclass(frozen=True, slots=True)
class Change:
    """One property that a run changed, or a record or line that it made.

    :param verb: of the record; :param line_verb: of the line, or "" where the header's property is meant.
    :param property: "" for the making of a record or line as a whole.
    """

    side: Side
    left: str
    id: str
    verb: ActionVerb
    property: str = ""
    line: str = ""
    other_line: str = ""
    line_verb: LineVerb | None = None
    image: PropertyImage = _NOTHING

    def key(self) -> tuple[str, ...]:
        """What a later write of the same run replaces or goes on from."""
        record = self.id if self.verb == "update" else self.left
        return (self.side, self.verb, record, self.line_verb or "", self.line or self.other_line, self.property)


def changes(batches: Iterable[Batch]) -> list[Change]:
    """Every change of a run, each once, in the order in which they were first sent."""
    found: dict[tuple[str, ...], Change] = {}
    for batch in batches:
        for image in batch.images:
            for change in _of(image):
                old = found.get(change.key())
                found[change.key()] = change if old is None else _followed(old, change)
    return list(found.values())


def _of(image: Image) -> Iterator[Change]:
    if _is_unwritten(image):
        return
    record = Change(image.side, image.left, image.id, image.verb)
    if image.verb == "create" and image.side == "right":
        yield record
        return
    for name, one in image.properties.items():
        yield replace(record, property=name, image=one)
    for line in image.lines:
        yield from _of_line(record, line)


def _of_line(record: Change, line: LineImage) -> Iterator[Change]:
    found = replace(record, line=line.id, other_line=line.other, line_verb=line.verb)
    if not line.properties:
        yield found
    for name, one in line.properties.items():
        yield replace(found, property=name, image=one)


def _is_unwritten(image: Image) -> bool:
    """Refused as a whole; one property that the system kept as it was may stand beside others that it took."""
    images = [*image.properties.values(), *(one for line in image.lines for one in line.properties.values())]
    return image.status in _NOT_WRITTEN and not image.partial and all(one.stored is None for one in images)


def _followed(old: Change, new: Change) -> Change:
    """Two writes of one property as one, unless somebody else wrote in between: then only the later one can be put back.

    A retry's own before-image may be what the first try has written; what stood there before the first try is what counts.
    """
    known = (old.image.before, old.image.sent, old.image.stored)
    if any(one is not None and is_alike(one, new.image.before) for one in known):
        return replace(new, id=new.id or old.id, image=replace(new.image, before=old.image.before, agreed=old.image.agreed))
    return new


def is_alike(one: Mapping[str, Any], other: Mapping[str, Any], paths: Sequence[str] | None = None) -> bool:
    """Whether two sets of raw values are the same; what is not there counts as null."""
    return all(same(one.get(path), other.get(path)) for path in (paths if paths is not None else one.keys() | other.keys()))
