"""The pools that tasks name: per system one for reading, and one with a single slot for writing."""

from __future__ import annotations

from collections.abc import Iterable

from lenke.local.api import Api

READERS = 4


def wanted(systems: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Pool name to slots and description."""
    pools: dict[str, tuple[int, str]] = {}
    for system in systems:
        pools[system] = (READERS, f"Tasks that read {system} at the same time")
        # Several dataflows may write one record: one writer per system, backfills included.
        pools[f"{system}_writer"] = (1, f"The one task that writes {system}")
    return pools


def create(api: Api, systems: Iterable[str]) -> None:
    """Create the pools that are missing; those that exist keep the slots a person gave them."""
    existing = {pool["name"] for pool in api.get("pools", limit=1000)["pools"]}
    for name, (slots, description) in wanted(systems).items():
        if name not in existing:
            api.post("pools", {"name": name, "slots": slots, "description": description, "include_deferred": False})
