"""What a person decides about a flow: as data, by id and property name, never with a field's value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Literal

from lenke.core.links.rows import Side

Kind = Literal["approve", "release", "relink", "choose", "dismiss", "pause"]
# Kinds that stand until they are taken back; the others are applied once.
STANDING: frozenset[Kind] = frozenset({"pause"})
# Kinds that ask one thing of one record: the later one replaces the earlier.
OF_RECORD: frozenset[Kind] = frozenset({"release", "dismiss", "relink"})


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    :param subject: ``approve``: a plan id, or ``first-run``; ``pause``: a left id, or "" for the whole flow; else the record's id.
    :param at: when it was taken (UTC, ISO 8601); :param who: a user's name, or ``cli``.
    :param side: the side that ``subject`` is an id of.
    :param right: ``relink``: the right id that the left record is to be linked with.
    :param property: ``choose``: a header property, or ``line <property>`` for the record's lines.
    :param winner: ``choose``: the side whose value counts.
    :param since: ``release`` and ``dismiss``: since when the record was parked that the person looked at.
    """

    kind: Kind
    subject: str
    at: str
    id: str = ""
    who: str = "cli"
    side: Side = "left"
    right: str = ""
    property: str = ""
    winner: Side | Literal[""] = ""
    since: str = ""

    def named(self) -> Decision:
        """The decision with its id: 16 hexadecimal characters over all that it says."""
        told = json.dumps(asdict(replace(self, id="")), sort_keys=True)
        return replace(self, id=hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16])

    def is_same(self, other: Decision) -> bool:
        """Whether both ask for the same, whoever took them and when."""
        return replace(self, id="", at="", who="") == replace(other, id="", at="", who="")


def with_new(present: Iterable[Decision], new: Iterable[Decision]) -> list[Decision]:
    """All decisions after new ones were taken: one that asks for the same is not taken twice, a contrary one replaces the earlier."""
    found = list(present)
    for one in new:
        if any(one.is_same(old) for old in found):
            continue
        found = [old for old in found if not _is_replaced(old, one)]
        found.append(one.named())
    return found


def about(decision: Decision) -> tuple[str, ...]:
    """What it is about: a later decision about the same takes the place of an earlier one."""
    if decision.kind in OF_RECORD:
        return ("record", decision.side, decision.subject)
    return (decision.kind, decision.subject, decision.property)


def _is_replaced(old: Decision, new: Decision) -> bool:
    return about(old) == about(new) or (old.kind == new.kind == "relink" and old.right == new.right)


def paused(decisions: Iterable[Decision]) -> frozenset[str]:
    """Left ids of paused records; "" where the whole flow is."""
    return frozenset(one.subject for one in decisions if one.kind == "pause")
