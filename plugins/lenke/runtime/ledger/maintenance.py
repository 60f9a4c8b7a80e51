"""The ledger's maintenance from the command line: verify, show, export, restore, rekey; and where decisions about it are taken.

Needs a process that has Airflow's database and the installation's ``lenke_digest_key``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from airflow.sdk import ObjectStoragePath

from lenke.core.errors import ConfigurationError, LedgerError
from lenke.core.links.rows import Link
from lenke.core.mapping.model import Dataflow, Flow
from lenke.core.mapping.settings import load_settings
from lenke.runtime import conflicts, named, places
from lenke.runtime.access import digester
from lenke.runtime.flow_run import shape
from lenke.runtime.ledger import decisions, rekeying, restoring, told, waiting
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.desk import Desk
from lenke.runtime.ledger.metadata import MetadataKeys, MetadataWitness, is_loading
from lenke.runtime.ledger.store import Identity, Store
from lenke.runtime.ledger.waiting import Closed, Taken, Waiting
from lenke.runtime.plans import latest_id

SHOWN = 50


def verify() -> list[str]:
    """What is wrong with any flow's ledger, one line each; empty where all is well."""
    findings = []
    for dataflow in named.dataflows():
        for flow in dataflow.flows:
            try:
                own = store(dataflow, flow)
                own.open().table  # noqa: B018
                own.backups.check()
            except LedgerError as error:
                findings.append(str(error))
    return findings


def show(dataflow: str, flow: str) -> list[str]:
    """A flow's ledger in lines: what it holds, its cursor, and its recheck list."""
    return list(_shown(dataflow, flow))


def _shown(dataflow: str, flow: str) -> Iterator[str]:
    ledger = _store(dataflow, flow).open()
    if ledger.is_new:
        yield f"{dataflow}.{flow}: no ledger yet; the first run makes it"
        return
    manifest, links = ledger.manifest, ledger.table.links()
    counts = Counter("line link" if link.parent and link.kind == "link" else link.kind for link in links)
    written = f"commit {manifest.sequence} of {manifest.at}, {len(manifest.segments)} segments"
    yield f"{dataflow}.{flow}: generation {manifest.generation}, {written}"
    yield "  " + ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    yield f"  cursor left {manifest.cursor.get('left') or '-'}, right {manifest.cursor.get('right') or '-'}"
    waiting = [link for link in links if link.kind == "recheck"]
    yield from (_waiting(link) for link in waiting[:SHOWN])
    if len(waiting) > SHOWN:
        yield f"  ... and {len(waiting) - SHOWN} more"


def _waiting(link: Link) -> str:
    side, id = ("left", link.left) if link.left else ("right", link.right)
    parts = [link.note.get(name) for name in ("reason", "property", "text", "waits_for")]
    return "  " + " | ".join([f"{side} {id}", *(str(one) for one in parts if one)])


def export(folder: Path) -> list[str]:
    """Write every flow's last committed state below ``folder``."""
    lines = []
    for dataflow in named.dataflows():
        for flow in dataflow.flows:
            ledger = store(dataflow, flow).open()
            if not ledger.is_new:
                ledger.export_to(Backups(ObjectStoragePath(f"file://{folder.resolve()}") / dataflow.name / flow.name))
                lines.append(f"{dataflow.name}.{flow.name}: commit {ledger.manifest.sequence}, {len(ledger.table)} rows")
    return lines or ["there is no ledger yet"]


def restore(dataflow: str, flow: str, source: Path | None = None) -> list[str]:
    """Bring a flow's ledger back from its newest backup (or from ``source``, a folder that ``export`` wrote) as its next generation.

    :raises LedgerError: there is no backup, or a task of the dataflow is running.
    """
    if is_loading(dataflow):
        raise LedgerError(f"a task of {dataflow} is running; pause the DAG, wait for the run to end, then restore")
    own = _store(dataflow, flow)
    if source is None:
        return restoring.restore(own, own.backups)
    return restoring.restore(own, Backups(ObjectStoragePath(f"file://{source.resolve()}") / dataflow / flow), is_elsewhere=True)


def rekey(*, without_journal: bool = False) -> list[str]:
    """Give every ledger that was written under another digest key its next generation under today's.

    :param without_journal: the former key is lost, and with it what a run that was ended by force has journalled.
    :raises LedgerError: a task of a dataflow is running, a ledger cannot be trusted, or a run was ended by force.
    """
    if busy := [dataflow.name for dataflow in named.dataflows() if is_loading(dataflow.name)]:
        raise LedgerError(f"a task of {', '.join(busy)} is running; pause the DAGs, wait for the runs to end, then rekey")
    stores = [store(dataflow, flow) for dataflow in named.dataflows() for flow in dataflow.flows]
    return rekeying.rekey(stores, without_journal=without_journal)


