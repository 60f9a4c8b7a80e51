"""Closed links: a record that was deleted on one side leaves a tombstone, and an edit of the survivor waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lenke.core.links.conflicts import CHOSEN, Conflict
from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import OTHER, OWED, Link, Side, former_note
from lenke.core.mapping.model import ARCHIVED
from lenke.core.plan import archived
from lenke.core.plan.decided import RELINKED
from lenke.core.plan.draft import Draft
from lenke.core.plan.fresh import shown_before
from lenke.core.plan.model import Parked


def close(draft: Draft, link: Link, side: Side, reason: str, l_at: int, r_at: int) -> None:
    """Turn a link into a tombstone: the record of ``side`` is verified to be gone."""
    survivor = OTHER[side]
    note: dict[str, Any] = {**former_note(link.former), "side": side, "reason": reason, "since": draft.context.now.isoformat()}
    note |= {OWED: True} if archived.is_wanted(draft.flow, survivor, reason) else {}
    tombstone = replace(link, kind="tombstone", note=note, left_pending=None, right_pending=None)
    at = l_at if survivor == "left" else r_at
    if at >= 0 and draft.flow.lines is not None:
        _lines_edited(draft, link, survivor, at, reason)
        tombstone = replace(tombstone, note={**note, "lines": f"{_lines_digest(draft, survivor, at):x}"})
    draft.plan.rows.append(tombstone)
    draft.plan.rows += [line.dropped() for line in draft.line_links(link.left)]
    bar(draft, tombstone, l_at, r_at)


def _lines_edited(draft: Draft, link: Link, survivor: Side, at: int, reason: str) -> None:
    """Line edits that never crossed before the record was closed: a conflict that keeps them, and a person's decision."""
    at_of = {survivor: at, OTHER[survivor]: -1}
    lines = draft.line_plan(link, at_of["left"], at_of["right"], draft.context.policy)
    if lines is None or not lines.actions(OTHER[survivor]):
        return
    for action in lines.actions(OTHER[survivor]):
        for name, text in action.values.items() or [("line", None)]:
            left, right = (text, None) if survivor == "left" else (None, text)
            draft.plan.conflicts.append((link.left, Conflict(name, left, right, "none", "deleted / edited", of_lines=True)))
    code = "locked" if reason == "invoiced" else "deleted_edited"
    text = f"{reason} on the {OTHER[survivor]} side"
    draft.conflict(link.left, [], Parked(survivor, link.id(survivor), code, "lines", text, properties=("lines",)))


def _lines_digest(draft: Draft, side: Side, at: int) -> int:
    lines = draft.line_set(side, at)
    digests = sorted(tuple(row.digests) for row in lines.rows.values()) if lines else []
    return draft.context.digester.together(digest for row in digests for digest in row)


def bar(draft: Draft, tombstone: Link, l_at: int, r_at: int) -> None:
    """A tombstone bars its records; an edit of the one that is still there is a conflict that keeps both values.

    Where it was not edited, and is to be archived, it is.
    """
    draft.plan.counts.skipped += int(l_at >= 0)
    if tombstone.note.get("reason") == RELINKED:
        return  # both records are there, and a person has said that they do not belong together
    gone: Side = "left" if tombstone.note.get("side") == "left" else "right"
    survivor = OTHER[gone]
    tombstone = _known(draft, tombstone, survivor, r_at if gone == "left" else l_at)
    at, is_back = (r_at, l_at >= 0) if gone == "left" else (l_at, r_at >= 0)
    is_open = at >= 0 and (_is_in_conflict(draft, tombstone, survivor, at) or (survivor, tombstone.id(survivor)) in draft.open)
    if not is_open and not is_back and archived.is_owed(draft, tombstone):
        archived.archive(draft, tombstone, survivor, at)


