"""Parked and conflicts: what waits, why, and the forms to decide."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from lenke.runtime.ledger.waiting import OPEN
from lenke.ui import access, health
from lenke.ui.index import ask, runs
from lenke.ui.index.ask import Row
from lenke.ui.pages.common import Visit, VisitDep

router = APIRouter(dependencies=[access.READS])


@router.get("/{dag_id}/parked")
def parked(visit: VisitDep, reason: str = "", after: str = "") -> HTMLResponse:
    """A flow's recheck list, all of it or for one reason."""
    page = ask.parked(visit.links, reason=reason, after=after)
    state = visit.links.state()
    return visit.page(
        "parked.html",
        rows=_told(visit, page.rows),
        after=page.after,
        reason_chosen=reason,
        reasons=json.loads(state.get("reasons", "{}")),
        state=state,
        flows=[(flow, visit.place.links(flow).state() if visit.place.look(flow) else {}) for flow in visit.place.dataflow.flows],
    )


def _told(visit: Visit, rows: list[Row]) -> list[Row]:
    """Entries with the other side's id, their conflicts with both values where they may be shown, and what was decided."""
    decided = {(one.side, one.subject): one.kind for one in health.pending(visit.place, visit.flow)}
    told = [row | {"link": ask.linked(visit.links, row["side"], row["id"])} for row in rows]
    lefts = [_left(row) for row in told if row["reason"] in OPEN]
    conflicts = ask.open_conflicts(visit.runs, visit.flow.name, [left for left in lefts if left])
    keys = [(one["folder"], one["left"], one["property"]) for one in conflicts]
    values: dict[Any, Any] = runs.conflict_values(visit.place.home, visit.place.name, visit.flow.name, keys) if visit.decides else {}
    by_left: dict[str, list[Row]] = {}
    for one in conflicts:
        by_left.setdefault(one["left"], []).append(one | {"values": values.get((one["folder"], one["left"], one["property"]))})
    return [
        row
        | {
            "left": _left(row),
            "other": _other(row),
            "conflicts": by_left.get(_left(row), []) if row["reason"] in OPEN else [],
            "decided": decided.get((row["side"], row["id"]), "") or decided.get(("left", _left(row)), ""),
        }
        for row in told
    ]


def _left(row: Row) -> str:
    return str(row["id"] if row["side"] == "left" else row["link"]["left"] if row["link"] else "")


def _other(row: Row) -> str:
    return str(row["link"]["right" if row["side"] == "left" else "left"]) if row["link"] else ""