def desk(dataflow: str, flow: str, *, who: str = "cli") -> Desk:
    """Where a person decides about a flow; whoever names a part means its owner.

    :param who: the user's name as Airflow knows it, or ``cli``.
    :raises ConfigurationError: there is no such dataflow or flow.
    """
    found = named.dataflow(dataflow)
    running = named.running(found, flow)
    return Desk(found, running, store(found, running).open(), who, datetime.now(UTC))


def approve(dataflow: str, plan: str, *, who: str = "cli") -> list[str]:
    """Approve a plan of any flow by its id, or ``first-run`` for every flow of a real pair that waits for its first writing run."""
    lines: list[str] = []
    for flow in named.dataflow(dataflow).flows:
        if plan in (decisions.FIRST_RUN, latest_id(dataflow, flow.name)):
            lines += desk(dataflow, flow.name, who=who).approve(plan)
    if not lines:
        last = ", ".join(f"{flow.name} {latest_id(dataflow, flow.name) or '-'}" for flow in named.dataflow(dataflow).flows)
        raise ConfigurationError(f"{dataflow} has no plan {plan}; the last plans are {last}")
    return lines


def parked(dataflow: str | None = None, flow: str | None = None) -> dict[str, list[Waiting]]:
    """By dataflow, what waits on the recheck lists of its flows (of one flow, if it is named); dismissed entries too."""
    return {
        name: [one for desk in desks for one in waiting.parked(desk.flow.name, desk.ledger)]
        for name, desks in _desks(dataflow, flow).items()
    }


def closed(dataflow: str | None = None, flow: str | None = None) -> dict[str, list[Closed]]:
    """By dataflow, the closed links of its flows."""
    return {
        name: [one for desk in desks for one in waiting.closed(desk.flow.name, desk.ledger)]
        for name, desks in _desks(dataflow, flow).items()
    }


def taken(dataflow: str, flow: str) -> list[Taken]:
    """The decisions about a flow that are still kept, with what became of each."""
    return waiting.taken(desk(dataflow, flow).ledger)


def tell_parked(dataflow: str | None, flow: str | None, *, with_dismissed: bool) -> list[str]:
    """The recheck lists in lines."""
    found = parked(dataflow, flow)
    shown = [f"{name}.{line}" for name, waits in found.items() for line in told.parked(waits, with_dismissed=with_dismissed)]
    return shown or ["nothing is parked"]


def tell_conflicts(dataflow: str | None, flow: str | None, *, with_values: bool) -> list[str]:
    """The open conflicts in lines.

    :param with_values: with both values, which are personal data, from the journals.
    """
    shown: list[str] = []
    for name, desks in _desks(dataflow, flow).items():
        for desk in desks:
            waits = waiting.parked(desk.flow.name, desk.ledger)
            lines = told.conflicts(waits, conflicts.recorded(name, desk.flow.name), with_values=with_values)
            shown += [f"{name}.{line}" for line in lines]
    return shown or ["no conflict is open"]


def tell_decisions(dataflow: str, flow: str) -> list[str]:
    """The decisions about a flow in lines."""
    return list(told.decisions(taken(dataflow, flow))) or ["nothing is decided"]


def _desks(dataflow: str | None, flow: str | None) -> dict[str, list[Desk]]:
    found = [named.dataflow(dataflow)] if dataflow else named.dataflows()
    return {one.name: [desk(one.name, name) for name in ([flow] if flow else [each.name for each in one.flows])] for one in found}


def store(dataflow: Dataflow, flow: Flow) -> Store:
    """A flow's ledger store through the metadata database."""
    settings = load_settings(places.include() / "settings.yaml")
    identity = Identity(dataflow.name, flow.name, shape(dataflow, flow, settings), digester().key_id)
    backups = Backups(places.home() / "ledger" / dataflow.name / flow.name)
    return Store(
        identity, lambda generation: MetadataKeys(dataflow.name, flow.name, generation), MetadataWitness(dataflow.name, flow.name), backups
    )


def _store(dataflow: str, flow: str) -> Store:
    found = named.dataflow(dataflow)
    return store(found, named.running(found, flow))
