"""What an undo does with each change of a run: put it back, or leave it, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import OTHER, SIDES
from lenke.core.mapping.model import Property
from lenke.runtime.undo.changes import Change, is_alike
from lenke.runtime.undo.recording import held
from lenke.runtime.undo.standing import Spot, Standing, is_known


class What(StrEnum):
    """What becomes of a change, as a person reads it."""

    PUT_BACK = "put back"
    AS_IT_WAS = "as it was before"
    TOUCHED = "left: touched since"
    OTHER_TOUCHED = "left: the other side was touched since"
    LOCKED = "left: locked"
    UNSETTLED = "left: not settled yet"
    UNLINKED = "left: not linked any more"
    UNMAPPED = "left: not mapped any more"
    FIRST_LINK = "left: set at first link"
    PRICED = "left: goes with its VAT rate"
    CREATED = "created: stays"
    ADDED = "line added: stays"
    REMOVED = "line removed: stays so"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an undo's plan, and of its report.

    :param id: of the record; :param line: of the line, at present, or "".
    :param reason: what is to be told besides.
    :param now: what stands there, and :param before: what is to stand there again: canonical texts.
    """

    change: Change
    what: What
    id: str
    line: str = ""
    reason: str = ""
    now: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class _Case:
    """A change with all that it is judged by."""

    standing: Standing
    change: Change
    spot: Spot
    spec: Property
    at: int

    @property
    def held(self) -> dict[str, object]:
        """What stands there now, raw."""
        return held(self.spot.raw, self.change.image.sent)

    @property
    def digest(self) -> int:
        return int(self.spot.now.digests[self.at])


def judge(standing: Standing, change: Change) -> Row:
    """What is to become of one change."""
    if (row := _made(standing, change)) is not None:
        return row
    spot = standing.spot(change)
    if spot is None:
        return _gone(standing, change)
    line = spot.id if change.line_verb is not None else ""
    at = spot.place(change.property)
    if at is None:
        return Row(change, What.UNMAPPED, change.id, line)
    case = _Case(standing, change, spot, spot.properties[at], at)
    what, reason = next((found for rule in _RULES if (found := rule(case)) is not None), (What.PUT_BACK, ""))
    now, before = (row.texts.get(change.property) for row in (spot.now, spot.back))
    return Row(change, what, change.id, line, reason or _reach(case, what), now, before)


def _made(standing: Standing, change: Change) -> Row | None:
    """Records and lines that the run made or took away: those are listed only."""
    if change.verb == "create":
        id = change.id or standing.ledger.right_of.get(change.left, "")
        return Row(change, What.CREATED if id else What.UNSETTLED, id, reason=f"made for {change.left}" if change.side == "right" else "")
    if change.line_verb == "create":
        return Row(change, What.ADDED, change.id, standing.line_id(change))
    if change.line_verb == "remove":
        return Row(change, What.REMOVED, change.id, change.line, before=_listed(change))
    return None


def _gone(standing: Standing, change: Change) -> Row:
    """A line that the ledger still knows may only have another id, which the next run finds out."""
    id = standing.line_id(change)
    if change.line_verb is not None and change.id in standing.now.position and (change.left, id) in standing.ledger.lines:
        return Row(change, What.UNSETTLED, change.id, id, "its line is gone or has another id; run the dataflow first")
    return Row(change, What.GONE, change.id, id)


def _listed(change: Change) -> str:
    """A removed line's raw value, for a person who wants to enter it again."""
    return ", ".join(str(value) for value in change.image.before.values() if value is not None)


Verdict = tuple[What, str]


def _is_back(case: _Case) -> Verdict | None:
    return (What.AS_IT_WAS, "") if is_alike(case.held, case.change.image.before, list(case.change.image.sent)) else None


def _is_touched(case: _Case) -> Verdict | None:
    """Somebody has written since: neither what was stored stands there, nor the same in another form."""
    image, text = case.change.image, case.spot.now.texts.get(case.change.property)
    if image.stored is not None:
        ours = is_alike(case.held, image.stored) or text == image.text
    else:
        ours = is_alike(case.held, image.sent) or text == image.told or _is_own_form(case)
    return None if ours else (What.TOUCHED, "")


