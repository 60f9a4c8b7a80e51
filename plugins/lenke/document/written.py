"""The document that a mapping gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lenke.core.mapping.model import SIDES, Condition, Dataflow, Field, Flow, Property, Side
from lenke.document.model import LINES, Document, Row, Section
from lenke.document.names import SYSTEMS, title

_TYPES = {"money": "decimal", "instant": "datetime"}
_RAW = {bool: "boolean", int: "integer", str: "string"}
_WORDED = ("enum", "unit", "country", "currency", "language", "phone", "email")


def document(dataflow: Dataflow) -> Document:
    """The dataflow's document: a section per flow as the mapping writes it down, parts of an owner by themselves."""
    left, right = SYSTEMS.get(dataflow.left, dataflow.left), SYSTEMS.get(dataflow.right, dataflow.right)
    introduction = tuple(dataflow.introduction.split("\n\n")) if dataflow.introduction else (_introduction(left, right),)
    return Document(left, right, tuple(_section(dataflow, flow) for flow in dataflow.sections), introduction)


def _introduction(left: str, right: str) -> str:
    return f"Every record of {left} that is named below has its record in {right}, and the two stay in sync."


def _section(dataflow: Dataflow, flow: Flow) -> Section:
    left, _, right = flow.name.partition("_to_")
    return Section(title(left), title(right), tuple(_rows(flow)), tuple(_text(dataflow, flow)), tuple(_notes(dataflow, flow)))


def _rows(flow: Flow) -> Iterator[Row]:
    yield from (_row(spec, {"left": "", "right": ""}) for spec in flow.properties)
    if flow.lines is not None:
        above = {side: f"{flow.lines.side(side).path}{LINES}." for side in SIDES}
        yield from (_row(spec, above) for spec in flow.lines.properties)


def _row(spec: Property, above: dict[Side, str]) -> Row:
    left, right = ((f"{above[side]}{field.path}" if (field := spec.field(side)) else "") for side in SIDES)
    return Row(left, right, _type(spec, spec.right or spec.left))


def _type(spec: Property, field: Field | None) -> str:
    """What the right system keeps: its JSON type, told apart further where it is a date or names another record."""
    if field is not None and field.values is not None:
        kinds = {type(value) for value, _ in field.values.pairs}
        return _RAW.get(kinds.pop(), "string") if len(kinds) == 1 else "string"
    if field is not None and field.lookup is not None:
        return "integer"
    if spec.type == "date" and field is not None and field.form == "instant":
        return "datetime"
    return "string" if spec.type in _WORDED else _TYPES.get(spec.type, spec.type)


def _text(dataflow: Dataflow, flow: Flow) -> Iterator[str]:
    left, right = _entity(dataflow, flow, "left"), _entity(dataflow, flow, "right")
    if flow.owner is None:
        yield f"Every record of {left} is synchronised with one of {right}; where there is none yet, it is made."
    else:
        owner = dataflow.running(flow.owner)
        lines = "a line" if flow.lines and not flow.properties else "a part"
        yield f"Every {left} is synchronised with {lines} of the {right} that belongs to the same {_entity(dataflow, owner, 'left')}."
    if rules := [_rule(flow, rule.properties, rule.when) for rule in flow.match]:
        keys = "; else the same ".join(rules)
        yield f"Records that are in both systems already are linked where exactly one on each side has the same {keys}."
    yield "A link keeps the two in sync from then on, in whichever of the two systems either is edited."


def _entity(dataflow: Dataflow, flow: Flow, side: Side) -> str:
    word = flow.name.partition("_to_")[0 if side == "left" else 2]
    system = dataflow.system(side)
    return f"{SYSTEMS.get(system, system)} {title(word)}"


def _rule(flow: Flow, names: Iterable[str], when: Condition | None) -> str:
    keys = " and ".join(_both(flow.property(name)) for name in names)
    if when is None:
        return keys
    return f"{keys} (where {_both(flow.property(when.property))} is {'false' if when.negated else 'true'})"


def _both(spec: Property) -> str:
    paths = list(dict.fromkeys(field.path for side in SIDES if (field := spec.field(side))))
    return " / ".join(f"``{path}``" for path in paths)


def _notes(dataflow: Dataflow, flow: Flow) -> Iterator[str]:
    lines = flow.lines.properties if flow.lines else ()
    properties = (*flow.properties, *lines)
    left, right = (SYSTEMS.get(dataflow.system(side), dataflow.system(side)) for side in SIDES)
    for direction, told in (
        ("to_right", f"Carried from {left} to {right} only"),
        ("to_left", f"Carried from {right} to {left} only"),
        ("check", "Compared and reported, never written"),
    ):
        if named := [_both(spec) for spec in properties if spec.direction == direction]:
            yield f"{told}: {', '.join(named)}."
    if flow.on_delete == "archive":
        yield "A record that is deleted on one side is archived on the other, unless somebody has edited it there: then a person decides."
    for lock in flow.locks:
        yield f"Not written to {left if lock.side == 'left' else right} while the {lock.name}; the change waits until it is open again."
