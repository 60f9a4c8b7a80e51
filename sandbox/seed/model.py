"""What the seed is made of: the records of each system, and the manifest of what must end parked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Body = dict[str, Any]
Reason = Literal["missing_required", "invalid_value", "ambiguous_match", "duplicate_match", "missing_reference", "rejected"]

SHOP = "custom_webshop"
OFFICE = "poweroffice_go"


@dataclass(frozen=True, slots=True)
class Parking:
    """Why a record must end parked.

    :param property: the mapped property at fault (a line's property by its plain name), or None where no single one is.
    """

    reason: Reason
    property: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A shop record on its way: ``role`` says which counterpart in PowerOffice Go it is to have.

    Roles: ``plain`` (none), ``equal``, ``partial``, ``different``, ``confirmed`` (orders) and the parked ones.
    """

    body: Body
    role: str = "plain"
    parking: Parking | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """Everything the sandbox starts with.

    :param records: system -> entity -> bodies as the API serves them, in the order of their ids. The id member is ``id``
        in the shop and ``Id`` in PowerOffice Go (``Code`` for Currencies), see :func:`record_id`.
    :param manifest: one entry per left record that must end parked: flow, side, id (text), reason, property, text.
    :param tenants: system -> what its identity call says (the shop's ``GET /shop`` body; PowerOffice Go's client).
    """

    number: int
    records: Mapping[str, Mapping[str, list[Body]]]
    manifest: list[dict[str, str | None]]
    tenants: Mapping[str, Body]

    def parked(self) -> set[tuple[str, str]]:
        """The manifest as (left entity, left id) pairs."""
        entity = {"customer_to_customers": "Customer", "product_to_product": "Product", "order_to_salesorders": "Order"}
        return {(entity[str(entry["flow"])], str(entry["id"])) for entry in self.manifest}


def record_id(system: str, entity: str, body: Body) -> str:
    """The record's id as text."""
    if system == SHOP:
        return str(body["id"])
    return str(body["Code" if entity == "Currencies" else "Id"])
