"""The ledger's bench: ``python -m bench.ledger [--million] [--check] [--write]``.

Starts an Airflow of its own with the embedded PostgreSQL, measures the ledger in tasks through the Execution API, and beside
it the same work on a plain indexed SQL table. Takes about a minute; the million a few more.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __package__ in (None, ""):
    sys.path[0] = str(ROOT)  # run as a file: its folder would hide the package

from bench import phases, plain_table, report, section  # noqa: E402
from bench.ground import Ground, ground  # noqa: E402
from bench.report import Result  # noqa: E402
from lenke.runtime.ledger.keys import DAG_ID, run_id  # noqa: E402

_DAGS = (ROOT / "dags" / "link_ledger.py", ROOT / "bench" / "ledger_dag.py")
_SIZES = (10_000, 100_000)
_MILLION = 1_000_000
_PAGE = ROOT / "docs" / "bench.md"


def main() -> int:
    """The exit code: 1 if a target is missed and --check was given."""
    asked = _arguments()
    home = Path(tempfile.mkdtemp(prefix="lenke-bench-"))
    try:
        with ground(home, _DAGS) as started:
            sizes = asked.links or [*_SIZES, *([_MILLION] if asked.million else [])]
            results = [_size(started, count, profile=asked.profile) for count in sizes]
    finally:
        if asked.keep:
            print(f"Kept {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(report.machine(), report.text(results), sep="\n\n")
    missed = report.missed(results)
    print("", *(f"missed: {line}" for line in missed), sep="\n") if missed else print("\nNo target is missed.")
    if asked.write:
        _PAGE.parent.mkdir(exist_ok=True)
        section.put(_PAGE, section.FIRST, report.markdown(results))
    return 1 if missed and asked.check else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.ledger", description="What the ledger costs, beside a plain SQL table.")
    parser.add_argument("--million", action="store_true", help="1,000,000 links, too")
    parser.add_argument("--links", type=int, action="append", help="only this many links; may be given again", metavar="N")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is missed")
    parser.add_argument("--write", action="store_true", help="write docs/bench.md")
    parser.add_argument("--profile", action="store_true", help="leave a cProfile of every task, too (slower figures; with --keep)")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder with its logs")
    return parser.parse_args()


def _size(started: Ground, count: int, *, profile: bool) -> Result:
    before, taken, length = _xcom_bytes(started), 0, 0
    figures: dict[str, phases.Figures] = {}
    for phase in phases.PHASES:
        figures[phase] = _phase(started, phase, count, profile=profile)
        if phase == "write":
            taken, length = _xcom_bytes(started) - before, _text_bytes(started, count)
    plain: dict[str, Any] = _plain(started, count)
    size = plain.pop("bytes")
    return Result(count, figures, plain, taken, size, length)


def _phase(started: Ground, phase: str, count: int, *, profile: bool) -> phases.Figures:
    out = started.home / f"{phase.replace(' ', '_')}-{count}.json"
    places = {"out": str(out), "backups": str(started.home / "backups")}
    started.run("bench_ledger", {"phase": phase, "links": count, "profile": profile, **places})
    figures: phases.Figures = json.loads(out.read_text(encoding="utf-8"))
    took = " ".join(f"{seconds:.2f}" for seconds in figures["all"])
    print(f"{count:,} links, {phase}: {took} s (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
    return figures


def _plain(started: Ground, count: int) -> dict[str, Any]:
    """In a process of its own, so that its memory can be compared."""
    print(f"{count:,} links: plain SQL table", file=sys.stderr, flush=True)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return dict(pool.submit(plain_table.measure, str(started.cluster.socket), started.cluster.password, count).result())


def _xcom_bytes(started: Ground) -> int:
    """The whole ``xcom`` table without dead rows."""
    return _number(started, "VACUUM FULL xcom", "SELECT pg_total_relation_size('xcom')")


def _text_bytes(started: Ground, count: int) -> int:
    run = run_id(phases.DATAFLOW, phases.flow(count), 1)
    return _number(started, f"SELECT sum(octet_length(value::text)) FROM xcom WHERE dag_id = '{DAG_ID}' AND run_id = '{run}'")


def _number(started: Ground, *statements: str) -> int:
    connection = started.connect()
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
