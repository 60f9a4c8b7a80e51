"""Step 1, extract: what changed on both sides since the ledger's cursor, as received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

import pyarrow as pa

from lenke.core.errors import ConfigurationError, LedgerError, PausedError
from lenke.core.links.rows import KINDS, Link, Side
from lenke.core.mapping.apply import Constants
from lenke.core.ports import Record
from lenke.runtime import groups, staging
from lenke.runtime.flow_run import SIDES, FlowRun
from lenke.runtime.ledger import recovery
from lenke.runtime.ledger.claim import take
from lenke.runtime.staging import Staged
from lenke.runtime.steps import walked
from lenke.runtime.steps.constants import constants
from lenke.runtime.steps.records import to_table

# Records committed late carry an older time than what was seen already; each delta looks back by this much.
OVERLAP = timedelta(minutes=5)
# Systems tell "never" by the first day of their calendar, .NET's or Unix's: a cursor that got no further tells nothing from anything.
NEVER = datetime(1970, 1, 2, tzinfo=UTC)


class Extracted(TypedDict):
    """What ``extract`` hands on; ids and figures only."""

    left: Staged
    right: Staged
    complete: dict[str, bool]
    constants: dict[str, dict[str, str]]
    cursor: dict[str, str]
    read_at: str
    tenants: dict[str, str]
    calls: int
    decisions: list[str]
    mapping: str


def extract(run: FlowRun) -> Extracted:
    """Read both sides and stage one row per record.

    :raises PausedError: a person paused the flow.
    :raises BusyError: another run of the dataflow is at work on the flow.
    :raises LedgerError: before any call to a system, where the ledger cannot be trusted, or must read everything first.
    :raises ConfigurationError: the tenant is another one than the links belong to, or a sandbox is paired with a real system.
    """
    take(run.claim, run.run_id, is_active=run.access.is_active)
    # Only now: a ledger that was opened before the claim could be older than another run's commit.
    if run.paused:
        raise PausedError(f"{run.dataflow.name}.{run.flow.name} is {run.paused}")
    recovery.recover(run.ledger, at=run.now(), tries=run.settings.parked.tries)
    groups.release(run)
    _ = run.references  # the ledgers that this flow refers to are checked before any call, too
    _check_restored(run)
    _check_created(run)
    opened = tenants(run)
    found = constants(run)
    staged: dict[str, Staged] = {}
    complete: dict[str, bool] = {}
    cursor = dict(run.ledger.manifest.cursor)
    read_at = run.now()
    for side in SIDES:
        table = to_table(_read(run, side, found, opened[side]))
        complete[side] = _is_complete(run, side)
        cursor[side] = _high_water(table, cursor.get(side, ""), read_at)
        staged[side] = staging.write(table, run.folder("staging") / f"{side}-records.parquet")
    return Extracted(
        left=staged["left"],
        right=staged["right"],
        complete=complete,
        constants=found,
        cursor=cursor,
        tenants=opened,
        read_at=read_at.isoformat(),
        calls=run.calls,
        decisions=[one.id for one in run.decisions],
        mapping=run.mapping,
    )


def _check_restored(run: FlowRun) -> None:
    """What was written and is in no row is found again where both sides of a pair are read: an interval may bring one alone."""
    manifest = run.ledger.manifest
    if run.window.kind == "interval" and manifest.generation > 1 and not manifest.synced:
        raise LedgerError(
            f"{run.dataflow.name}.{run.flow.name}: its ledger was restored from a backup that may lack what was written since. "
            "Let a run that is no backfill, without since and until, come to its end first: it reads everything once and finds them"
        )


def _check_created(run: FlowRun) -> None:
    """A side that does not tell when its records were created is read by what its records are linked with; one must tell."""
    if run.window.by == "created" and not any(run.traits(side).created for side in SIDES):
        raise ConfigurationError(
            f"param window_by: neither {run.dataflow.left} {run.entity('left')} nor {run.dataflow.right} {run.entity('right')} "
            f"tells when a record was created; give window_by=modified, or leave {run.flow.name} out of param flows"
        )


def tenants(run: FlowRun) -> dict[str, str]:
    """Both sides' tenant ids, the sandbox marked.

    :raises ConfigurationError: one is another than the links belong to, or a sandbox is paired with a real system.
    """
    mark = "sandbox:" if run.is_sandbox else ""
    found = {side: mark + run.system(side).tenant() for side in SIDES}
    for side, known in run.ledger.manifest.tenants.items():
        if known != found[side]:  # type: ignore[index]
            system = run.dataflow.system(side)  # type: ignore[arg-type]
            raise ConfigurationError(
                f"{run.dataflow.name}.{run.flow.name}: the links belong to another tenant of {system} than the connection opens; "
                f"give back the old connection; another tenant needs an installation of its own (an Airflow with its own metadata database)"
            )
    return {str(side): tenant for side, tenant in found.items()}


def _is_complete(run: FlowRun, side: Side) -> bool:
    """Whether a record that is not among those read may be gone; a backfill never judges that, whatever it reads."""
    return is_all_read(run, side) and not run.window.backfill


def is_all_read(run: FlowRun, side: Side) -> bool:
    """Whether the run reads every record of a side."""
    if run.window.kind in ("records", "interval"):
        return False
    walks = run.traits(side).changes == "walk"
    return walks or run.window.kind == "full" or (run.window.kind == "delta" and not run.ledger.manifest.cursor.get(side))


def _read(run: FlowRun, side: Side, constants: Constants, tenant: str) -> Iterator[Record]:
    if run.window.kind == "records":
        # Besides the records, the right ones that a person wants them linked with.
        more = [one.right for one in run.decisions if side == "right" and one.right]
        yield from _whole(run, side, _ids(run, side, run.window.records) + more)
        return
    if run.window.kind == "interval":
        yield from _interval(run, side, constants, tenant)
        return
    listed = list(_listed(run, side))
    yield from listed
    seen = {record.id for record in listed}
    wanted = _changed_entries(run, side, listed)
    if not is_all_read(run, side):
        wanted += [id for id in _again_ids(run, side) if id not in seen]
    yield from _whole(run, side, wanted)


def _listed(run: FlowRun, side: Side) -> Iterator[Record]:
    if is_all_read(run, side):
        return run.system(side).list(run.entity(side))
    cursor = datetime.fromisoformat(run.ledger.manifest.cursor[side])
    since = cursor - OVERLAP - run.traits(side).read_lag if cursor > NEVER else None
    return run.system(side).list(run.entity(side), since=since)


def _interval(run: FlowRun, side: Side, constants: Constants, tenant: str) -> Iterator[Record]:
    """The records of an interval as they are today, what is on the recheck list, and what a person has decided about."""
    window = run.window
    recheck = set(_again_ids(run, side))
    if window.by == "created" and not run.traits(side).created:
        yield from _whole(run, side, sorted(recheck))
        return
    if walked.is_needed(run, side):
        walk = walked.open_walk(run, side, tenant)
    else:
        # Whatever was created since then was modified since then, too.
        until = window.until if window.by == "modified" else None
        walk = walked.Walk(list(run.system(side).list(run.entity(side), since=window.since, until=until)), fresh=True)
    chosen = [record for record in walk.records if walked.belongs(run, side, record, fresh=walk.fresh)]
    whole = [record for record in chosen if record.whole]
    wanted = _changed_entries(run, side, chosen)
    if walk.fresh:
        yield from chosen
    else:
        wanted += walked.differing(run, side, whole, constants)
    seen = {record.id for record in whole} if walk.fresh else set()
    for record in _whole(run, side, [*wanted, *(id for id in recheck if id not in seen)]):
        # A list entry may tell only now that it was created at another time; one that was modified meanwhile is as welcome.
        if window.by == "modified" or record.id in recheck or walked.belongs(run, side, record):
            yield record


def _changed_entries(run: FlowRun, side: Side, listed: Sequence[Record]) -> list[str]:
    """Linked list entries without details whose version is not the one in the ledger, and new ones of the left side.

    Unlinked ones of the right side are fetched if they match.

    A full run and an interval's fetch them all: an edit may have left dates and amounts as they were.
    """
    if all(record.whole for record in listed):
        return []
    rows = run.ledger.table.rows
    known = dict(zip(rows.column(side).to_pylist(), rows.column(f"{side}_version").to_pylist(), strict=True))
    reader = run.reader(side)
    recheck = set(_again_ids(run, side))

    def is_wanted(record: Record) -> bool:
        if record.whole:
            return False
        if record.id not in known:
            return side == "left" or record.id in recheck  # it is to be created, or linked, which takes the whole of it
        return run.window.kind in ("full", "interval") or record.id in recheck or known[record.id] != reader.version(record.version)

    return [record.id for record in listed if is_wanted(record)]


def _again_ids(run: FlowRun, side: Side) -> list[str]:
    """Ids on this side of everything on the recheck list, and of what a person has decided about."""
    about = [one for one in run.decisions if one.kind != "pause"]
    ids = _ids(run, side, [one.subject for one in about if one.side == "left"])
    ids += [id for one in about if side == "right" for id in (one.right, one.subject if one.side == "right" else "") if id]
    return _recheck_ids(run, side) + ids


def _recheck_ids(run: FlowRun, side: Side) -> list[str]:
    """Ids on this side of everything on the recheck list."""
    rows = [link for link in run.ledger.table.links() if link.kind == "recheck"] if _has_recheck(run) else []
    return _ids(run, side, [row.left for row in rows if row.left]) + [row.right for row in rows if side == "right" and row.right]


def _has_recheck(run: FlowRun) -> bool:
    return KINDS.index("recheck") in set(run.ledger.table.rows.column("kind").to_pylist())


def _ids(run: FlowRun, side: Side, left_ids: Sequence[str]) -> list[str]:
    """The ids on ``side`` of the records with these left ids."""
    if side == "left":
        return list(left_ids)
    rows = run.ledger.table.rows
    links: dict[Any, Any] = {
        left: right
        for left, right, parent in zip(*(rows.column(name).to_pylist() for name in ("left", "right", "parent")), strict=True)
        if right and not parent
    }
    return [links[id] for id in left_ids if id in links]


def _whole(run: FlowRun, side: Side, ids: Sequence[str]) -> Iterator[Record]:
    wanted = list(dict.fromkeys(ids))
    return run.system(side).get(run.entity(side), wanted) if wanted else iter(())


def _high_water(table: pa.Table, before: str, read_at: datetime) -> str:
    """The newest modified time seen. One that lies in the future would hide every edit until then, so it does not count."""
    limit = read_at + OVERLAP
    times: list[str] = [time.isoformat() for time in table.column("modified").to_pylist() if time is not None and time <= limit]
    return max([before, *times])


def recheck_rows(run: FlowRun) -> dict[tuple[str, str], Link]:
    """The ledger's recheck entries by (side, id)."""
    rows = [link for link in run.ledger.table.links() if link.kind == "recheck"] if _has_recheck(run) else []
    return {("left", row.left) if row.left else ("right", row.right): row for row in rows}
