"""What a person decides, sent by our own forms: each act goes to the desk of its flow, which looks at the ledger first."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse

from lenke.core.errors import DecisionError, LenkeError
from lenke.core.links.rows import SIDES, Side
from lenke.runtime import plans
from lenke.runtime.ledger import maintenance
from lenke.runtime.ledger.desk import Desk
from lenke.runtime.ledger.waiting import OPEN
from lenke.ui import access
from lenke.ui.index import ask
from lenke.ui.pages.common import Visit, VisitDep

router = APIRouter(dependencies=[access.DECIDES, access.OWN_FORM])

_Act = Callable[[Desk], list[str]]

Texts = Annotated[list[str], Form()]
Text = Annotated[str, Form()]


@router.post("/{dag_id}/approve")
def approve(visit: VisitDep, plan: Text) -> HTMLResponse:
    """Approve a flow's newest plan: the next run carries out exactly that."""
    if plans.latest_id(visit.place.name, visit.flow.name) != plan:
        return _refused(visit, "There is a newer plan now; read that one. Nothing was approved.", back="plan")
    return _said(visit, lambda desk: desk.approve(plan), back="plan")


@router.post("/{dag_id}/release")
def release(visit: VisitDep, item: Texts = []) -> HTMLResponse:  # noqa: B006
    """Try the chosen records again."""
    return _said(visit, lambda desk: [line for side in SIDES if (ids := _ids(item, side)) for line in desk.release(ids, side=side)])


@router.post("/{dag_id}/dismiss")
def dismiss(visit: VisitDep, item: Texts = []) -> HTMLResponse:  # noqa: B006
    """Take the chosen records out of the lists until they change."""
    return _said(visit, lambda desk: [line for side in SIDES if (ids := _ids(item, side)) for line in desk.dismiss(ids, side=side)])


@router.post("/{dag_id}/choose/{winner}")
def choose(visit: VisitDep, winner: Side, item: Texts = []) -> HTMLResponse:  # noqa: B006
    """One side's values count in all open conflicts of the chosen records."""
    return _said(visit, lambda desk: [line for left, name in _conflicts(visit, item) for line in desk.choose(left, name, winner)])


@router.post("/{dag_id}/choose")
def choose_one(visit: VisitDep, chosen: Text) -> HTMLResponse:
    """One side's value counts in one property. :param chosen: JSON: left id, property, side."""
    left, name, winner = _chosen(chosen)
    return _said(visit, lambda desk: desk.choose(left, name, winner))


@router.post("/{dag_id}/relink")
def relink(visit: VisitDep, left: Texts = [], right: Texts = []) -> HTMLResponse:  # noqa: B006
    """Link left records with the right ids that were typed beside them; those without one are left alone."""
    pairs = [(one, other.strip()) for one, other in zip(left, right, strict=False) if other.strip()]
    return _said(visit, lambda desk: [line for one, other in pairs for line in desk.relink(one, other)])


@router.post("/{dag_id}/pause")
def pause(visit: VisitDep, left: Text = "") -> HTMLResponse:
    """Pause a record, or without one the flow."""
    return _said(visit, lambda desk: desk.pause([left] if left else []), back="parked" if left else "")


@router.post("/{dag_id}/unpause")
def unpause(visit: VisitDep, left: Text = "") -> HTMLResponse:
    """Let a paused record, or without one the flow, go on."""
    return _said(visit, lambda desk: desk.unpause([left] if left else []), back="parked" if left else "")


def _chosen(text: str) -> tuple[str, str, Side]:
    try:
        left, name, winner = json.loads(text)
    except (ValueError, TypeError):
        raise HTTPException(422, "This names no value to choose") from None
    return str(left), str(name), "left" if winner == "left" else "right"


def _said(visit: Visit, act: _Act, *, back: str = "parked") -> HTMLResponse:
    """What the desk says to an act; 409 with its reason where it refuses. :param back: the page that leads on."""
    try:
        desk = maintenance.desk(visit.place.name, visit.flow.name, who=visit.user)
        told = desk.together(act)
    except LenkeError as error:
        return _refused(visit, str(error), back=back)
    if not told:
        return _refused(visit, "Nothing was chosen, so nothing was decided.", back=back)
    return visit.page("told.html", told=told, refused="", back=back)


def _refused(visit: Visit, why: str, *, back: str) -> HTMLResponse:
    return visit.page("told.html", status=409, told=[], refused=why, back=back)


def _ids(items: Sequence[str], side: Side) -> list[str]:
    """The ids of one side among ``<side>:<id>``."""
    return [id for of, _, id in (item.partition(":") for item in items) if of == side and id]


def _conflicts(visit: Visit, items: Sequence[str]) -> list[tuple[str, str]]:
    """Left id and property of all that is undecided in the chosen records.

    :raises DecisionError: there is nothing to choose in one of them.
    """
    found = []
    for row in ask.waiting(visit.links, [(side, id) for side in SIDES for id in _ids(items, side)]):
        link = ask.linked(visit.links, row["side"], row["id"])
        left = row["id"] if row["side"] == "left" else (link or {}).get("left", "")
        if row["note"].get("reason") not in OPEN or not left:
            raise DecisionError(f"{row['side']} {row['id']} is not in conflict, so there is no side to choose; nothing was decided")
        found += [(left, name) for name in row["note"].get("properties") or [row["note"]["property"]]]
    return found
