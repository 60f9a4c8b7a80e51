"""Which of the shop's records must park on their way to the custom ERP, and why."""

from __future__ import annotations

from collections.abc import Iterator, Set

from sandbox.seed.model import Body, Entry, World

# What is wrong with the shop's record itself parks it on the way to any system; what only PowerOffice refuses does not.
_OWN = ("missing_required", "invalid_value")


def manifest(world: World, twice: Set[int]) -> list[Entry]:
    """The entries of all three flows.

    :param twice: ids of customers that the ERP holds twice.
    """
    customers = list(_own(world, "Customer", "customer_to_customer"))
    customers += [
        _entry("customer_to_customer", id, "ambiguous_match", None, "two ERP partners with its organisation number") for id in sorted(twice)
    ]
    products = list(_own(world, "Product", "product_to_product"))
    own = list(_own(world, "Order", "order_to_order"))
    done = {entry["id"] for entry in own}
    lost = ({entry["id"] for entry in customers}, {entry["id"] for entry in products})
    later = [entry for draft in world.shop["Order"] if str(draft.body["id"]) not in done for entry in _waiting(world, draft.body, *lost)]
    return [*customers, *products, *own, *later]


def _own(world: World, entity: str, flow: str) -> Iterator[Entry]:
    for draft in world.shop[entity]:
        why = draft.parking
        if why is not None and why.reason in _OWN:
            yield _entry(flow, draft.body["id"], why.reason, why.property, why.text)


def _waiting(world: World, body: Body, customers: Set[str | None], products: Set[str | None]) -> Iterator[Entry]:
    """One entry where the order's customer, else a line's product, does not reach the ERP."""
    known = {entity: {draft.body["id"] for draft in world.shop[entity]} for entity in ("Customer", "Product")}
    named = [line["product_id"] for line in body["lines"] if line["kind"] == "product"]
    if body["customer_id"] not in known["Customer"] or str(body["customer_id"]) in customers:
        yield _entry("order_to_order", body["id"], "missing_reference", "customer", "its customer is not in the ERP")
    elif any(id not in known["Product"] or str(id) in products for id in named):
        yield _entry("order_to_order", body["id"], "missing_reference", "product", "a line's product is not in the ERP")


def _entry(flow: str, id: int, reason: str, property: str | None, text: str) -> Entry:
    return {"flow": flow, "id": str(id), "reason": reason, "property": property, "text": text}
