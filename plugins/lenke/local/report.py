"""The report of one ``make run``: what the commit tasks left per flow, put together per run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lenke.local.follow import Run

COUNTS = (
    "read_left", "read_right", "linked", "created_left", "created_right", "updated_left", "updated_right", "unchanged", "parked",
    "conflicts", "calls",
)  # fmt: skip
WRITES = ("created_left", "created_right", "updated_left", "updated_right")


def folder_of(reports: Path, dag_id: str, run_id: str) -> Path:
    """Where a run's flows leave their figures; the commit task names it likewise (``lenke.runtime.places.run_folder``)."""
    return reports / dag_id / "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in run_id)


def entry_of(run: Run, flows: Sequence[str], reports: Path) -> dict[str, Any]:
    """A run as report.json tells it; a flow that left nothing has zeros."""
    folder = folder_of(reports, run.dag_id, run.run_id)
    return {
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "state": run.state,
        "seconds": round(run.seconds, 1),
        "flows": [_flow(flow, run, _figures(folder / f"{flow}.json")) for flow in flows],
    }


def _flow(flow: str, run: Run, figures: Mapping[str, Any]) -> dict[str, Any]:
    busy = sum(task.seconds for task in run.tasks if task.flow == flow)
    counts = {name: int(figures.get(name, 0)) for name in COUNTS}
    told = figures.get("state")
    state = told if told in ("dry_run", "braked") else run.flow_state(flow)
    return {"flow": flow, "state": state, **counts, "seconds": round(float(figures.get("seconds", busy)), 1)}


def _figures(path: Path) -> Mapping[str, Any]:
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return figures if isinstance(figures, dict) else {}


def notes_of(run: Run, flows: Sequence[str], reports: Path) -> tuple[str, ...]:
    """What the flows want a person to read under the table (how to approve a dry run): the key ``note`` of their figures."""
    folder = folder_of(reports, run.dag_id, run.run_id)
    notes = ((flow, _figures(folder / f"{flow}.json").get("note")) for flow in flows)
    return tuple(f"{flow}: {note}" for flow, note in notes if note)


def written(entry: Mapping[str, Any]) -> int:
    """How many records a run created and updated on both sides."""
    return sum(flow[name] for flow in entry["flows"] for name in WRITES)


class Report:
    """Grows with every run that ends, and is on disk at all times."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: list[dict[str, Any]] = []
        self._write()

    @property
    def states(self) -> tuple[str, ...]:
        """The state of every run, in order."""
        return tuple(entry["state"] for entry in self._entries)

    def add(self, entry: dict[str, Any]) -> None:
        """Add a run."""
        self._entries.append(entry)
        self._write()

    def _write(self) -> None:
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps({"dataflows": self._entries}, indent=2) + "\n", encoding="utf-8")
        draft.replace(self._path)
