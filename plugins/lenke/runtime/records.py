"""The run's param ``records``: which of the ids that a person gave are no records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lenke.runtime import staging
from lenke.runtime.steps.extract import Extracted


def unknown(asked: Sequence[str], extracted: Extracted) -> list[str]:
    """The ids that the left side of one flow did not bring."""
    if not asked:
        return []
    read = set(staging.read(extracted["left"]).column("id").to_pylist())
    return [str(id) for id in asked if str(id) not in read]


def nowhere(unknown: Iterable[Sequence[str]]) -> list[str]:
    """The ids that are unknown to every flow: each flow reads an entity of its own, and an id belongs to one of them."""
    found = [list(ids) for ids in unknown]
    return [id for id in found[0] if all(id in ids for ids in found[1:])] if found else []
