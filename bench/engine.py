"""The plan's bench: ``python -m bench.engine``: both sides read whole, nothing changed, then a thousand edits.

A pure computation: no Airflow, no HTTP. Shows whether the work follows the edits or the links.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
if __package__ in (None, ""):
    sys.path[0] = str(ROOT)  # run as a file: its folder would hide the package

from bench import memory  # noqa: E402
from lenke.core.links.conflicts import Policy  # noqa: E402
from lenke.core.links.digests import Digester, Digests  # noqa: E402
from lenke.core.links.match import Matches  # noqa: E402
from lenke.core.links.rows import Link  # noqa: E402
from lenke.core.links.table import table  # noqa: E402
from lenke.core.mapping.load import load_dataflow  # noqa: E402
from lenke.core.plan.build import build  # noqa: E402
from lenke.core.plan.context import Context  # noqa: E402
from lenke.core.plan.model import Plan  # noqa: E402
from lenke.core.plan.reads import SideRead  # noqa: E402

_MAPPING = ROOT / "include" / "mappings" / "custom_webshop_to_poweroffice_go.yaml"
_FLOW = "customer_to_customers"
_EDITS = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description="What making a plan costs.")
    parser.add_argument("--links", type=int, default=100_000, metavar="N")
    count = parser.parse_args().links
    context = _context()
    names = [spec.name for spec in context.flow.properties]
    digests = np.random.default_rng(1).integers(1, 2**64, size=(count, len(names)), dtype=np.uint64)
    left, right = [f"l{at}" for at in range(count)], [f"r{at}" for at in range(count)]
    ledger = table((Link(a, b, base=tuple(base.tolist())) for a, b, base in zip(left, right, digests, strict=True)), len(names))
    edited = digests.copy()
    where = _first_to_right(context)
    edited[:: max(count // _EDITS, 1), where] = 1
    for words, changed in (("nothing changed", digests), (f"{_EDITS:,} edits on the left", edited)):
        sides = _side(left, changed, names), _side(right, digests, names)
        before, began = memory.begin(), time.perf_counter()
        plan = build(ledger, *sides, context)
        print(f"{count:,} links, {words}: {time.perf_counter() - began:.2f} s, {memory.peak() - before:.0f} MB, {_told(plan)}")


def _told(plan: Plan) -> str:
    return f"{len(plan.actions)} actions, {plan.counts.unchanged} unchanged"


def _first_to_right(context: Context) -> int:
    return next(at for at, spec in enumerate(context.flow.properties) if spec.direction == "two_way")


def _context() -> Context:
    dataflow = load_dataflow(_MAPPING)
    flow = next(flow for flow in dataflow.flows if flow.name == _FLOW)
    lag = timedelta(0)
    return Context(dataflow, flow, datetime.now(UTC), Policy("left"), Digester(bytes(32)), {"left": lag, "right": lag}, {}, Matches())


def _side(ids: Sequence[str], digests: Digests, names: Sequence[str]) -> SideRead:
    count = len(ids)
    nothing = np.full(count, None, dtype=object)
    return SideRead(
        ids=np.asarray(ids, dtype=object),
        digests=digests,
        texts=pd.DataFrame({name: np.full(count, "text", dtype=object) for name in names}),
        modified=nothing,
        versions=np.zeros(count, dtype=np.uint64),
        raws=np.full(count, "{}", dtype=object),
        markers=nothing,
        problems=nothing,
        locks=nothing,
        whole=np.ones(count, dtype=np.bool_),
        complete=True,
    )


if __name__ == "__main__":
    main()
