"""One linked pair at a time: the three-way merge of its header and lines, and the action or ledger rows that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lenke.core.links.conflicts import UNCERTAIN, Conflict
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Merge, merge
from lenke.core.links.rows import HEARD, SIDES, Link, Side
from lenke.core.plan import closed, first_lines, uncertain
from lenke.core.plan.draft import Draft
from lenke.core.plan.fresh import accepted, believed, is_too_soon
from lenke.core.plan.lines import LinePlan
from lenke.core.plan.model import Action, Parked
from lenke.core.plan.reads import whole
from lenke.core.plan.uncertain import Told
from lenke.core.plan.withhold import Pair, withhold


def linked(draft: Draft, link: Link, l_at: int, r_at: int) -> None:
    """A link with something to decide; a position is -1 where that side was not read."""
    if draft.is_paused(link.left):
        return
    for side in SIDES:
        if reason := draft.context.gone.get(side, {}).get(link.id(side)):
            closed.close(draft, link, side, reason, l_at, r_at)
            return
    if l_at < 0 and link.left in draft.context.left_behind:
        _leave(draft, link.left)
        return
    if draft.has_problem("left", l_at, link.left) | draft.has_problem("right", r_at, link.left):
        return
    _read(draft, link, {"left": believed(draft, "left", l_at, link), "right": believed(draft, "right", r_at, link)})


def _read(draft: Draft, link: Link, at: Mapping[Side, int]) -> None:
    """A pair as far as its reads are believed, unless they cannot show yet what a write without an answer did."""
    old, theirs = draft.old(link.left), draft.unheard(link) if at["left"] >= 0 else None
    told: Told = uncertain.told_of(old, link.right)
    if old is not None and told and (-1 in at.values() or is_too_soon(draft, old)):
        draft.keep(old)  # a read that cannot show what an uncertain write did would let it be sent twice
        return
    if theirs is not None:
        if -1 in at.values() or is_too_soon(draft, theirs):
            draft.park(link.left, "both_needed", text="a sibling's write of it had no answer; both sides are read in the next run")
            return
        told = _with(told, uncertain.told_of(theirs, link.right))
    pair(draft, link, at["left"], at["right"], told=told, heard=theirs)


def _with(told: Told, theirs: Told) -> Told:
    """What each side may have been told in all, by this flow and a sibling."""
    both = {side: [*told.get(side, ()), *theirs.get(side, ())] for side in SIDES}
    return {side: names for side, names in both.items() if names}


def _leave(draft: Draft, id: str) -> None:
    """Write nothing for a record that is not the flow's any more: a sibling takes it over, or it comes back."""
    old = draft.old(id)
    if old is not None and old.note["reason"] != "gone":
        draft.keep(old)
    else:
        draft.park(id, "gone", text="the flow's where lets the left record through no more")


def pair(draft: Draft, link: Link, l_at: int, r_at: int, *, told: Told, heard: Link | None = None, is_new: bool = False) -> None:
    """Merge one pair: an action where anything is to be written, else the rows that changed.

    :param told: what each side may have been told by a write whose answer was lost.
    :param heard: a sibling's entry of a write that had no answer: the link notes it, so that the sibling can forget it.
    :param is_new: it was matched just now, so the ledger does not hold it yet.
    """
    before = len(draft.plan.parked)
    work = _merged(draft, link, {"left": l_at, "right": r_at}, told)
    withhold(work)
    # Where a side was not read, nothing of it is decided.
    doubt = told if -1 in (l_at, r_at) else _open(work, told)
    draft.plan.doubt[link.left] = doubt
    if doubt:
        _untold(work)
    waits = len(draft.plan.parked) > before
    link_now = accepted(draft, work.merged.link, link, work.lines, work.at, is_new=is_new)
    link_now = link_now if heard is None else replace(link_now, note={**link_now.note, HEARD: heard.note["since"]})
    whole_now = draft.versions(link_now, l_at, r_at)
    if work.is_needed:
        # Until the commit has its recheck entry, a record that waits must look unread: the run may die after this action.
        update = replace(_update(work, link_now if waits else whole_now), told=told, doubt=doubt)
        draft.plan.actions.append(replace(update, begun=link) if is_new else replace(update, old=link))
        return
    draft.plan.counts.unchanged += 1
    draft.plan.rows += [whole_now] if is_new or whole_now != link else []
    draft.plan.rows += _changed_lines(draft, link, work.lines) if work.lines else []


