"""One side of a flow as read and mapped: columns for what decides, texts for what is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lenke.core.links.digests import Digests
from lenke.core.links.merge import Row


@dataclass(frozen=True)
class LineRead:
    """The lines of all records of one side, one row a line.

    :param parents: header ids of this side.
    :param ids: line ids, unique within a header.
    :param digests: one column a line property.
    :param texts: canonical text (or None) per line property.
    :param problems: JSON list of problems, or None.
    """

    parents: np.ndarray[Any, np.dtype[np.object_]]
    ids: np.ndarray[Any, np.dtype[np.object_]]
    digests: Digests
    texts: pd.DataFrame
    problems: np.ndarray[Any, np.dtype[np.object_]]
    markers: np.ndarray[Any, np.dtype[np.object_]]

    @cached_property
    def of(self) -> Mapping[str, np.ndarray[Any, np.dtype[np.int64]]]:
        """Header id to the positions of its lines, in their order."""
        codes, uniques = pd.factorize(self.parents)
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(len(uniques) + 1))
        return {parent: order[bounds[at] : bounds[at + 1]] for at, parent in enumerate(uniques)}

    def row(self, position: int) -> Row:
        """One line for the merge."""
        return Row(self.digests[position].tolist(), _texts(self.texts, position))


@dataclass(frozen=True)
class SideRead:
    """The header records of one side, one row a record.

    :param whole: False where the read brought a list entry without its lines.
    :param versions: digest of the record's version, 0 where it has none.
    :param raws: the JSON text as received.
    :param problems: JSON list of problems, or None.
    :param locks: the name of the lock that holds, or None.
    :param complete: every record of the entity was read, so an absent one is worth verifying.
    """

    ids: np.ndarray[Any, np.dtype[np.object_]]
    digests: Digests
    texts: pd.DataFrame
    modified: np.ndarray[Any, np.dtype[np.object_]]
    versions: Digests
    raws: np.ndarray[Any, np.dtype[np.object_]]
    markers: np.ndarray[Any, np.dtype[np.object_]]
    problems: np.ndarray[Any, np.dtype[np.object_]]
    locks: np.ndarray[Any, np.dtype[np.object_]]
    whole: np.ndarray[Any, np.dtype[np.bool_]]
    complete: bool
    lines: LineRead | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Id to row."""
        return {id: at for at, id in enumerate(self.ids)}

    def row(self, position: int) -> Row:
        """One record for the merge."""
        return Row(self.digests[position].tolist(), _texts(self.texts, position), self._modified(position))

    def _modified(self, position: int) -> datetime | None:
        value = self.modified[position]
        return None if pd.isna(value) else pd.Timestamp(value).to_pydatetime()

    def texts_of(self, position: int) -> dict[str, str | None]:
        """Canonical texts of one record."""
        return _texts(self.texts, position)


def _texts(frame: pd.DataFrame, position: int) -> dict[str, str | None]:
    values = frame.iloc[position].tolist() if len(frame.columns) else []
    return {name: None if value is None or value != value else value for name, value in zip(frame.columns, values, strict=True)}
