"""Records between client and canonical tables: one frame of texts, so that nothing of the received JSON is lost."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa

from lenke.core.links.rows import Side
from lenke.core.mapping.apply import Constants, to_canonical
from lenke.core.mapping.ids import storable
from lenke.core.plan.reads import SideRead
from lenke.core.ports import Record
from lenke.runtime.flow_run import FlowRun

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("version", pa.string()),
        ("modified", pa.timestamp("us", "UTC")),
        ("raw", pa.string()),
        ("whole", pa.bool_()),
    ]
)


def to_table(records: Iterable[Record]) -> pa.Table:
    """Records as rows, one an id: the last one read, but never a list entry over a whole record."""
    latest: dict[str, Record] = {}
    for record in records:
        if record.whole or record.id not in latest or not latest[record.id].whole:
            latest[record.id] = record
    rows = list(latest.values())
    columns = {name: [getattr(record, name) for record in rows] for name in SCHEMA.names}
    columns["id"] = [storable(text) for text in columns["id"]]
    columns["version"] = [None if text is None else storable(text) for text in columns["version"]]
    columns["raw"] = [text.encode("utf-8", "replace").decode() for text in columns["raw"]]
    return pa.table(columns, schema=SCHEMA)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Staged rows as the frame that mapping and reading take."""
    return pd.DataFrame({name: table.column(name).to_pylist() for name in SCHEMA.names}, dtype=object)


def read_records(run: FlowRun, side: Side, records: Iterable[Record], constants: Constants) -> SideRead:
    """Records straight to a read, for those that are fetched while planning or loading."""
    frame = to_frame(to_table(records))
    batch = to_canonical(run.flow, side, frame, run.settings, constants)
    return run.reader(side).read(batch, frame, complete=False)
