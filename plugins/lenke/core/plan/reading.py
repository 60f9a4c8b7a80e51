"""From canonical tables to the reads that the plan is made from: references rewritten, digests taken, markers found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from lenke.core.links.digests import UNKNOWN, VALUE, Digester
from lenke.core.links.marker import PREFIX
from lenke.core.links.references import Index, meant
from lenke.core.links.rows import Side
from lenke.core.mapping.apply import CanonicalBatch, texts
from lenke.core.mapping.columns import parse_object, raw_at
from lenke.core.mapping.model import Dataflow, Flow, Property
from lenke.core.plan.reads import LineRead, Objects, SideRead


@dataclass(frozen=True)
class Reader:
    """What turns one side's canonical tables into a :class:`SideRead`.

    :param marker: path of the field that holds Lenke's marker in records, and :param line_marker: in their lines; None where
        there is none.
    """

    dataflow: Dataflow
    flow: Flow
    side: Side
    digester: Digester
    references: Mapping[str, Index]
    marker: str | None
    line_marker: str | None = None

    def read(self, batch: CanonicalBatch, records: pd.DataFrame, *, complete: bool) -> SideRead:
        """One side as read.

        :param records: id, version, modified, raw and whole, as staged; more than ``batch`` holds where the flow filters.
        """
        header = batch.header
        ids = _objects(header.column("id"))
        staged = records.iloc[pd.Index(records["id"], dtype=object).get_indexer(pd.Index(ids, dtype=object))]
        raws = staged["raw"].to_numpy(dtype=object)
        header_texts, digests = self._columns(self.flow.properties, header)
        markers = [self._markers(raw) for raw in raws]
        return SideRead(
            ids=ids,
            digests=digests,
            texts=header_texts,
            modified=header.column("modified").to_pandas().to_numpy(dtype=object),
            versions=self._versions(staged["version"].tolist()),
            raws=raws,
            markers=_array([own for own, _ in markers]),
            problems=_objects(header.column("problem")),
            locks=_objects(header.column("lock")),
            whole=self._whole(staged, header),
            lined=header.column("lines").to_numpy() == VALUE if self._is_part else None,
            complete=complete,
            lines=self._lines(batch.lines, dict(zip(ids, (lines for _, lines in markers), strict=True)))
            if batch.lines is not None
            else None,
        )

    def _whole(self, staged: pd.DataFrame, header: pa.Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
        whole = staged["whole"].to_numpy(dtype=np.bool_)
        # A reply that withholds the list of lines, or has null for it, tells nothing of them; taken as empty it would remove them all.
        return whole & (header.column("lines").to_numpy() == VALUE) if self.flow.lines and not self._is_part else whole

    @property
    def _is_part(self) -> bool:
        """Lines that are a part of their owner may be missing from a record that is there."""
        return self.flow.lines is not None and bool(self.flow.lines.part)

    def _lines(self, lines: pa.Table, markers: Mapping[str, Mapping[str, str]]) -> LineRead:
        assert self.flow.lines is not None
        line_texts, digests = self._columns(self.flow.lines.properties, lines)
        parents, ids = _objects(lines.column("parent")), _objects(lines.column("id"))
        return LineRead(
            parents=parents,
            ids=ids,
            digests=digests,
            texts=line_texts,
            problems=_objects(lines.column("problem")),
            markers=_array([markers[parent].get(id) for parent, id in zip(parents, ids, strict=True)]),
        )

    def _columns(self, properties: Sequence[Property], table: pa.Table) -> tuple[pd.DataFrame, np.ndarray[Any, np.dtype[np.uint64]]]:
        found = texts(properties, table)
        said = found.copy(deep=False)
        for spec in properties:
            if spec.to is not None:
                found[spec.name] = self.references[spec.to].as_left(found[spec.name], self.side)
                said[spec.name] = pd.Series(map(meant, found[spec.name]), index=found.index, dtype=object)
        presence = pd.DataFrame({spec.name: table.column(f"s.{spec.name}").to_numpy() for spec in properties})
        return found, self.digester.matrix([spec.name for spec in properties], said, presence)

    def _versions(self, versions: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.uint64]]:
        # Only composite records are read in two steps; for others the version would cost ledger rows and tell nothing.
        if self.flow.lines is None:
            return np.zeros(len(versions), dtype=np.uint64)
        return np.asarray([self.version(version) for version in versions], dtype=np.uint64)

    def version(self, version: Any) -> int:
        """The digest of a record's version text; UNKNOWN where it has none."""
        return UNKNOWN if version is None or version != version else self.digester.value("version", str(version))

    def _markers(self, raw: str) -> tuple[str | None, dict[str, str]]:
        """The marker in a record, and in its lines by their ids; most records hold none and are not parsed."""
        if f'"{PREFIX}' not in raw:
            return None, {}
        record = parse_object(raw) or {}
        own = raw_at(record, self.marker) if self.marker else None
        return own if isinstance(own, str) and own else None, self._line_markers(record)

    def _line_markers(self, record: Mapping[str, Any]) -> dict[str, str]:
        if self.flow.lines is None or self.line_marker is None:
            return {}
        place = self.flow.lines.side(self.side)
        lines = raw_at(dict(record), place.path)
        found = [(raw_at(line, place.id), raw_at(line, self.line_marker)) for line in lines or () if isinstance(line, dict)]
        return {str(id): own for id, own in found if isinstance(own, str) and own}


def _objects(column: pa.ChunkedArray) -> Objects:
    return _array(column.to_pylist())


def _array(values: Sequence[Any]) -> Objects:
    result: Objects = np.empty(len(values), dtype=object)
    result[:] = values
    return result
