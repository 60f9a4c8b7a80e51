"""The limit: the same links in a plain indexed SQL table of the same PostgreSQL, without Airflow in between.

Rows go in by COPY, come out by COPY into columns (quicker than SELECT with rows in Python), and are changed by one UPDATE.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg2.extras import execute_values

from bench import memory, sample
from bench.ground import connect
from bench.phases import CHANGED, REPEATS, Figures
from lenke.core.links.table import SCHEMA_FIXED, Table, table

_DIGESTS = [f"d{at:02d}" for at in range(sample.PROPERTIES)]
_COLUMNS = [*SCHEMA_FIXED.names, *_DIGESTS]
_TYPES = {"kind": "smallint", "left_version": "bigint", "right_version": "bigint"} | dict.fromkeys(_DIGESTS, "bigint")
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)


def measure(socket: str, password: str, count: int) -> dict[str, Figures | int]:
    """All phases that the ledger has, and ``bytes`` of the table with its indexes after the first."""
    connection = connect(socket, password)
    try:
        with connection.cursor() as cursor:
            _create(cursor)
            rows = table(sample.links(count), sample.PROPERTIES)
            written = _timed(lambda: _write(cursor, rows), 1)
            cursor.execute("SELECT pg_total_relation_size('bench_link')")
            size = int(cursor.fetchone()[0])
            read = _timed(lambda: _read(cursor), REPEATS)
            changed = _timed(lambda: _change(cursor, count), REPEATS)
            cursor.execute("DROP TABLE bench_link")
    finally:
        connection.close()
    return {"write": written, "read": read, "change": changed, "bytes": size}


def _create(cursor: Any) -> None:
    columns = ", ".join(f'"{name}" {_TYPES.get(name, "text")} NOT NULL' for name in _COLUMNS)
    cursor.execute("DROP TABLE IF EXISTS bench_link")
    cursor.execute(f'CREATE TABLE bench_link ({columns}, PRIMARY KEY (parent, "left"))')
    cursor.execute('CREATE INDEX ON bench_link ("right")')


def _write(cursor: Any, rows: Table) -> None:
    whole = rows.rows
    for at, name in enumerate(_DIGESTS):
        whole = whole.append_column(name, pa.array(np.ascontiguousarray(rows.base[:, at]).view(np.int64)))
    text = io.BytesIO()
    pacsv.write_csv(whole, text, pacsv.WriteOptions(include_header=False))
    text.seek(0)
    # Empty strings are quoted by the writer, so they come in as such and not as NULL.
    cursor.copy_expert(f"COPY bench_link ({_NAMES}) FROM STDIN WITH (FORMAT csv)", text)


def _read(cursor: Any) -> pa.Table:
    text = io.BytesIO()
    cursor.copy_expert(f"COPY bench_link ({_NAMES}) TO STDOUT WITH (FORMAT csv)", text)
    text.seek(0)
    types = {field.name: field.type for field in SCHEMA_FIXED} | dict.fromkeys(_DIGESTS, pa.int64())
    return pacsv.read_csv(text, pacsv.ReadOptions(column_names=_COLUMNS), convert_options=pacsv.ConvertOptions(column_types=types))


def _change(cursor: Any, count: int) -> None:
    step = max(count // min(CHANGED, count // 10), 1)
    links = [("", str(sample.FIRST_ID + at), at, '{"right_pending":{}}') for at in range(0, count, step)][:CHANGED]
    statement = (
        'UPDATE bench_link SET d00 = new.digest, extra = new.extra FROM (VALUES %s) AS new (parent, "left", digest, extra) '
        'WHERE bench_link.parent = new.parent AND bench_link."left" = new."left"'
    )
    execute_values(cursor, statement, links, page_size=CHANGED)


def _timed(work: Callable[[], Any], times: int) -> Figures:
    before = memory.begin()
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return Figures(seconds=statistics.median(seconds), all=seconds, before=before, peak=memory.peak(), faults=[])
