"""What waits in a ledger, as the command line and the pages list it: parked records, open conflicts, closed links, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lenke.core.links.rows import Link, Side
from lenke.core.links.table import Table
from lenke.core.plan import recheck
from lenke.core.plan.decisions import STANDING, Decision
from lenke.core.plan.reasons import words
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.opened import Ledger

# Reasons that a person's choice between two sides ends.
OPEN = frozenset({"conflict", "deleted_edited"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One record on a flow's recheck list.

    :param side: the side that ``id`` is of; :param other: the linked record's id on the other side, or "".
    :param reason: the code; :param words: the whole reason in plain words.
    :param properties: of a conflict: the names to choose by, ``line <property>`` for lines.
    :param since: when it was parked first; :param since_now: when its present entry was written (UTC, ISO 8601).
    :param tries: how often it was sent; :param next_try: when it is sent again unless it changes, or "".
    :param given_up: it is not sent any more until it changes or a person releases it.
    :param dismissed: a person has taken it out of the lists until it changes.
    :param decided: kind of the decision that the next run applies to it, or "".
    """

    flow: str
    side: Side
    id: str
    other: str
    reason: str
    words: str
    property: str
    properties: tuple[str, ...]
    waits_for: str
    since: str
    since_now: str
    tries: int
    next_try: str
    given_up: bool
    dismissed: bool
    decided: str


def is_open(one: Waiting) -> bool:
    """A conflict that a person must decide."""
    return one.reason in OPEN


@dataclass(frozen=True, slots=True)
class Closed:
    """One tombstone: a link that is closed, with the side whose record is gone ("" where a person relinked), the reason and since when."""

    flow: str
    left: str
    right: str
    side: str
    reason: str
    since: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision, and what became of it: "" while the next run is still to apply it, ``stands`` for a pause."""

    decision: Decision
    outcome: str


def parked(flow: str, ledger: Ledger) -> list[Waiting]:
    """A flow's recheck list, dismissed entries too."""
    if ledger.is_new:
        return []
    table = ledger.table
    pending: dict[tuple[str, str], str] = {(one.side, one.subject): one.kind for one in decisions.pending(ledger.keys, ledger.manifest)}
    entries = table.links(table.headers("recheck").tolist())
    others = _others(table) if entries else {}
    return [_waiting(flow, one, others, pending) for one in entries]


def _waiting(flow: str, entry: Link, others: Mapping[tuple[str, str], str], pending: Mapping[tuple[str, str], str]) -> Waiting:
    note, (side, id) = entry.note, recheck.key(entry)
    return Waiting(
        flow=flow,
        side="left" if side == "left" else "right",
        id=id,
        other=others.get((side, id), ""),
        reason=note["reason"],
        words=words(note),
        property=note.get("property", ""),
        properties=tuple(note.get("properties", ())),
        waits_for=note.get("waits_for", ""),
        since=note.get("first", note["since"]),
        since_now=note["since"],
        tries=int(note.get("tries", 0)),
        next_try=note.get("next_try", ""),
        given_up=bool(note.get("given_up")),
        dismissed="dismissed" in note,
        decided=pending.get((side, id), ""),
    )


def _others(table: Table) -> dict[tuple[str, str], str]:
    """The other side's id of every linked or closed record, by side and id."""
    found: dict[tuple[str, str], str] = {}
    for kind in ("tombstone", "link"):
        rows = table.headers(kind)
        pairs = list(zip(table.column("left", rows), table.column("right", rows), strict=True))
        found.update({("left", left): right for left, right in pairs} | {("right", right): left for left, right in pairs})
    return found


def closed(flow: str, ledger: Ledger) -> list[Closed]:
    """A flow's tombstones."""
    if ledger.is_new:
        return []
    rows = ledger.table.links(ledger.table.headers("tombstone").tolist())
    return [Closed(flow, row.left, row.right, *(str(row.note.get(name, "")) for name in ("side", "reason", "since"))) for row in rows]


def taken(ledger: Ledger) -> list[Taken]:
    """A flow's decisions that are still in the key, the latest last."""
    return [Taken(one, _outcome(one, ledger)) for one in decisions.read(ledger.keys, ledger.manifest.decisions)]


def _outcome(decision: Decision, ledger: Ledger) -> str:
    return "stands" if decision.kind in STANDING else ledger.manifest.decided.get(decision.id, "")
