"""The report's figures, for a flow and for each of its parts (``<part>.<figure>``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import SIDES, Side
from lenke.core.links.table import Table
from lenke.core.mapping.model import Flow
from lenke.core.plan.model import Action, SideWrite
from lenke.core.plan.outcome import SideResult
from lenke.core.plan.reads import SideRead

PLANNED = "planned."


def written(flow: Flow, action: Action, results: Mapping[Side, SideResult]) -> Counter[str]:
    """What an action adds: one record a side, and per part its record or lines."""
    counts: Counter[str] = Counter()
    for side, result in results.items():
        if result.status == "done":
            verb = "created" if action.verb == "create" and side == "right" else "updated"
            counts[f"{verb}_{side}"] += 1
            counts.update(_parts(flow, action.to(side), verb, side))
    return counts


def planned(flow: Flow, actions: Iterable[Action]) -> dict[str, int]:
    """What a plan adds where all goes well, as ``planned.<figure>`` and ``planned.<part>.<figure>``."""
    done = SideResult("done")
    counts: Counter[str] = Counter()
    for action in actions:
        sides: list[Side] = [side for side in SIDES if action.to(side) or (side == "right" and action.verb == "create")]
        counts += written(flow, action, dict.fromkeys(sides, done))
    return {f"{PLANNED}{name}": count for name, count in counts.items()}


def of_plan(counts: Mapping[str, int]) -> dict[str, int]:
    """The figures of :func:`planned` under their own names."""
    return {name.removeprefix(PLANNED): count for name, count in counts.items() if name.startswith(PLANNED)}


def _parts(flow: Flow, write: SideWrite, verb: str, side: Side) -> Iterator[str]:
    for part in flow.parts:
        if any(spec.part == part and spec.name in write.values for spec in flow.properties):
            yield f"{part}.{verb}_{side}"
        if flow.lines and flow.lines.part == part:
            yield from (f"{part}.{'created' if line.verb == 'create' else 'updated'}_{side}" for line in write.lines)


def read(flow: Flow, reads: Mapping[Side, SideRead]) -> dict[str, int]:
    """Records and lines of each part that were read."""
    found: dict[str, int] = {}
    for side in SIDES:
        lines = reads[side].lines
        for part in flow.parts:
            is_lines = flow.lines is not None and flow.lines.part == part and lines is not None
            found[f"{part}.read_{side}"] = len(lines.ids) if is_lines and lines else _present(flow, part, reads[side].digests)
    return found


def linked(flow: Flow, table: Table) -> dict[str, int]:
    """Links of each part: pairs whose part is agreed, and linked lines."""
    found: dict[str, int] = {}
    base = table.base[table.headers("link")]
    for part in flow.parts:
        is_lines = flow.lines is not None and flow.lines.part == part
        found[f"{part}.linked"] = len(table.line_links()) if is_lines else _present(flow, part, base)
    return found


def _present(flow: Flow, part: str, digests: Any) -> int:
    places = [at for at, spec in enumerate(flow.properties) if spec.part == part]
    return int(np.sum(np.any(digests[:, places] != UNKNOWN, axis=1))) if places and len(digests) else 0


def by_part(flow: Flow, counts: Mapping[str, int], names: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """Figures under the names of the parts that they are of."""
    return {part: {name: int(counts.get(f"{part}.{name}", 0)) for name in names} for part in flow.parts}
