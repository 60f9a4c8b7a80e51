"""What a run keeps between its steps, in a folder instead of Airflow's database: ledger keys, witness and claim."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FolderKeys:
    """The ledger keys of one flow and generation, one file a key."""

    folder: Path

    def get(self, key: str) -> str | None:
        """The value, or None where there is none."""
        place = self.folder / key
        return place.read_text(encoding="utf-8") if place.exists() else None

    def set(self, key: str, value: str) -> None:
        """Store a value, replacing what was there."""
        self.prepare()
        _replace(self.folder / key, value)

    def change(self, key: str, make: Callable[[str | None], str]) -> None:
        """Replace a value by what ``make`` says of the present one."""
        self.set(key, make(self.get(key)))

    def delete(self, key: str) -> None:
        """Take a key away."""
        (self.folder / key).unlink(missing_ok=True)

    def prepare(self) -> None:
        """Make the folder."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@dataclass(frozen=True, slots=True)
class FileWitness:
    """A flow's witness."""

    place: Path

    def get(self) -> dict[str, int] | None:
        """Generation and sequences of the last commit, or None before the first."""
        return json.loads(self.place.read_text(encoding="utf-8")) if self.place.exists() else None

    def set(self, value: Mapping[str, int]) -> None:
        """Store it."""
        self.place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(self.place, json.dumps(dict(value)))


@dataclass(frozen=True, slots=True)
class FileClaim:
    """A flow's claim."""

    place: Path

    def get(self) -> str:
        """The run that has the flow, or ""."""
        return self.place.read_text(encoding="utf-8") if self.place.exists() else ""

    def set(self, run_id: str) -> None:
        """Store it."""
        self.place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(self.place, run_id)


def _replace(place: Path, text: str) -> None:
    """In one step: who reads meanwhile sees the old text or the new one."""
    draft = place.with_name(f"{place.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(place)
