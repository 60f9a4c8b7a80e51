"""What a flow's last successful run left behind: for its lag, a growing list of parked records, and a promise that was broken."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, TypedDict

from lenke.runtime import staging


class Latest(TypedDict):
    """One flow's last success.

    :param read_at: when its reads began, :param at: when it committed (UTC, ISO 8601).
    :param lag_seconds: the longest that an edit waited for it: one made right after the run before had read. None at first.
    :param parked: records on the recheck list then, :param parked_before: after the run before; None at first.
    """

    run_id: str
    read_at: str
    at: str
    lag_seconds: float | None
    parked: int
    parked_before: int | None


def read(home: Any, dataflow: str, flow: str) -> Latest | None:
    """The last success, or None where there was none."""
    place = home / "latest" / dataflow / f"{flow}.json"
    if not place.exists():
        return None
    found: Latest = json.loads(place.read_text())
    return found


def succeeded(home: Any, dataflow: str, flow: str, *, run_id: str, read_at: str, parked: int, at: datetime) -> Latest:
    """Remember a success; the same run again (its commit was retried or cleared) stays what it was."""
    before = read(home, dataflow, flow)
    if before is not None and before["run_id"] == run_id:
        return before
    lag = (at - datetime.fromisoformat(before["read_at"])).total_seconds() if before else None
    latest = Latest(
        run_id=run_id,
        read_at=read_at,
        at=at.isoformat(),
        lag_seconds=lag,
        parked=parked,
        parked_before=before["parked"] if before else None,
    )
    staging.write_json(home / "latest" / dataflow / f"{flow}.json", latest)
    return latest
