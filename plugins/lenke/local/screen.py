"""What a person sees: lines with the time since the start, live progress on a terminal, one table per run."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.live import Live
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from lenke.core.printable import printable_lines
from lenke.local import report
from lenke.local.follow import Run, Task

_COLOURS = {"success": "green", "running": "yellow", "failed": "red", "upstream_failed": "red", "up_for_retry": "magenta"}
_COLUMNS = (
    ("read left", "read_left"), ("read right", "read_right"), ("linked", "linked"), ("created left", "created_left"),
    ("created right", "created_right"), ("updated left", "updated_left"), ("updated right", "updated_right"),
    ("unchanged", "unchanged"), ("parked", "parked"), ("conflicts", "conflicts"), ("calls", "calls"), ("seconds", "seconds"),
)  # fmt: skip
_PLAIN_WIDTH = 160
_ANY_WIDTH = 1000


class Screen:
    """Standard output of ``lenke run``."""

    def __init__(self, *, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = max(self._console.width, _PLAIN_WIDTH)
        self._start = time.monotonic()
        self._live: Live | None = None
        self._shown: dict[tuple[str, str, str, str], str] = {}

    def line(self, text: str, *, style: str = "") -> None:
        """One line, with the seconds since the start."""
        self._console.print(
            Text(f"{time.monotonic() - self._start:6.1f} s  ", style="dim").append(printable_lines(text), style=style), soft_wrap=True
        )

    def seen(self, runs: Sequence[Run]) -> None:
        """The active runs: redrawn on a terminal, elsewhere a line for whatever changed."""
        active = [run for run in runs if run.active]
        if not self._console.is_terminal:
            for run in active:
                self._changes(run)
        elif active:
            self._draw(active)
        else:
            self.still()

    def still(self) -> None:
        """Take the live progress off the screen."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def run_ended(self, run: Run, entry: Mapping[str, Any]) -> None:
        """The line of a run."""
        self._changes(run) if not self._console.is_terminal else self.still()
        told = f"wrote {report.written(entry)}, parked {report.standing(entry, 'parked')}, conflicts {report.standing(entry, 'conflicts')}"
        style = "" if run.state == "success" else "red"
        self.line(f"{run.dag_id}  {run.kind or 'run'}  {run.state} in {entry['seconds']} s: {told}", style=style)

    def table(self, entry: Mapping[str, Any]) -> None:
        """A run, or all runs of a dataflow, flow by flow."""
        self.still()
        wide = table(entry)
        wanted = Measurement.get(self._console, self._console.options.update(max_width=_ANY_WIDTH), wide).maximum
        fits = wanted <= self._console.width
        self._console.print(wide if fits else tall_table(entry))

    def _draw(self, runs: Sequence[Run]) -> None:
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(progress(runs), refresh=True)

    def _changes(self, run: Run) -> None:
        for task in run.tasks:
            key = (run.dag_id, run.run_id, task.flow, task.name)
            state = _state(task)
            if task.state != "waiting" and self._shown.get(key) != state:
                self._shown[key] = state
                self.line(f"{run.dag_id}  {task.flow or '-'}  {task.name}  {state}")


def _state(task: Task) -> str:
    parts = f" {task.done}/{task.total}" if task.total > 1 else ""
    again = f" (try {task.tries})" if task.tries > 1 else ""
    return f"{task.state}{parts}{again}"


def progress(runs: Sequence[Run]) -> Table:
    """A line per flow and task of the active runs."""
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("dataflow", "flow", "task", "state", "seconds"):
        grid.add_column(name, justify="right" if name == "seconds" else "left")
    for run in runs:
        grid.add_row(run.dag_id, "", Text(run.kind, style="dim"), _coloured(run.state, run.state), f"{run.seconds:.0f}")
        last = None
        for task in run.tasks:
            grid.add_row("", task.flow if task.flow != last else "", task.name, _coloured(_state(task), task.state), _spent(task))
            last = task.flow
    return grid


def _spent(task: Task) -> str:
    return f"{task.seconds:.1f}" if task.seconds else ""


def _coloured(text: str, state: str) -> Text:
    return Text(text, style=_COLOURS.get(state, "dim"))


def table(entry: Mapping[str, Any]) -> Table:
    """One run of one dataflow: the figures of report.json, a row per flow."""
    result = _titled(entry)
    result.add_column("flow")
    result.add_column("state")
    for heading, _ in _COLUMNS:
        result.add_column(heading.replace(" ", "\n"), justify="right")
    for flow in entry["flows"]:
        name = f"  {flow['flow']}" if "owner" in flow else flow["flow"]
        result.add_row(name, _coloured(flow["state"], flow["state"]), *(str(flow[name]) for _, name in _COLUMNS))
    return result


def tall_table(entry: Mapping[str, Any]) -> Table:
    """The same for a narrow terminal: a column per flow."""
    result = _titled(entry)
    result.add_column("")
    for flow in entry["flows"]:
        result.add_column(flow["flow"].replace("_to_", "_to_\n"), justify="right")
    result.add_row("state", *(_coloured(flow["state"], flow["state"]) for flow in entry["flows"]))
    for heading, name in _COLUMNS:
        result.add_row(heading, *(str(flow[name]) for flow in entry["flows"]))
    return result


def _titled(entry: Mapping[str, Any]) -> Table:
    which = entry["run_id"] if "run_id" in entry else f"{entry['runs']} run{'s' if entry['runs'] > 1 else ''}"
    title = f"{entry['dag_id']}  {entry['state']}  {entry['seconds']} s\n{which}"
    style = "bold" if entry["state"] == "success" else "bold red"
    return Table(title=title, title_justify="left", title_style=style, box=box.SIMPLE_HEAD)
