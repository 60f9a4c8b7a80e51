"""``python -m tests.faults``: the campaign, its table to docs/reliability.md; exit code 1 where a law does not hold."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from tests.faults.campaign import cells, of_system
from tests.faults.scenes import SCENES
from tests.faults.table import markdown
from tests.reliability import page


def main() -> int:
    """Run all cells, or those of some systems (the page is left as it is then)."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", default="1", help="of the faults' draws; the same seed hits the same calls")
    parser.add_argument("--system", action="append", choices=tuple(SCENES), help="only this system's; may be repeated")
    parser.add_argument("--jobs", type=int, default=2, help="processes beside each other")
    told = parser.parse_args()
    systems = told.system or list(SCENES)
    print(f"faults: {len(cells(systems))} cells, seed {told.seed}", flush=True)
    with ProcessPoolExecutor(told.jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        results = [result for found in processes.map(partial(of_system, told.seed), systems) for result in found]
    if not told.system:
        page.write("faults", markdown(results), seed=told.seed)
    broken = [result for result in results if result.complaints]
    print(f"{len(broken)} of {len(results)} cells broken (seed {told.seed})")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
