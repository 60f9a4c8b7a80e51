"""A mapping's skeleton from a document: it loads as it is, or says in comments what a person has to fill in first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lenke.core.mapping.model import EntitySide
from lenke.document.model import LINES, Document, Row, Section
from lenke.document.names import SYSTEMS, Entity, entity, plain, snake, system_id

_TYPES = {
    "string": "string", "text": "string", "integer": "integer", "int": "integer", "int32": "integer", "int64": "integer", "long": "integer",
    "decimal": "decimal", "number": "decimal", "float": "decimal", "double": "decimal", "money": "money", "boolean": "boolean",
    "bool": "boolean", "date": "date", "datetime": "instant", "instant": "instant", "reference": "reference",
}  # fmt: skip
NOT_SAID = "the document does not say"


@dataclass(frozen=True)
class Skeleton:
    """A mapping as YAML; :param missing: what a person must fill in, with its place."""

    name: str
    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class _Flow:
    name: str
    left: Entity
    right: Entity
    section: Section


def skeleton(document: Document) -> Skeleton:
    """The mapping's skeleton."""
    systems = (system_id(document.left), system_id(document.right))
    name = f"{systems[0]}_to_{systems[1]}"
    flows = [_flow(section, systems) for section in document.sections]
    missing: list[str] = [f"the system {system} is not one that Lenke knows" for system in systems if system not in SYSTEMS]
    missing += [] if flows else ["flows: the document has no section about two entities"]
    title = _quoted(f"{document.left} and {document.right}")
    lines = [f"dataflow: {name}", f"title: {title}", f"left: {systems[0]}", f"right: {systems[1]}"]
    if document.introduction:
        lines.append(f"introduction: {_quoted(' '.join(document.introduction))}")
    lines += ["", "flows:"]
    for flow in flows:
        lines += _lines(flow, flows, systems, missing)
    head = [f"# Missing: {text}" for text in missing]
    return Skeleton(name, "\n".join([*head, *lines]).rstrip() + "\n", tuple(missing))


def _flow(section: Section, systems: tuple[str, str]) -> _Flow:
    left, right = entity(systems[0], section.left), entity(systems[1], section.right)
    return _Flow(f"{left.word}_to_{right.word}", left, right, section)


def _lines(flow: _Flow, flows: Sequence[_Flow], systems: tuple[str, str], missing: list[str]) -> Iterator[str]:
    yield f"  - flow: {flow.name}"
    owner, group = _owner(flow, flows), _group(flow, flows)
    yield from [f"    owner: {owner}"] if owner else [f"    group: {group}"] if group else []
    yield f"    left: {_side(flow.left.side(systems[0], is_parted=_is_parted(flow, flows, 'left')))}"
    yield f"    right: {_side(flow.right.side(systems[1], is_parted=_is_parted(flow, flows, 'right')))}"
    header = [row for row in flow.section.rows if LINES not in row.left + row.right]
    of_lines = [row for row in flow.section.rows if row not in header]
    if not flow.section.rows and not owner:
        missing.append(f"{flow.name}: properties ({NOT_SAID}; the table is empty)")
    if not owner:
        missing.append(f"{flow.name}: match ({NOT_SAID} which properties make two records a pair)")
    if header or not of_lines:
        yield from ["    properties:"] if header else ["    properties: []"]
        yield from _properties(header, "      ", flow, flows, missing)
    if of_lines:
        yield from _of_lines(of_lines, flow, flows, missing)
    yield ""


def _of_lines(rows: Sequence[Row], flow: _Flow, flows: Sequence[_Flow], missing: list[str]) -> Iterator[str]:
    yield "    lines:"
    for side in ("left", "right"):
        path = next((getattr(row, side).partition(LINES)[0] for row in rows if LINES in getattr(row, side)), "lines")
        missing.append(f"{flow.name}: lines.{side}.id ({NOT_SAID}; id is a guess)")
        yield f"      {side}: {{path: {path}, id: {'Id' if path[:1].isupper() else 'id'}}}"
    yield "      properties:"
    bare = [Row(row.left.rpartition(f"{LINES}.")[2], row.right.rpartition(f"{LINES}.")[2], row.type) for row in rows]
    yield from _properties(bare, "        ", flow, flows, missing)


