"""Which records a run reads: one function from the run's dates and params to a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from lenke.core.errors import ConfigurationError

By = Literal["modified", "created"]


@dataclass(frozen=True, slots=True)
class Window:
    """What one run reads.

    :param kind: ``delta`` (since the ledger's cursor), ``interval`` (a backfill, or ``since`` or ``until`` was given),
        ``records`` or ``full``.
    :param by: which of a record's times must lie in an interval.
    :param moves_cursor: only delta and full runs do; backfills, ``since``, ``records`` and dry runs never.
    :param backfill: one of several intervals that are read one after the other.
    """

    kind: str
    since: datetime | None = None
    until: datetime | None = None
    records: tuple[str, ...] = ()
    moves_cursor: bool = True
    dry_run: bool = False
    by: By = "modified"
    backfill: bool = False

    def holds(self, moment: datetime | None) -> bool:
        """Whether a record of that time belongs to the interval; one without a time may, so it does."""
        if moment is None:
            return True
        return (self.since is None or moment >= self.since) and (self.until is None or moment <= self.until)


def window(params: Mapping[str, Any], *, run_type: str, start: datetime | None, end: datetime | None) -> Window:
    """The window of a run.

    :param params: full, dry_run, since, until, window_by, records as in the trigger form.
    :param run_type: Airflow's; a scheduled, manual or asset-woken run reads since the cursor, so that no gap is ever left.
    :param start: the data interval, which only a backfill takes as its window.
    :raises ConfigurationError: params that cannot be meant together, or an instant that is none; names the param.
    """
    dry = bool(params.get("dry_run"))
    since, until = _instant(params, "since"), _instant(params, "until")
    records = tuple(str(one) for one in params.get("records") or ())
    is_backfill = run_type == "backfill"
    by: By = "created" if params.get("window_by") == "created" else "modified"
    _check(
        {
            "records": records,
            "full": params.get("full"),
            "since": since,
            "until": until,
            "window_by": by == "created",
        },
        is_backfill=is_backfill,
    )
    if since and until and since > until:
        raise ConfigurationError(f"param until ({until.isoformat()}) is before param since ({since.isoformat()})")
    if records:
        return Window("records", records=records, moves_cursor=False, dry_run=dry)
    if since or until:
        return Window("interval", since, until, moves_cursor=False, dry_run=dry, by=by)
    if params.get("full"):
        return Window("full", moves_cursor=not dry and not is_backfill, dry_run=dry, backfill=is_backfill)
    if is_backfill:
        return Window("interval", start, end, moves_cursor=False, dry_run=dry, by=by, backfill=True)
    return Window("delta", moves_cursor=not dry, dry_run=dry)


# Each of these says by itself what is read.
_ALONE = (("records", ("full", "since", "until")), ("full", ("since", "until")))


def _check(given: Mapping[str, Any], *, is_backfill: bool) -> None:
    for name, others in _ALONE:
        for other in others:
            if given[name] and given[other]:
                raise ConfigurationError(f"param {name} and param {other} exclude each other: give one of them")
    if given["window_by"] and not (given["since"] or given["until"] or is_backfill):
        raise ConfigurationError("param window_by is created, but there is no window: give param since or until, too")


def _instant(params: Mapping[str, Any], name: str) -> datetime | None:
    text = params.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise ConfigurationError(f"param {name} must be an ISO 8601 instant with offset, such as 2026-01-31T00:00:00Z") from error
    if found.tzinfo is None:
        raise ConfigurationError(f"param {name} has no offset; write for example 2026-01-31T00:00:00Z")
    return found
