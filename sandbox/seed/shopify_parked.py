"""What must end parked on the way from PowerOffice GO to Shopify, what the webshop brings there first included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.seed import shop_customers, shop_products
from sandbox.seed.model import SHOP, Body, Draft, Entry, World

_TITLE_ROOM = 255
PERSONS, COMPANIES, GOODS, SALES = (
    "customers_person_to_customer",
    "customers_to_customer",
    "product_to_sesamproduct",
    "salesorders_to_order",
)


@dataclass(frozen=True)
class _Parked:
    """Ids of what parks, as they are in PowerOffice GO and in the webshop (a record that is in both has both)."""

    office: Mapping[str, frozenset[int]]
    shop: Mapping[str, frozenset[int]]


def manifest(world: World) -> list[Entry]:
    """The entries: e-mail addresses that are taken, titles that are too long, products without a price, and orders of such."""
    people, lost_people = _people(world)
    goods, lost_goods = _goods(world)
    lost = _Parked(
        {"customer": frozenset(lost_people["office"]), "product": frozenset(lost_goods["office"])},
        {"customer": frozenset(lost_people["shop"]), "product": frozenset(lost_goods["shop"])},
    )
    return [*people, *goods, *_sales(world, lost)]


def _entry(flow: str, id: object, reason: str, property: str | None, text: str, *, entity: str = "") -> Entry:
    """``entity`` names where the record is seeded, if not in PowerOffice GO: there it has no id yet."""
    origin: Entry = {"dataflow": "poweroffice_go_to_shopify", "system": SHOP, "entity": entity} if entity else {}
    return {"flow": flow, "side": "left", "id": str(id), "reason": reason, "property": property, "text": text, **origin}


def _mail(text: str | None) -> str:
    return "".join((text or "").split()).casefold()


def _digits(text: str | None) -> str:
    return "".join(filter(str.isdigit, text or ""))


def _counterpart(draft: Draft, office: list[Body]) -> Body | None:
    """The customer of PowerOffice GO that a webshop customer is linked with."""
    body = draft.body
    if draft.role not in shop_customers.MATCHED:
        return None
    if body["type"] == "person":
        return next((one for one in office if one["IsPerson"] and _mail(one["EmailAddress"]) == _mail(body["email"])), None)
    return next((one for one in office if not one["IsPerson"] and _digits(one["OrganizationNumber"]) == _digits(body["org_number"])), None)


def _people(world: World) -> tuple[list[Entry], dict[str, set[int]]]:
    office = world.office["Customers"]
    rows: list[tuple[bool, str, str, int]] = []  # person, e-mail, seeded in, id: in the order in which they come to Shopify
    paired = {one["Id"]: draft for draft in world.shop["Customer"] if draft.parking is None and (one := _counterpart(draft, office))}
    for body in sorted(office, key=lambda one: int(one["Id"])):
        own = body["EmailAddress"] or (paired[body["Id"]].body["email"] if body["Id"] in paired else None)
        rows.append((body["IsPerson"], _mail(own), "", body["Id"]))
    # The webshop lists, and so creates, by the time of the last change.
    drafts = sorted(world.shop["Customer"], key=lambda draft: str(draft.body["updated_at"]))
    new = [draft.body for draft in drafts if draft.parking is None and draft.role not in shop_customers.MATCHED]
    rows += [(body["type"] == "person", _mail(body["email"]), "Customer", body["id"]) for body in new]
    entries: list[Entry] = []
    lost: dict[str, set[int]] = {"office": set(), "shop": set()}
    taken: set[str] = set()
    for person, mail, entity, id in sorted(rows, key=lambda row: not row[0]):
        if mail and mail in taken:
            entries.append(
                _entry(PERSONS if person else COMPANIES, id, "not_unique", None, "another customer has its e-mail address", entity=entity)
            )
            lost["shop" if entity else "office"].add(id)
            if id in paired:
                lost["shop"].add(paired[id].body["id"])
        taken.add(mail)
    return entries, lost


def _goods(world: World) -> tuple[list[Entry], dict[str, set[int]]]:
    office = world.office["Products"]
    lost: dict[str, set[int]] = {"office": set(), "shop": set()}
    entries: list[Entry] = []
    for body in office:
        if body["UnitPrice"] is None and not _sold_in_shop(world, body):
            entries.append(_entry(GOODS, body["Id"], "missing_required", "price", "a product without a price"))
            lost["office"].add(body["Id"])
    for draft in world.shop["Product"]:
        if draft.parking is None and len(str(draft.body["name"]).strip()) > _TITLE_ROOM:
            twin = next((one for one in office if _is_twin(draft, one)), None)
            text = "a title longer than Shopify holds"
            entries.append(
                _entry(GOODS, twin["Id"], "rejected", "name", text)
                if twin
                else _entry(GOODS, draft.body["id"], "rejected", "name", text, entity="Product")
            )
            lost["shop"].add(draft.body["id"])
            lost["office"] |= {twin["Id"]} if twin else set()
    return entries, lost


def _is_twin(draft: Draft, office: Body) -> bool:
    if draft.role not in shop_products.MATCHED:
        return False
    body = draft.body
    return bool(office["Gtin"] == body["gtin"] if draft.role == "by_gtin" else office["Code"] == str(body["sku"]).strip())


def _sold_in_shop(world: World, office: Body) -> bool:
    return any(_is_twin(draft, office) for draft in world.shop["Product"] if draft.parking is None)


def _sales(world: World, lost: _Parked) -> Iterator[Entry]:
    """Orders that hang on parked records, by where they are seeded."""
    numbers = {order["ImportedOrderNo"]: order for order in world.office["SalesOrders"] if order["ImportedOrderNo"] is not None}
    for order in world.office["SalesOrders"]:
        hangs = (
            order["CustomerId"] in lost.office["customer"],
            any(line["ProductId"] in lost.office["product"] for line in order["SalesOrderLines"]),
        )
        if any(hangs):
            yield _entry(SALES, order["Id"], "missing_reference", "customer" if hangs[0] else "product", "what it names is parked")
    for draft in world.shop["Order"]:
        body = draft.body
        if draft.parking is not None or body["number"] in numbers:
            continue
        hangs = body["customer_id"] in lost.shop["customer"], any(line["product_id"] in lost.shop["product"] for line in body["lines"])
        if any(hangs):
            property = "customer" if hangs[0] else "product"
            yield _entry(SALES, body["id"], "missing_reference", property, "what it names is parked", entity="Order")
