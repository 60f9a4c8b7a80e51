"""One canonical column: pluck a path out of many records, convert each different value once, spread it over the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from lenke.core.converters.base import Companion, InvalidValueError, Place
from lenke.core.converters.lookups import keys_of
from lenke.core.converters.registry import CONVERTERS
from lenke.core.exact_json import DECODER
from lenke.core.mapping.model import Property
from lenke.core.mapping.problem import Problem

ABSENT, NULL, VALUE = 0, 1, 2
Json = dict[str, Any]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


class _Missing:
    """A member that a record does not have, which is not the same as null."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Column:
    """One property over all rows, as different values and, per row, which of them it holds.

    :param property: the property; :param type: its Arrow type.
    :param codes: int64 per row, an index into the other three.
    :param values: canonical values; :param presence: 0 absent, 1 null, 2 value; :param faults: what is wrong with it, or None.
    """

    property: Property
    type: pa.DataType
    codes: np.ndarray[Any, np.dtype[np.int64]]
    values: list[Any]
    presence: np.ndarray[Any, np.dtype[np.int8]]
    faults: list[str | None]

    def rows(self) -> list[Any]:
        """The canonical value of each row (None: null or absent)."""
        return [self.values[code] for code in self.codes]

    def where(self, mask: Mask) -> Column:
        """The same column, absent wherever ``mask`` is false."""
        codes = np.where(mask, self.codes, len(self.values))
        return Column(
            self.property, self.type, codes, [*self.values, None], np.append(self.presence, np.int8(ABSENT)), [*self.faults, None]
        )

    def arrays(self) -> tuple[pa.Array, pa.Array]:
        """``v.`` and ``s.``: values of the Arrow type, and presence as int8."""
        taken = pa.array(self.values, self.type).take(pa.array(self.codes))
        return taken, pa.array(self.presence[self.codes], pa.int8())

    def problems(self) -> list[tuple[int, Problem]]:
        """Row number and problem of each row whose value is invalid."""
        bad = [code for code, fault in enumerate(self.faults) if fault]
        if not bad:
            return []
        rows = np.flatnonzero(np.isin(self.codes, bad))
        return [(int(row), Problem(self.property.name, "invalid_value", str(self.faults[self.codes[row]]))) for row in rows]


def parse_object(text: object) -> Json | None:
    """A record's raw JSON, numbers exact; None where it is no JSON object."""
    try:
        found = DECODER.decode(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def pluck(records: Sequence[Any], path: str) -> list[Any]:
    """The raw value at ``path`` of each record; under a null parent null, without a parent MISSING.

    A name of digits picks from a list (``Emails.0.Value``); a list that is shorter holds null there.
    """
    found: list[Any] = list(records)
    for name in path.split("."):
        found = [r.get(name, MISSING) if r.__class__ is dict else None if r is None else _item(r, name) for r in found]
    return found


def _item(value: Any, name: str) -> Any:
    if value.__class__ is not list or not (name.isascii() and name.isdecimal()):
        return MISSING
    return value[int(name)] if int(name) < len(value) else None


def raw_at(record: Json | None, path: str) -> Any:
    """The raw value at ``path`` of one record, None where it is missing or null."""
    found = pluck([{} if record is None else record], path)[0]
    return None if found is MISSING else found


def matches(records: Sequence[Any], path: str, values: Sequence[Any]) -> Mask:
    """Rows whose raw value at ``path`` is one of ``values``; a missing member is null; true is not 1."""
    wanted = {_token(value) for value in values}
    found = [_token(None if raw is MISSING else raw) in wanted for raw in pluck(records, path)]
    return np.array(found, dtype=bool)


def convert(place: Place, records: Sequence[Json], canonical: Callable[[str], list[Any]]) -> Column:
    """The canonical column of ``place`` over ``records``; ``canonical`` gives another property's values, row by row."""
    converter = CONVERTERS[place.property.type]
    raws = pluck(records, place.field.path)
    if place.field.lookup:
        raws = keys_of(raws, place.field.lookup, place.constants, other=MISSING)
    companion = converter.companion(place)
    beside = None if companion is None else _companions(companion, records, canonical)
    codes, samples = _factorize(raws, beside)
    results = [_convert_one(place, raw, second) for raw, second in samples]
    return Column(
        place.property,
        converter.arrow(place.property),
        codes,
        [value for value, _, _ in results],
        np.array([presence for _, presence, _ in results], dtype=np.int8),
        [fault for _, _, fault in results],
    )


def _companions(companion: Companion, records: Sequence[Json], canonical: Callable[[str], list[Any]]) -> list[Any]:
    if companion.property is not None:
        return canonical(companion.property)
    return [None if raw is MISSING else raw for raw in pluck(records, companion.path or "")]


def _convert_one(place: Place, raw: Any, companion: Any) -> tuple[Any, int, str | None]:
    if raw is MISSING:
        return None, ABSENT, None
    try:
        value = CONVERTERS[place.property.type].get(raw, place, companion)
    except InvalidValueError as fault:
        return None, ABSENT, str(fault)
    return (None, NULL, None) if value is None else (value, VALUE, None)


def _token(raw: Any) -> Any:
    """A hashable key that tells true from 1 and text from numbers; containers, never valid, share one."""
    return raw if raw.__class__ is str else (raw.__class__, None if isinstance(raw, (dict, list)) else raw)


def _factorize(raws: list[Any], beside: list[Any] | None) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[tuple[Any, Any]]]:
    keys: list[Any] = [_token(raw) for raw in raws]
    if beside is not None:
        keys = list(zip(keys, map(_token, beside), strict=True))
    seen: dict[Any, int] = {}
    codes = np.fromiter((seen.setdefault(key, len(seen)) for key in keys), dtype=np.int64, count=len(keys))
    firsts = np.full(len(seen), -1, dtype=np.int64)
    firsts[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, [(raws[row], None if beside is None else beside[row]) for row in firsts]


def times(column: pd.Series[Any]) -> pa.Array:
    """A column of modified times as timestamp[us, UTC]."""
    return pa.array(pd.to_datetime(column, utc=True), type=pa.timestamp("us", "UTC"), from_pandas=True)


def texts_of(column: pd.Series[Any]) -> pa.Array:
    """A column of ids or versions as text, nulls kept."""
    return pa.array([None if value is None or value is pd.NA or value != value else str(value) for value in column], pa.string())
