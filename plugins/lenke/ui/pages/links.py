"""Links: found by either id, and what runs have done to a record."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from lenke.core.plan.decisions import Decision
from lenke.ui import access, health
from lenke.ui.index import ask, runs
from lenke.ui.index.ask import Row
from lenke.ui.pages.common import Visit, VisitDep

router = APIRouter(dependencies=[access.READS])


@router.get("/{dag_id}/links")
def links(visit: VisitDep, q: str = "", after: str = "") -> HTMLResponse:
    """A flow's links, or those of which one id begins with ``q``."""
    text = q.strip()
    page = ask.Page(ask.search(visit.links, text), None) if text else ask.links(visit.links, after=after)
    return visit.page("links.html", q=text, page=page, state=visit.links.state(), shown=ask.PAGE)


@router.get("/{dag_id}/record")
def record(visit: VisitDep, left: str = "", right: str = "") -> HTMLResponse:
    """One record by its left id, or by the right id of its link."""
    if not left and right:
        row = ask.linked(visit.links, "right", right)
        left = row["left"] if row else ""
    found = ask.record(visit.links, left)
    if not left and right:
        found = ask.Record(None, [], next(iter(ask.waiting(visit.links, [("right", right)])), None))
    history = ask.history(visit.runs, visit.flow.name, left) if left else []
    return visit.page(
        "record.html",
        left=left,
        right=right or (found.link["right"] if found.link else ""),
        found=found,
        history=_with_values(visit, history),
        decisions=_about(visit, left),
        names={p.name for p in visit.flow.properties},
    )


def _with_values(visit: Visit, history: list[Row]) -> list[Row]:
    """The values of conflicts for those who may edit the DAG; ``values`` is None where they are not shown or were swept."""
    wanted = [(row["folder"], row["left"], row["property"]) for row in history if row["what"] == "conflict"]
    kept: dict[Any, Any] = runs.conflict_values(visit.place.home, visit.place.name, visit.flow.name, wanted) if visit.decides else {}
    return [row | {"values": kept.get((row["folder"], row["left"], row.get("property")))} for row in history]


def _about(visit: Visit, left: str) -> list[Decision]:
    return [one for one in health.decided(visit.place, visit.flow) if one.subject == left and one.kind != "approve"]
