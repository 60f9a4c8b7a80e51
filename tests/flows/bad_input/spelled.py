"""Values that no sandbox would store: a placeholder is stored, and what stands in for it goes over the wire as it is spelled."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.flows.installation import CUSTOMERS, LEFT, RIGHT, SHOP, Installation
from tests.flows.strange import change_replies, store

PHONE = "+4722700777"


def placeholder(case: str) -> str:
    """What is stored in place of a case's value."""
    return f"placeholder of {case}"


def spell(monkeypatch: pytest.MonkeyPatch, system: str, spellings: Mapping[str, str]) -> None:
    """Let every reply of a system hold each case's JSON text in place of its placeholder."""

    def change(request: requests.PreparedRequest, reply: requests.Response) -> None:
        text = reply.content
        for case, spelling in spellings.items():
            text = text.replace(f'"{placeholder(case)}"'.encode(), spelling.encode())
        reply._content = text

    change_replies(monkeypatch, system, change)


def hold(few: Installation, system: str, flow: str, left: str, path: str, value: Any) -> Any:
    """Store ``value`` at a dotted path of a record, past every rule; the value that was there."""
    entity = (LEFT if system == SHOP else RIGHT)[flow]
    id = left if system == SHOP else few.engine.right_of(flow)[left]
    body = copy.deepcopy(few.systems.record(system, entity, id) or {})
    *parents, last = path.split(".")
    place: Any = body
    for step in parents:
        place = place[int(step)] if step.isdecimal() else place[step]
    old, place[last] = place[last], value
    first = path.partition(".")[0]
    changed = {first: body[first]} | ({"updated_at": datetime.now(UTC).isoformat()} if system == SHOP else {})
    store(few, system, entity, id, **changed)
    return old


def change_phone(few: Installation, left: str, number: str = PHONE) -> None:
    """An honest edit of another customer."""
    few.edit(SHOP, "Customer", left, {"phone": number})


def phone(few: Installation, left: str) -> Any:
    """What the other side holds of it."""
    return few.right(CUSTOMERS, left)["PhoneNumber"]


def falls_silent(few: Installation) -> bool:
    """Whether the run after the next one leaves everything as it is; the next one may still read what the last one wrote."""
    few.engine.run()
    return few.engine.quiet()
