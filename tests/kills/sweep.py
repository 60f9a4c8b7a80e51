"""One scenario, killed at every boundary of its load and commit, and what each kill left after the retry or the next run."""

from __future__ import annotations

import json
import random
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from sandbox.running import Running
from tests.kills import findings as compare
from tests.kills.execution_api import ExecutionApi
from tests.kills.findings import Findings
from tests.kills.job import Job
from tests.kills.nursery import Nursery
from tests.kills.scenarios import Scenario
from tests.kills.stage import Base, Planned, State, ledgers, staged, state
from tests.kills.swept import Swept, Wanted

PLAN = ("extract", "map", "resolve")
WRITE = ("load", "commit")
# Of so many retries one is killed, too.
KILLED_TOO = 4
# As the retry policy: a first try and three more.
TRIES = 4
HOPELESS = ("ConfigurationError", "FatalError", "BrakeError", "LedgerError", "FenceError")


@dataclass
class Sweep:
    """Sweeps scenarios.

    :param api: holds the ledgers; None: a file does.
    :param seed: chooses at which boundaries the retry is killed, too, and where; :param every: only one boundary in so many.
    """

    api: ExecutionApi | None
    nursery: Nursery
    folder: Path
    seed: int = 1
    every: int = 1
    runs: Iterator[int] = field(default_factory=lambda: count(3))

    def run(self, scenario: Scenario, base: Base) -> Swept:
        """Kill it at each boundary: tried again, some of the tries killed once more, and left to the next run."""
        swept, rng = Swept(scenario), random.Random(f"{self.seed} {scenario.name}")
        planned, first = self._planned(scenario, base), rng.randrange(self.every)
        places, loaded, wanted = self._reference(planned, scenario)
        for before, step in ((planned, "load"), (loaded, "commit")):
            swept.places += places[step]
            for at, place in list(enumerate(places[step], 1))[first :: self.every]:
                for way in ("retry", "next run"):
                    second = rng.randint(1, len(places[step])) if way == "retry" and not rng.randrange(KILLED_TOO) else 0
                    found, killed, waited = self._point(before, scenario, wanted, step, way, [at, second] if second else [at])
                    swept.kills, swept.waited = swept.kills + killed, swept.waited + waited
                    if found:
                        swept.wrong[f"{step} {at}, {place}, then {way}{f' killed at {second}' if second else ''}"] = found
        return swept

    def control(self, scenario: Scenario, base: Base) -> Swept:
        """The same creates by a store that binds after it has created."""
        planned, swept = self._planned(scenario, base), Swept(scenario)
        with planned.again() as systems:
            self._whole(planned, scenario, systems, ("bind",))
            swept.places, wanted = self._passed(planned), state(planned.place, systems.urls)
        for at, place in enumerate(swept.places, 1):
            found = Findings()
            with planned.again() as systems:
                assert self._job(planned, scenario, systems, ("bind",), at=at) == signal.SIGKILL
                self._whole(planned, scenario, systems, ("bind",))
                compare.systems(found, state(planned.place, systems.urls), wanted)
            swept.kills += 1
            # Records that come after a duplicate have other ids: only the number of records tells.
            if found.duplicates:
                swept.wrong[place] = Findings(found.duplicates, told=found.told)
        return swept

    def _planned(self, scenario: Scenario, base: Base) -> Planned:
        place = self.folder / "at" / base.dataflow
        shutil.rmtree(place, ignore_errors=True)
        with staged(base, place) as stage:
            scenario.stir(stage)
            (place / "handed").mkdir()
            (place / "handed" / "ledgers.json").write_text(json.dumps(ledgers(stage.engine)))
            planned = Planned(self.api, base.dataflow, self.folder / scenario.name / "planned", place)
            self._whole(planned, scenario, stage.systems, ("adopt", *PLAN))
        planned.keep()
        return planned

    def _reference(self, planned: Planned, scenario: Scenario) -> tuple[dict[str, list[str]], Planned, Wanted]:
        """The boundaries by step, what there is between load and commit, and after a run that nobody killed."""
        places: dict[str, list[str]] = {}
        loaded = replace(planned, folder=planned.folder.with_name("loaded"))
        with planned.again() as systems:
            before = state(planned.place, systems.urls)
            self._whole(planned, scenario, systems, ("load",))
            places["load"] = self._passed(planned)
        loaded.keep()
        with loaded.again() as systems:
            self._whole(planned, scenario, systems, ("commit",))
            places["commit"] = self._passed(planned)
            assert (said := _committed(planned))["state"] == "success", said
            self._whole(planned, scenario, systems, ("ledger",))
            first = self._result(planned, systems)[1]
            self._rest(planned, scenario, systems, scenario.answers)
            wanted = Wanted(*self._result(planned, systems), first)
            same = compare.masked(wanted.systems[scenario.system]) == compare.masked(before[scenario.system])
            assert not same, f"{scenario.name}: nothing was written"
            writes = _writes(systems)
            self._rest(planned, scenario, systems, 1)
            assert _writes(systems) == writes, f"{scenario.name}: a second run writes {_told(systems, writes)}"
            compare.ledger(idle := Findings(), self._result(planned, systems)[1], wanted.ledger, [])
            assert not idle, f"{scenario.name}: a second run changes the ledger: {idle.told}"
        return places, loaded, wanted

    def _point(
        self, before: Planned, scenario: Scenario, wanted: Wanted, step: str, way: str, kills: list[int]
    ) -> tuple[Findings, int, bool]:
        found, waits = Findings(), False
        with before.again() as systems:
            assert self._job(before, scenario, systems, (step,), at=kills[0]) == signal.SIGKILL
            again = way == "retry"
            steps = WRITE[WRITE.index(step) :] if again else (*PLAN, *WRITE)
            try:
                more = self._whole(
                    before,
                    scenario,
                    systems,
                    (*steps, "ledger"),
                    run="run-1" if again else "run-2",
                    tries={step: 2} if again else {},
                    kills=kills[1:],
                )
                if (said := _committed(before)["state"]) != "success":
                    found.note("lost", f"the run says {said}")
                # What the kill left on the recheck list is the next run's to end; nothing of it may be left after.
                waits = compare.waits(self._result(before, systems)[1], wanted.first)
                self._rest(before, scenario, systems, scenario.answers + waits)
            except StoppedError as error:
                found.note("lost", f"stopped: {error}")
                return found, len(kills), waits
            result = self._result(before, systems)
            here, there = compare.alike(*result, wanted.systems), compare.alike(wanted.systems, wanted.ledger, result[0])
            compare.systems(found, here[0], there[0])
            compare.ledger(found, here[1], there[1], before.journal_keys())
        return found, 1 + more, waits

    def _rest(self, planned: Planned, scenario: Scenario, systems: Running, runs: int) -> None:
        for _ in range(runs):
            self._whole(planned, scenario, systems, (*PLAN, *WRITE, "ledger"), run=f"run-{next(self.runs)}")

    def _result(self, planned: Planned, systems: Running) -> tuple[State, Any]:
        return state(planned.place, systems.urls), json.loads((planned.place / "handed" / "ledger.json").read_text())

    def _whole(
        self,
        planned: Planned,
        scenario: Scenario,
        systems: Running,
        steps: tuple[str, ...],
        *,
        run: str = "run-1",
        tries: Mapping[str, int] | None = None,
        kills: Sequence[int] = (),
    ) -> int:
        """Steps, each tried again as Airflow does, killed at ``kills`` in turn; how many kills there were.

        :raises StoppedError: a step cannot be done.
        """
        numbers, waited, due, killed = dict(tries or {}), 0.0, list(kills), 0
        while True:
            at = due.pop(0) if due else 0
            ended = self._job(planned, scenario, systems, steps, run=run, tries=numbers, at=at, later=waited)
            if ended == 0 and not (outcome := _outcome(planned))["error"]:
                return killed
            step = (planned.place / "handed" / "step").read_text()
            if ended:
                killed += 1
            elif outcome["error"].startswith(HOPELESS) or numbers.get(step, 1) >= TRIES:
                raise StoppedError(f"{step}, try {numbers.get(step, 1)}: {outcome['error']}")
            else:
                waited += outcome["delay"]
            numbers[step] = numbers.get(step, 1) + 1
            steps = steps[steps.index(step) :]

    def _job(self, planned: Planned, scenario: Scenario, systems: Running, steps: tuple[str, ...], **more: Any) -> int:
        folder = planned.place / "handed"
        for name in ("places", "outcome.json"):
            (folder / name).unlink(missing_ok=True)
        job = Job(
            dataflow=planned.dataflow,
            flow=scenario.flow,
            run=more.pop("run", "run-1"),
            steps=steps,
            home=str(planned.place / "lenke"),
            folder=str(folder),
            connections=systems.connections,
            api=(self.api.url, *self.api.tasks[planned.dataflow]) if self.api else None,
            **more,
        )
        return self.nursery.run(job)

    def _passed(self, planned: Planned) -> list[str]:
        return (planned.place / "handed" / "places").read_text(encoding="utf-8").splitlines()


class StoppedError(Exception):
    """A step cannot be done, however often it is tried."""


def _outcome(planned: Planned) -> dict[str, Any]:
    return dict(json.loads((planned.place / "handed" / "outcome.json").read_text()))


def _committed(planned: Planned) -> dict[str, Any]:
    return dict(json.loads((planned.place / "handed" / "committed.json").read_text()))


def _writes(systems: Running) -> int:
    return sum(len(systems.audit(name)) for name in systems.urls)


def _told(systems: Running, but: int) -> list[str]:
    rows = [f"{name} {row['method']} {row['path']} {row['body']}" for name in systems.urls for row in systems.audit(name)]
    return rows[but:]
