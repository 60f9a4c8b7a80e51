"""What a run keeps and sends, held so that the process can die before each single thing that lasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests

from lenke.runtime.ledger.backup import Backups

T = TypeVar("T", "MemoryKeys", "MemoryWitness", "MemoryClaim")


class KilledError(BaseException):
    """This process is dead: nothing that it would do from here on has an effect."""


@dataclass
class Trip:
    """Counts the places where a process may die, and dies at one of them; a dead process stays dead.

    Each place is *before* something that lasts: a ledger key, a witness, an export, a write on its way to a system. To die
    before the next one is to die after this one.

    :param at: the place to die at, counted from 1; None only counts.
    """

    at: int | None = None
    passed: list[str] = field(default_factory=list)

    def __call__(self, place: str) -> None:
        if not self.is_dead:
            self.passed.append(place)
        if self.is_dead:
            raise KilledError(f"at {self.at}: {self.passed[-1]}")

    @property
    def is_dead(self) -> bool:
        return self.at is not None and len(self.passed) >= self.at


def no_trip(place: str) -> None:
    """A process that lives."""


@dataclass
class MemoryKeys:
    """Ledger keys in a dict; ``sets`` counts what was ever set."""

    rows: dict[str, str] = field(default_factory=dict)
    sets: int = 0
    trip: Callable[[str], None] = no_trip

    def get(self, key: str) -> str | None:
        return self.rows.get(key)

    def set(self, key: str, value: str) -> None:
        self.trip(f"set {key}")
        self.sets += 1
        self.rows[key] = value

    def change(self, key: str, make: Callable[[str | None], str]) -> None:
        self.set(key, make(self.get(key)))

    def delete(self, key: str) -> None:
        self.trip(f"delete {key}")
        self.rows.pop(key, None)

    def prepare(self) -> None:
        pass


@dataclass
class MemoryWitness:
    value: dict[str, int] | None = None
    trip: Callable[[str], None] = no_trip

    def get(self) -> dict[str, int] | None:
        return self.value

    def set(self, value: Mapping[str, int]) -> None:
        self.trip("witness")
        self.value = dict(value)


@dataclass
class MemoryClaim:
    value: str = ""
    trip: Callable[[str], None] = no_trip

    def get(self) -> str:
        return self.value

    def set(self, run_id: str) -> None:
        self.trip("claim")
        self.value = run_id


class TrippedBackups(Backups):
    """Backups of a process that may die before each export."""

    def __init__(self, folder: Any, trip: Callable[[str], None]) -> None:
        super().__init__(folder)
        self.trip = trip

    def export(self, manifest: Any, texts: dict[str, str]) -> None:
        self.trip("export")
        super().export(manifest, texts)


class TrippedAdapter(requests.adapters.HTTPAdapter):
    """Carries requests for a process that may die before it sends a write."""

    def __init__(self, trip: Callable[[str], None]) -> None:
        super().__init__()
        self.trip = trip

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if request.method != "GET" and "OAuth" not in str(request.url):
            self.trip(f"send {request.method}")
        return super().send(request, *args, **kwargs)


def mortal(thing: T, trip: Callable[[str], None]) -> T:
    """The same ledger keys, witness or claim, as the process that ``trip`` belongs to holds them."""
    thing.trip = trip
    return thing
