"""What set-up must know of the mappings: their dataflows, systems and flows, and in which order runs reach everything."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lenke.core.errors import ConfigurationError, MappingError
from lenke.core.mapping.yaml_text import compose


@dataclass(frozen=True, slots=True)
class Dataflow:
    """A mapping file as set-up sees it; ``dag_id`` is its stem.

    :param owners: of flows that are a part of another one: that one. A part has no tasks of its own.
    """

    dag_id: str
    left: str
    right: str
    flows: tuple[str, ...]
    owners: Mapping[str, str] = field(default_factory=dict)


def load(folder: Path) -> tuple[Dataflow, ...]:
    """Every mapping of a folder, by name. Only names are read here: ``lenke check`` judges the rest."""
    found = tuple(_read(path) for path in sorted(folder.glob("*.yaml")))
    if not found:
        message = f"no mapping in {folder}"
        raise ConfigurationError(message)
    return found


def _read(path: Path) -> Dataflow:
    try:
        text = path.read_text(encoding="utf-8")
        compose(text, str(path))
        document: Any = yaml.safe_load(text)
        flows = tuple(str(entry["flow"]) for entry in document["flows"])
        owners = {str(entry["flow"]): str(entry["owner"]) for entry in document["flows"] if entry.get("owner")}
        return Dataflow(path.stem, str(document["left"]), str(document["right"]), flows, owners)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MappingError(str(path), "", "not a mapping (`lenke check` says more)") from error


def systems(dataflows: Sequence[Dataflow]) -> tuple[str, ...]:
    """Every system that is named, once, by name."""
    return tuple(sorted({name for dataflow in dataflows for name in (dataflow.left, dataflow.right)}))


def levels(dataflows: Sequence[Dataflow]) -> tuple[tuple[Dataflow, ...], ...]:
    """In which order the first runs go: from the tree's root outwards those that lead on to others, then all that lead nowhere.

    The root is the system from which most documents point away. What a first run gives back to its left system (the numbers of new
    orders) changes records of every other dataflow there: those without anybody behind them come last, when that is over.
    """
    waiting = list(dataflows)
    inner: list[list[Dataflow]] = []
    leaves: list[Dataflow] = []
    while waiting:
        distance = _distances(_root(waiting), waiting)
        here = [d for d in waiting if d.left in distance]
        near = {d.dag_id: min(distance[d.left], distance[d.right]) for d in here}
        for dataflow in here:
            level = near[dataflow.dag_id]
            if not any(near[other.dag_id] == level + 1 and _touch(dataflow, other) for other in here):
                leaves.append(dataflow)
                continue
            inner += [[] for _ in range(level + 1 - len(inner))]
            inner[level].append(dataflow)
        waiting = [d for d in waiting if d.left not in distance]
    return tuple(tuple(row) for row in (*inner, leaves) if row)


def _touch(one: Dataflow, other: Dataflow) -> bool:
    return bool({one.left, one.right} & {other.left, other.right})


def depth(dataflows: Sequence[Dataflow]) -> int:
    """How many dataflows an edit crosses at most."""
    return max((max(_distances(name, dataflows).values()) for name in systems(dataflows)), default=0)


def _root(dataflows: Sequence[Dataflow]) -> str:
    def forward(name: str) -> int:
        distance = _distances(name, dataflows)
        return sum(distance[d.left] < distance[d.right] for d in dataflows if d.left in distance)

    return max(systems(dataflows), key=forward)


def _distances(start: str, dataflows: Sequence[Dataflow]) -> Mapping[str, int]:
    distance = {start: 0}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for dataflow in dataflows:
            for name, other in ((dataflow.left, dataflow.right), (dataflow.right, dataflow.left)):
                if name == here and other not in distance:
                    distance[other] = distance[here] + 1
                    queue.append(other)
    return distance
