"""The net below the reading of one record: what it holds and nobody foresaw parks that record, not the list it stands in.

A client that makes something of a record (amounts, flattened members, a digest) does so in here. A record that came out of the net has
a text that is no JSON object, so that it is neither an edit nor a target until it can be read (:mod:`lenke.core.mapping.apply`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lenke.core.ports import Record
from lenke.core.printable import printable
from lenke.systems.jsontext import dumps

# What reading a value of an unforeseen kind raises. An error of Lenke's own is none: it says what is to be done.
ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
UNREADABLE = dumps(None)

_LOG = logging.getLogger(__name__)


def readable(what: str, id: Any, make: Callable[[], Record]) -> Record:
    """What ``make`` makes of the record ``id``, or the record as one that cannot be read."""
    try:
        return make()
    except ODD as error:
        warn(what, id, error)
        return Record(str(id), None, None, UNREADABLE)


def warn(what: str, id: Any, error: Exception) -> None:
    """Say where a record could not be read; the error's own words may hold a value."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    _LOG.warning("%s", printable(f"{what} {id}: it holds what cannot be read ({type(error).__name__}{where}), so it is parked"))
