"""The figures as a table, beside the limit, and which targets they miss."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import sample
from bench.phases import CHANGED, REPEATS, Figures

# Seconds, at this many links.
TARGET_LINKS = 100_000
TARGET_SECONDS = {"read": 3.0, "read again": 3.0, "change": 1.0}
TARGET_BYTES = 200
HEADER = ("links", "what", "ledger", "SQL table", "ratio", "target")
_WORDS = {
    "write": "write all",
    "read": "read all",
    "change": f"change {CHANGED:,}",
    "read again": "read all after the changes",
    "rewrite": "change a tenth (writes all anew)",
}


@dataclass(frozen=True, slots=True)
class Result:
    """One number of links.

    :param ledger: figures by phase; ``plain`` those of the SQL table, which has fewer.
    :param ledger_bytes: growth of the ``xcom`` table with TOAST and indexes by the first commit; ``plain_bytes`` size of the SQL table.
    :param text_bytes: what the values are long as text.
    """

    links: int
    ledger: dict[str, Figures]
    plain: dict[str, Figures]
    ledger_bytes: int
    plain_bytes: int
    text_bytes: int


def rows(result: Result) -> list[tuple[str, ...]]:
    """One row a figure, as in HEADER."""
    links = f"{result.links:,}"
    found: list[tuple[str, ...]] = []
    for phase, words in _WORDS.items():
        own, limit = result.ledger[phase], result.plain.get("read" if phase == "read again" else phase)
        target = f"{TARGET_SECONDS[phase]:.0f} s" if result.links == TARGET_LINKS and phase in TARGET_SECONDS else ""
        found.append((links, words, f"{own['seconds']:.2f} s", *_beside(own["seconds"], limit and limit["seconds"], "s", 3), target))
    per = {"ledger": result.ledger_bytes / result.links, "plain": result.plain_bytes / result.links}
    found.append((links, "bytes a link on disk", f"{per['ledger']:.0f}", *_beside(per["ledger"], per["plain"], "", 0), f"{TARGET_BYTES}"))
    for phase in ("write", "read"):
        own_peak, limit_peak = (_above(figures[phase]) for figures in (result.ledger, result.plain))
        found.append((links, f"peak memory, {_WORDS[phase]}", f"{own_peak:.0f} MB", *_beside(own_peak, limit_peak, "MB", 0), ""))
    return found


def missed(results: Sequence[Result]) -> list[str]:
    """What is not as it must be, in words."""
    found = []
    for result in results:
        found += [f"{result.links:,} links, {phase}: {fault}" for phase, own in result.ledger.items() for fault in own["faults"]]
        if result.ledger_bytes / result.links > TARGET_BYTES:
            found.append(f"{result.links:,} links: {result.ledger_bytes / result.links:.0f} bytes a link, at most {TARGET_BYTES}")
        if result.links == TARGET_LINKS:
            found += [
                f"{result.links:,} links, {_WORDS[phase]}: {result.ledger[phase]['seconds']:.2f} s, under {limit:.0f} s"
                for phase, limit in TARGET_SECONDS.items()
                if result.ledger[phase]["seconds"] >= limit
            ]
    return found


def text(results: Sequence[Result]) -> str:
    """The table for a terminal."""
    lines = [HEADER, *(row for result in results for row in rows(result))]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEADER))]
    return "\n".join("  ".join(_padded(at, cell, widths[at]) for at, cell in enumerate(line)).rstrip() for line in lines)


def markdown(results: Sequence[Result]) -> str:
    """docs/bench.md."""
    table = [HEADER, ("---:", "---", "---:", "---:", "---:", "---:"), *(row for result in results for row in rows(result))]
    told = "\n".join(f"| {' | '.join(row)} |" for row in table)
    outcome = "; ".join(missed(results)) or "none"
    idle = max(result.ledger["read"]["before"] for result in results)
    return f"""# What the ledger costs

Written by `python -m bench.ledger --write` (`make bench`); do not edit. {machine()}

{told}

Missed targets: {outcome}.

- *ledger*: what a task needs through the Execution API: LocalExecutor, API server and embedded PostgreSQL on the same machine,
  `Store` with XCom keys, asset witness and backups as in a dataflow. Each phase is a task process of its own.
- *SQL table*: the limit. The same rows in one indexed table of the same PostgreSQL, reached directly: COPY in, COPY out into
  columns, one UPDATE. No checks, no backup, no API.
- A link has {sample.PROPERTIES} digests of 64 bits ({sample.PROPERTIES * 8} bytes that do not compress), a 16-digit left id and
  a UUID as right id; one in {sample.STORED_OTHERWISE} has a side that stored something else.
- *read all* opens the ledger with every check and makes one table. It and *change* are the median of {REPEATS}; the bench compares
  what is read with what was written.
- *bytes on disk* count TOAST and indexes, of the `xcom` table after the first commit; {_lengths(results)} as text.
- *peak memory* is above what the process held before; an idle task of Airflow holds about {idle:.0f} MB (with what the bench itself keeps).
"""


def machine() -> str:
    """Where and when, in one sentence."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({model}) with {memory:.0f} GB, load {os.getloadavg()[0]:.1f} at the end; "
        f"Python {platform.python_version()}, Airflow {version('apache-airflow')}, PostgreSQL 18, pyarrow {version('pyarrow')}."
    )


def _lengths(results: Sequence[Result]) -> str:
    return ", ".join(f"{result.text_bytes / result.links:.0f}" for result in results)


def _beside(own: float, limit: float | None, unit: str, digits: int) -> tuple[str, str]:
    if limit is None:
        return "", ""
    return f"{limit:.{digits}f} {unit}".strip(), f"{own / limit:.1f}" if limit > 0 else ""


def _above(figures: Figures) -> float:
    return max(figures["peak"] - figures["before"], 0.0)


def _padded(at: int, cell: str, width: int) -> str:
    return cell.ljust(width) if at == 1 else cell.rjust(width)
