"""Records in memory as the engine reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import lru_cache

import numpy as np
import pandas as pd

from lenke.core.links.digests import Digester, Digests
from lenke.core.links.references import UNLINKED, Index
from lenke.core.links.rows import Side
from lenke.core.mapping.model import Flow, Property
from lenke.core.plan.reads import LineRead, Objects, SideRead
from tests.laws.engine.systems import Fields, State

DIGESTER = Digester(b"k" * 32)


def version_digest(state: State) -> int:
    """The digest of a record's version."""
    return digest("version", str(state.version))


def make_read(
    flow: Flow,
    side: Side,
    states: Mapping[str, State],
    indexes: Mapping[str, Index],
    *,
    entries: Set[str] = frozenset(),
    complete: bool = False,
) -> SideRead:
    """Records in memory as a read; ``entries`` come without their lines."""
    ids = list(states)
    texts, digests = _columns(flow.properties, [states[id].fields for id in ids], side, indexes)
    held = "[0]"
    return SideRead(
        ids=_objects(ids),
        digests=digests,
        texts=texts,
        modified=_objects([states[id].modified for id in ids]),
        versions=np.asarray([version_digest(states[id]) if flow.lines else 0 for id in ids], dtype=np.uint64),
        raws=_objects(["{}" for _ in ids]),
        markers=_objects([states[id].marker for id in ids]),
        problems=_objects([None for _ in ids]),
        locks=_objects([held if side == "right" and states[id].locked else None for id in ids]),
        whole=np.asarray([id not in entries for id in ids], dtype=np.bool_),
        complete=complete,
        lines=_line_read(flow, side, {id: states[id] for id in ids if id not in entries}, indexes),
    )


def differs(
    properties: Sequence[Property], expected: Mapping[str, int], fields: Mapping[str, str | None], side: Side, indexes: Mapping[str, Index]
) -> bool:
    """Whether a record or line holds something else than a write expects."""
    digests = {spec.name: digest(spec.name, _text(spec, fields, side, indexes)) for spec in properties}
    return any(expected.get(name) not in (None, 0, digest) for name, digest in digests.items())


def _line_read(flow: Flow, side: Side, states: Mapping[str, State], indexes: Mapping[str, Index]) -> LineRead | None:
    if flow.lines is None:
        return None
    found = [(parent, id, line) for parent, state in states.items() for id, line in state.lines.items()]
    texts, digests = _columns(flow.lines.properties, [line.fields for _, _, line in found], side, indexes)
    return LineRead(
        parents=_objects([parent for parent, _, _ in found]),
        ids=_objects([id for _, id, _ in found]),
        digests=digests,
        texts=texts,
        problems=_objects([None for _ in found]),
        markers=_objects([line.marker for _, _, line in found]),
    )


def _columns(
    properties: Sequence[Property], records: Sequence[Fields], side: Side, indexes: Mapping[str, Index]
) -> tuple[pd.DataFrame, Digests]:
    values: Objects = np.empty((len(records), len(properties)), dtype=object)
    digests = np.zeros(values.shape, dtype=np.uint64)
    for row, record in enumerate(records):
        for column, spec in enumerate(properties):
            text = _text(spec, record, side, indexes)
            values[row, column], digests[row, column] = text, digest(spec.name, text)
    return pd.DataFrame(values, columns=_names(tuple(spec.name for spec in properties)), dtype=object), digests


@lru_cache
def _names(names: tuple[str, ...]) -> pd.Index:
    return pd.Index(names, dtype=object)


def _text(spec: Property, record: Fields, side: Side, indexes: Mapping[str, Index]) -> str | None:
    text = record.get(spec.name)
    if spec.to is None or side == "left" or text is None:
        return text
    return indexes[spec.to].to_left.get(text, UNLINKED + text)


@lru_cache(maxsize=100_000)
def digest(name: str, text: str | None) -> int:
    """The digest of a property's text."""
    return DIGESTER.value(name, text)


def _objects(values: Sequence[object]) -> Objects:
    result: Objects = np.empty(len(values), dtype=object)
    result[:] = values
    return result
