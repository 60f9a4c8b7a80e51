"""The pages' bench: ``python -m bench.ui [--links N] [--write]``: how long the page's index takes at a million links, and its answers.

No Airflow: a ledger's export as commits leave it, runs with reports and journals, and the questions that the pages ask. Beside each
answer stands the same one at a hundredth of the links; an answer that grows with the links is one that no index serves.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __package__ in (None, ""):
    sys.path[0] = str(ROOT)  # run as a file: its folder would hide the package

from bench import report, sample, section  # noqa: E402
from lenke.core.links.rows import Link  # noqa: E402
from lenke.runtime.ledger.backup import Backups  # noqa: E402
from lenke.runtime.ledger.opened import Ledger  # noqa: E402
from lenke.runtime.ledger.store import Identity, Store  # noqa: E402
from lenke.ui import plot  # noqa: E402
from lenke.ui.index import ask, files, links, runs  # noqa: E402
from lenke.ui.index.links import LinkIndex  # noqa: E402
from lenke.ui.index.runs import RunIndex  # noqa: E402

MILLION, PART = 1_000_000, 100
RUNS, CHANGED, PARKED, REPEATS = 2_880, 1_000, 5_000, 21
AT = datetime(2026, 11, 20, tzinfo=UTC)
DATAFLOW, FLOW = "custom_webshop_to_poweroffice_go", "customer_to_customers"
# Milliseconds that an answer may take at a million links.
TARGET = 50.0


class _Keys(dict[str, str]):
    def set(self, key: str, value: str) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)

    def prepare(self) -> None:
        return


class _Note:
    def __init__(self) -> None:
        self._value: dict[str, int] | None = None

    def get(self) -> dict[str, int] | None:
        return self._value

    def set(self, value: Mapping[str, int]) -> None:
        self._value = dict(value)


@dataclass(frozen=True)
class Size:
    """One number of links, measured.

    :param seconds: of making the index and of bringing it up to date; :param answers: question to milliseconds (median).
    """

    links: int
    seconds: Mapping[str, float]
    answers: Mapping[str, float]
    megabytes: float


def measure(count: int, folder: Path) -> Size:
    """A ledger of so many links, its index, and every question asked REPEATS times."""
    found = sample.links(count)
    ledger, index = _ledger(found, folder)
    history = RunIndex(folder / "runs.sqlite", folder / "home", DATAFLOW)
    _write_runs(folder / "home", found)
    seconds = {
        "make the index of links": _timed(lambda: files.sound(index.path, links.SCHEMA, index.refresh)),
        f"make the index of {RUNS:,} runs": _timed(lambda: files.sound(history.path, runs.SCHEMA, history.refresh)),
    }
    ledger.commit(sample.edited(found[:CHANGED], at=AT.isoformat(), seed=5), at=AT)
    seconds[f"take over a commit of {CHANGED:,} links"] = _timed(index.refresh)
    seconds["see that no run is new"] = _timed(history.refresh)
    seconds["see that no commit is new"] = _timed(index.refresh)
    answers = {name: _median(question) for name, question in _questions(index, history, found).items()}
    size = sum(path.stat().st_size for path in index.path.parent.glob(f"{index.path.name}*"))
    return Size(count, seconds, answers, size / 1e6)


def _ledger(found: list[Link], folder: Path) -> tuple[Ledger, LinkIndex]:
    keys, backups = _Keys(), Backups(folder / "home" / "ledger" / DATAFLOW / FLOW)
    ledger = Store(Identity(DATAFLOW, FLOW, sample.SHAPE, "key"), lambda _: keys, _Note(), backups).open()
    waiting = [
        Link(f"p{at}", kind="recheck", note={"reason": "conflict" if at % 5 == 0 else "rejected", "since": AT.isoformat()})
        for at in range(PARKED)
    ]
    ledger.commit([*found, *waiting], at=AT)
    return ledger, LinkIndex(folder / "links.sqlite", backups)


def _write_runs(home: Path, found: list[Link]) -> None:
    """A month of runs, one every quarter of an hour; every tenth changed twenty records."""
    figures = dict.fromkeys(("read_left", "read_right", "created_left", "created_right", "updated_left", "conflicts", "seconds"), 0)
    chosen = random.Random(3)
    for at in range(RUNS):
        ended = (AT + timedelta(minutes=15 * at)).isoformat()
        told = {"flow": FLOW, "state": "success", "note": "", "run": f"run-{at}", "at": ended, "calls": 4, "parked": PARKED, **figures}
        changed = chosen.sample(found, 20) if at % 10 == 0 else []
        _put(home / "reports" / DATAFLOW / f"run-{at}" / f"{FLOW}.json", told | {"updated_right": len(changed)})
        if changed:
            _put(home / "journal" / DATAFLOW / f"run-{at}" / FLOW / "changes-0-1.json", [_change(link) for link in changed])


def _change(link: Link) -> dict[str, Any]:
    return {"left": link.left, "right": link.right, "verb": "update", "to": {"right": ["phone"]}, "outcome": {"right": "done"}, "won": {}}


def _put(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def _questions(index: LinkIndex, history: RunIndex, found: list[Link]) -> dict[str, Callable[[], Any]]:
    pick = random.Random(11)

    def one() -> Link:
        return pick.choice(found)

    return {
        "overview of a flow": lambda: (index.state(), plot.plot(ask.runs(history, FLOW, limit=plot.RUNS)), ask.last_success(history, FLOW)),
        "first page of links": lambda: ask.links(index),
        "a page in the middle": lambda: ask.links(index, after=one().left),
        "search by left id": lambda: ask.search(index, one().left),
        "search by right id": lambda: ask.search(index, one().right),
        "search by the beginning of an id": lambda: ask.search(index, one().right[:3]),
        "search for what is not there": lambda: ask.search(index, "no such id"),
        "a record with its history": lambda: (ask.record(index, link := one().left), ask.history(history, FLOW, link)),
        "parked, a page": lambda: ask.parked(index, after=f"left:p{pick.randrange(PARKED)}"),
        "parked, a page of conflicts": lambda: ask.parked(index, reason="conflict"),
    }


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _median(question: Callable[[], Any]) -> float:
    return 1000 * statistics.median(_timed(question) for _ in range(REPEATS))


def markdown(small: Size, big: Size) -> str:
    """The section of docs/bench.md."""
    head = f"| what | {small.links:,} links | {big.links:,} links | ratio |\n| --- | ---: | ---: | ---: |"
    made = [_row(name, small.seconds, big.seconds, "{:.2f} s") for name in big.seconds]
    asked = [_row(name, small.answers, big.answers, "{:.1f} ms") for name in big.answers]
    rows = "\n".join([head, *made, *asked])
    slow = ", ".join(f"{name} {value:.1f} ms" for name, value in big.answers.items() if value > TARGET) or "none"
    return f"""## What the pages' index costs

