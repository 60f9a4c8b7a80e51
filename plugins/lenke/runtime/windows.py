"""Which records a run reads: one function from the run's dates and params to a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lenke.core.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Window:
    """What one run reads.

    :param kind: ``delta`` (since the ledger's cursor), ``interval`` (a backfill, or ``since`` was given), ``records`` or ``full``.
    :param moves_cursor: only delta and full runs do; backfills, ``since``, ``records`` and dry runs never.
    """

    kind: str
    since: datetime | None = None
    until: datetime | None = None
    records: tuple[str, ...] = ()
    moves_cursor: bool = True
    dry_run: bool = False


def window(params: Mapping[str, Any], *, run_type: str, start: datetime | None, end: datetime | None) -> Window:
    """The window of a run.

    :param params: full, dry_run, since, until, records as in the trigger form.
    :param run_type: Airflow's; a scheduled, manual or asset-woken run reads since the cursor, so that no gap is ever left.
    :param start: the data interval, which only a backfill takes as its window.
    """
    dry = bool(params.get("dry_run"))
    if records := tuple(str(one) for one in params.get("records") or ()):
        return Window("records", records=records, moves_cursor=False, dry_run=dry)
    since, until = _instant(params, "since"), _instant(params, "until")
    if since or until:
        return Window("interval", since, until, moves_cursor=False, dry_run=dry)
    if params.get("full"):
        return Window("full", moves_cursor=not dry, dry_run=dry)
    if run_type == "backfill":
        return Window("interval", start, end, moves_cursor=False, dry_run=dry)
    return Window("delta", moves_cursor=not dry, dry_run=dry)


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
