"""What is wrong after a kill and what followed it: compared with the same run that nobody killed."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.kills.stage import State

# Ids that a second run gets others of: random ones, and those of Shopify's order lines, of which an edit that was begun and never
# committed has used up some.
_PASSING = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<!\d)86\d{11}(?!\d)")
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
# This century, in milliseconds since 1970.
_MILLISECONDS = range(946_684_800_000, 4_102_444_800_000)
# Not records: what a change of an order leaves that was begun and never committed is the vendor's to forget, and SuperOffice's foreign
# keys mirror for other programs the marker that the contact itself holds: a kill between the two calls leaves one out.
_BESIDE = re.compile(r"CalculatedOrder:|ForeignKey:|Stamp:ForeignKey:")
# What SuperOffice counts up itself, each time that somebody asks for a contact to fill in.
_COUNTED = {"superoffice": {"Contact": "Number2"}}
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


def alike(state: State, ledger: Any, other: State) -> tuple[State, Any]:
    """A state and its ledger with each passing id that ``other`` does not have named by what the record or line that bears it holds.

    Two runs that do the same give their new records other ids; of two records that hold the same, one is the second of that name.
    """
    state, other = _lasting(state), _lasting(other)
    new = set(_PASSING.findall(json.dumps(state))) - set(_PASSING.findall(json.dumps(other)))
    told = sorted((_content(body), id) for id, body in _bearers(state) if id in new)
    numbers: Counter[str] = Counter()
    names: dict[str, str] = {}
    for content, id in told:
        if id not in names:
            numbers[content] += 1
            names[id] = f"{content}#{numbers[content]}"

    def renamed(value: Any) -> Any:
        return json.loads(_PASSING.sub(lambda found: names.get(found[0], found[0]), json.dumps(value)))

    return renamed(state), renamed(ledger)


def _lasting(state: State) -> State:
    def lasting(system: str, entity: str, records: Mapping[str, Any]) -> dict[str, Any]:
        counted = _COUNTED.get(system, {}).get(entity)
        kept = {key: body for key, body in records.items() if not _BESIDE.match(f"{entity}:{key}")}
        return {key: {name: value for name, value in body.items() if name != counted} for key, body in kept.items()}

    return {
        system: {entity: lasting(system, entity, records) for entity, records in entities.items()} for system, entities in state.items()
    }


def _bearers(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name in ("Id", "id") and isinstance(one, str) and (found := _PASSING.search(one)):
                yield found[0], value
            yield from _bearers(one)
    elif isinstance(value, list):
        for one in value:
            yield from _bearers(one)


def _content(body: Mapping[str, Any]) -> str:
    text = _PASSING.sub("", json.dumps(masked(body), sort_keys=True))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def systems(findings: Findings, found: State, wanted: State) -> None:
    """Compare what the systems hold."""
    for system, entities in wanted.items():
        for entity in entities.keys() | found[system].keys():
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


def waits(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether the recheck list has records that it would not have without a kill."""
    here, there = ({_row(row) for row in one["rows"] if row["kind"] == "recheck"} for one in (found, wanted))
    return bool(here - there)


def _row(row: Mapping[str, Any]) -> str:
    return str([row[name] for name in _LEDGER] + ([row["note"].get("reason")] if row["kind"] == "recheck" else []))


def masked(value: Any) -> Any:
    """The value with the times at which things were done now taken out."""
    if isinstance(value, dict):
        return {name: masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [masked(one) for one in value]
    moment = _moment(value)
    return "now" if moment is not None and abs(moment.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(days=1) else value


def _moment(value: Any) -> datetime | None:
    """The time that an ISO text or a number of milliseconds stands for, if it can be one."""
    if isinstance(value, int) and value in _MILLISECONDS:
        return datetime.fromtimestamp(value / 1000, UTC)
    if not isinstance(value, str) or not _STAMP.match(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
