"""The mutation root: each field with its payload, its user errors, and what the audit list keeps of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.shopify.customers import Customers
from sandbox.shopify.graph import Args, GraphError, Node
from sandbox.shopify.order_edits import OrderEdits
from sandbox.shopify.orders import Orders
from sandbox.shopify.products import Products
from sandbox.shopify.shop import Shop, UserError, digits
from sandbox.store import AuditRow
from sandbox.wire import Json

# Since 2026-04 these are refused without @idempotent, though the schema does not say so.
_IDEMPOTENT = frozenset({"inventorySetQuantities", "inventoryActivate"})
_MISSING = "The @idempotent directive is required for this mutation but was not provided."


@dataclass(frozen=True, slots=True)
class Act:
    """One mutation.

    :param run: carries it out; its result is the payload's members.
    :param entity: for the audit list; "" where it is a step that changes nothing yet.
    :param id: the record's global id in the arguments, or None for a new one.
    """

    run: Callable[[Args], Json]
    entity: str
    verb: str = "update"
    id: Callable[[Args], Any] = lambda _: None


class Mutations:
    """The root's fields.

    :param too_many: whether one more order is too many (a development store takes five a minute).
    """

    def __init__(self, shop: Shop, views: tuple[Customers, Products, Orders], edits: OrderEdits, *, too_many: Callable[[], bool]) -> None:
        self._shop = shop
        self._customers, self._products, self._orders = views
        self._edits = edits
        self._too_many = too_many
        self._acts = {**self._of_customers(), **self._of_products(), **self._of_orders(), **self._of_edits()}
        self._done: dict[str, tuple[str, Json]] = {}

    def names(self) -> frozenset[str]:
        """Every mutation there is."""
        return frozenset(self._acts)

    def run(self, name: str, args: Args, key: str | None) -> Node:
        """The payload of one mutation; a repeated idempotency key gets the first result."""
        if name in _IDEMPOTENT:
            if key is None:
                raise GraphError(_MISSING, "BAD_REQUEST")
            told = json.dumps(args, sort_keys=True)
            if key in self._done:
                return self._again(name, key, told)
            payload = self._payload(name, args)
            self._done[key] = (told, payload)
            return Node(f"{name}Payload", payload)
        return Node(f"{name}Payload", self._payload(name, args))

    def _again(self, name: str, key: str, told: str) -> Node:
        first, payload = self._done[key]
        if first != told:
            error = UserError(
                None, "The same idempotency key cannot be used with different parameters.", "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
            )
            return Node(f"{name}Payload", {**dict.fromkeys(payload), "userErrors": [error.node]})
        return Node(f"{name}Payload", payload)

    def _payload(self, name: str, args: Args) -> Json:
        act = self._acts[name]
        members = ("customer", "address", "node", "product", "order", "inventoryAdjustmentGroup", "inventoryLevel", "calculatedOrder")
        empty = dict.fromkeys((*members, "calculatedLineItem", "deletedMetafields", "createdDefinition", "productSetOperation"))
        try:
            payload = {**empty, **act.run(args), "userErrors": []}
            status = 200
        except UserError as refused:
            payload, status = {**empty, "userErrors": [refused.node]}, 422
        if act.entity:
            self._note(name, act, args, payload, status)
        return payload

    def _note(self, name: str, act: Act, args: Args, payload: Json, status: int) -> None:
        made = next((node for node in (payload.get("customer"), payload.get("product"), payload.get("order")) if node), None)
        gid = act.id(args) or (made.fields["id"] if made else None)
        verb = "archive" if _archives(name, args) else act.verb
        text = json.dumps(args, ensure_ascii=False)
        key = digits(gid) if gid else None
        if act.entity == "Sesamproduct" and act.verb == "create" and made:
            key = str(self._products.variants(made.fields["id"])[0]["legacyResourceId"])
        self._shop.store.note(AuditRow("POST", f"/graphql.json#{name}", act.entity, key, verb, text, status, "application/json"))

    def _of_customers(self) -> Mapping[str, Act]:
        people = self._customers
        return {
            "customerCreate": Act(lambda a: {"customer": people.view(people.create(a["input"]))}, "Customer", "create"),
            "customerUpdate": Act(
                lambda a: {"customer": people.view(people.update(a["input"]))}, "Customer", id=lambda a: a["input"]["id"]
            ),
            "customerAddressCreate": Act(
                lambda a: {"address": Node("MailingAddress", people.add_address(a))}, "Customer", id=lambda a: a["customerId"]
            ),
            "customerAddressUpdate": Act(
                lambda a: {"address": Node("MailingAddress", people.change_address(a))}, "Customer", id=lambda a: a["customerId"]
            ),
            "tagsAdd": Act(lambda a: {"node": people.view(people.tag(a["id"], a["tags"], add=True))}, "Customer", id=lambda a: a["id"]),
            "tagsRemove": Act(lambda a: {"node": people.view(people.tag(a["id"], a["tags"], add=False))}, "Customer", id=lambda a: a["id"]),
            "metafieldsDelete": Act(
                lambda a: {"deletedMetafields": self._shop.delete_metafields(a["metafields"])},
                "Metafield",
                id=lambda a: a["metafields"][0]["ownerId"],
            ),
            "metafieldDefinitionCreate": Act(
                lambda a: {"createdDefinition": Node("MetafieldDefinition", self._shop.define(a["definition"]))},
                "MetafieldDefinition",
                "create",
            ),
        }

    def _of_products(self) -> Mapping[str, Act]:
        goods = self._products

        def stocked(args: Args) -> Json:
            for one in args["input"]["quantities"]:
                if "changeFromQuantity" not in one:
                    text = "InventoryQuantityInput must include the following argument: changeFromQuantity."
                    raise GraphError(text, "INVALID_FIELD_ARGUMENTS")
            goods.set_stock(args["input"])
            return {"inventoryAdjustmentGroup": Node("InventoryAdjustmentGroup", {"id": "gid://shopify/InventoryAdjustmentGroup/1"})}

        def activated(args: Args) -> Json:
            goods.activate(args)
            return {"inventoryLevel": Node("InventoryLevel", {"id": f"gid://shopify/InventoryLevel/{digits(args['inventoryItemId'])}"})}

        def item_of(args: Args) -> Any:
            return goods.variant_of(args["input"]["quantities"][0]["inventoryItemId"])

        return {
            "productSet": Act(lambda a: {"product": goods.product(goods.set_product(a["input"]))}, "Sesamproduct", "create"),
            "productUpdate": Act(
                lambda a: {"product": goods.product(goods.update_product(a["product"]))}, "Product", id=lambda a: a["product"].get("id")
            ),
            "productVariantsBulkUpdate": Act(
                lambda a: {"product": goods.product(goods.update_variants(a))}, "Sesamproduct", id=lambda a: a["variants"][0]["id"]
            ),
            "inventorySetQuantities": Act(stocked, "Sesamproduct", id=lambda a: (item_of(a) or {}).get("id")),
            "inventoryActivate": Act(activated, "Sesamproduct", id=lambda a: (goods.variant_of(a["inventoryItemId"]) or {}).get("id")),
        }

    def _of_orders(self) -> Mapping[str, Act]:
        sales = self._orders

        def created(args: Args) -> Json:
            if self._too_many():
                raise UserError(None, "Too many attempts. Please try again later.")
            return {"order": sales.view(sales.create(args["order"]))}

        return {
            "orderCreate": Act(created, "Order", "create"),
            "orderUpdate": Act(lambda a: {"order": sales.view(sales.update(a["input"]))}, "Order", id=lambda a: a["input"]["id"]),
            "orderCustomerSet": Act(
                lambda a: {"order": sales.view(sales.set_customer(a["orderId"], a["customerId"]))}, "Order", id=lambda a: a["orderId"]
            ),
            "orderCustomerRemove": Act(
                lambda a: {"order": sales.view(sales.set_customer(a["orderId"], None))}, "Order", id=lambda a: a["orderId"]
            ),
        }

    def _of_edits(self) -> Mapping[str, Act]:
        edits = self._edits
        return {
            "orderEditBegin": Act(lambda a: {"calculatedOrder": edits.begin(a["id"])}, ""),
            "orderEditSetQuantity": Act(lambda a: {"calculatedLineItem": edits.set_quantity(a)}, ""),
            "orderEditAddVariant": Act(lambda a: {"calculatedLineItem": edits.add_variant(a)}, ""),
            "orderEditAddCustomItem": Act(lambda a: {"calculatedLineItem": edits.add_item(a)}, ""),
            "orderEditAddLineItemDiscount": Act(lambda a: {"calculatedLineItem": edits.add_discount(a)}, ""),
            "orderEditUpdateDiscount": Act(lambda a: {"calculatedOrder": edits.change_discount(a)}, ""),
            "orderEditRemoveDiscount": Act(lambda a: {"calculatedOrder": edits.change_discount(a)}, ""),
            "orderEditCommit": Act(lambda a: {"order": self._orders.view(edits.commit(a))}, "Order"),
        }


def _archives(name: str, args: Args) -> bool:
    if name == "tagsAdd":
        return bool(args["tags"] == ["archived"])
    return name == "productUpdate" and set(args["product"]) == {"id", "status"} and args["product"]["status"] == "ARCHIVED"
