"""Brakes: what stops a flow before its first write."""

from __future__ import annotations

from typing import NoReturn

from lenke.core.errors import BrakeError
from lenke.core.mapping.settings import Brakes


def check(
    brakes: Brakes, flow: str, *, links: int, changes: int, creates: int, plan_id: str, allowed: int | None = None, first: bool = False
) -> None:
    """Raise BrakeError where a plan changes or creates too much.

    :param changes: updates and deletes, against existing links; :param creates: new records, which count once there are links.
    :param first: the flow's first sync has not come to its end yet, and may create whatever is there.
    :param allowed: the changes that this run may make, in place of what the settings say.
    """
    most_changes = max(brakes.max_changes_least, links * brakes.max_changes_percent // 100) if allowed is None else allowed
    if changes > most_changes:
        raise BrakeError(_say(flow, "max_changes", f"{changes} updates and deletes against {links} links, {most_changes} allowed", plan_id))
    most_creates = max(brakes.max_creates_least, links * brakes.max_creates_percent // 100)
    if links and not first and creates > most_creates:
        raise BrakeError(_say(flow, "max_creates", f"{creates} new records against {links} links, {most_creates} allowed", plan_id))


def stop_empty(flow: str, side: str, *, links: int, plan_id: str) -> NoReturn:
    """Raise BrakeError: a side that has links suddenly reads empty."""
    what = f"the {side} side read empty although {links} of its records are linked: check its filters and rights"
    raise BrakeError(_say(flow, "empty", what, plan_id))


def _say(flow: str, brake: str, what: str, plan_id: str) -> str:
    dataflow, _, name = flow.partition(".")
    remedy = (
        f"Read the plan with `lenke plan {dataflow} {name}`; then let exactly it through with "
        f"`lenke ledger approve {dataflow} {plan_id}`, or run again with override_brake={plan_id}"
    )
    return f"{flow}: brake {brake}: {what}; nothing was written. {remedy}"
