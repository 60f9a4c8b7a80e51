"""Frames between tasks: Parquet in shared storage; only a plain reference travels through XCom."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from airflow.sdk import ObjectStoragePath

from lenke.core.errors import FatalError


class Staged(TypedDict):
    """A reference to a staged table."""

    uri: str
    rows: int
    schema: str


def write(table: pa.Table, place: ObjectStoragePath, *, group: int | None = None) -> Staged:
    """Stage a table (file mode 0600 where the storage has modes).

    :param group: rows of a row group, where a reader wants a few rows only.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", row_group_size=group)
    write_bytes(place, sink.getvalue().to_pybytes())
    return {"uri": str(place), "rows": table.num_rows, "schema": _schema(table)}


def read(staged: Staged) -> pa.Table:
    """A staged table; FatalError where it was removed meanwhile."""
    place = ObjectStoragePath(staged["uri"])
    if not place.exists():
        raise FatalError(
            f"{staged['uri']} is not there: it is older than retention.staging_days (clear this flow from its extract task on), "
            "or [lenke] home is not the same place on every worker"
        )
    table = pq.read_table(opened(place))
    if _schema(table) != staged["schema"]:
        raise FatalError(f"{staged['uri']} was written by another version; clear this flow from its extract task on")
    return table


def opened(place: ObjectStoragePath | Path) -> pa.NativeFile:
    """A staged file as Arrow reads it by itself.

    Never hand it a file object of Python's: its threads may then hang or abort the process when that ends (apache/arrow#50482).
    """
    path = _local(place)
    return pa.OSFile(str(path)) if path else pa.BufferReader(place.read_bytes())


def write_json(place: ObjectStoragePath, value: Any) -> None:
    """Store a small JSON document, readable by its owner only."""
    write_bytes(place, json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass"))


def write_bytes(place: ObjectStoragePath | Path, data: bytes) -> None:
    """Store bytes, readable by their owner only; whole or not at all, as object stores put whole objects anyway."""
    if path := _local(place):
        private_folder(path.parent)
        # Its own name, so that two processes that write one file do not take each other's.
        part = path.with_name(f"{path.name}.{uuid4().hex}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    else:
        place.write_bytes(data)


def private_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, each closed to others (``mkdir`` would close the last one only)."""
    for folder in [*reversed(path.parents), path]:
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)


def modified(place: ObjectStoragePath) -> datetime | None:
    """When a file was written, or None where it is gone or the storage does not say: Airflow's ``stat`` tells the year 1970 then."""
    try:
        found: datetime = place.fs.modified(place.path)
    except (NotImplementedError, KeyError, TypeError, FileNotFoundError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _schema(table: pa.Table) -> str:
    text = ",".join(f"{field.name}:{field.type}" for field in table.schema)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _local(place: ObjectStoragePath | Path) -> Path | None:
    if isinstance(place, Path):
        return place
    return Path(place.path) if place.protocol in ("file", "local", "") else None
