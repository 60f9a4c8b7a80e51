"""Closed links: a record that was deleted on one side leaves a tombstone, and an edit of the survivor waits for a person."""

from __future__ import annotations

from dataclasses import replace

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.merge import Conflict
from lenke.core.links.rows import OTHER, Link, Side
from lenke.core.plan.draft import Draft


def close(draft: Draft, link: Link, side: Side, reason: str, l_at: int, r_at: int) -> None:
    """Turn a link into a tombstone: the record of ``side`` is verified to be gone."""
    note = {"side": side, "reason": reason, "since": draft.context.now.isoformat()}
    tombstone = replace(link, kind="tombstone", note=note, left_pending=None, right_pending=None)
    draft.plan.rows.append(tombstone)
    draft.plan.rows += [line.dropped() for line in draft.line_links(link.left)]
    bar(draft, tombstone, l_at, r_at)


def bar(draft: Draft, tombstone: Link, l_at: int, r_at: int) -> None:
    """A tombstone bars its records; an edit of the one that is still there is a conflict that keeps both values."""
    draft.plan.counts.skipped += int(l_at >= 0)
    gone: Side = "left" if tombstone.note.get("side") == "left" else "right"
    at = r_at if gone == "left" else l_at
    if at < 0:
        return
    edited = _edited(draft, tombstone, OTHER[gone], at)
    if not edited:
        return
    draft.plan.conflicts.extend((tombstone.left, conflict) for conflict in edited)
    why = str(tombstone.note.get("reason"))
    code = "locked" if why == "invoiced" else "deleted_edited"
    survivor = OTHER[gone]
    draft.park(tombstone.id(survivor), code, side=survivor, property=edited[0].property, text=f"{why} on the {gone} side")


def _edited(draft: Draft, link: Link, side: Side, at: int) -> list[Conflict]:
    row = draft.reads[side].row(at)
    names = [
        spec.name
        for position, spec in enumerate(draft.flow.properties)
        if spec.travels_to(OTHER[side]) and row.digests[position] not in (UNKNOWN, link.base[position], link.stored(side, position))
    ]
    texts = (row.texts, {}) if side == "left" else ({}, row.texts)
    return [Conflict(name, texts[0].get(name), texts[1].get(name), "none", "deleted / edited") for name in names]
