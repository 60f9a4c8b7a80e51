"""Plan: what a dry run or a braked run would have written, and the button that approves it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from lenke.ui import access, health, planned
from lenke.ui.index import ask
from lenke.ui.pages.common import VisitDep

router = APIRouter(dependencies=[access.READS])


@router.get("/{dag_id}/plan")
def plan(visit: VisitDep, run: str = "", record: str = "", start: int = 0) -> HTMLResponse:
    """The plan of a flow's newest run, or of the run whose folder is named."""
    runs = ask.runs(visit.runs, visit.flow.name, limit=planned.LOOKED_AT)
    found = list(planned.plans(visit.place.home, visit.place.name, visit.flow.name, runs))
    shown = next((one for one in found if one.run["folder"] == run), found[0] if found else None)
    actions, more = planned.actions(shown, record=record.strip(), start=max(0, start)) if shown else ([], None)
    return visit.page(
        "plan.html",
        plans=found,
        shown=shown,
        newest=bool(shown and shown is found[0]),
        approved=bool(shown and health.approved(health.decided(visit.place, visit.flow), shown.id)),
        actions=actions,
        more=more,
        start=start,
        record_id=record.strip(),
    )