def _properties(rows: Sequence[Row], indent: str, flow: _Flow, flows: Sequence[_Flow], missing: list[str]) -> Iterator[str]:
    taken: set[str] = set()
    for at, row in enumerate(rows):
        name = _unique(snake(row.left or row.right), taken)
        here = f"{flow.name}: {name}"
        kind = _type(row, here, missing)
        to = _target(row, flow, flows, here, missing) if kind == "reference" else ""
        parts = [f"property: {name}"]
        parts += [f"type: {kind}", f"to: {to}"] if to else [f"type: {'string' if kind == 'reference' else kind}"]
        parts += [f"{side}: {_quoted(path)}" for side, path in (("left", row.left), ("right", row.right)) if path]
        if not (row.left and row.right):
            missing.append(f"{here}: {'left' if not row.left else 'right'} ({NOT_SAID}; compared only until it is filled in)")
            parts.append("direction: check")
        elif any(_meet(row, other) for other in rows[:at]):
            missing.append(f"{here}: when ({NOT_SAID} when this one counts of several in one field; compared only until it is filled in)")
            parts.append("direction: check")
        yield f"{indent}- {{{', '.join(parts)}}}"


def _meet(row: Row, other: Row) -> bool:
    """Both are kept in one field of a side, or one in a part of the other's."""
    both = ((row.left, other.left), (row.right, other.right))
    return any(f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.") for a, b in both if a and b)


def _type(row: Row, here: str, missing: list[str]) -> str:
    found = _TYPES.get(plain(row.type))
    if found is None:
        missing.append(f"{here}: type ({f'unknown type {row.type!r}' if row.type else NOT_SAID}; string is a guess)")
    return found or "string"


def _target(row: Row, flow: _Flow, flows: Sequence[_Flow], here: str, missing: list[str]) -> str:
    """The flow whose entity the path names, where there is exactly one."""
    words = plain(row.left + row.right)
    named = [other for other in flows if other is not flow and not _owner(other, flows) and _stem(other.left.word) in words]
    targets = list(dict.fromkeys(_group(other, flows) or other.name for other in named))
    if len(targets) != 1:
        missing.append(f"{here}: type reference and to ({NOT_SAID} which flow's records it names)")
    return targets[0] if len(targets) == 1 else ""


def _stem(word: str) -> str:
    return plain(word.removesuffix("_person")).removesuffix("s")


def _owner(flow: _Flow, flows: Sequence[_Flow]) -> str:
    """A later flow to the same right entity is a part of the first, unless people and companies are told apart on the left."""
    first = next(other for other in flows if other.right.name == flow.right.name)
    alike = first.left.name == flow.left.name and first.left.is_human != flow.left.is_human
    return "" if first is flow or alike else first.name


def _group(flow: _Flow, flows: Sequence[_Flow]) -> str:
    twins = [other for other in flows if (other.left.name, other.right.name) == (flow.left.name, flow.right.name)]
    return snake(flow.left.name) if len({other.left.is_human for other in twins}) > 1 else ""


def _is_parted(flow: _Flow, flows: Sequence[_Flow], side: str) -> bool:
    mine: Entity = getattr(flow, side)
    return len({other.is_human for one in flows if (other := getattr(one, side)).name == mine.name}) > 1


def _side(side: EntitySide) -> str:
    where = ", ".join(f"{one.path}: [{', '.join(str(value).lower() for value in one.values)}]" for one in side.where)
    return f"{{entity: {side.entity}, where: {{{where}}}}}" if where else f"{{entity: {side.entity}}}"


def _unique(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found)
    return found


def _quoted(text: str) -> str:
    """YAML text, quoted where it would be read as something else."""
    safe = text and all(char.isalnum() or char in "._-/" for char in text) and not text[0].isdigit() and plain(text) not in _WORDS
    return text if safe else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WORDS = ("true", "false", "null", "")
