"""What Lenke writes to disk is its owner's alone, whatever the process's umask is, and is named by nobody but Lenke."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.sdk import ObjectStoragePath

from lenke.core.errors import FatalError
from lenke.runtime import staging
from tests.flows import small
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation, installed


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def written(open_umask: None, tmp_path: Path) -> Iterator[Installation]:
    """An installation after a run with a conflict, a parked record and an update: every kind of file is there."""
    with installed(tmp_path, records=small.records()) as made:
        made.engine.run()
        left, parked, *_ = sorted(made.engine.right_of(CUSTOMERS))
        made.edit(SHOP, "Customer", left, {"phone": "+47 22700301"})
        made.edit(OFFICE, "Customers", made.engine.right_of(CUSTOMERS)[left], {"PhoneNumber": "+4722700302"})
        made.edit(SHOP, "Customer", parked, {"phone": "ring meg"})
        made.engine.run()
        yield made


def test_files_are_0600_and_folders_0700(written: Installation) -> None:
    home = written.folder / "lenke"
    found = [home, *home.rglob("*")]
    assert {"staging", "journal", "ledger", "reports"} <= {path.name for path in found}
    assert any(path.name == "conflicts.json" for path in found)
    assert any(path.name.startswith("before-") for path in found)
    wrong = [
        (str(path.relative_to(home)), oct(stat.S_IMODE(path.stat().st_mode)))
        for path in found
        if stat.S_IMODE(path.stat().st_mode) != (0o700 if path.is_dir() else 0o600)
    ]
    assert wrong == []


def test_a_value_that_no_file_system_likes_is_stored(open_umask: None, tmp_path: Path) -> None:
    place = ObjectStoragePath(f"file://{tmp_path}/a/b/c.json")
    staging.write_json(place, {"half": "\ud83d", "nul": "\x00", "far": 10**400})
    assert (tmp_path / "a/b/c.json").stat().st_size > 400


def test_a_staged_table_that_somebody_exchanged_is_not_read(tmp_path: Path) -> None:
    import pyarrow as pa

    place = ObjectStoragePath(f"file://{tmp_path}/staging/a.parquet")
    staged = staging.write(pa.table({"id": ["1"]}), place)
    staging.write(pa.table({"id": [1]}), place)
    with pytest.raises(FatalError, match="clear this flow"):
        staging.read(staged)
