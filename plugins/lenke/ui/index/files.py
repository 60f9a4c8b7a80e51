"""The index's files: where they are, who may read them, and what happens to one that is damaged or of another version."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from airflow.sdk.configuration import conf

from lenke.runtime import places

# Grows when a table changes: an index of another version is made anew.
VERSION = 1
WAIT_SECONDS = 10.0
_Result = TypeVar("_Result")


def folder() -> Path:
    """``[lenke] ui_index``, else ``ui/`` in Lenke's home where that is a folder, else ``lenke_ui/`` in AIRFLOW_HOME."""
    if told := conf.get("lenke", "ui_index", fallback=""):
        return Path(told)
    home = places.home()
    if home.protocol in ("file", "local", ""):
        return Path(home.path) / "ui"
    return Path(os.environ.get("AIRFLOW_HOME", Path("~/airflow").expanduser())) / "lenke_ui"


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads one state of the file, whatever is written meanwhile."""
    with closing(_connect(path)) as connection:
        connection.execute("BEGIN")
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction that is whole or not at all; only one at a time over all processes.

    :raises sqlite3.OperationalError: another one did not end in time.
    """
    with closing(_connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def sound(path: Path, schema: str, do: Callable[[], _Result]) -> _Result:
    """What ``do`` gives on a file that has today's tables; one that is damaged is thrown away and made anew, once."""
    try:
        prepare(path, schema)
        return do()
    except sqlite3.OperationalError:
        raise  # busy, or no room: nothing is wrong with what is stored
    except sqlite3.DatabaseError:
        discard(path)
        prepare(path, schema)
        return do()


def prepare(path: Path, schema: str) -> None:
    """Make the file with its tables, if it is not there in today's version."""
    if path.exists():
        with closing(_connect(path)) as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                return
        discard(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise sqlite3.OperationalError(f"{path} cannot be made: {error.strerror}") from error
    with closing(_connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {VERSION}; COMMIT;")


def discard(path: Path) -> None:
    """Forget an index file; the next look makes it anew."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection
