"""``lenke run``: everything from nothing to followed runs, and back to nothing."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lenke.core.errors import LenkeError
from lenke.core.printable import printable
from lenke.local import dataflows, failures, keys, parsing, pools, processes, report
from lenke.local.api import Api
from lenke.local.dataflows import Dataflow
from lenke.local.follow import Follower, Run
from lenke.local.interrupts import Interrupts, Stopped
from lenke.local.lock import Lock
from lenke.local.places import Places
from lenke.local.ports import HOST
from lenke.local.processes import Processes
from lenke.local.screen import Screen
from lenke.local.setup import Running, SetUp
from lenke.local.waves import RestlessError, Waves


@dataclass(frozen=True, slots=True)
class Options:
    """What ``lenke run`` was asked to do.

    :param once: exit when no run is queued or running.
    :param port: of the UI; the next free one is taken if it is not.
    """

    once: bool = False
    port: int = 8080


def run(places: Places, options: Options, *, screen: Screen | None = None) -> int:
    """Run and return the exit code: 0 all runs succeeded, 1 not, 2 could not start, 128 + n ended by signal n."""
    screen = screen or Screen()
    screen.line(f"Lenke in {places.root}, state in {places.home}")
    interrupts = Interrupts()
    try:
        with interrupts.active():
            return _run(places, options, screen, interrupts)
    except Stopped as stopped:
        screen.line(f"Ended by {signal.Signals(stopped.number).name}")
        return 128 + stopped.number
    except LenkeError as error:
        screen.line(str(error), style="red")
        return 2
    except OSError as error:
        if not error.strerror:
            raise
        screen.line(printable(f"{error.filename or 'this machine'}: {error.strerror}"), style="red")
        return 2


def _run(places: Places, options: Options, screen: Screen, interrupts: Interrupts) -> int:
    places.make()
    with Lock(places.lock):
        stale = processes.end_stale(places)
        if stale:
            screen.line(f"Ended what an interrupted run had left: {', '.join(stale)}")
        with Processes(places, interrupts=interrupts) as children:
            try:
                return _Session(places, options, screen, children).run()
            except LenkeError as error:
                screen.line(str(error), style="red")
                return 2
            finally:
                interrupts.ignore()
                screen.still()
                screen.line("Ending all processes")


class _Session:
    """From the first process to the last run; it is the waves' watcher, too."""

    def __init__(self, places: Places, options: Options, screen: Screen, children: Processes) -> None:
        self._places = places
        self._options = options
        self._screen = screen
        self._children = children
        self._dataflows = {dataflow.dag_id: dataflow for dataflow in dataflows.load(places.mappings)}
        self._report = report.Report(places.report)
        self._each_run = False

    def run(self) -> int:
        began = datetime.now(UTC)
        running = SetUp(self._places, self._screen, self._children).start(tuple(self._dataflows.values()), port=self._options.port)
        parsing.wait(running.api, list(self._dataflows), since=began, check=self._children.check)
        pools.create(running.api, self._dataflows.values())
        self._screen.line("Airflow has read the DAGs")
        if not self._options.once:
            self._address(running)
        waves = self._waves(running.api, began)
        if running.ready:
            rested = self._follow(waves, running, began)
        else:
            rested = False
            self._screen.line("No dataflow has its connections: nothing was run", style="yellow")
        if not self._options.once:
            self._stay(waves, running)
        return self._code(rested=rested)

    def _follow(self, waves: Waves, running: Running, began: datetime) -> bool:
        """From the first run to the last; whether they came to rest."""
        levels = dataflows.levels(running.ready)
        if all(self._has_run(running.api, dataflow) for dataflow in running.ready):
            # Everything is linked: whatever goes on from system to system finds its way, and most often there is nothing.
            levels = (running.ready,)
        try:
            waves.run(levels, depth=dataflows.depth(running.ready), since=began)
        except RestlessError as error:
            self._screen.line(str(error), style="red")
            return False
        finally:
            for entry in self._report.summaries():
                self._screen.table(entry)
            self._each_run = True
        return True

    @staticmethod
    def _has_run(api: Api, dataflow: Dataflow) -> bool:
        return bool(api.get(f"dags/{dataflow.dag_id}/dagRuns", state="success", limit=1)["total_entries"])

    def _waves(self, api: Api, began: datetime) -> Waves:
        follower = Follower(api, {name: dataflow.flows for name, dataflow in self._dataflows.items()}, since=began)
        return Waves(api, follower, self, check=self._children.check)

    def _stay(self, waves: Waves, running: Running) -> None:
        self._screen.line("All runs have ended; Airflow stays up until Ctrl-C")
        self._address(running)
        while True:
            time.sleep(3.0)
            waves.look()

    def _address(self, running: Running) -> None:
        password = keys.load(self._places.keys).password
        self._screen.line(f"Airflow's UI: http://{HOST}:{running.port}  user {keys.USER}  password {password}", style="bold")

    def _code(self, *, rested: bool) -> int:
        states = self._report.states
        good = sum(state == "success" for state in states)
        self._screen.line(f"{good} of {len(states)} runs succeeded; report in {self._places.report}")
        return 0 if rested and states and good == len(states) else 1

    def seen(self, runs: Sequence[Run]) -> None:
        self._screen.seen(runs)

    def line(self, text: str) -> None:
        self._screen.line(text)

    def ended(self, run: Run) -> int:
        dataflow = self._dataflows[run.dag_id]
        entry = report.entry_of(run, dataflow, self._places.reports)
        self._report.add(entry)
        self._screen.run_ended(run, entry)
        if self._each_run or run.state != "success":
            self._screen.table(entry)
        for note in report.notes_of(run, dataflow, self._places.reports):
            self._screen.line(note, style="bold")
        for failure in failures.told(run, self._places.logs):
            self._screen.line(failure, style="red")
        return report.written(entry)
