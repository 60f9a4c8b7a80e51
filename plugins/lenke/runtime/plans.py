"""The last plan of a flow, as a person reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq

from lenke.core.errors import ConfigurationError
from lenke.core.plan.model import ACTION, Action, SideWrite
from lenke.runtime import named, places, staging

_WON = {"left": "left wins", "right": "right wins", "none": "a person must choose"}
_BECAME = {
    "dry_run": "a dry run, nothing of it was written",
    "braked": "stopped by a brake, nothing of it was written",
    "success": "carried out",
    "failed": "the run failed, and not all of it may be written",
}
_EVER = datetime.min.replace(tzinfo=UTC)


def show(dataflow: str, flow: str, *, with_values: bool) -> list[str]:
    """The newest staged plan, a line per record and side, and below it one per conflict that was settled so.

    :param with_values: with what would be written; without, only the names of the properties.
    :raises ConfigurationError: no such flow; or no run of it has left a plan, or it was swept.
    """
    flow = named.running(named.dataflow(dataflow), flow).name
    plan = _latest(dataflow, flow)
    if plan is None:
        raise ConfigurationError(f"there is no plan of {dataflow}.{flow}; run the dataflow, with dry_run to write nothing")
    with staging.opened(plan) as file:
        texts = pq.read_table(file, columns=["action"]).column("action").to_pylist()
    actions = [ACTION.validate_json(text) for text in texts]
    return [
        _heading(plan, dataflow, flow, len(actions)),
        *(line for one in actions for line in _lines(one, with_values=with_values)),
    ]


def _heading(plan: Any, dataflow: str, flow: str, records: int) -> str:
    """The run, and what became of the plan by the report that ``commit`` has left; one from before a clear is of another plan."""
    folder = plan.parent.parent.name
    report = places.home() / "reports" / dataflow / folder / f"{flow}.json"
    told = json.loads(report.read_text()) if report.exists() else {}
    is_over = (staging.modified(report) or _EVER) >= (staging.modified(plan) or _EVER)
    became = _BECAME.get(told.get("state", "") if is_over else "", "not carried out yet")
    return f"{told.get('run', folder)}: {records} {'record' if records == 1 else 'records'}; {became}"


def latest_id(dataflow: str, flow: str) -> str | None:
    """The id of the newest staged plan, as the run printed it."""
    plan = _latest(dataflow, flow)
    place = plan.parent / "plan.id" if plan is not None else None
    return str(place.read_text()) if place is not None and place.exists() else None


def _latest(dataflow: str, flow: str) -> Any:
    found = [run / flow / "plan.parquet" for run in _runs(dataflow)]
    plans = sorted((path for path in found if path.exists()), key=lambda path: staging.modified(path) or _EVER)
    return plans[-1] if plans else None


def _runs(dataflow: str) -> Iterator[Any]:
    folder = places.home() / "staging" / dataflow
    return iter(folder.iterdir()) if folder.exists() else iter(())


def _lines(action: Action, *, with_values: bool) -> Iterator[str]:
    for side, write in (("left", action.to_left), ("right", action.to_right)):
        if write or (side == "right" and action.verb == "create"):
            verb = action.verb if side == "right" else "update"
            yield f"{verb} {side}: left {action.left}, right {action.right or '-'}: {_properties(write, with_values=with_values)}"
    for one in action.conflicts:
        values = f": left {one.left!r}, right {one.right!r}" if with_values else ""
        yield f"  conflict in {'line ' * one.of_lines}{one.property}{values}; {_WON[one.winner]} ({one.reason})"


def _properties(write: SideWrite, *, with_values: bool) -> str:
    told = [f"{name}={text!r}" if with_values else name for name, text in write.values.items()]
    for line in write.lines:
        values = ", ".join(f"{name}={text!r}" if with_values else name for name, text in line.values.items())
        told.append(f"{line.verb} line {line.id or 'new'} ({values})" if values else f"{line.verb} line {line.id}")
    return "; ".join(told)
