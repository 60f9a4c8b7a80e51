"""`make laws`: many histories of every machine on all cores, with seeds of their own, and the table in docs/reliability.md."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass

from hypothesis import Phase

from tests.laws.engine.machine import MACHINES
from tests.laws.engine.profile import run
from tests.laws.engine.statistics import Statistics, known
from tests.reliability import page

BATCH = 250


@dataclass(frozen=True)
class Batch:
    """Histories of one machine that are run together; a failing one is cut down only where ``shrinks``."""

    machine: int
    seed: int
    histories: int
    shrinks: bool = True


@dataclass(frozen=True)
class Result:
    """What became of a batch; ``failure`` is empty where all laws held."""

    batch: Batch
    lengths: list[int]
    fired: Counter[str]
    failure: str = ""


def carry_out(batch: Batch) -> Result:
    """Run one batch."""
    machine, failure = MACHINES[batch.machine], ""
    phases = (Phase.generate, Phase.shrink) if batch.shrinks else (Phase.generate,)
    try:
        run(machine, seed=batch.seed, histories=batch.histories, phases=phases)
    except Exception:  # a history may break in any way, and the others go on
        failure = traceback.format_exc()
    return Result(batch, list(machine.lengths), Counter(machine.tally), failure)


def carried_out(batches: Iterable[Batch]) -> Generator[Result]:
    """Results as they come, each from a process of its own: what Hypothesis draws depends on the modules that are loaded."""
    # Ctrl-C is for the process that prints the table.
    quiet = (signal.SIGINT, signal.SIG_IGN)
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), signal.signal, quiet, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(carry_out, batches)


def batches(histories: int, seed: int) -> list[Batch]:
    """Batches over all machines in turn, each with a seed of its own."""
    seeds = random.Random(seed)
    return [Batch(at % len(MACHINES), seeds.getrandbits(32), BATCH) for at in range(-(-histories // BATCH))]


def played(chosen: Iterable[Batch]) -> tuple[Statistics, int]:
    """Statistics over the batches and how many failed, each told as it ends; Ctrl-C leaves what was played until then."""
    found, failures = Statistics(), 0
    with suppress(KeyboardInterrupt), closing(carried_out(chosen)) as results:
        for result in results:
            machine = MACHINES[result.batch.machine]
            found.add(result.lengths, result.fired, known(machine))
            failures += bool(result.failure)
            told = f"failed\n{result.failure}" if result.failure else "ok"
            print(f"{len(found.lengths):>7,} histories  {machine.__name__} seed {result.batch.seed}: {told}", flush=True)
    return found, failures


def main() -> int:
    """Print progress, failures with their seeds, and the statistics; 1 if a law did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.engine.campaign")
    parser.add_argument("--histories", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    found, failures = played(batches(options.histories, options.seed))
    table = [*found.table(), "", f"Batches that broke a law: {failures}."]
    print(*table, sep="\n")
    if options.write and found.lengths:
        page.write("laws", "\n".join(table), seed=str(options.seed))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
