"""What is wrong after a kill and what followed it: compared with the same run that nobody killed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.kills.stage import State

_STAMP = re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
# Not records: what a change of an order leaves that was begun and never committed is the vendor's to forget.
_WORKBENCH = ("CalculatedOrder",)
_LEDGER = ("kind", "left", "right", "parent", "base", "left_stored", "right_stored")


@dataclass
class Findings:
    """Duplicates, lost edits, and what is left of the journal; ``told`` says what they are."""

    duplicates: int = 0
    lost: int = 0
    orphans: int = 0
    ledger: int = 0
    told: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.told)

    def note(self, name: str, told: str, count: int = 1) -> None:
        """Count something."""
        setattr(self, name, getattr(self, name) + count)
        self.told.append(f"{name}: {told}")


def systems(findings: Findings, found: State, wanted: State) -> None:
    """Compare what the systems hold."""
    for system, entities in wanted.items():
        for entity in (entities.keys() | found[system].keys()) - set(_WORKBENCH):
            _entity(findings, f"{system} {entity}", found[system].get(entity, {}), entities.get(entity, {}))


def _entity(findings: Findings, where: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    if extra := sorted(found.keys() - wanted.keys()):
        findings.note("duplicates", f"{where} {', '.join(extra)}", len(extra))
    if missing := sorted(wanted.keys() - found.keys()):
        findings.note("lost", f"{where} {', '.join(missing)}", len(missing))
    for key in found.keys() & wanted.keys():
        _body(findings, f"{where} {key}", masked(found[key]), masked(wanted[key]))


def _body(findings: Findings, where: str, found: Any, wanted: Any) -> None:
    for name in sorted(found.keys() | wanted.keys()):
        here, there = found.get(name), wanted.get(name)
        if here == there:
            continue
        if isinstance(here, list) and isinstance(there, list) and len(here) > len(there):
            findings.note("duplicates", f"{where} {name}: {len(here)} for {len(there)}", len(here) - len(there))
        else:
            findings.note("lost", f"{where} {name}: {here!r} for {there!r}"[:400])


def ledger(findings: Findings, found: Mapping[str, Any], wanted: Mapping[str, Any], journal: list[str]) -> None:
    """Compare what the ledger holds, and count what is left of the journal."""
    if journal or found["open"]:
        findings.note("orphans", f"{', '.join(journal)}{' and an open run' if found['open'] else ''}", len(journal) + bool(found["open"]))
    here, there = ({_row(row) for row in one["rows"]} for one in (found, wanted))
    for row in sorted(here ^ there):
        findings.note("ledger", f"{'more' if row in here else 'lacks'}: {row}")


def _row(row: Mapping[str, Any]) -> str:
    return str([row[name] for name in _LEDGER] + ([row["note"].get("reason")] if row["kind"] == "recheck" else []))


def masked(value: Any) -> Any:
    """The value with the times at which things were done now taken out."""
    if isinstance(value, dict):
        return {name: masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [masked(one) for one in value]
    return "now" if isinstance(value, str) and _is_now(value) else value


def _is_now(text: str) -> bool:
    if not _STAMP.match(text):
        return False
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return abs(moment.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(days=1)
