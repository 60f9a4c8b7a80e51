"""What the pages of one dataflow share: the dataflow that a path names, its flow, and what the person may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import Depends, HTTPException, Request, status
from fastapi.responses import HTMLResponse

from lenke.core.mapping.model import Flow
from lenke.ui import access, render
from lenke.ui.index import catalogue
from lenke.ui.index.catalogue import Place
from lenke.ui.index.links import LinkIndex
from lenke.ui.index.runs import RunIndex


@dataclass(frozen=True)
class Visit:
    """One request for a page of a dataflow.

    :param current: the flow's index holds the newest commit; else it is being read, and the state before is shown.
    :param decides: the person may edit the DAG: sees values, and decides.
    """

    request: Request
    place: Place
    flow: Flow
    current: bool
    decides: bool
    user: str

    @property
    def links(self) -> LinkIndex:
        """The flow's index."""
        return self.place.links(self.flow)

    @property
    def runs(self) -> RunIndex:
        """The dataflow's index of runs."""
        return self.place.runs

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of this dataflow."""
        return render.page(
            self.request,
            template,
            status=status,
            dataflow=self.place.dataflow,
            flow=self.flow,
            current=self.current,
            decides=self.decides,
            token=access.form_token(self.request) if self.decides else "",
            **values,
        )


def visit(request: Request, dag_id: str, user: GetUserDep, flow: str = "") -> Visit:
    """The dataflow and flow of a request, its indexes brought up to date.

    :raises HTTPException: 404 where there is no such dataflow or flow.
    """
    place = catalogue.place(dag_id)
    if place is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"{dag_id} is no dataflow of Lenke")
    try:
        found = place.flow(flow)
    except KeyError:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"{dag_id} has no flow {flow}") from None
    place.look_at_runs()
    return Visit(request, place, found, place.look(found), access.may_decide(user, dag_id), user.get_name())


VisitDep = Annotated[Visit, Depends(visit)]