Written by `python -m bench.ui --write` (`make bench-ui`); do not edit. {report.machine()}

{rows}

An answer may take {TARGET:.0f} ms at {big.links:,} links; slower are: {slow}. The index of {big.links:,} links is {big.megabytes:.0f} MB.

- One flow, its export with {sample.PROPERTIES} properties a link and {PARKED:,} parked records, and {RUNS:,} runs: a month of quarters
  of an hour, of which each tenth changed twenty records.
- Answers are the median of {REPEATS}, each for another record, from opening the file on as a page does it; login, template and network
  are not in them.
- The first making, and a commit that rewrites the whole ledger, is read by a thread; the pages show the state before meanwhile.
"""


def _row(name: str, small: Mapping[str, float], big: Mapping[str, float], form: str) -> str:
    return f"| {name} | {form.format(small[name])} | {form.format(big[name])} | {big[name] / small[name]:.1f} |"


def main() -> int:
    """The exit code: 1 if an answer is slower than its target."""
    parser = argparse.ArgumentParser(prog="python -m bench.ui", description="What the pages' index costs.")
    parser.add_argument("--links", type=int, default=MILLION, help="the large number of links; the small one is a hundredth")
    parser.add_argument("--write", action="store_true", help="write the section of docs/bench.md")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="lenke-bench-ui-"))
    try:
        small, big = (measure(count, folder / str(count)) for count in (asked.links // PART, asked.links))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = markdown(small, big)
    print(text)
    if asked.write:
        section.put(ROOT / "docs" / "bench.md", "ui", text)
    return int(any(value > TARGET for value in big.answers.values()))


if __name__ == "__main__":
    sys.exit(main())
