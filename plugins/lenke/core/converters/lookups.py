"""Fields that hold an id which a table of the settings stands for, as the sales account that a VAT rate is booked on.

A :class:`~lenke.core.mapping.model.Lookup` stands between the raw id and the property's type: the type reads the table's key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lenke.core.converters.base import Constants, InvalidValueError, Place
from lenke.core.converters.references import id_value
from lenke.core.mapping.model import Lookup, Property, Side
from lenke.core.mapping.problem import Problem


def keys_of(raws: Sequence[Any], lookup: Lookup, constants: Constants, *, other: Any) -> list[Any]:
    """The table's key of each raw id; ``other`` for an id that is not in the table, null stays null."""
    keys = {id: key for key, id in constants.get(lookup.table, {}).items()}
    return [None if raw is None else keys.get(str(raw), other) for raw in raws]


def id_of(text: str, place: Place, lookup: Lookup, like: Any) -> int | str:
    """The raw id for a canonical text; raises InvalidValueError where the table has none."""
    ids = place.constants.get(lookup.table, {})
    if text not in ids:
        raise InvalidValueError(_missing(lookup))
    return id_value(ids[text], place, like)


def unlisted(properties: Iterable[Property], side: Side, values: Mapping[str, str | None], constants: Constants) -> list[Problem]:
    """The properties among ``values`` (canonical texts to be written to ``side``) for which the table names no record."""
    found: list[Problem] = []
    for spec in properties:
        field, text = spec.field(side), values.get(spec.name)
        if field and field.lookup and text is not None and text not in constants.get(field.lookup.table, {}):
            found.append(Problem(spec.name, "invalid_value", _missing(field.lookup)))
    return found


def _missing(lookup: Lookup) -> str:
    where = f"settings.yaml: {lookup.table}"
    return f"is not in the installation's table, or no record of {lookup.entity} has the {lookup.key} that stands there ({where})"
