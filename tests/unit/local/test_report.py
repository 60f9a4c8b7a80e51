import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from lenke.local import report
from lenke.local.dataflows import Dataflow
from lenke.local.follow import Run, Task
from lenke.local.report import Report
from lenke.local.screen import Screen

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
RUN = Run(
    "d",
    "scheduled__2026-11-20T12:00:00+00:00",
    "failed",
    start=START,
    end=START + timedelta(seconds=42),
    tasks=(Task("a", "load", "success", 1, 1, 1, 3.0), Task("b", "load", "failed", 1, 1, 2, 2.04)),
)

FLOWS = Dataflow("d", "left", "right", ("a", "b"))
PARTED = Dataflow("d", "left", "right", ("a", "b", "c"), {"c": "a"})


def _leave(reports: Path, flow: str, figures: object) -> None:
    folder = reports / "d" / "scheduled__2026-11-20T12_00_00_00_00"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{flow}.json").write_text(json.dumps(figures))


def test_a_run_is_put_together_from_its_flows(tmp_path: Path) -> None:
    _leave(tmp_path, "a", {"flow": "a", "read_left": 5, "created_right": 2, "updated_left": 1, "seconds": 1.23, "more": "is left out"})
    entry = report.entry_of(RUN, FLOWS, tmp_path)
    assert {key: entry[key] for key in ("dag_id", "run_id", "state", "seconds")} == {
        "dag_id": "d",
        "run_id": RUN.run_id,
        "state": "failed",
        "seconds": 42.0,
    }
    assert list(entry["flows"][0]) == ["flow", "state", *report.COUNTS, "seconds"]
    assert (entry["flows"][0]["read_left"], entry["flows"][0]["seconds"], entry["flows"][0]["state"]) == (5, 1.2, "success")
    assert entry["flows"][1] == {"flow": "b", "state": "failed", **dict.fromkeys(report.COUNTS, 0), "seconds": 2.0}
    assert report.written(entry) == 3


def test_half_a_file_counts_as_none(tmp_path: Path) -> None:
    _leave(tmp_path, "a", {})
    (report.folder_of(tmp_path, "d", RUN.run_id) / "a.json").write_text('{"read_le')
    assert report.entry_of(RUN, FLOWS, tmp_path)["flows"][0]["read_left"] == 0


def test_notes_are_for_a_person(tmp_path: Path) -> None:
    _leave(tmp_path, "a", {"note": "approve with ..."})
    assert report.notes_of(RUN, FLOWS, tmp_path) == ("a: approve with ...",)


def test_the_report_is_on_disk_after_every_run(tmp_path: Path) -> None:
    kept = Report(tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text()) == {"dataflows": [], "summary": []}
    kept.add(report.entry_of(RUN, FLOWS, tmp_path))
    assert [entry["run_id"] for entry in json.loads((tmp_path / "report.json").read_text())["dataflows"]] == [RUN.run_id]
    assert kept.states == ("failed",)


@pytest.mark.parametrize("width", [60, 200])
def test_the_table_shows_the_figures_of_the_report(tmp_path: Path, width: int) -> None:
    figures = {name: 1000 + n for n, name in enumerate(report.COUNTS)}
    _leave(tmp_path, "a", {**figures, "seconds": 7.5})
    console = Console(width=width, file=io.StringIO(), record=True, force_terminal=True)
    Screen(console=console).table(report.entry_of(RUN, FLOWS, tmp_path))
    text = console.export_text()
    assert all(str(figure) in text for figure in figures.values())
    assert "7.5" in text
    assert "failed" in text


def test_a_part_has_the_figures_that_its_owner_told_and_counts_for_nothing_twice(tmp_path: Path) -> None:
    _leave(tmp_path, "a", {"state": "success", "created_right": 4, "parts": {"c": {"created_right": 9, "linked": 9}}})
    entry = report.entry_of(RUN, PARTED, tmp_path)
    part = entry["flows"][2]
    assert (part["flow"], part["owner"], part["created_right"], part["linked"], part["state"]) == ("c", "a", 9, 9, "success")
    assert report.written(entry) == 4


def test_a_dry_run_shows_what_is_planned_and_has_written_nothing(tmp_path: Path) -> None:
    planned = {"planned": {"created_right": 4}, "planned_parts": {"c": {"created_right": 9}}}
    _leave(tmp_path, "a", {"state": "dry_run", "created_right": 0, "parts": {"c": {"created_right": 0}}, **planned})
    entry = report.entry_of(RUN, PARTED, tmp_path)
    assert [flow["created_right"] for flow in entry["flows"]] == [4, 0, 9]
    assert report.written(entry) == 0


def test_runs_of_one_dataflow_are_summed_up(tmp_path: Path) -> None:
    flow = {"flow": "a", "state": "success", **dict.fromkeys(report.COUNTS, 0), "seconds": 1.0}
    first = {"dag_id": "d", "run_id": "1", "state": "success", "seconds": 5.0, "flows": [{**flow, "read_left": 90, "created_right": 8}]}
    then = {**first, "run_id": "2", "flows": [{**flow, "read_left": 3, "created_right": 1, "linked": 9, "parked": 2}]}
    found = report.summary([first, then])
    assert (found["runs"], found["state"], found["seconds"]) == (2, "success", 10.0)
    expected = {"read_left": 90, "created_right": 9, "linked": 9, "parked": 2, "seconds": 2.0}
    assert {name: found["flows"][0][name] for name in expected} == expected


def test_without_a_terminal_every_change_is_one_line() -> None:
    console = Console(width=200, file=io.StringIO(), record=True, force_terminal=False)
    screen = Screen(console=console)
    for state in ("queued", "running", "running"):
        screen.seen([Run("d", "r", "running", tasks=(Task("a", "load", state, 0, 2, 1),))])
    lines = [line.split(" s  ", 1)[1] for line in console.export_text().splitlines()]
    assert lines == ["d  a  load  queued 0/2", "d  a  load  running 0/2"]
