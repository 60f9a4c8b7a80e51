"""The last runs of a flow as the bars of an SVG; the page holds it, so nothing is loaded for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RUNS = 40
HEIGHT, BAR, GAP = 44, 7, 2
WRITTEN = ("created_left", "created_right", "updated_left", "updated_right")


@dataclass(frozen=True)
class Bar:
    """One run.

    :param kind: its state, which gives the colour; :param told: what a screen reader and the pointer are told.
    """

    x: int
    y: int
    height: int
    kind: str
    told: str


@dataclass(frozen=True)
class Plot:
    """The bars, oldest first, and what the whole says."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    told: str

    @property
    def start(self) -> int:
        """How far to the right the oldest bar stands, so that the newest one ends the plot."""
        return self.width - len(self.bars) * (BAR + GAP)


def plot(runs: Sequence[Mapping[str, Any]]) -> Plot:
    """The bars of runs that are given newest first: height by the logarithm of records written, colour by state."""
    shown = list(reversed(runs[:RUNS]))
    written = [sum(int(run["figures"].get(name, 0)) for name in WRITTEN) for run in shown]
    top = math.log1p(max(written, default=0)) or 1.0
    bars = [_bar(at, run, count, top) for at, (run, count) in enumerate(zip(shown, written, strict=True))]
    bad = sum(run["state"] in ("failed", "braked") for run in shown)
    told = f"last {len(shown)} runs: {sum(written)} records written, {bad} runs failed or stopped by a brake"
    return Plot(tuple(bars), RUNS * (BAR + GAP), HEIGHT, told)


def _bar(at: int, run: Mapping[str, Any], written: int, top: float) -> Bar:
    height = max(3, round(HEIGHT * math.log1p(written) / top))
    kind = run["state"] if written or run["state"] != "success" else "quiet"
    parked = run["figures"].get("parked", 0)
    told = f"{run['at'][:16].replace('T', ' ')}: {run['state']}, {written} written, {parked} parked"
    return Bar(at * (BAR + GAP), HEIGHT - height, height, kind, told)
