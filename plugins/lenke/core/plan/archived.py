"""``on_delete: archive``: the record whose partner was deleted is told so, by one property of an ordinary update.

The link is closed first, and its tombstone owes the archiving until it was done: an edit of the survivor goes before it, as a conflict.
"""

from __future__ import annotations

import json
from dataclasses import replace

from lenke.core.links.rows import OTHER, OWED, Link, Side
from lenke.core.mapping.model import ARCHIVED, Flow
from lenke.core.plan import recheck
from lenke.core.plan.draft import Draft
from lenke.core.plan.fresh import is_too_soon
from lenke.core.plan.model import Action, SideWrite

YES = "true"


def is_wanted(flow: Flow, survivor: Side, reason: str) -> bool:
    """Whether the survivor of a deletion is to be archived: a record that was moved elsewhere, or invoiced, is not deleted."""
    return flow.on_delete == "archive" and reason == "deleted" and flow.property(ARCHIVED).travels_to(survivor)


def is_owed(draft: Draft, tombstone: Link) -> bool:
    """Whether a closed link's survivor has still to be archived."""
    return bool(tombstone.note.get(OWED)) and draft.flow.on_delete == "archive"


def is_archived(draft: Draft, digest: int) -> bool:
    """Whether a digest of the property says that a record is archived."""
    return digest == draft.context.digester.value(ARCHIVED, YES)


def archive(draft: Draft, tombstone: Link, survivor: Side, at: int) -> None:
    """Archive the survivor of a closed link, which nobody has edited; ``at`` is its position in the read, or -1."""
    read = draft.reads[survivor]
    if draft.is_paused(tombstone.left):
        return
    if at < 0 and read.complete:  # it is gone, too
        draft.plan.rows.append(_done(draft, tombstone))
    elif at < 0 or not read.whole[at]:
        draft.park(
            tombstone.left,
            "both_needed",
            text=f"deleted on the {OTHER[survivor]} side: the next run reads the other record, and archives it",
        )
    elif is_archived(draft, int(read.digests[at][draft.place(ARCHIVED)])):
        draft.plan.rows.append(_done(draft, tombstone))
    else:
        _write(draft, tombstone, survivor, at)


def _write(draft: Draft, tombstone: Link, survivor: Side, at: int) -> None:
    old, write = draft.old(tombstone.left), _told(draft, survivor, at)
    if lock := _lock(draft, survivor, at):
        draft.park(tombstone.left, "locked", text=lock)
    elif old is not None and (is_too_soon(draft, old) or recheck.must_wait(old, write.seen, draft.context.now)):
        draft.keep(old)
    else:
        draft.plan.actions.append(_action(draft, tombstone, survivor, write, at))


def _told(draft: Draft, survivor: Side, at: int) -> SideWrite:
    read = draft.reads[survivor]
    expected = {spec.name: int(digest) for spec, digest in zip(draft.flow.properties, read.digests[at], strict=True)}
    return recheck.seen(draft.context.digester, SideWrite({ARCHIVED: YES}, expected, str(read.raws[at])))


def _action(draft: Draft, tombstone: Link, survivor: Side, write: SideWrite, at: int) -> Action:
    row = draft.reads[survivor].row(at)
    return Action(
        key=f"u:{tombstone.left}",
        verb="update",
        left=tombstone.left,
        right=tombstone.right,
        link=_done(draft, tombstone),
        old=tombstone,
        to_left=write if survivor == "left" else SideWrite(),
        to_right=write if survivor == "right" else SideWrite(),
        whole={**row.texts, ARCHIVED: YES},
    )


def _lock(draft: Draft, survivor: Side, at: int) -> str:
    """The name of a lock that forbids it, or ""."""
    held, part = draft.reads[survivor].locks[at], draft.flow.property(ARCHIVED).part
    locks = [draft.flow.locks[place] for place in json.loads(held)] if held else []
    return next((lock.name for lock in locks if lock.covers(part)), "")


def _done(draft: Draft, tombstone: Link) -> Link:
    """The closed link once nothing is owed: an archived survivor is as it should be."""
    base = list(tombstone.base)
    base[draft.place(ARCHIVED)] = draft.context.digester.value(ARCHIVED, YES)
    return replace(tombstone, base=tuple(base), note={name: value for name, value in tombstone.note.items() if name != OWED})
