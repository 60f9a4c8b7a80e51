"""What a record means, whichever system holds it: plain facts under names of our own, and when two facts are the same."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from tests.oracle import words

Facts = dict[str, Any]
# What a record has no place for: nothing to agree on.
UNTOLD: Any = type("Untold", (), {"__repr__": lambda _: "untold"})()
Kind = Literal["customers", "products", "orders"]
ORE, HALF_ORE = Decimal("0.01"), Decimal("0.005")


@dataclass(frozen=True)
class Record:
    """One record as a reader tells it.

    :param entity: what its system calls it, as ledgers and manifests name it.
    :param facts: name to canonical value; ``Price`` for prices.
    :param lines: an order's lines in their order.
    :param marker: the key that Lenke left in it, or None.
    :param stored: entity and id under which the sandbox keeps it, where these are others than its own (a guest in an order).
    :param parts: of other stored records that hold a part of it (a variant's product).
    """

    id: str
    entity: str
    facts: Facts
    lines: list[Facts] = field(default_factory=list)
    marker: str | None = None
    stored: tuple[str, str] | None = None
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Entity and id under which the sandbox keeps it."""
        return self.stored or (self.entity, self.id)


@dataclass(frozen=True)
class Price:
    """An amount as a system holds it.

    :param vat: per cent, or None where the system does not say.
    :param gross: whether the amount holds VAT.
    """

    amount: Decimal
    vat: Decimal | None = None
    gross: bool = False


@dataclass(frozen=True)
class Total:
    """A sum of money that each system rounds for itself.

    :param room: how much more or less is the same: an øre, or more where each piece was rounded.
    """

    amount: Decimal
    room: Decimal = ORE


def total(amount: Any) -> Total | None:
    """None for nothing."""
    return None if words.text(amount) is None else Total(words.exact(amount))


def price(amount: Any, vat: Any = None, *, gross: bool = False) -> Price | str | None:
    """None for nothing; a text that is no number stays a text."""
    if words.text(amount) is None:
        return None
    try:
        return Price(words.exact(amount), None if words.text(vat) is None else words.exact(vat), gross)
    except InvalidOperation:
        return str(amount)


def number(value: Any, places: int = 4) -> Decimal | str | None:
    """A number half up at four decimals; None for nothing."""
    return words.number(value, places)


def same(left: Any, right: Any) -> bool:
    """Whether two facts say the same: amounts to the øre where one side holds VAT, to the last decimal else."""
    if left is UNTOLD or right is UNTOLD:
        return True
    if isinstance(left, Price) and isinstance(right, Price):
        return _same_price(left, right)
    if isinstance(left, Total) and isinstance(right, Total):
        return abs(left.amount - right.amount) <= max(left.room, right.room)
    return bool(left == right)


def _same_price(left: Price, right: Price) -> bool:
    if left.gross == right.gross:
        return words.number(left.amount, 4) == words.number(right.amount, 4)
    gross, net = (left, right) if left.gross else (right, left)
    rate = gross.vat if gross.vat is not None else net.vat
    if rate is None:
        return False
    return abs(net.amount * (1 + rate / 100) - gross.amount) <= HALF_ORE


def marker(system: str, entity: str, id: str) -> str:
    """The marker that a record made for this left record carries: ``lk-`` and 26 base32 characters over system, entity and id."""
    digest = hashlib.blake2b("\x1f".join((system, entity, id)).encode(), digest_size=16).digest()
    return "lk-" + base64.b32encode(digest).decode().lower()[:26]


Records = Mapping[str, Record]
