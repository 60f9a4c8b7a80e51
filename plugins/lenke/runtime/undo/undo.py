"""The undo of one run's flow: what it would put back, and the putting back.

It writes to the systems as any other program does and leaves the ledger alone: the next run finds an edit and carries it to the other
side. For that to be what happens, it refuses to begin while anything of the flow is unsettled, or while a read may be older than a write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lenke.core.errors import LedgerError, RetriableError
from lenke.core.links.rows import SIDES, Link, Side
from lenke.core.mapping.apply import Constants
from lenke.core.mapping.model import Dataflow
from lenke.runtime import places
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.constants import constants
from lenke.runtime.steps.extract import tenants
from lenke.runtime.undo import images
from lenke.runtime.undo.apply import put_back
from lenke.runtime.undo.changes import Change, changes
from lenke.runtime.undo.images import Batch
from lenke.runtime.undo.judging import Row, judge
from lenke.runtime.undo.standing import Ledger, standing

Quiet = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo found, or did.

    :param run: the run that is undone; :param own: the undo's own run id, or "" where nothing was to be written.
    :param rows: by flow.
    """

    dataflow: Dataflow
    run: str
    own: str
    rows: Mapping[str, list[Row]]


@dataclass(frozen=True)
class Undo:
    """The undo of one flow of a run.

    :param run: the flow under the undo's own run id.
    :param of: the id of the run that is undone.
    :param quiet: raises BusyError while a run of the dataflow is active; asked before each batch.
    """

    run: FlowRun
    of: str
    quiet: Quiet

    def rows(self, *, apply: bool) -> list[Row]:
        """What becomes of each change: as planned, or with ``apply`` as it was done.

        :raises LedgerError: the ledger cannot be trusted; RetriableError: reads may be older than the last writes, or something is open.
        :raises ConfigurationError: the connections open another tenant than the links belong to.
        """
        batches = images.read(self.run.home / "journal" / places.run_folder(self.run.dataflow.name, self.of) / self.run.flow.name)
        if not batches:
            return []
        self._settled()
        told = changes(batches)
        ids = constants(self.run)
        links = self.run.ledger.table.links()
        sides = [(side, Ledger.of(links, side), [change for change in told if change.side == side]) for side in SIDES]
        for side, ledger, own in sides:
            self._not_lagging(side, batches, own, ledger)
        # The other way round than a run writes: the right side last.
        return [row for side, ledger, own in sides for row in self._side(side, own, ledger, ids, apply=apply)]

    def _side(self, side: Side, own: Sequence[Change], ledger: Ledger, ids: Constants, *, apply: bool) -> list[Row]:
        stands = standing(self.run, side, own, ledger, ids)
        rows = [judge(stands, change) for change in own]
        if not apply:
            return rows
        return list(put_back(self.run, side, rows, ledger, ids, self.quiet))

    def _settled(self) -> None:
        """Nothing of the flow waits to be settled: what a dead run left would be sent again over what is put back."""
        run = self.run
        if run.ledger.is_new:
            raise LedgerError(f"{run.dataflow.name}.{run.flow.name} has no ledger, so nothing tells what its records belong to")
        if run.ledger.manifest.open is not None:
            raise RetriableError(
                f"{run.dataflow.name}.{run.flow.name}: a run ended before it was committed, and its writes are not settled; "
                f"run the dataflow, then undo"
            )
        tenants(run)

    def _not_lagging(self, side: Side, batches: Iterable[Batch], own: Sequence[Change], ledger: Ledger) -> None:
        """Wait for the read lag: until it is over a read may be older than a write, and the old value be taken for a late read of it."""
        lag = self.run.read_lag[side]
        if not lag or not own:
            return
        wrote = [batch.ended or batch.at for batch in batches if any(image.side == side for image in batch.images)]
        wrote += [at for link in _links(own, ledger) if (pending := link.pending(side)) is not None and (at := pending.at)]
        until = max(map(datetime.fromisoformat, wrote)) + lag
        wait = until - self.run.now()
        if wait > timedelta(0):
            system = self.run.dataflow.system(side)
            raise RetriableError(
                f"{self.run.dataflow.name}.{self.run.flow.name}: what {system} answers may be older than the last writes "
                f"until {until:%H:%M:%S} UTC; undo after that",
                delay=wait,
            )


def _links(own: Sequence[Change], ledger: Ledger) -> Iterable[Link]:
    ids, left = {change.id for change in own}, {change.left for change in own}
    yield from (link for (_, id), link in ledger.links.items() if id in ids)
    yield from (link for (parent, _), link in ledger.lines.items() if parent in left)
