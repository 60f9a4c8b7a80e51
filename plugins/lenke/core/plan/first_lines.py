"""The first time that the lines of a pair are compared: what one side alone has is a difference, not an addition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lenke.core.links.conflicts import CHOSEN, Conflict, Winner
from lenke.core.links.rows import OTHER, SIDES, Link, Side
from lenke.core.plan.draft import Draft
from lenke.core.plan.lines import LinePlan
from lenke.core.plan.model import LineAction

# The name under which a person chooses a side's lines.
LINES = "lines"


def compared(draft: Draft, link: Link, at: Mapping[Side, int], lines: LinePlan) -> LinePlan:
    """What becomes of the lines of a pair of which none is linked yet; any other pair's stay as planned.

    Both sides are needed. Where one has no lines it gets the other's; where they differ ``on_link`` decides, or a person.

    :param at: the records' positions in the reads, or -1.
    """
    if draft.line_links(link.left):
        return lines
    unread = [side for side in SIDES if at[side] < 0]
    if unread:
        return LinePlan(needs_both=True) if any(lines.actions(side) for side in unread) else lines
    only = {side: [one for one in lines.actions(OTHER[side]) if one.verb == "create"] for side in SIDES}
    if not any(only.values()) or not all(_has_lines(draft, side, at[side], lines) for side in SIDES):
        return lines
    chosen = draft.context.decided.chosen(link.left).get(LINES)
    winner = chosen or draft.context.policy.on_link
    told = [", ".join(_name(draft, one) for one in only[side]) or None for side in SIDES]
    decided: Winner = "none" if winner == "hold" else winner
    conflict = Conflict(LINES, told[0], told[1], decided, CHOSEN if chosen else "first link")
    return LinePlan(conflicts=[conflict]) if winner == "hold" else _won(draft, at, lines, winner, conflict)


def _has_lines(draft: Draft, side: Side, at: int, lines: LinePlan) -> bool:
    """Whether a side has any line that the other one should have, too."""
    found = draft.line_set(side, at)
    paired = any(link.left and link.right for link in lines.links)
    return found is not None and bool(found.rows) and (paired or bool(lines.actions(OTHER[side])))


def _won(draft: Draft, at: Mapping[Side, int], lines: LinePlan, winner: Side, conflict: Conflict) -> LinePlan:
    """The winner's lines on both sides: what the other one alone has is taken away there."""
    loser = OTHER[winner]
    extra = [one.other for one in lines.actions(winner) if one.verb == "create"]
    kept = {winner: [one for one in lines.actions(winner) if one.verb != "create"]}
    kept[loser] = [*lines.actions(loser), *(_removal(draft, loser, at[loser], id) for id in extra)]
    links = [link for link in lines.links if link.id(winner)]
    return replace(lines, links=links, to_left=kept["left"], to_right=kept["right"], conflicts=[*lines.conflicts, conflict])


def _removal(draft: Draft, side: Side, at: int, id: str) -> LineAction:
    found, specs = draft.line_set(side, at), draft.flow.lines.properties if draft.flow.lines else ()
    assert found is not None
    digests = found.rows[id].digests
    return LineAction("remove", id, expected={spec.name: int(digest) for spec, digest in zip(specs, digests, strict=True)})


def _name(draft: Draft, line: LineAction) -> str:
    """A line as a person knows it: what lines are matched by."""
    match = draft.flow.lines.match if draft.flow.lines else ()
    return " ".join(text for name in match if (text := line.whole.get(name))) or line.other
