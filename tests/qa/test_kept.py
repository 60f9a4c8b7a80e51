"""What is kept in a folder between steps."""

from __future__ import annotations

from pathlib import Path

from lenke.qa.kept import FileClaim, FileWitness, FolderKeys


def test_keys_are_set_replaced_and_deleted(tmp_path: Path) -> None:
    keys = FolderKeys(tmp_path / "flow" / "1")
    assert keys.get("manifest") is None
    keys.set("manifest", "one")
    keys.set("manifest", "two")
    keys.set("j.run-1.0.1", "entry")
    assert (keys.get("manifest"), keys.get("j.run-1.0.1")) == ("two", "entry")
    keys.delete("manifest")
    keys.delete("manifest")
    assert keys.get("manifest") is None
    assert FolderKeys(tmp_path / "flow" / "1").get("j.run-1.0.1") == "entry"


def test_no_key_is_left_half_written(tmp_path: Path) -> None:
    keys = FolderKeys(tmp_path)
    keys.set("segment", "x" * 100_000)
    assert [path.name for path in tmp_path.iterdir()] == ["segment"]


def test_witness_and_claim(tmp_path: Path) -> None:
    witness, claim = FileWitness(tmp_path / "flow" / "witness.json"), FileClaim(tmp_path / "flow" / "claim")
    assert (witness.get(), claim.get()) == (None, "")
    witness.set({"generation": 1, "new": 3})
    claim.set("qa-1")
    assert (witness.get(), claim.get()) == ({"generation": 1, "new": 3}, "qa-1")
