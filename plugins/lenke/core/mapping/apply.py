"""Applies a flow's mapping to records: raw JSON in, canonical Arrow tables out; and canonical text for digests.

Header table, one row per record that passes the entity's ``where``: ``id`` string, ``version`` string, ``modified``
timestamp[us, UTC], ``problem`` string (JSON list, see :mod:`lenke.core.mapping.problem`, or null), ``lock`` string (JSON list of
the places among the flow's locks that hold on that side, or null), ``lines`` int8 (presence of the list of lines: 0 for a list
entry without its details, and for a flow without lines), and per property ``v.<name>`` in the type's Arrow type and ``s.<name>``
int8: 0 absent (missing from the reply, withheld by ``when``, or invalid), 1 null, 2 value.
Line table, one row per line: ``parent`` string (header id), ``id`` string, ``index`` int64 (its place), ``problem``, ``v.*``, ``s.*``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lenke.core.converters.base import Constants, InvalidValueError, Place, clean_text
from lenke.core.converters.lookups import unlisted
from lenke.core.converters.registry import CONVERTERS
from lenke.core.mapping.columns import (
    ABSENT,
    MISSING,
    NULL,
    VALUE,
    Column,
    Json,
    Mask,
    convert,
    matches,
    parse_object,
    pluck,
    texts_of,
    times,
)
from lenke.core.mapping.ids import id_fault
from lenke.core.mapping.model import SIDES, Condition, Field, Flow, LineSide, Options, Property, Side
from lenke.core.mapping.problem import Problem, PutProblem, dump
from lenke.core.mapping.put import missing_required, put
from lenke.core.mapping.settings import Settings

__all__ = [
    "CanonicalBatch",
    "Constants",
    "Problem",
    "PutProblem",
    "fingerprint",
    "missing_required",
    "put",
    "texts",
    "to_canonical",
    "unlisted",
]

Row = tuple[int, Problem]


@dataclass(frozen=True, slots=True)
class CanonicalBatch:
    """The canonical tables of one side of a flow; ``lines`` is None for a flow without lines."""

    header: pa.Table
    lines: pa.Table | None


@dataclass(frozen=True, slots=True)
class _Source:
    """What every conversion of one call shares."""

    side: Side
    system: str
    settings: Settings
    constants: Constants

    def place(self, property: Property) -> Place | None:
        field = property.field(self.side)
        return Place(property, field, self.side, self.system, self.settings, self.constants) if field else None


def to_canonical(
    flow: Flow,
    side: Side,
    records: pd.DataFrame,
    settings: Settings,
    constants: Constants,
) -> CanonicalBatch:
    """The canonical tables of ``records`` (columns ``id``, ``version``, ``modified``, ``raw``: JSON text).

    :param constants: by table of the settings, its keys with the ids that stand for them on the side that has no kinds, or that is
        looked up (ignored on the other).
    """
    source = _Source(side, flow.entity(side).system, settings, constants)
    parsed = [parse_object(text) for text in records["raw"]]
    objects: list[Json] = [{} if record is None else record for record in parsed]
    kept = _filter(flow, side, objects, broken=[record is None for record in parsed])
    records, objects = records.iloc[kept], [objects[row] for row in kept]
    problems: list[Row] = [(row, _BROKEN) for row, was in enumerate(kept) if parsed[was] is None]
    ids = texts_of(records["id"])
    problems += _id_faults(ids.to_pylist())
    presence, lines = np.zeros(len(objects), dtype=np.int8), None
    if flow.lines:
        presence, lines, faults = _lines(flow.lines.properties, flow.lines.side(side), ids, objects, source)
        problems += faults
    columns, faults = _columns(flow.properties, objects, source)
    head = {
        "id": ids,
        "version": texts_of(records["version"]),
        "modified": times(records["modified"]),
        "problem": _problem_column(len(objects), problems + faults),
        "lock": _lock_column(flow, side, objects),
        "lines": pa.array(presence, pa.int8()),
    }
    return CanonicalBatch(pa.table({**head, **columns}), lines)


_BROKEN = Problem("", "invalid_value", "the record is no JSON object, or holds what cannot be read")


def _id_faults(ids: Sequence[str | None]) -> list[Row]:
    faults = ((row, id_fault(id)) for row, id in enumerate(ids))
    return [(row, Problem("id", "invalid_value", fault)) for row, fault in faults if fault]


def _filter(flow: Flow, side: Side, objects: Sequence[Json], *, broken: list[bool]) -> np.ndarray[Any, np.dtype[np.int64]]:
    kept = np.ones(len(objects), dtype=bool)
    for where in flow.entity(side).where:
        kept &= matches(objects, where.path, where.values)
    return np.flatnonzero(kept | np.array(broken, dtype=bool))


def _columns(properties: Sequence[Property], objects: Sequence[Json], source: _Source) -> tuple[dict[str, pa.Array], list[Row]]:
    found: dict[str, Column] = {}

    def rows(name: str) -> list[Any]:
        return found[name].rows()

    arrays: dict[str, pa.Array] = {}
    problems: list[Row] = []
    for wanted in sorted(properties, key=_readiness):
        place = source.place(wanted)
        made = convert(place, objects, rows) if place else _nothing(wanted, len(objects))
        if wanted.when:
            made = made.where(_holding(found[wanted.when.property], wanted.when))
        found[wanted.name] = made
        problems += made.problems()
    for name in (p.name for p in properties):
        arrays[f"v.{name}"], arrays[f"s.{name}"] = found[name].arrays()
    return arrays, problems


def _nothing(property: Property, rows: int) -> Column:
    arrow = CONVERTERS[property.type].arrow(property)
    return Column(property, arrow, np.zeros(rows, dtype=np.int64), [None], np.zeros(1, dtype=np.int8), [None])


def _readiness(property: Property) -> int:
    """Conditions and countries before what depends on them; an unconditional one before a conditional one."""
    return (0 if property.type == "boolean" else 2 if property.type == "country" else 4) + (property.when is not None)


def _holding(column: Column, when: Condition) -> Mask:
    truths: Mask = np.array([when.holds(truth=value) for value in column.values], dtype=bool)
    return np.asarray(truths[column.codes])


def _lines(
    properties: Sequence[Property], place: LineSide, parents: pa.Array, objects: Sequence[Json], source: _Source
) -> tuple[np.ndarray[Any, np.dtype[np.int8]], pa.Table, list[Row]]:
    lists = pluck(objects, place.path)
    presence = np.array([ABSENT if found is MISSING else NULL if found is None else VALUE for found in lists], dtype=np.int8)
    bad = [row for row, found in enumerate(lists) if not (found is None or found is MISSING or _is_lines(found))]
    presence[bad] = ABSENT
    faults = [(row, Problem(place.path, "invalid_value", "is not a list of lines")) for row in bad]
    good = [(row, n, line) for row, found in enumerate(lists) if _is_lines(found) for n, line in enumerate(found)]
    lines = [line for _, _, line in good]
    columns, problems = _columns(properties, lines, source)
    owners = [row for row, _, _ in good]
    ids, missing = _line_ids(lines, place, owners)
    head = {
        "parent": parents.take(pa.array(owners, pa.int64())),
        "id": ids,
        "index": pa.array([n for _, n, _ in good], pa.int64()),
        "problem": _problem_column(len(lines), missing + problems),
    }
    return presence, pa.table({**head, **columns}), faults


def _is_lines(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(line, dict) for line in found)


def _line_ids(lines: Sequence[Json], place: LineSide, owners: Sequence[int]) -> tuple[pa.Array, list[Row]]:
    ids: list[str | None] = []
    problems: list[Row] = []
    seen: set[tuple[int, str]] = set()
    for row, raw in enumerate(pluck(lines, place.id)):
        try:
            ids.append(clean_text(None if raw is MISSING else raw))
        except InvalidValueError:
            ids.append(None)
        if ids[-1] is None:
            problems.append((row, Problem(place.id, "invalid_value", "the line has no id")))
        elif (owners[row], ids[-1]) in seen:
            problems.append((row, Problem(place.id, "invalid_value", "another line of the record has the same id")))
        else:
            seen.add((owners[row], ids[-1]))
    return pa.array(ids, pa.string()), problems


def _problem_column(rows: int, problems: Iterable[Row]) -> pa.Array:
    per_row: dict[int, list[Problem]] = {}
    for row, problem in problems:
        per_row.setdefault(row, []).append(problem)
    return pa.array([dump(per_row.get(row, ())) for row in range(rows)] if per_row else [None] * rows, pa.string())


def _lock_column(flow: Flow, side: Side, objects: Sequence[Json]) -> pa.Array:
    held: list[list[int]] = [[] for _ in objects]
    for place, lock in enumerate(flow.locks):
        if lock.side == side:
            for row in np.flatnonzero(matches(objects, lock.path, lock.values)):
                held[row].append(place)
    return pa.array([json.dumps(places) if places else None for places in held], pa.string())


def texts(properties: Iterable[Property], table: pa.Table) -> pd.DataFrame:
    """Canonical text per property (column = its name, dtype object), None where it is null or absent."""
    found = {p.name: _text_column(p, table.column(f"v.{p.name}")) for p in properties}
    return pd.DataFrame(found, index=range(table.num_rows), dtype=object)


def _text_column(property: Property, column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.object_]]:
    encode = CONVERTERS[property.type].encode
    different = column.combine_chunks().dictionary_encode()
    words = np.array([*(encode(value) for value in different.dictionary.to_pylist()), None], dtype=object)
    codes = pc.fill_null(different.indices, len(words) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(words[codes])


def fingerprint(property: Property, settings: Settings | None = None, *, systems: tuple[str, str] = ("", "")) -> str:
    """A text that changes with whatever changes the property's canonical values: type, fields, options, version of the form.

    The direction changes none of them: :mod:`lenke.core.mapping.prints`.

    With ``settings`` and the two sides' system ids also the installation's choices that count (price basis, time zone ...).
    """
    converter = CONVERTERS[property.type]
    told: dict[str, Any] = {"type": property.type, "version": converter.version, "options": _set(property.options), "to": property.to}
    for side, system in zip(SIDES, systems, strict=True):
        place = _Source(side, system, settings or Settings(), {}).place(property)
        told[side] = _set(place.field) if place else None
        told[f"{side} choices"] = converter.choices(place) if place and settings else None
    text = json.dumps(told, sort_keys=True, default=str)
    return f"{property.type}.{converter.version}.{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _set(value: Field | Options) -> dict[str, Any]:
    """The keys that are not left at their default, so that a key that the language gains changes no fingerprint."""
    defaults = {f.name: f.default for f in fields(value)}
    return {name: told for name, told in asdict(value).items() if told != defaults[name]}
