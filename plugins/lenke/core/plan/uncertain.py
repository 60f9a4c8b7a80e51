"""What writes without an answer may have told each side: by name, never by value."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import replace

from lenke.core.links.conflicts import Conflict, Policy
from lenke.core.links.rows import SIDES, Link, Side
from lenke.core.mapping.model import Flow
from lenke.core.plan.lines import ANY, MADE, REMOVED
from lenke.core.plan.model import Action

LINE = "line "
# Told to make lines, nobody knows any more for which.
ANY_LINE = f"{LINE}{MADE}{ANY}"
# Per side, what it may have been told by writes without an answer, named as :func:`sent` does.
Told = Mapping[str, Sequence[str]]
# Under this name beside the sides, in an entry: the right id that an update without a link was for.
PAIR = "pair"


def sent(action: Action) -> dict[str, list[str]]:
    """What an action tells each side, by name only, and what a write without an answer may have told it before: where both sides were
    alike since, that was never written down.

    Header properties; properties of lines after ``line ``, those of a line that is there once more with its id; lines to be made, by
    the other side's id, and those to be removed, by their own; and ``line `` alone where the side reckons something from its lines. Of a
    pair that the ledger does not hold yet, the right id goes along.
    """
    told: dict[str, list[str]] = {}
    for side in SIDES:
        write = action.to(side)
        names = [*write.values, *(f"{LINE}{name}" for name in dict.fromkeys(name for line in write.lines for name in line.values))]
        names += [f"{LINE}{name} {line.id}" for line in write.lines if line.id for name in line.values]
        names += [f"{LINE}{MADE}{line.other}" for line in write.lines if line.verb == "create"]
        names += [f"{LINE}{REMOVED}{line.id}" for line in write.lines if line.verb == "remove"]
        names += [LINE] if write.reckon else []
        names = list(dict.fromkeys([*(action.told or {}).get(side, ()), *names]))
        told.update({side: names} if names else {})
    return told | ({PAIR: [action.right]} if told and action.verb == "update" and action.old is None else {})


def all_names(flow: Flow) -> list[str]:
    """Every property that a create tells the right side, named as :func:`sent` does."""
    lines = flow.lines.properties if flow.lines else ()
    return [p.name for p in flow.properties if p.travels_to("right")] + [f"{LINE}{p.name}" for p in lines if p.travels_to("right")]


def named(conflict: Conflict) -> str:
    """A conflict's property as a person chooses by it."""
    return f"{LINE}{conflict.property}" if conflict.of_lines else conflict.property


def told_of(old: Link | None, right: str) -> dict[str, list[str]]:
    """What an update without an answer may have told each side of the pair of a left record, by its entry, and of right ``right``."""
    sent = old.note.get("sent", {}) if old is not None else {}
    return {side: list(sent[side]) for side in SIDES if side in sent} if sent.get(PAIR, [right]) == [right] else {}


def open_of(told: Told, names: Set[str], *, lines: bool, reckons: bool) -> dict[str, list[str]]:
    """What of ``told`` is not decided, where ``names`` (of the header), the lines, or what is reckoned from them are not.

    :param lines: lines go as one unit.
    """

    def is_open(name: str) -> bool:
        return reckons if name == LINE else lines if name.startswith(LINE) else name in names

    still = {side: [name for name in told.get(side, ()) if is_open(name)] for side in SIDES}
    return {side: found for side, found in still.items() if found}


def begun(entries: Iterable[Link], taken: Container[str]) -> dict[str, str]:
    """Left id to the right id that a first link's update without an answer was for; later entries count.

    :param taken: right ids that have a link; what was begun with one of them has come to its end.
    """
    pairs = {row.left: row.note["sent"][PAIR][0] for row in entries if PAIR in row.note.get("sent", {}) and not is_ended(row)}
    return {left: right for left, right in pairs.items() if right not in taken}


def is_ended(row: Link) -> bool:
    """Whether a person has released what was begun with one right record: listed for its write, or because of that record itself."""
    return "released" in row.note and row.note.get("reason") in ("unknown_outcome", "closed_match", "duplicate_match")


def heeding(policy: Policy, told: Told, chosen: Mapping[str, Side]) -> tuple[Policy, Policy]:
    """The policies for a header and for its lines: what was told, and what a person chose, by names as :func:`sent` gives them."""
    header, lines = believing(policy, told)
    of_lines = {name.removeprefix(LINE): side for name, side in chosen.items() if name.startswith(LINE)}
    of_header = {name: side for name, side in chosen.items() if not name.startswith(LINE)}
    return replace(header, chosen=of_header), replace(lines, chosen=of_lines)


def believing(policy: Policy, told: Told) -> tuple[Policy, Policy]:
    """The policies for a header and for its lines after a write that may have told each side what :func:`sent` names."""
    names = {side: list(told.get(side, ())) for side in SIDES}
    header = {side: frozenset(name for name in found if not name.startswith(LINE)) for side, found in names.items()}
    lines = {side: frozenset(name.removeprefix(LINE) for name in found if name.startswith(LINE)) for side, found in names.items()}
    return replace(policy, sent=header, written=header), replace(policy, sent=lines, written=lines)
