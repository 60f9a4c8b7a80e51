"""A segment: ledger rows in columns, compressed, as one string for one XCom row."""

from __future__ import annotations

import base64
import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lenke.core.errors import LedgerError
from lenke.core.links.table import SCHEMA_FIXED, Table

# A segment of this many rows stays below about 1.5 MB of text with 14 properties.
ROWS_PER_SEGMENT = 8_000
_BASE = "base"


def encode(table: Table) -> str:
    """Base64 of a zstd-compressed Parquet file."""
    width = table.base.shape[1]
    rows = table.rows.append_column(_BASE, _binary(table)) if width else table.rows
    sink = pa.BufferOutputStream()
    # Digests are noise: dictionaries and page statistics would only cost bytes.
    pq.write_table(rows, sink, compression="zstd", compression_level=6, use_dictionary=["kind"], write_statistics=False, store_schema=False)
    return base64.b64encode(sink.getvalue().to_pybytes()).decode("ascii")


def decode(text: str) -> Table:
    """The rows of a segment; LedgerError where the text is not one."""
    try:
        # No file object of Python's: see staging.opened.
        rows = pq.read_table(pa.BufferReader(base64.b64decode(text, validate=True)))
        base = _digests(rows)
        fixed = rows.select(SCHEMA_FIXED.names).cast(SCHEMA_FIXED)
    except (ValueError, KeyError, pa.ArrowException) as error:
        raise LedgerError("a ledger segment cannot be read; run `lenke ledger verify`, then `lenke ledger restore`") from error
    return Table(fixed, base)


def checksum(text: str) -> str:
    """SHA-256 of a segment's or manifest's text, 32 hexadecimal characters."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def slices(table: Table) -> list[Table]:
    """A table in parts of at most ROWS_PER_SEGMENT rows (none for an empty one)."""
    starts = range(0, len(table), ROWS_PER_SEGMENT)
    return [Table(table.rows.slice(at, ROWS_PER_SEGMENT), table.base[at : at + ROWS_PER_SEGMENT]) for at in starts]


def _binary(table: Table) -> pa.Array:
    size = table.base.shape[1] * 8
    data = np.ascontiguousarray(table.base.astype("<u8")).tobytes()
    return pa.Array.from_buffers(pa.binary(size), len(table), [None, pa.py_buffer(data)])


def _digests(rows: pa.Table) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    if _BASE not in rows.column_names:
        return np.zeros((rows.num_rows, 0), dtype=np.uint64)
    column = rows.column(_BASE).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    width = column.type.byte_width // 8
    start = column.offset * width * 8
    buffer = column.buffers()[1]
    data = np.frombuffer(buffer, dtype="<u8", count=len(column) * width, offset=start) if buffer is not None else np.zeros(0, dtype="<u8")
    return data.reshape(len(column), width).astype(np.uint64)
