"""One left record without a link at a time: link it to the right record that it matches, create that, or park it."""

from __future__ import annotations

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.match import key
from lenke.core.links.merge import Row
from lenke.core.links.rows import Link, Side
from lenke.core.mapping.apply import missing_required, unlisted
from lenke.core.plan import recheck, told, uncertain
from lenke.core.plan.draft import Draft
from lenke.core.plan.fresh import accepted, believed, is_too_soon
from lenke.core.plan.lines import LinePlan
from lenke.core.plan.model import Action, Parked, SideWrite
from lenke.core.plan.pairs import pair
from lenke.core.plan.uncertain import Told
from lenke.core.plan.withhold import lacking


def unlinked(draft: Draft, at: int) -> None:
    """Decide on the left record at a position."""
    left, matches = draft.reads["left"], draft.context.matches
    id = str(left.ids[at])
    if draft.is_paused(id) or draft.has_problem("left", at, id):
        return
    if not left.whole[at]:
        draft.park(id, "incomplete", text="read without its lines; the whole record is read in the next run")
    elif id in matches.parked:
        code, candidates = matches.parked[id]
        draft.park(id, code, text=f"right records in question: {', '.join(candidates[:5])}")
    elif id in matches.closed:
        draft.plan.rows.append(_closed(draft, id, at))
    elif id in matches.pairs:
        _link(draft, id, at)
    else:
        _create(draft, id, at)


def _closed(draft: Draft, id: str, at: int) -> Link:
    """The tombstone of a record whose right side went on as something else before the two were linked."""
    right, reason = draft.context.matches.closed[id]
    note = {"side": "right", "reason": reason, "since": draft.context.now.isoformat()}
    draft.plan.counts.skipped += 1
    return Link(id, right, kind="tombstone", base=tuple(int(digest) for digest in draft.reads["left"].digests[at]), note=note)


def _link(draft: Draft, id: str, at: int) -> None:
    right = draft.reads["right"]
    r_at = right.position[draft.context.matches.pairs[id]]
    if draft.has_problem("right", r_at, id):
        return
    old = draft.lost(id)
    if old is not None and is_too_soon(draft, old):
        draft.keep(old)  # what its lost write did, or what it was made from, may not be seen yet
        return
    moved = draft.context.matches.moved.get(id)
    if moved is not None and -1 in (believed(draft, "left", at, moved), believed(draft, "right", r_at, moved)):
        return  # parked: the sibling's last write is not seen yet
    link = moved or Link(id, str(right.ids[r_at]), base=(UNKNOWN,) * len(draft.flow.properties))
    told = _told(draft, id, r_at, old, moved)
    pair(draft, link, at, r_at if right.whole[r_at] else -1, told=told, is_new=True)


def _told(draft: Draft, id: str, r_at: int, old: Link | None, moved: Link | None) -> Told:
    """What each side may have been told by a write whose answer was lost, a sibling's included."""
    right = draft.reads["right"]
    sent = uncertain.told_of(old, str(right.ids[r_at]))
    if moved is not None:
        return sent
    if right.markers[r_at] != draft.context.mark(id):
        return sent
    # A record that was made from this very one: what differs is what the system made of our values.
    to_left = sent.get("left", [])
    made = [uncertain.ANY_LINE] if old is not None and old.is_unanswered else []
    return {"left": to_left, "right": [*(name for name in uncertain.all_names(draft.flow) if name not in to_left), *made]}


def _create(draft: Draft, id: str, at: int) -> None:
    row, old, seen = draft.reads["left"].row(at), draft.old(id), _seen(draft, at)
    if old is not None and recheck.must_wait(old, seen, draft.context.now):
        draft.keep(old)
        return
    if _is_in_doubt(draft, id, row, seen):
        return
    lines = draft.line_plan(Link(id), at, -1, draft.context.policy)
    properties = draft.flow.properties
    values = {p.name: row.texts[p.name] for p in properties if p.travels_to("right") and row.texts.get(p.name) is not None}
    if hindrance := _hindrance(draft, id, row, values, lines):
        draft.plan.parked.append(hindrance)
    else:
        draft.plan.actions.append(_creation(draft, id, at, row, values, lines, seen))


def _hindrance(draft: Draft, id: str, row: Row, values: dict[str, str | None], lines: LinePlan | None) -> Parked | None:
    """Why the record cannot be created now, if it cannot; rewrites its references otherwise."""
    problems = missing_required(draft.flow.properties, "right", row.texts)
    problems += unlisted(draft.flow.properties, "right", values, draft.context.constants)
    problem = problems[0] if problems else lacking(draft, lines, "right") if lines else None
    if problem is not None:
        return Parked("left", id, problem.code, problem.property, problem.text)
    sides: dict[Side, dict[str, str | None]] = {"right": values}
    missing = told.header(draft.context.references, draft.flow.properties, sides)
    if not missing and draft.flow.lines and lines and (line := told.lines(draft.context.references, draft.flow.lines.properties, lines)):
        missing = [line]
    return Parked("left", id, "missing_reference", missing[0].property, waits_for=missing[0].waits_for) if missing else None


def _is_in_doubt(draft: Draft, id: str, row: Row, seen: int) -> bool:
    """Park a record that a create was sent for, a sibling's included, whose answer was lost, where no read can settle it yet, or ever."""
    for lost in (draft.old(id), draft.context.lost_elsewhere.get(id)):
        if lost is not None and is_too_soon(draft, lost):
            draft.keep(lost)
            return True
        if lost is not None and _must_be_looked_for(draft, lost, row, seen):
            draft.park(id, "unknown_outcome", text=_look(draft))
            return True
    return False


def _must_be_looked_for(draft: Draft, lost: Link, row: Row, seen: int) -> bool:
    """Where records bear no marker, "not found" says something only of the values that were sent."""
    sent = recheck.in_doubt(lost)
    if sent is None or draft.context.has_marker:
        return False
    return f"{seen:x}" not in sent or not any(key(rule, row.texts) for rule in draft.flow.match)


def _look(draft: Draft) -> str:
    where = f"look for it in {draft.context.dataflow.right}"
    return f"the record has changed since, so that not finding it tells nothing: {where}, and relink it, or release it to let it be made"


def _creation(draft: Draft, id: str, at: int, row: Row, values: dict[str, str | None], lines: LinePlan | None, seen: int) -> Action:
    properties = draft.flow.properties
    base = tuple(int(digest) if p.travels_to("right") else UNKNOWN for p, digest in zip(properties, row.digests, strict=True))
    link = accepted(draft, Link(id, base=base), Link(id, base=base), lines, {"left": at, "right": -1}, is_new=True)
    return Action(
        key=f"c:{id}",
        verb="create",
        left=id,
        right="",
        link=draft.versions(link, at, -1),
        to_right=SideWrite(values, lines=tuple(lines.to_right) if lines else ()),
        whole=dict(row.texts),
        marker=draft.context.mark(id),
        lines=tuple(lines.links) if lines else (),
        seen=seen,
    )


def _seen(draft: Draft, at: int) -> int:
    left = draft.reads["left"]
    parts = left.digests[at].tolist()
    if left.lines is not None:
        for position in left.line_positions(left.ids[at]):
            parts += left.lines.digests[position].tolist()
    return draft.context.digester.together(parts)