def _known(draft: Draft, tombstone: Link, survivor: Side, at: int) -> Link:
    """The closed link with what the survivor holds of properties whose mapping has changed: nobody knows whether that is an edit."""
    if at < 0 or not draft.reads[survivor].whole[at] or UNKNOWN not in tombstone.base:
        return tombstone
    now = draft.reads[survivor].row(at).digests
    held = [tombstone.stored(survivor, place) for place in range(len(now))]
    base = tuple(int(now[at]) if at < len(now) and held[at] == UNKNOWN else then for at, then in enumerate(tombstone.base))
    if base == tombstone.base:
        return tombstone
    draft.plan.rows.append(replace(tombstone, base=base))
    return draft.plan.rows[-1]


def _is_in_conflict(draft: Draft, tombstone: Link, survivor: Side, at: int) -> bool:
    """Whether an edit of the survivor waits for a person, who may have decided by now."""
    gone = OTHER[survivor]
    edited = _edited(draft, tombstone, survivor, at)
    names = [conflict.property for conflict in edited]
    then = tombstone.note.get("lines")
    if then and draft.reads[survivor].whole[at] and then != f"{_lines_digest(draft, survivor, at):x}":
        names.append("lines")
    if not names and not _is_parked(draft, tombstone.id(survivor), survivor):
        return False
    if draft.context.decided.chosen(tombstone.left) and draft.reads[survivor].whole[at]:
        _accept(draft, tombstone, survivor, at, edited)
        return True  # what is owed is seen to once the accepted values are in the ledger
    draft.plan.conflicts.extend((tombstone.left, conflict) for conflict in edited)
    why = str(tombstone.note.get("reason"))
    code = "locked" if why == "invoiced" else "deleted_edited"
    names = names or ["lines"]
    text = f"{why} on the {gone} side"
    draft.conflict(tombstone.left, edited, Parked(survivor, tombstone.id(survivor), code, names[0], text, properties=tuple(names)))
    return True


def _accept(draft: Draft, tombstone: Link, survivor: Side, at: int, edited: Sequence[Conflict]) -> None:
    """A person chose the side that is gone: the link stays closed, and the edit of the survivor is no conflict any more."""
    gone = OTHER[survivor]
    settled = edited or [Conflict("lines", None, None, gone, CHOSEN)]
    draft.plan.conflicts.extend((tombstone.left, replace(one, winner=gone, reason=CHOSEN)) for one in settled)
    now = draft.reads[survivor].row(at).digests
    base = tuple(then if digest == UNKNOWN else int(digest) for then, digest in zip(tombstone.base, now, strict=False))
    note = {**tombstone.note, "lines": f"{_lines_digest(draft, survivor, at):x}"} if draft.flow.lines else tombstone.note
    draft.plan.rows.append(replace(tombstone, base=base, left_stored={}, right_stored={}, note=note))


def _is_parked(draft: Draft, id: str, side: Side) -> bool:
    """Line edits that were found when the record was closed stay on the list until a person decides."""
    old = draft.context.recheck.get((side, id))
    return old is not None and old.note.get("property") == "lines" and old.note.get("reason") in ("locked", "deleted_edited")


def _edited(draft: Draft, link: Link, side: Side, at: int) -> list[Conflict]:
    row, written = draft.reads[side].row(at), shown_before(draft, side, link.pending(side))
    names = [
        spec.name
        for position, spec in enumerate(draft.flow.properties)
        if spec.travels_to(OTHER[side])
        and link.is_edited(side, position, row.digests[position])
        and row.digests[position] != written.get(position)
        and not (spec.name == ARCHIVED and archived.is_owed(draft, link) and archived.is_archived(draft, row.digests[position]))
    ]
    texts = (row.texts, {}) if side == "left" else ({}, row.texts)
    return [Conflict(name, texts[0].get(name), texts[1].get(name), "none", "deleted / edited") for name in names]


def returned(draft: Draft, tombstone: Link, l_at: int) -> None:
    """A left record that was gone is there again: restored, or another one under a used id. It must be seen to wait for a person."""
    note, context = tombstone.note, draft.context
    if l_at < 0 or note.get("side") != "left" or context.as_of - datetime.fromisoformat(note["since"]) < context.read_lag["left"]:
        return
    why = f"{note.get('reason')} before, and there again: the same record, or another one under its id; release it to let it be new"
    draft.park(tombstone.left, "deleted_edited", text=why)
