"""What is staged is read by Arrow itself."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from airflow.sdk import ObjectStoragePath

from lenke.runtime import staging

TABLE = pa.table({"id": ["1", None], "digest": pa.array([1, 2], pa.int64())})


@pytest.mark.parametrize("where", ["file", "memory"])
def test_a_staged_table_comes_back_without_a_file_object_of_pythons(tmp_path: Path, where: str) -> None:
    """Those make Arrow's threads hang or abort the process that ends while they live (apache/arrow#50482)."""
    place = ObjectStoragePath(f"file://{tmp_path}/a.parquet" if where == "file" else "memory://bucket/a.parquet")
    staged = staging.write(TABLE, place, group=1)
    assert staging.read(staged).equals(TABLE)
    for same in (place, Path(place.path)) if where == "file" else (place,):
        with staging.opened(same) as file:
            assert isinstance(file, pa.NativeFile)
            assert not isinstance(file, pa.PythonFile)


def test_two_processes_that_write_one_file_do_not_take_each_others_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, others = Path.replace, [b"two"]

    def replaced(part: Path, target: Path) -> Path:
        if others:
            staging.write_bytes(tmp_path / "file", others.pop())
        return real(part, target)

    monkeypatch.setattr(Path, "replace", replaced)
    staging.write_bytes(tmp_path / "file", b"one")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"one")]


def test_a_write_that_fails_leaves_nothing_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(part: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        staging.write_bytes(tmp_path / "file", b"one")
    assert list(tmp_path.iterdir()) == []
