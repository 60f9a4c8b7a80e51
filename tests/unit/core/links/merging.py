"""One property to merge, what each side holds of it, and what comes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lenke.core.links.digests import UNKNOWN, Digester
from lenke.core.links.merge import Merge, Row
from lenke.core.links.rows import Link
from lenke.core.mapping.model import Field, Property

DIGESTER = Digester(b"k" * 32)
# What a case holds where a side was not read at all, and where the reply lacks the property.
UNREAD, ABSENT = "(unread)", "(absent)"


def digest(text: str | None) -> int:
    return UNKNOWN if text == ABSENT else DIGESTER.value("p", text)


def row(text: str | None, modified: datetime | None = None) -> Row | None:
    if text == UNREAD:
        return None
    return Row([digest(text)], {"p": None if text == ABSENT else text}, modified)


def spec(**more: Any) -> Property:
    return Property("p", "string", Field("p"), Field("p"), **more)


def stored(base: str, left: str | None = None, right: str | None = None) -> Link:
    """A link of which a side stored something else than was agreed."""
    return Link(
        "1",
        "2",
        base=(digest(base),),
        left_stored={0: digest(left)} if left else {},
        right_stored={0: digest(right)} if right else {},
    )


def changes(merged: Merge) -> tuple[dict[str, str | None], dict[str, str | None]]:
    return merged.to_left, merged.to_right
