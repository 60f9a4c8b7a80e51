"""Which texts can be a record's id: ids stand in addresses, in keys of the ledger, in logs and on terminals."""

from __future__ import annotations

import re

from lenke.core.printable import printable

LONGEST = 255
# What is left of half a surrogate pair, which no storage takes, once it was spelled out.
_HALF = re.compile(r"\\ud[89a-f][0-9a-f]{2}")


def storable(id: str) -> str:
    r"""The id as UTF-8 can hold it: half a surrogate pair is spelled out (``\ud800``)."""
    return id if id.isascii() else id.encode("utf-8", "backslashreplace").decode()


def id_fault(id: str | None) -> str | None:
    """Why a text that was read as an id (and made storable) can be none; None where it can."""
    if not id or not id.strip():
        return "is empty"
    if len(id) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if printable(id) != id or _HALF.search(id):
        return "holds a control character or half of a surrogate pair"
    return "is nothing but dots, which stand for another address" if id in (".", "..") else None
