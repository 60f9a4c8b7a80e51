"""From an action and its write to a before-image, and from the outcome to the image that is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import Link, Side
from lenke.core.mapping.columns import MISSING, Json, parse_object, pluck
from lenke.core.mapping.model import Flow, Lines, Property
from lenke.core.plan.model import Action, LineAction
from lenke.core.plan.outcome import SideResult
from lenke.core.ports import LineWrite, Write
from lenke.runtime.undo.images import Image, LineImage, PropertyImage

Texts = Mapping[str, str | None]


def image(flow: Flow, side: Side, action: Action, write: Write) -> Image:
    """The image of what a write is about to replace; of a record that it creates there is nothing but its name."""
    found = Image(write.key, side, action.verb, action.left, write.id or "")
    if write.verb == "create":
        return found
    told = action.to(side)
    properties = _images(flow.properties, side, told.values, write, _agreed(action.old))
    lines = tuple(_line(flow.lines, side, action, *pair) for pair in zip(told.lines, write.lines, strict=True)) if flow.lines else ()
    return replace(found, properties=properties, lines=lines)


def _line(spec: Lines, side: Side, action: Action, told: LineAction, write: LineWrite) -> LineImage:
    old = next((link for link in action.old_lines if link.kind == "link" and link.id(side) == told.id), None)
    names: Texts = dict.fromkeys(one.name for one in spec.properties) if told.verb == "remove" else told.values
    properties = _images(spec.properties, side, names, write, _agreed(old)) if told.verb != "create" else {}
    return LineImage(told.verb, told.id, told.other, properties)


def _agreed(old: Link | None) -> Callable[[int], bool]:
    return lambda at: old is not None and at < len(old.base) and old.base[at] != UNKNOWN


def _images(
    properties: Sequence[Property], side: Side, told: Texts, write: Write | LineWrite, agreed: Callable[[int], bool]
) -> dict[str, PropertyImage]:
    found: dict[str, PropertyImage] = {}
    for at, spec in enumerate(properties):
        before, sent = (_part(values, paths(spec, side)) for values in (write.before, write.fields))
        if spec.name in told and (before or sent):
            found[spec.name] = PropertyImage(before, sent, told[spec.name], agreed(at))
    return found


def paths(spec: Property, side: Side) -> list[str]:
    """Every path that a property is written to on a side."""
    field = spec.field(side)
    return [] if field is None else [path for path in (field.path, field.kind) if path]


def _part(values: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    return {path: values[path] for path in wanted if path in values}


def held(record: Json, wanted: Iterable[str]) -> dict[str, Any]:
    """What a record (or line) holds at some paths; one that it does not have is left out."""
    found = {path: pluck([record], path)[0] for path in wanted}
    return {path: value for path, value in found.items() if value is not MISSING}


def line_of(record: Json, spec: Lines, side: Side, id: str) -> Json | None:
    """The raw line of that id, or None."""
    place = spec.side(side)
    (lines,) = pluck([record], place.path)
    return next((one for one in lines or () if str(pluck([one], place.id)[0]) == id), None) if isinstance(lines, list) else None


def ended(flow: Flow, found: Image, result: SideResult) -> Image:
    """The image with its outcome, and with what the system stored where that is known."""
    done = replace(found, status=result.status, id=result.id or found.id, partial=result.partial)
    raw = parse_object(result.stored.raw) if result.stored is not None else None
    if raw is None or result.stored is None or found.verb == "create":
        return done
    properties = {name: _stored(one, raw, result.stored.row.texts.get(name)) for name, one in found.properties.items()}
    texts = {line.id: line.row.texts for line in result.stored.lines}
    return replace(done, properties=properties, lines=tuple(_ended(flow.lines, found.side, raw, line, texts) for line in found.lines))


def _ended(spec: Lines | None, side: Side, record: Json, line: LineImage, texts: Mapping[str, Texts]) -> LineImage:
    raw = line_of(record, spec, side, line.id) if spec is not None and line.verb == "update" else None
    if raw is None:
        return line
    told = texts.get(line.id, {})
    return replace(line, properties={name: _stored(one, raw, told.get(name)) for name, one in line.properties.items()})


def _stored(one: PropertyImage, record: Json, text: str | None) -> PropertyImage:
    return replace(one, stored=held(record, one.sent), text=text)
