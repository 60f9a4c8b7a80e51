"""Overview: per dataflow and flow how many links there are, how the last runs went, and what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from lenke.core.mapping.model import Flow
from lenke.ui import access, health, render
from lenke.ui.index import ask, catalogue
from lenke.ui.index.ask import Row
from lenke.ui.index.catalogue import Place
from lenke.ui.pages.common import VisitDep
from lenke.ui.plot import RUNS, Plot, plot

router = APIRouter()


@dataclass(frozen=True)
class Standing:
    """One flow on the overview.

    :param state: the counts of the indexed ledger; :param last: the row of its last run, or None.
    :param success: when its last run ended that succeeded: its lag counts from then.
    :param trying: how many tries have failed in the run that is under way.
    """

    flow: Flow
    current: bool
    state: Mapping[str, str]
    last: Row | None
    success: str | None
    plot: Plot
    trying: int = 0
    paused: bool = False


@router.get("/")
def everything(request: Request, user: GetUserDep) -> HTMLResponse:
    """All dataflows that the person may read."""
    places = {place.name: place for place in catalogue.all_places()}
    readable = access.may_read(user, places)
    told = [(place.dataflow, _standings(place)) for name, place in places.items() if name in readable]
    return render.page(request, "everything.html", dataflows=told)


@router.get("/{dag_id}/", dependencies=[access.READS])
def overview(request: Request, dag_id: str, user: GetUserDep) -> HTMLResponse:
    """One dataflow; a DAG that is none gets a page that says so, since every DAG has the tab."""
    if (place := catalogue.place(dag_id)) is None:
        return render.page(request, "none.html", dag_id=dag_id)
    decides = access.may_decide(user, dag_id)
    return render.page(
        request,
        "overview.html",
        dataflow=place.dataflow,
        flow=None,
        decides=decides,
        token=access.form_token(request) if decides else "",
        standings=_standings(place, with_pauses=True),
    )


@router.get("/{dag_id}/runs", dependencies=[access.READS])
def runs(visit: VisitDep) -> HTMLResponse:
    """A flow's last runs as a table: what the plot shows, in figures."""
    name = visit.flow.name
    return visit.page("runs.html", runs=ask.runs(visit.runs, name, limit=RUNS), unreported=ask.unreported(visit.runs, name))


def _standings(place: Place, *, with_pauses: bool = False) -> list[Standing]:
    place.look_at_runs()
    return [_standing(place, flow, with_pauses=with_pauses) for flow in place.dataflow.flows]


def _standing(place: Place, flow: Flow, *, with_pauses: bool) -> Standing:
    current = place.look(flow)
    found: list[dict[str, Any]] = ask.runs(place.runs, flow.name, limit=RUNS)
    paused = with_pauses and any(one.kind == "pause" and not one.subject for one in health.decided(place, flow))
    return Standing(
        flow,
        current,
        place.links(flow).state(),
        found[0] if found else None,
        ask.last_success(place.runs, flow.name),
        plot(found),
        len(underway[0]["tries"]) if (underway := ask.unreported(place.runs, flow.name, limit=1)) else 0,
        paused,
    )
