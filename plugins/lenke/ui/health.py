"""The state of a flow's ledger, told without reading its segments: what the database, the witness and the backup say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lenke.core.errors import LenkeError
from lenke.core.mapping.model import Flow
from lenke.core.plan.decisions import STANDING, Decision
from lenke.runtime.ledger import decisions, maintenance
from lenke.runtime.ledger.metadata import MetadataKeys
from lenke.ui.index.catalogue import Place


@dataclass(frozen=True)
class Health:
    """What is known of a ledger.

    :param problem: what is wrong with its remedy, or "".
    :param backup: when the newest backup was written (ISO 8601), or None where there is none.
    """

    flow: str
    problem: str = ""
    is_new: bool = False
    generation: int = 0
    sequence: int = 0
    committed: str = ""
    backup: str | None = None
    segments: int = 0
    open_since: str = ""


def health(place: Place, flow: Flow) -> Health:
    """The ledger of one flow; segments are not read, ``lenke ledger verify`` does that."""
    try:
        store = maintenance.store(place.dataflow, flow)
        manifest = store.standing()
        backup = store.backups.newest()
    except LenkeError as error:
        return Health(flow.name, problem=str(error))
    return Health(
        flow.name,
        is_new=manifest is None,
        generation=manifest.generation if manifest else 0,
        sequence=manifest.sequence if manifest else 0,
        committed=manifest.at if manifest else "",
        backup=backup.at if backup else None,
        segments=len(manifest.segments) if manifest else 0,
        open_since=manifest.open.at if manifest and manifest.open else "",
    )


def verify(place: Place) -> list[str]:
    """What is wrong with the ledgers of a dataflow, every segment and the last export read; empty where all is well."""
    found = []
    for flow in place.dataflow.flows:
        try:
            store = maintenance.store(place.dataflow, flow)
            store.open().check()
            store.backups.check()
        except LenkeError as error:
            found.append(str(error))
    return found


def decided(place: Place, flow: Flow) -> Sequence[Decision]:
    """The decisions about a flow that are still kept; none where its ledger cannot be read."""
    backup = place.links(flow).backups.newest()
    try:
        keys = MetadataKeys(place.name, flow.name, backup.generation if backup else 1)
        return decisions.read(keys, backup.decisions if backup else "")
    except LenkeError:
        return ()


def pending(place: Place, flow: Flow) -> Sequence[Decision]:
    """Those that the next run is still to apply, and those that stand."""
    backup = place.links(flow).backups.newest()
    applied = backup.decided if backup else ()
    return [one for one in decided(place, flow) if one.kind in STANDING or one.id not in applied]


def approved(taken: Sequence[Decision], plan: Any) -> bool:
    """Whether a person approved a plan."""
    return any(one.kind == "approve" and one.subject == plan for one in taken)
