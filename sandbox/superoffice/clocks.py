"""Times as the caller asked for them (``SO-TimeZone``).

Created and updated times are always UTC; all others are on the tenant's own clock. Without ``includeTZOffset`` none of them has an offset.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.superoffice.shapes import BASE_ZONE
from sandbox.wire import Request

_UTC = frozenset({"CreatedDate", "UpdatedDate", "Updated", "Registered", "updatedDate"})


def told(body: Any, request: Request) -> Any:
    """The reply's body with its times in the asked form; they are kept in UTC with ``Z``."""
    if "includetzoffset" in request.headers.get("so-timezone", "").lower() or not isinstance(body, dict | list):
        return body
    return _walked(body)


def _walked(value: Any) -> Any:
    if isinstance(value, list):
        return [_walked(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _bare(name, item) if isinstance(item, str) else _walked(item) for name, item in value.items()}
    return value


def _bare(name: str, text: str) -> str:
    if len(text) != 20 or not text.endswith("Z") or text[10] != "T":
        return text
    moment = datetime.fromisoformat(text)
    return (moment if name in _UTC else moment.astimezone(BASE_ZONE)).replace(tzinfo=None).isoformat()
