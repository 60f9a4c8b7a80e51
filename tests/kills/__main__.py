"""``python -m tests.kills``: the sweep, its table on the screen and in docs/reliability.md; 1 where a kill left anything behind."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.kills import nursery
from tests.kills.bases import BASES
from tests.kills.execution_api import ExecutionApi, environment_of, served
from tests.kills.nursery import Nursery
from tests.kills.scenarios import CONTROL, SCENARIOS, Scenario
from tests.kills.stage import Base
from tests.kills.sweep import Sweep
from tests.kills.swept import Swept
from tests.reliability import page

HEAD = (
    "| system | kind | ledger in | boundaries | kills | ended by the next run | duplicates | lost edits | orphans | ledger rows unlike |",
    "|---|---|---|--:|--:|--:|--:|--:|--:|--:|",
)
NOTE = """
Each boundary is killed twice, once for the retry and once for the next run; of some retries one is killed, too. What both systems and
the ledger then hold is compared with the same run that nobody killed: records and lines that are more, values and records that are
missing or other ones, journal keys that are left (orphans), rows of the ledger that differ. *Ended by the next run* counts how often
the recheck list named something that the run after had to end, such as a record that had been made in part: it is compared after that
run. A line that is new in WooCommerce is named there without a kill, too: what the shop reckons for it crosses back once both sides are
read. SuperOffice's foreign keys, which mirror the markers of contacts for other programs, are not compared: a kill right after a
contact was made leaves its one out. Creates in WooCommerce and SuperOffice, which are the left systems of their dataflows, are those of
two dataflows of the sweep's own (`tests/kills/mappings`); a sale is made in SuperOffice only. Ledgers are in Airflow (its api-server on
PostgreSQL, over HTTP) or, where the table says file, in a SQLite file with the same promises, which is several times as fast;
`make kill-sweep REAL=1` has all of them in Airflow. The control sends the creates and saves each link after, with neither journal nor
marker.
"""
# The scenarios of this system are killed with their ledgers in Airflow; the others only with ``--real``.
IN_AIRFLOW = "poweroffice_go"


@dataclass(frozen=True)
class Sweeps:
    """Scenarios in one Airflow, the bases made once."""

    api: ExecutionApi | None
    warmed: Nursery
    folder: Path
    bases: dict[str, Base]
    seed: int
    every: int

    def run(self, scenario: Scenario, *, control: bool = False) -> Swept:
        """Sweep a scenario, and say how it went."""
        began = time.monotonic()
        base = self.bases.get(scenario.base) or BASES[scenario.base](self.folder / "bases" / scenario.base.replace(" ", "-"))
        self.bases[scenario.base] = base
        sweep = Sweep(self.api, self.warmed, self.folder / ("control" if control else "sweep"), self.seed, self.every)
        swept = sweep.control(scenario, base) if control else sweep.run(scenario, base)
        print(f"{'control ' if control else ''}{scenario.name}: {swept.kills} kills in {time.monotonic() - began:.0f} s", flush=True)
        for place, found in {} if control else swept.wrong.items():
            print("\n  ".join([f"  {place}", *found.told]), flush=True)
        return swept


def main(argv: Sequence[str] | None = None) -> int:
    """Sweep; the exit code."""
    given = _arguments(argv)
    print(f"seed {given.seed}", flush=True)
    chosen = [one for one in SCENARIOS if any(part in one.name for part in given.only)]
    real = [one for one in chosen if given.real or (one.system == IN_AIRFLOW and not given.plain)]
    with tempfile.TemporaryDirectory(prefix="lenke-kills-") as folder:
        swept, control = _swept(Path(folder), given, chosen, real)
    table = "\n".join([*HEAD, *_rows(swept, real), *_control(control)])
    print(table)
    if given.only != [""] or given.every > 1:
        print("a part of the sweep: docs/reliability.md is left as it is")
    else:
        page.write("kill-sweep", f"{table}\n{NOTE}", seed=str(given.seed))
    if not control.total("duplicates"):
        print("the control made no duplicates: this sweep cannot fail")
    return int(any(one.wrong for one in swept) or not control.total("duplicates"))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="chooses the retries that are killed, too")
    parser.add_argument("--only", nargs="*", default=[""], help="scenarios whose name has one of these in it")
    parser.add_argument("--every", type=int, default=1, help="one boundary in so many")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--real", action="store_true", help="every ledger in Airflow: several times as long")
    where.add_argument("--plain", action="store_true", help="no ledger in Airflow")
    return parser.parse_args(argv)


def _swept(folder: Path, given: argparse.Namespace, chosen: Sequence[Scenario], real: Sequence[Scenario]) -> tuple[list[Swept], Swept]:
    bases: dict[str, Base] = {}
    opened: Any = served(folder) if real else nullcontext()
    with opened as api, nursery.opened(folder, api.variables if api else environment_of(folder)) as warmed:
        in_airflow, in_file = (Sweeps(one, warmed, folder, bases, given.seed, given.every) for one in (api, None))
        swept = [(in_airflow if one in real else in_file).run(one) for one in chosen]
        return swept, (in_airflow if real else in_file).run(CONTROL, control=True)


def _rows(swept: Iterable[Swept], real: Sequence[Scenario]) -> Iterator[str]:
    for (system, kind), group in groupby(swept, lambda one: (one.scenario.system, one.scenario.kind)):
        alike = list(group)
        yield _row(system, kind, "Airflow" if alike[0].scenario in real else "file", alike)


def _control(swept: Swept) -> Iterator[str]:
    yield _row(swept.scenario.system, "create, bound after (control)", "", [swept])


def _row(system: str, kind: str, where: str, swept: Sequence[Swept]) -> str:
    numbers = [sum(len(one.places) for one in swept), sum(one.kills for one in swept), sum(one.waited for one in swept)]
    numbers += [sum(one.total(name) for one in swept) for name in ("duplicates", "lost", "orphans", "ledger")]
    return "| " + " | ".join([system, kind, where, *map(str, numbers)]) + " |"


if __name__ == "__main__":
    sys.exit(main())
