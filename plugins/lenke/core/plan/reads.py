"""One side of a flow as read and mapped: columns for what decides, texts for what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lenke.core.links.digests import Digests
from lenke.core.links.merge import Row

Objects = np.ndarray[Any, np.dtype[np.object_]]
Texts = Mapping[str, str | None]


@dataclass(frozen=True)
class LineRead:
    """The lines of all records of one side, one row a line.

    :param parents: header ids of this side.
    :param ids: line ids, unique within a header.
    :param digests: one column a line property.
    :param texts: canonical text (or None) per line property.
    :param problems: JSON list of problems, or None.
    :param markers: Lenke's marker in the line, or None.
    """

    parents: Objects
    ids: Objects
    digests: Digests
    texts: pd.DataFrame
    problems: Objects
    markers: Objects

    @cached_property
    def of(self) -> Mapping[str, NDArray[np.int64]]:
        """Header id to the positions of its lines, in their order."""
        return grouped(self.parents)

    @cached_property
    def _values(self) -> Objects:
        return self.texts.to_numpy(dtype=object)

    def row(self, position: int) -> Row:
        """One line for the merge."""
        return Row(self.digests[position].tolist(), _texts(self.texts, self._values, position))


@dataclass(frozen=True)
class SideRead:
    """The header records of one side, one row a record.

    :param ids: unique.
    :param digests: one column a property; :param texts: canonical text (or None) per property.
    :param modified: when the system says it last changed (UTC), or None.
    :param versions: digest of the record's version, 0 where it has none.
    :param raws: the JSON text as received.
    :param markers: Lenke's marker in the record, or None.
    :param problems: JSON list of problems, or None.
    :param locks: JSON list of the places of the flow's locks that hold, or None.
    :param whole: False where the read brought a list entry without its lines.
    :param lined: where lines are a part of their owner: whether the record holds its list of lines. One that is there without it
        (a sale whose quote has no alternative to follow) counts, and its lines take no part. None: every whole record does.
    :param complete: every record of the entity was read, so an absent one is worth verifying.
    """

    ids: Objects
    digests: Digests
    texts: pd.DataFrame
    modified: Objects
    versions: Digests
    raws: Objects
    markers: Objects
    problems: Objects
    locks: Objects
    whole: NDArray[np.bool_]
    complete: bool
    lines: LineRead | None = None
    lined: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Id to row."""
        return {id: at for at, id in enumerate(self.ids)}

    @cached_property
    def _values(self) -> Objects:
        return self.texts.to_numpy(dtype=object)

    def row(self, position: int) -> Row:
        """One record for the merge."""
        return Row(self.digests[position].tolist(), self.texts_of(position), self._modified(position))

    def _modified(self, position: int) -> datetime | None:
        value = self.modified[position]
        return None if pd.isna(value) else pd.Timestamp(value).to_pydatetime()

    def texts_of(self, position: int) -> dict[str, str | None]:
        """Canonical texts of one record."""
        return _texts(self.texts, self._values, position)

    def has_lines(self, at: int) -> bool:
        """Whether the record's lines were read, be they none."""
        return self.lines is not None and bool(self.lined is None or self.lined[at])

    @property
    def with_lines(self) -> NDArray[np.bool_]:
        """Records that were read whole, with their lines."""
        return self.whole if self.lined is None else self.whole & self.lined

    def line_positions(self, id: str) -> Sequence[int]:
        """Where the lines of one record stand, in their order."""
        found = self.lines.of.get(id) if self.lines is not None else None
        return [] if found is None else found.tolist()


def grouped(keys: Objects) -> dict[str, NDArray[np.int64]]:
    """Each different key to the positions that hold it, in their order."""
    codes, uniques = pd.factorize(keys)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(uniques) + 1))
    return {key: order[bounds[at] : bounds[at + 1]] for at, key in enumerate(uniques)}


def whole(left: Texts | None, right: Texts | None) -> dict[str, str | None]:
    """The texts of a pair as one record: the left side's, and the right side's where the left has none."""
    merged = dict(right or {})
    merged.update({name: text for name, text in (left or {}).items() if text is not None or name not in merged})
    return merged


def _texts(frame: pd.DataFrame, values: Objects, position: int) -> dict[str, str | None]:
    found = values[position].tolist()
    return {name: None if value is None or value != value else value for name, value in zip(frame.columns, found, strict=True)}