def _open(work: Pair, told: Told) -> Told:
    """What of ``told`` this merge does not decide: what is held back, and what a read does not tell."""
    rows, properties = [work.draft.row(side, work.at[side]) for side in SIDES], work.draft.flow.properties
    names = {spec.name for at, spec in enumerate(properties) if any(row and row.digests[at] == UNKNOWN for row in rows)}
    lines = work.lines_withheld or any(work.draft.line_set(side, work.at[side]) is None for side in SIDES)
    return uncertain.open_of(told, work.withheld | names, lines=lines, reckons=work.lines_withheld)


def _merged(draft: Draft, link: Link, at: Mapping[Side, int], told: Told) -> Pair:
    policy, line_policy = uncertain.heeding(draft.context.policy, told, draft.context.decided.chosen(link.left))
    merged = merge(draft.flow.properties, link, draft.row("left", at["left"]), draft.row("right", at["right"]), policy)
    lines = draft.line_plan(link, at["left"], at["right"], line_policy)
    if lines is not None and not _is_uncertain(draft, link, told):
        lines = first_lines.compared(draft, link, at, lines)
    _record(draft, link, merged, lines)
    lost = frozenset(side for side in SIDES if uncertain.LINE in told.get(side, ()))
    return Pair(draft, link, at, merged, lines, lost)


def _is_uncertain(draft: Draft, link: Link, told: Told) -> bool:
    """Whether a write whose answer was lost may have made the lines: a person's additions come beside them."""
    entry = draft.lost(link.left)
    return bool(told) and entry is not None and entry.is_unanswered


def _record(draft: Draft, link: Link, merged: Merge, lines: LinePlan | None) -> None:
    conflicts = merged.conflicts + (lines.conflicts if lines else [])
    draft.plan.conflicts.extend((link.left, conflict) for conflict in conflicts)
    draft.plan.differs.extend((link.left, name) for name in merged.differs)
    undecided = [conflict for conflict in conflicts if conflict.winner == "none"]
    if undecided:
        names = list(dict.fromkeys(uncertain.named(conflict) for conflict in undecided))
        draft.conflict(link.left, undecided, Parked("left", link.left, "conflict", names[0], properties=tuple(names)))
    if merged.needs_both or (lines and lines.needs_both):
        draft.park(link.left, "both_needed", text="both sides are read in the next run")


def _untold(work: Pair) -> None:
    """What a lost write may have told and is held back now is told as a conflict once it is decided."""

    def is_told(one: Conflict) -> bool:
        return one.reason != UNCERTAIN or not (work.lines_withheld if one.of_lines else one.property in work.withheld)

    plan, left = work.draft.plan, work.link.left
    plan.conflicts = [(id, one) for id, one in plan.conflicts if id != left or is_told(one)]
    work.merged.conflicts = [one for one in work.merged.conflicts if is_told(one)]
    if work.lines is not None:
        work.lines.conflicts = [one for one in work.lines.conflicts if is_told(one)]


def _changed_lines(draft: Draft, link: Link, lines: LinePlan) -> list[Link]:
    known = {line.key: line for line in draft.line_links(link.left)}
    return [line for line in lines.links if known.get(line.key) != line] + lines.dropped


def _update(work: Pair, link: Link) -> Action:
    draft, merged, lines = work.draft, work.merged, work.lines
    to: dict[Side, dict[str, str | None]] = {side: work.values(side) for side in SIDES}
    rows = [draft.row(side, work.at[side]) for side in SIDES]
    texts = whole(*(row.texts if row else None for row in rows))
    return Action(
        key=f"u:{link.left}",
        verb="update",
        left=link.left,
        right=link.right,
        link=link,
        to_left=work.write("left"),
        to_right=work.write("right"),
        whole={**texts, **to["left"], **to["right"]},
        lines=tuple(lines.links + lines.dropped) if lines else (),
        old_lines=tuple(draft.line_links(link.left)),
        conflicts=tuple(merged.conflicts + (lines.conflicts if lines else [])),
    )
