"""Canonical text back to the raw JSON of a side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lenke.core.converters.base import Constants, InvalidValueError, Place
from lenke.core.converters.lookups import id_of
from lenke.core.converters.registry import CONVERTERS
from lenke.core.mapping.columns import Json, raw_at
from lenke.core.mapping.model import Property, Side, named, rates
from lenke.core.mapping.problem import Problem, PutProblem
from lenke.core.mapping.settings import Settings

Texts = Mapping[str, str | None]


def put(
    properties: Sequence[Property],
    side: Side,
    values: Texts,
    *,
    whole: Texts,
    current: Json | None,
    source: Json | None,
    settings: Settings,
    system: str,
    constants: Constants,
) -> dict[str, Any]:
    """Dotted path to JSON value for the properties named in ``values``; None clears.

    A property that does not travel to ``side``, or whose ``when`` does not hold in ``whole``, is left out; but a price that holds
    VAT brings its rate into a record that is new (``current`` is None), though the rate is only compared from then on.

    :param values: canonical text of what is to be written; a reference's is this side's id or ``@<kind>``.
    :param whole: canonical text of the merged record, for conditions and rates.
    :param current: the target's raw object: its rate, and whether it keeps numbers as text. :param source: the other side's.
    :raises PutProblem: a value that this side cannot hold, or None for a property that it requires.
    """
    merged = {**whole, **values}
    born = rates(properties, side) if current is None else frozenset()
    written: dict[str, Any] = {}
    for name, text in values.items():
        wanted = named(properties, name)
        field = wanted.field(side)
        if field is None or not (wanted.travels_to(side) or name in born) or not counts(wanted, merged):
            continue
        if text is None and wanted.required_on(side):
            raise PutProblem(name, "missing_required", f"{system} needs it, so it cannot be emptied")
        place = Place(wanted, field, side, system, settings, constants)
        rate = _rate(properties, place, values, whole, current, source)
        written |= _fields(place, text, rate, raw_at(current, field.path))
    return written


def _fields(place: Place, text: str | None, companion: Any, like: Any) -> dict[str, Any]:
    converter = CONVERTERS[place.property.type]
    try:
        if place.field.lookup and text is not None:
            return {place.field.path: id_of(text, place, place.field.lookup, like)}
        value = None if text is None else converter.decode(text)
        return converter.fields(value, place, companion, like)
    except InvalidValueError as fault:
        raise PutProblem(place.property.name, "invalid_value", f"{fault}; {place.system} cannot hold it") from None


def _rate(properties: Sequence[Property], place: Place, values: Texts, whole: Texts, current: Json | None, source: Json | None) -> Any:
    """The raw VAT rate for a price on the target: about to be written, held by the target, merged, or the source's own."""
    companion = CONVERTERS[place.property.type].companion(place)
    if companion is None or companion.path is None:
        return None
    path = companion.path
    owner = next((p for p in properties if (field := p.field(place.side)) and field.path == path), None)
    if owner and (owner.travels_to(place.side) or current is None) and values.get(owner.name) is not None:
        return _as_raw(owner, place, values[owner.name])
    held = raw_at(current, path)
    if held is not None:
        return held
    if owner and whole.get(owner.name) is not None:
        return _as_raw(owner, place, whole[owner.name])
    other = place.other()
    return raw_at(source, other.rate) if other and other.rate and other.rate_form == place.field.rate_form else None


def _as_raw(owner: Property, place: Place, text: str | None) -> Any:
    """A merged rate as the raw rate field of the target would hold it."""
    field = owner.field(place.side)
    if field is None or text is None:
        return None
    there = Place(owner, field, place.side, place.system, place.settings, place.constants)
    return _fields(there, text, None, None)[field.path]


def missing_required(properties: Iterable[Property], side: Side, values: Texts) -> list[Problem]:
    """The required properties of ``side`` that a record to be created there lacks; those whose ``when`` does not hold do not count."""
    return [
        Problem(p.name, "missing_required", "a record cannot be created without it")
        for p in properties
        if p.required_on(side) and values.get(p.name) is None and counts(p, values)
    ]


def counts(property: Property, values: Texts) -> bool:
    """Whether a property's ``when`` holds in a record."""
    if property.when is None:
        return True
    text = values.get(property.when.property)
    return property.when.holds(truth=None if text is None else text == "true")
