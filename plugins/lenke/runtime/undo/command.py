"""``lenke undo``: in a process that has Airflow's database, for every flow of a run that wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NoReturn

from lenke.core.errors import BusyError, LedgerError
from lenke.core.mapping.settings import Settings, load_settings
from lenke.runtime import named, places
from lenke.runtime.access import Connected, digester
from lenke.runtime.flow_run import Access, FlowRun
from lenke.runtime.ledger.metadata import MetadataKeys, MetadataWitness, active_run
from lenke.runtime.undo.runs import find
from lenke.runtime.undo.undo import Undo, Undone
from lenke.runtime.windows import Window


def undo(run_id: str, *, dataflow: str | None = None, flow: str | None = None, apply: bool) -> Undone:
    """Undo a run, or show what that would do.

    :param flow: only this one, or the one that it is a part of.
    :raises ConfigurationError: no such run, flow or connection. BusyError: a run of the dataflow is active.
    :raises LedgerError: the ledger cannot be trusted. RetriableError: something must be settled first, or a read lag be over.
    """
    settings, home = load_settings(places.include() / "settings.yaml"), places.home()
    found = find(home, run_id, dataflow=dataflow, days=settings.retention.journal_days)
    mapping = named.dataflow(found.dataflow)
    only = mapping.flows if flow is None else (named.running(mapping, flow),)
    chosen = [one for one in reversed(mapping.ordered()) if one.name in found.flows and one in only]

    def quiet() -> None:
        if (active := active_run(mapping.name)) is not None:
            raise BusyError(f"run {active} of {mapping.name} is queued or running; wait for its end (or mark it failed), then undo")

    quiet()
    own = f"undo__{datetime.now(UTC).isoformat(timespec='seconds')}"
    with _access(mapping.name, settings) as access:
        runs = [FlowRun(mapping, one, settings, own, Window("records"), digester(), access, home) for one in chosen]
        # Every flow is planned, and so refused if one must be, before anything is written to any.
        for writes in (False, True) if apply else (False,):
            rows = {run.flow.name: Undo(run, run_id, quiet).rows(apply=writes) for run in runs}
    return Undone(mapping, run_id, own if apply else "", rows)


@contextmanager
def _access(dataflow: str, settings: Settings) -> Iterator[Access]:
    """Systems by their connections, and the ledger to be read; an undo has no claim and sets no key."""
    connected = Connected(settings)

    def no_claim(_: str) -> NoReturn:
        raise LedgerError("an undo claims no flow")

    try:
        yield Access(
            connected.client,
            connected.is_sandbox,
            lambda flow, generation: MetadataKeys(dataflow, flow, generation),
            lambda flow: MetadataWitness(dataflow, flow),
            no_claim,
            lambda run: active_run(dataflow) == run,
        )
    finally:
        connected.close()
