"""Ledger: whether each flow's ledger is sound, how old its backup is, and what to do where it is not."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from lenke.ui import access, health
from lenke.ui.pages.common import VisitDep

router = APIRouter()


@router.get("/{dag_id}/ledger", dependencies=[access.READS])
def ledger(visit: VisitDep) -> HTMLResponse:
    """The state of all ledgers of a dataflow, their segments unread."""
    told = [health.health(visit.place, flow) for flow in visit.place.dataflow.flows]
    return visit.page("ledger.html", told=told, verified=None)


@router.post("/{dag_id}/ledger", dependencies=[access.DECIDES, access.OWN_FORM])
def verified(visit: VisitDep) -> HTMLResponse:
    """The same after every segment was read, which takes some seconds a million links."""
    told = [health.health(visit.place, flow) for flow in visit.place.dataflow.flows]
    return visit.page("ledger.html", told=told, verified=health.verify(visit.place))
