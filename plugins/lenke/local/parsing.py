"""Waiting until Airflow has read the DAG files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from lenke.core.errors import ConfigurationError
from lenke.local.api import Api
from lenke.local.follow import instant

_SECONDS = 180.0
# The files are parsed one after the other: the errors of all of them are told at once.
_SECONDS_FOR_OTHERS = 3.0


def wait(api: Api, dag_ids: Sequence[str], *, since: datetime, check: Callable[[], None]) -> None:
    """Return when every DAG has been parsed after ``since``; ConfigurationError with the import errors in full otherwise."""
    limit = time.monotonic() + _SECONDS
    while True:
        check()
        if _errors(api, since):
            time.sleep(_SECONDS_FOR_OTHERS)
            raise ConfigurationError(_told(_errors(api, since)))
        waiting = set(dag_ids) - _parsed(api, since)
        if not waiting:
            return
        if time.monotonic() > limit:
            message = f"no DAG file gave {', '.join(sorted(waiting))} within {_SECONDS:.0f} s: a mapping and its DAG file share one stem"
            raise ConfigurationError(message)
        time.sleep(0.3)


def _errors(api: Api, since: datetime) -> list[dict[str, Any]]:
    return [error for error in api.pages("importErrors", "import_errors") if (instant(error["timestamp"]) or since) >= since]


def _parsed(api: Api, since: datetime) -> set[str]:
    dags = api.pages("dags", "dags", exclude_stale=True)
    return {dag["dag_id"] for dag in dags if (instant(dag["last_parsed_time"]) or since) > since}


def _told(errors: Sequence[dict[str, Any]]) -> str:
    return "\n\n".join(["DAG files could not be imported:", *(f"{error['filename']}\n{error['stack_trace'].rstrip()}" for error in errors)])
