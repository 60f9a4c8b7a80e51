"""Values of a closed set: booleans, enums, units."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any, ClassVar

import pyarrow as pa

from lenke.core.converters.base import Converter, InvalidValueError, Place, clean_text
from lenke.core.mapping.model import SIDES, Field, Property, Table

Complaints = list[tuple[tuple[str, ...], str]]


def _canonical(table: Table) -> dict[str, Any]:
    """JSON text of this side's value (so that 1, true and "1" differ) to the canonical value."""
    return {json.dumps(raw, default=str): value for raw, value in table.pairs}


def _raw(table: Table) -> dict[str, Any]:
    return {json.dumps(value, default=str): raw for raw, value in table.pairs}


def _lookup(words: dict[str, Any], value: Any) -> Any:
    try:
        return words[json.dumps(value, default=str)]
    except (KeyError, TypeError):
        raise InvalidValueError("is not in the property's table of values") from None


def _repeats(table: Table) -> str | None:
    """The first canonical value that two of this side's values stand for."""
    seen = [json.dumps(value, default=str) for _, value in table.pairs]
    return next((word for word in seen if seen.count(word) > 1), None)


class _Choice(Converter):
    keys: ClassVar[frozenset[str]] = frozenset({"values"})

    def check(self, property: Property) -> Complaints:
        """A side that is written needs a table that can be read backwards."""
        found: Complaints = []
        for side in SIDES:
            field = property.field(side)
            if field is None or field.values is None:
                continue
            repeated = _repeats(field.values)
            if repeated and property.travels_to(side):
                other = "right" if side == "left" else "left"
                text = f"two values stand for {repeated}, so it cannot be written back; make them differ, or write direction: to_{other}"
                found.append(((side, "values"), text))
            found += [((side, "values"), text) for text in self.complaints(field, written=property.travels_to(side))]
        return found

    @abstractmethod
    def complaints(self, field: Field, *, written: bool) -> list[str]:
        """What is wrong with one side's table."""


class Boolean(_Choice):
    """true or false; a side that keeps something else says so in ``values``."""

    def arrow(self, property: Property) -> pa.DataType:
        """Booleans."""
        return pa.bool_()

    def get(self, raw: Any, place: Place, companion: Any = None) -> bool | None:
        """The truth; raises InvalidValueError for anything but JSON true and false, or what is in the table."""
        if raw is None or raw == "":
            return None
        if place.field.values is None:
            if isinstance(raw, bool):
                return raw
            raise InvalidValueError("is not true or false")
        return bool(_lookup(_canonical(place.field.values), clean_text(raw) if isinstance(raw, str) else raw))

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> Any:
        """JSON true and false, or the table's value."""
        return value if place.field.values is None else _lookup(_raw(place.field.values), value)

    def encode(self, value: Any) -> str:
        """``true`` or ``false``."""
        return "true" if value else "false"

    def decode(self, text: str) -> bool:
        """The truth of a canonical text."""
        return text == "true"

    def complaints(self, field: Field, *, written: bool) -> list[str]:
        """Canonical values are true and false, both of them where the side is written."""
        values = [value for _, value in field.values.pairs] if field.values else []
        if not all(isinstance(value, bool) for value in values):
            return ["must give true or false for each value"]
        return ["must have a value for true and one for false"] if written and len(set(values)) < 2 else []


class Enum(_Choice):
    """A word of a closed set. The canonical word is what the ``values`` table of a side gives, else the side's own."""

    def arrow(self, property: Property) -> pa.DataType:
        """Text."""
        return pa.string()

    def get(self, raw: Any, place: Place, companion: Any = None) -> str | None:
        """The canonical word; raises InvalidValueError for one that is not in the side's table."""
        if raw is None or raw == "":
            return None
        if place.field.values is None:
            return clean_text(raw)
        return str(_lookup(_canonical(place.field.values), clean_text(raw) if isinstance(raw, str) else raw))

    def put(self, value: Any, place: Place, companion: Any = None, like: Any = None) -> Any:
        """This side's word; raises InvalidValueError where it has none for the canonical one."""
        if place.field.values is not None:
            return _lookup(_raw(place.field.values), value)
        return value

    def complaints(self, field: Field, *, written: bool) -> list[str]:
        """Canonical words are text."""
        words = [value for _, value in field.values.pairs] if field.values else []
        return [] if all(isinstance(word, str) and word for word in words) else ["must give a word (text) for each value"]


class Unit(Enum):
    """A unit of measure: an enum whose canonical words are, by custom, UN/ECE Recommendation 20 codes."""
