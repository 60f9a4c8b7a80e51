"""What the seed is made of: the records of each system, and the manifest of what must end parked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Body = dict[str, Any]
Entry = dict[str, str | None]
Reason = Literal["missing_required", "invalid_value", "ambiguous_match", "duplicate_match", "missing_reference", "rejected"]

SHOP = "custom_webshop"
OFFICE = "poweroffice_go"
SHOP_TO_OFFICE = "custom_webshop_to_poweroffice_go"
LEFT_SYSTEM = {
    SHOP_TO_OFFICE: SHOP,
    "poweroffice_go_to_shopify": OFFICE,
    "woocommerce_to_poweroffice_go": "woocommerce",
    "superoffice_to_custom_webshop": "superoffice",
    "custom_webshop_to_custom_erp": SHOP,
}
# The ERP's id members; SuperOffice's are called after the entity.
_ID = {"Customer": "partnerId", "Product": "articleId", "Order": "salesOrderId"}


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
    """A shop record on its way: ``role`` says which counterpart in PowerOffice GO it is to have.

    Roles: ``plain`` (none), ``equal``, ``partial``, ``different``, ``confirmed`` (orders) and the parked ones.
    """

    body: Body
    role: str = "plain"
    parking: Parking | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What the webshop and PowerOffice GO hold, for the other systems' seeds to have some of it, too. Not to be written to.

    :param shop: entity (Customer, Product, Order) -> drafts, their bodies with ids.
    :param office: entity (Customers, Products, SalesOrders and the settings) -> bodies with ids.
    """

    shop: Mapping[str, list[Draft]]
    office: Mapping[str, list[Body]]

    def good(self, entity: str) -> list[Body]:
        """The shop's records of an entity that reach PowerOffice GO: those that do not park there, and are not archived."""
        return [draft.body for draft in self.shop[entity] if draft.parking is None and not draft.body.get("archived")]

    def common(self, entity: str) -> list[Body]:
        """Some of the shop's records that every system is to hold, so that an edit can be followed through the whole tree.

        Three products; two persons and two companies. PowerOffice GO has them, too (role ``equal``).
        """
        equal = [draft.body for draft in self.shop[entity] if draft.role == "equal" and not draft.body.get("archived")]
        if entity != "Customer":
            return equal[:3]
        return [body for type in ("person", "company") for body in [body for body in equal if body["type"] == type][:2]]


@dataclass(frozen=True, slots=True)
class Built:
    """One system's seed.

    :param records: entity -> bodies as the API serves them, in the order of their ids.
    :param manifest: what must park: flow, side, id, reason, property, text. Of the dataflow that the system is seeded for and of
        its left system, unless the entry names a ``dataflow`` of its own, and with it the ``system`` and ``entity`` that ``id``
        belongs to: a record that parks in a later dataflow has no id there yet, and is named by where it is seeded.
    :param tenant: what the system's identity call says.
    """

    records: Mapping[str, list[Body]]
    manifest: list[Entry] = field(default_factory=list)
    tenant: Body = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seed:
    """Everything the sandbox starts with.

    :param records: system -> entity -> bodies as the API serves them, in the order of their ids. The id member is ``id``
        in the shop and ``Id`` in PowerOffice GO (``Code`` for Currencies), see :func:`record_id`.
    :param manifest: one entry per left record that must end parked: dataflow, flow, side, system, entity, id (text), reason,
        property, text. ``system`` and ``entity`` say where the id is from: a record that is yet to reach the dataflow's left
        system is named by where it was seeded.
    :param tenants: system -> what its identity call says (the shop's ``GET /shop`` body; PowerOffice GO's client).
    """

    number: int
    records: Mapping[str, Mapping[str, list[Body]]]
    manifest: list[Entry]
    tenants: Mapping[str, Body]

    def parking(self, dataflow: str = SHOP_TO_OFFICE) -> list[Entry]:
        """The manifest's entries of one dataflow, without what is yet to reach its left system."""
        return [entry for entry in self.manifest if entry["dataflow"] == dataflow and entry["system"] == LEFT_SYSTEM[dataflow]]

    def parked(self, dataflow: str = SHOP_TO_OFFICE) -> set[tuple[str, str]]:
        """The same as (left entity, left id) pairs."""
        return {(str(entry["entity"]), str(entry["id"])) for entry in self.parking(dataflow)}

    def parked_later(self, dataflow: str) -> set[tuple[str, str, str]]:
        """What will park in a dataflow once it has come there: (system, entity, id) as seeded."""
        there = [entry for entry in self.manifest if entry["dataflow"] == dataflow and entry["system"] != LEFT_SYSTEM[dataflow]]
        return {(str(entry["system"]), str(entry["entity"]), str(entry["id"])) for entry in there}


def record_id(system: str, entity: str, body: Body) -> str:
    """The record's id as text."""
    if system == OFFICE:
        return str(body["Code" if entity == "Currencies" else "Id"])
    names = {"superoffice": f"{entity}Id", "custom_erp": _ID.get(entity, "id"), "shopify": "legacyResourceId"}
    return str(body[names.get(system, "id")])
