"""Both values of every conflict, with who won and why: in the journal, where retention ends them, and nowhere else.

A dry run's and a braked run's are no record of anything: a dry run's stand beside its plan, and a braked run leaves none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from lenke.core.links.conflicts import Conflict
from lenke.core.plan.model import Plan
from lenke.core.plan.uncertain import LINE
from lenke.runtime import places, staging

FILE = "conflicts.json"
# Recorded has an attribute named ``property``, which hides the decorator within its class body.
_attribute = property


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded conflict: personal data.

    :param run: the folder of the run that recorded it; :param left_id: its left record.
    :param of_lines: it is one of the record's lines.
    :param left: the left side's canonical text, or None; ``right`` likewise.
    :param winner: left, right, or none where a person must choose.
    """

    run: str
    left_id: str
    property: str
    left: str | None
    right: str | None
    winner: str
    reason: str
    of_lines: bool = False

    @_attribute
    def name(self) -> str:
        """The property as a person chooses by it."""
        return f"{LINE}{self.property}" if self.of_lines else self.property


def record(folder: Any, plan: Plan) -> None:
    """Record a plan's conflicts in a run's folder; one that is open and was recorded when it arose is not written again.

    What an earlier try of this very run has recorded stays: it may have been carried out since.
    """
    found = [_told(left, one) for left, one in plan.conflicts if one.winner != "none" or left not in plan.recorded]
    earlier = [one for one in _read(folder / FILE) if one not in found]
    staging.write_json(folder / FILE, [*earlier, *found])


def recorded(dataflow: str, flow: str) -> Iterator[Recorded]:
    """What the journals of a flow hold, the newest run first."""
    folder = places.home() / "journal" / dataflow
    runs = list(folder.iterdir()) if folder.exists() else []
    kept = [(run, run / flow / FILE) for run in runs if (run / flow / FILE).exists()]
    for run, place in sorted(kept, key=lambda one: one[1].stat().st_mtime, reverse=True):
        yield from (Recorded(run.name, **one) for one in _read(place))


def _read(place: Any) -> list[dict[str, Any]]:
    return list(json.loads(place.read_text())) if place.exists() else []


def _told(left: str, one: Conflict) -> dict[str, Any]:
    told = asdict(one)
    return {"left_id": left, **told}