def _is_own_form(case: _Case) -> bool:
    """The answer was lost, and the ledger has learnt since in which form the system keeps what was sent."""
    link, digester = case.spot.link, case.standing.run.digester
    told = digester.value(case.spec.name, case.change.image.told)
    return link is not None and link.base[case.at] == told and link.stored(case.change.side, case.at) == case.digest


def _is_first(case: _Case) -> Verdict | None:
    """Put back, it would go over the other side's own value, which the run had never changed."""
    link, other = case.spot.link, OTHER[case.change.side]
    if case.change.image.agreed or (link is not None and link.kind == "tombstone"):
        return None
    if not case.spec.travels_to(other):
        return What.FIRST_LINK, "nothing was agreed on before the run"
    return What.FIRST_LINK, f"put back, it would go over what {case.standing.run.dataflow.system(other)} had before the run"


def _is_priced(case: _Case) -> Verdict | None:
    """A price and its VAT rate, of which one is not carried back: the price would come to one that stood on neither side."""
    side, names = OTHER[case.change.side], case.standing.beside(case.change)
    for price, rate in _rated(case.spot.properties):
        halves = (price.travels_to(side), rate.travels_to(side))
        if case.spec in (price, rate) and {price.name, rate.name} <= names and not all(halves):
            return What.PRICED, f"{(rate if halves[0] else price).name} goes one way only; set both by hand"
    return None


def _rated(properties: Sequence[Property]) -> Iterator[tuple[Property, Property]]:
    """Prices that hold VAT on a side, with their rates there."""
    for price in properties:
        for side in SIDES:
            field = price.field(side)
            if field is not None and field.vat is not None:
                yield from ((price, one) for one in properties if (own := one.field(side)) is not None and own.path == field.rate)


def _is_locked(case: _Case) -> Verdict | None:
    lines = case.standing.run.flow.lines
    part = lines.part if case.change.line_verb is not None and lines is not None else case.spec.part
    locks = case.standing.locks(case.change, part)
    return (What.LOCKED, locks[0]) if locks else None


def _is_unlinked(case: _Case) -> Verdict | None:
    return (What.UNLINKED, "") if case.spot.link is None else None


def _is_uncertain(case: _Case) -> Verdict | None:
    """A write whose answer was lost waits on the recheck list: the next run would send it again over what was put back."""
    waiting = case.standing.ledger.waiting.get(case.change.left)
    is_open = waiting is not None and (waiting.note.get("reason") == "unknown_outcome" or "sent" in waiting.note)
    return (What.UNSETTLED, "a write of the record is still in doubt; run the dataflow first") if is_open else None


def _is_other_touched(case: _Case) -> Verdict | None:
    """An edit of the other side that no run has carried yet would go over what was put back."""
    other, link = case.spot.other, case.spot.link
    assert link is not None
    if link.kind == "tombstone":
        return None  # the other record was deleted, and this one archived for it
    if other is None:
        return What.OTHER_TOUCHED, "its record or line is gone"
    known = is_known(link, OTHER[case.change.side], case.at, int(other.digests[case.at]))
    return None if known else (What.OTHER_TOUCHED, "")


def _is_not_agreed(case: _Case) -> Verdict | None:
    """What stands there, or what is to stand there again, must be what the ledger believes: else the next run decides otherwise."""
    link = case.spot.link
    assert link is not None
    base, side = link.base[case.at], case.change.side
    is_agreed = base != UNKNOWN and (is_known(link, side, case.at, case.digest) or int(case.spot.back.digests[case.at]) == base)
    return None if is_agreed else (What.UNSETTLED, "the two sides have not agreed on it; run the dataflow first")


_RULES: tuple[Callable[[_Case], Verdict | None], ...] = (
    _is_back,
    _is_touched,
    _is_first,
    _is_priced,
    _is_locked,
    _is_unlinked,
    _is_uncertain,
    _is_other_touched,
    _is_not_agreed,
)


def _reach(case: _Case, what: What) -> str:
    """Whether the next run carries on what is put back."""
    if what is not What.PUT_BACK:
        return ""
    other = OTHER[case.change.side]
    system = case.standing.run.dataflow.system(other)
    link = case.spot.link
    if link is not None and int(case.spot.back.digests[case.at]) == link.base[case.at]:
        return f"as {system} has it"
    return f"then in {system}" if case.spec.travels_to(other) else "on this side alone"
