"""Figures of a flow's run for Airflow's own metrics (StatsD or OpenTelemetry), where those are switched on.

Every figure goes out under two names. ``lenke.<figure>`` carries the tags dataflow and flow; plain StatsD has no tags, so
``lenke.<dataflow>.<flow>.<figure>`` tells them apart by name, unless ``[metrics] legacy_names_on`` is off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk.configuration import conf
from airflow.sdk.observability import stats

# Figure to what it sums up in the report.
COUNTERS: Mapping[str, tuple[str, ...]] = {
    "read_left": ("read_left",),
    "read_right": ("read_right",),
    "written_left": ("created_left", "updated_left"),
    "written_right": ("created_right", "updated_right"),
    "conflicts": ("conflicts",),
    "calls": ("calls",),
    "throttled_seconds": ("throttled_seconds",),
}
# How it stands after the run; a run that does not tell (a dry run, a backfill, one that failed) leaves the last value.
GAUGES: Mapping[str, str] = {"parked": "parked", "linked": "linked", "lag_seconds": "lag_seconds"}


def emit(dataflow: str, flow: str, report: Mapping[str, Any]) -> None:
    """Send one run's figures.

    :param report: as the run's report has them; ``state`` goes out as a counter of its own (``runs_success`` ...).
    """
    tags = {"dataflow": dataflow, "flow": flow}
    names = ["lenke"] + ([f"lenke.{dataflow}.{flow}"] if conf.getboolean("metrics", "legacy_names_on", fallback=True) else [])
    for name in names:
        stats.incr(f"{name}.runs_{report['state']}", tags=tags)
        for figure, parts in COUNTERS.items():
            stats.incr(f"{name}.{figure}", round(sum(report.get(part) or 0 for part in parts)), tags=tags)
        if report["state"] == "success":
            for figure, part in GAUGES.items():
                if report.get(part) is not None:
                    stats.gauge(f"{name}.{figure}", report[part], tags=tags)
