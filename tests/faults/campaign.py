"""Every system, every fault, every share: the cells, and one after the other their results."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.server import SYSTEMS
from tests.faults.cell import KINDS, Kind, Reference, Result, reference, run_cell
from tests.faults.scenes import SCENES, Synced, synced

SHARES = (0.01, 0.1, 0.5)


@dataclass(frozen=True)
class Cell:
    """One fault at one share of one system's calls."""

    system: str
    kind: Kind
    share: float


def cells(systems: Sequence[str] = tuple(SCENES), shares: Sequence[float] = SHARES) -> list[Cell]:
    """All that there are: a system without tokens cannot lose them."""
    return [
        Cell(system, kind, share)
        for system in systems
        for kind in KINDS
        for share in shares
        if kind.name != "expire_token" or SYSTEMS[system].tokens
    ]


class Campaign:
    """Carries out cells in a folder; each scene is synced and tried without a fault once."""

    def __init__(self, folder: Path, seed: str) -> None:
        self._folder = folder
        self._seed = seed
        self._bases: dict[str, tuple[Synced, Reference]] = {}

    def run(self, wanted: Sequence[Cell]) -> Iterator[Result]:
        """The results, in turn."""
        for place, cell in enumerate(wanted):
            base, without = self._base(cell.system)
            folder = self._folder / f"cell-{place}"
            try:
                seed = f"{self._seed} {cell.system} {cell.kind.label} {cell.share}"
                yield run_cell(base, without, folder, cell.system, cell.kind, cell.share, seed)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _base(self, system: str) -> tuple[Synced, Reference]:
        scene = SCENES[system]
        if scene.dataflow not in self._bases:
            base = synced(scene, self._folder / scene.dataflow)
            self._bases[scene.dataflow] = base, reference(base, self._folder / f"{scene.dataflow}-without")
        return self._bases[scene.dataflow]


def of_system(seed: str, system: str) -> list[Result]:
    """One system's cells, told as they end."""
    wanted, results = cells([system]), []
    with tempfile.TemporaryDirectory(prefix="lenke-faults-") as folder:
        began = time.monotonic()
        for result in Campaign(Path(folder), seed).run(wanted):
            results.append(result)
            print(f"{len(results):2}/{len(wanted)} {time.monotonic() - began:4.0f} s  {_line(result)}", flush=True)
    return results


def _line(result: Result) -> str:
    said = f"{result.system}: {result.kind.label} at {result.share:.0%}: {result.hits} of {result.calls} calls hit"
    unknown = [f"unknown: {flow} {id}" for flow, id in result.unknown]
    return "\n      ".join([said, *unknown, *(f"WRONG: {complaint}" for complaint in result.complaints)])
