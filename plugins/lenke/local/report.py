"""The report of one ``make run``: what the commit tasks left per flow, put together per run and summed up per dataflow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lenke.local.dataflows import Dataflow
from lenke.local.follow import Run

COUNTS = (
    "read_left", "read_right", "linked", "created_left", "created_right", "updated_left", "updated_right", "unchanged", "parked",
    "conflicts", "calls",
)  # fmt: skip
WRITES = ("created_left", "created_right", "updated_left", "updated_right")


def folder_of(reports: Path, dag_id: str, run_id: str) -> Path:
    """Where a run's flows leave their figures; the commit task names it likewise (``lenke.runtime.places.run_folder``)."""
    return reports / dag_id / "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in run_id)


def entry_of(run: Run, dataflow: Dataflow, reports: Path) -> dict[str, Any]:
    """A run as report.json tells it; a flow that left nothing has zeros."""
    folder = folder_of(reports, run.dag_id, run.run_id)
    figures = {flow: _figures(folder / f"{flow}.json") for flow in dataflow.flows if flow not in dataflow.owners}
    return {
        "dag_id": run.dag_id,
        "run_id": run.run_id,
        "state": run.state,
        "seconds": round(run.seconds, 1),
        "flows": [_flow(flow, dataflow.owners.get(flow), run, figures) for flow in dataflow.flows],
    }


def _flow(flow: str, owner: str | None, run: Run, figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One flow's figures; a part has those that its owner, which it is read and written with, told of it."""
    whole = figures.get(owner or flow, {})
    own = (whole.get("parts") or {}).get(flow, {}) if owner else whole
    planned = (whole.get("planned_parts") or {}).get(flow, {}) if owner else whole.get("planned") or {}
    counts = {name: int(planned.get(name, own.get(name, 0))) for name in COUNTS}
    told = whole.get("state")
    state = told if told in ("dry_run", "braked", "paused") else run.flow_state(owner or flow)
    busy = sum(task.seconds for task in run.tasks if task.flow == flow)
    return {
        "flow": flow,
        **({"owner": owner} if owner else {}),
        "state": state,
        **counts,
        "seconds": round(float(own.get("seconds", busy)), 1),
    }


def _figures(path: Path) -> Mapping[str, Any]:
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return figures if isinstance(figures, dict) else {}


def notes_of(run: Run, dataflow: Dataflow, reports: Path) -> tuple[str, ...]:
    """What the flows want a person to read under the table (how to approve a dry run): the key ``note`` of their figures."""
    folder = folder_of(reports, run.dag_id, run.run_id)
    notes = ((flow, _figures(folder / f"{flow}.json").get("note")) for flow in dataflow.flows)
    return tuple(f"{flow}: {note}" for flow, note in notes if note)


def written(entry: Mapping[str, Any]) -> int:
    """How many records a run created and updated on both sides; a dry run none."""
    return sum(flow[name] for flow in _counted(entry) for name in WRITES if flow["state"] != "dry_run")


def standing(entry: Mapping[str, Any], name: str) -> int:
    """One figure over all flows of a run, each record counted once."""
    return sum(int(flow[name]) for flow in _counted(entry))


def _counted(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A part's records are its owner's."""
    return [flow for flow in entry["flows"] if "owner" not in flow]


def summary(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All runs of one dataflow as one entry.

    What was done is added up; what stands (linked, parked, unchanged) is as the last run left it; of what was read and of the
    conflicts the run counts that saw the most.
    """
    last = entries[-1]
    return {
        "dag_id": last["dag_id"],
        "runs": len(entries),
        "state": "success" if all(entry["state"] == "success" for entry in entries) else "failed",
        "seconds": round(sum(entry["seconds"] for entry in entries), 1),
        "flows": [_summed([entry["flows"][at] for entry in entries]) for at in range(len(last["flows"]))],
    }


def _summed(flows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    done = {name: sum(flow[name] for flow in flows) for name in (*WRITES, "calls")}
    most = {name: max(flow[name] for flow in flows) for name in ("read_left", "read_right", "conflicts")}
    return {**flows[-1], **done, **most, "seconds": round(sum(flow["seconds"] for flow in flows), 1)}


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

    def summaries(self) -> list[dict[str, Any]]:
        """An entry per dataflow, in the order of their first runs."""
        runs: dict[str, list[dict[str, Any]]] = {}
        for entry in self._entries:
            runs.setdefault(entry["dag_id"], []).append(entry)
        return [summary(entries) for entries in runs.values()]

    def _write(self) -> None:
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps({"dataflows": self._entries, "summary": self.summaries()}, indent=2) + "\n", encoding="utf-8")
        draft.replace(self._path)
