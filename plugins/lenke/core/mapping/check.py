"""What no single key can show: rules over a whole mapping. Each mistake is named at its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import NoReturn

from lenke.core.converters.registry import CONVERTERS
from lenke.core.errors import MappingError
from lenke.core.mapping.document import Entry, close_to
from lenke.core.mapping.model import ARCHIVED, SIDES, Condition, Dataflow, Field, Flow, Options, Property, Side, named
from lenke.core.ports import Traits

Keys = tuple[str | int, ...]


class _MistakeError(Exception):
    def __init__(self, keys: Keys, problem: str) -> None:
        super().__init__(problem)
        self.keys = keys
        self.problem = problem


def check(dataflow: Dataflow, entry: Entry) -> None:
    """Raise MappingError for the first mistake in ``dataflow``; ``entry`` is the file that it was read from."""
    try:
        if dataflow.promise_minutes is not None and dataflow.promise_minutes < 1:
            raise _MistakeError(("promise_minutes",), "must be a minute or more; leave it out to promise nothing")
        _check_names(dataflow)
        for n, flow in enumerate(dataflow.flows):
            _check_flow(dataflow, flow, ("flows", n))
        _check_writers(dataflow)
        _check_parts(dataflow)
    except _MistakeError as found:
        _fail(entry, found)


def check_traits(dataflow: Dataflow, side: Side, traits: Mapping[str, Traits]) -> None:
    """Raise MappingError where the mapping asks of a side what its system cannot do.

    :param traits: entity to what it can do. Refused are: a property on the marker's field, and ``conflict: newest`` where a
        side's modified time cannot be trusted.
    """
    for n, flow in enumerate(dataflow.flows):
        found = traits.get(flow.entity(side).entity)
        if found is None:
            known = close_to(flow.entity(side).entity, list(traits))
            _refuse(dataflow, f"flows[{n}].{side}.entity", f"unknown entity in {dataflow.system(side)}; {known}")
        for m, checked in enumerate(flow.properties):
            _check_against(dataflow, f"flows[{n}].properties[{m}]", checked, side, found)


def _check_against(dataflow: Dataflow, path: str, property: Property, side: Side, traits: Traits) -> None:
    field = property.field(side)
    if field and traits.marker and field.path == traits.marker and property.travels_to(side):
        _refuse(dataflow, f"{path}.{side}", "this field holds Lenke's marker; map another field or write direction: check")
    if property.conflict == "newest" and not traits.trustworthy_modified:
        remedy = "write left, right or manual"
        _refuse(dataflow, f"{path}.conflict", f"{dataflow.system(side)} has no modified time that can be trusted for this; {remedy}")


def _refuse(dataflow: Dataflow, path: str, problem: str) -> NoReturn:
    raise MappingError(dataflow.file, path, problem)


def _fail(entry: Entry, found: _MistakeError) -> NoReturn:
    place = entry.at(*found.keys)
    path = ""
    for key in found.keys:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else key
    raise MappingError(entry.file, f"{path}:line {place.line}", found.problem)


def _check_names(dataflow: Dataflow) -> None:
    _unique([flow.name for flow in dataflow.flows], ("flows",), "flow")
    groups = {flow.group for flow in dataflow.flows}
    for n, flow in enumerate(dataflow.flows):
        if flow.name in groups:
            raise _MistakeError(
                ("flows", n, "group" if flow.group == flow.name else "flow"), "a flow and a group share this name; rename one"
            )
        if flow.group and len({f.right.entity for f in dataflow.flows if f.group == flow.group}) > 1:
            raise _MistakeError(("flows", n, "group"), "the flows of an exclusive group must share one right entity")


def _check_parts(dataflow: Dataflow) -> None:
    """Parts and their owner become one flow: what would clash there, and what only an owner can have."""
    for n, part in enumerate(dataflow.flows):
        if part.owner is None:
            for side in SIDES:
                if part.entity(side).within:
                    raise _MistakeError(("flows", n, side, "within"), "only a flow with an owner lies within another's record")
            continue
        owner = next((flow for flow in dataflow.flows if flow.name == part.owner), None)
        if owner is None or owner.owner is not None:
            names = [flow.name for flow in dataflow.flows if flow.owner is None]
            raise _MistakeError(("flows", n, "owner"), f"must be a flow that is no part itself; {close_to(part.owner, names)}")
        if part.right.entity != owner.right.entity:
            raise _MistakeError(("flows", n, "right"), f"a part shares its owner's right entity {owner.right.entity}")
        for key in ("match", "group", "on_delete"):
            if getattr(part, key) not in ((), None, "keep"):
                raise _MistakeError(("flows", n, key), f"a part is linked with its owner {owner.name!r}; remove this")
    for name in {flow.owner for flow in dataflow.flows if flow.owner}:
        _check_together(dataflow, [n for n, flow in enumerate(dataflow.flows) if name in (flow.name, flow.owner)])


def _check_together(dataflow: Dataflow, family: list[int]) -> None:
    names: dict[str, str] = {}
    lines = ""
    for n in family:
        flow = dataflow.flows[n]
        for m, property in enumerate(flow.properties):
            if property.name in names:
                text = f"the property {property.name!r} is in flow {names[property.name]!r}, too; they become one record, so rename one"
                raise _MistakeError(("flows", n, "properties", m), text)
            names[property.name] = flow.name
        if flow.lines and lines:
            raise _MistakeError(("flows", n, "lines"), f"flow {lines!r} has lines, too; an owner and its parts have one list of lines")
        lines = flow.name if flow.lines else lines


def _unique(names: list[str], keys: Keys, kind: str) -> None:
    for n, name in enumerate(names):
        if name in names[:n]:
            raise _MistakeError((*keys, n, kind), f"the {kind} {name!r} is there twice (first as [{names.index(name)}]); rename one")


def _check_flow(dataflow: Dataflow, flow: Flow, keys: Keys) -> None:
    if not flow.properties and not (flow.owner and flow.lines):
        raise _MistakeError(keys, "misses the key 'properties'")
    if flow.on_delete == "archive" and not flow.owner and not any(_archives(spec) for spec in flow.properties):
        told = f"archives by a property {ARCHIVED!r} of type boolean that is written to a side; map it, or write keep"
        raise _MistakeError((*keys, "on_delete"), told)
    _check_properties(dataflow, flow.properties, (*keys, "properties"))
    for n, rule in enumerate(flow.match):
        here = (*keys, "match", n)
        _check_match(flow.properties, rule.properties, (*here, "properties"))
        if rule.when:
            _check_condition(flow.properties, rule.when, (*here, "when"))
    if flow.lines:
        _check_properties(dataflow, flow.lines.properties, (*keys, "lines", "properties"))
        _check_match(flow.lines.properties, flow.lines.match, (*keys, "lines", "match"))


def _archives(spec: Property) -> bool:
    return spec.name == ARCHIVED and spec.type == "boolean" and spec.direction != "check"


def _check_match(properties: tuple[Property, ...], names: tuple[str, ...], keys: Keys) -> None:
    for n, name in enumerate(names):
        found = _known(properties, name, (*keys, n))
        if not (found.left and found.right):
            raise _MistakeError((*keys, n), f"the property {name!r} has one side only, so it can match nothing")


def _check_properties(dataflow: Dataflow, properties: tuple[Property, ...], keys: Keys) -> None:
    _unique([p.name for p in properties], keys, "property")
    for n, checked in enumerate(properties):
        here = (*keys, n)
        _check_sides(checked, here)
        _check_options(properties, checked, here)
        _check_reference(dataflow, checked, here)
        if checked.when:
            _check_condition(properties, checked.when, (*here, "when"))
        for below, problem in CONVERTERS[checked.type].check(checked):
            raise _MistakeError((*here, *below), problem)


def _check_sides(property: Property, keys: Keys) -> None:
    for side in SIDES:
        field = property.field(side)
        if field:
            _check_field(property, field, (*keys, side))
        elif property.direction != "check":
            raise _MistakeError(keys, f"misses the key {side!r}; only a property with direction: check may have one side")
        if not field and property.required_on(side):
            raise _MistakeError((*keys, "required"), f"the {side} side has no such field")
    _check_lookup(property, keys)
    if not property.left and not property.right:
        raise _MistakeError(keys, "misses the keys 'left' and 'right'")


def _check_lookup(property: Property, keys: Keys) -> None:
    """An id that is not in the table is no edit, and never overwritten: what is looked up travels one way, from it or to it."""
    if property.left and property.left.lookup and property.right and property.right.lookup:
        raise _MistakeError((*keys, "right", "lookup"), "only one side can be looked up in a table; remove one")
    for side in SIDES:
        field = property.field(side)
        if not (field and field.lookup):
            continue
        for key in _set_keys(field, Field(path=field.path, lookup=field.lookup)):
            raise _MistakeError((*keys, side, key.rstrip("_")), f"an id that is looked up has no {key.rstrip('_')!r}; remove it")
        if property.direction == "two_way":
            raise _MistakeError((*keys, "direction"), f"what is looked up cannot be read back as an edit; write direction: to_{side}")


def _check_field(property: Property, field: Field, keys: Keys) -> None:
    converter = CONVERTERS[property.type]
    if field.form is not None and field.form not in converter.forms:
        known = f"write one of {', '.join(converter.forms)}" if converter.forms else "remove it"
        raise _MistakeError((*keys, "form"), f"the type {property.type} has no form {field.form!r}; {known}")
    for key in _set_keys(field, Field(path=field.path, form=field.form)):
        if key not in converter.keys:
            raise _MistakeError((*keys, key.rstrip("_")), f"the type {property.type} has no {key.rstrip('_')!r}; remove it")


def _check_options(properties: tuple[Property, ...], property: Property, keys: Keys) -> None:
    here = (*keys, "options")
    for key in _set_keys(property.options, Options()):
        if key not in CONVERTERS[property.type].options:
            raise _MistakeError((*here, key), f"the type {property.type} has no option {key!r}; remove it")
    longest = property.options.max_length
    if longest is not None and longest < 1:
        raise _MistakeError((*here, "max_length"), "must be at least 1")
    region = property.options.region
    if region and not (len(region) == 2 and region.isupper()) and _known(properties, region, (*here, "region")).type != "country":
        raise _MistakeError((*here, "region"), f"the property {region!r} is no country; name one that is, or write an ISO-2 code")


def _set_keys(value: Field | Options, default: Field | Options) -> list[str]:
    return [f.name for f in fields(value) if getattr(value, f.name) != getattr(default, f.name)]


def _check_reference(dataflow: Dataflow, property: Property, keys: Keys) -> None:
    if property.to is None:
        return
    if property.type != "reference":
        raise _MistakeError((*keys, "to"), "only a property of type reference has it; remove it or write type: reference")
    if not dataflow.targets(property.to):
        names = [f.name for f in dataflow.flows] + [f.group for f in dataflow.flows if f.group]
        raise _MistakeError((*keys, "to"), f"unknown flow {property.to!r}; {close_to(property.to, names)}")


def _check_condition(properties: tuple[Property, ...], when: Condition, keys: Keys) -> None:
    found = _known(properties, when.property, keys)
    if found.type != "boolean":
        raise _MistakeError(keys, f"the property {when.property!r} is of type {found.type}; a condition names a boolean one")
    if found.when or not (found.left and found.right):
        raise _MistakeError(keys, f"the property {when.property!r} must itself count on both sides and always (no when)")


def _known(properties: tuple[Property, ...], name: str, keys: Keys) -> Property:
    try:
        return named(properties, name)
    except KeyError:
        raise _MistakeError(keys, f"unknown property {name!r}; {close_to(name, [p.name for p in properties])}") from None


def _check_writers(dataflow: Dataflow) -> None:
    for side in SIDES:
        seen: list[tuple[Flow, bool, Property]] = []
        for flow, lines, later, keys in _writers(dataflow, side):
            for other, other_lines, earlier in seen:
                if lines == other_lines and _clash(flow, later, other, earlier, side):
                    whose = "this flow" if other is flow else f"flow {other.name!r}"
                    raise _MistakeError(
                        (*keys, side), f"the property {earlier.name!r} of {whose} writes the same field; a field has one owner"
                    )
            seen.append((flow, lines, later))


def _writers(dataflow: Dataflow, side: Side) -> Iterator[tuple[Flow, bool, Property, Keys]]:
    for n, flow in enumerate(dataflow.flows):
        places: Iterable[tuple[bool, tuple[Property, ...], Keys]] = (
            (False, flow.properties, ("flows", n, "properties")),
            (True, flow.lines.properties if flow.lines else (), ("flows", n, "lines", "properties")),
        )
        for lines, properties, keys in places:
            yield from ((flow, lines, p, (*keys, m)) for m, p in enumerate(properties) if p.travels_to(side) and p.field(side))


def _clash(flow: Flow, property: Property, other: Flow, earlier: Property, side: Side) -> bool:
    if flow.entity(side).entity != other.entity(side).entity or not _overlap(property.field(side), earlier.field(side)):
        return False
    if other is flow:
        return not _exclude(property.when, earlier.when)
    if side == "left" and (flow.left.where or other.left.where):
        return False
    return not (flow.group and flow.group == other.group)


def _overlap(one: Field | None, two: Field | None) -> bool:
    a, b = (one.path if one else "", two.path if two else "")
    return a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")


def _exclude(one: Condition | None, two: Condition | None) -> bool:
    return bool(one and two and one.property == two.property and one.negated != two.negated)
