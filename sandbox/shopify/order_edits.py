"""Order edits: a calculated copy of an order that is changed step by step and then committed."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

from sandbox.shopify.graph import Args, Node
from sandbox.shopify.orders import bag, bag_node, new_line, own_taxes, status_of
from sandbox.shopify.pages import connection
from sandbox.shopify.products import Products
from sandbox.shopify.shop import Shop, UserError, digits
from sandbox.wire import Json


class OrderEdits:
    """The edits under way; one that is never committed changes nothing."""

    def __init__(self, shop: Shop, products: Products) -> None:
        self._shop = shop
        self._products = products
        self._open: dict[str, Json] = {}

    def begin(self, order: Any) -> Node:
        """``orderEditBegin``; raises UserError for an order that cannot be edited."""
        body = self._shop.get("Order", order)
        if body is None:
            raise UserError(["id"], "Order does not exist")
        if body["cancelledAt"] or body["closedAt"]:
            raise UserError(["id"], "The order cannot be edited.")
        key = f"gid://shopify/CalculatedOrder/{self._shop.store.next_number('CalculatedOrder', 5001)}"
        self._open[key] = body
        return self._calculated(key)

    def set_quantity(self, args: Args) -> Node:
        """``orderEditSetQuantity``: only what is not fulfilled may go."""
        line = self._line(args)
        fulfilled = line["currentQuantity"] - line["unfulfilledQuantity"]
        if int(args["quantity"]) < fulfilled:
            raise UserError(["quantity"], "Cannot be less than the fulfilled quantity")
        line["unfulfilledQuantity"] = int(args["quantity"]) - fulfilled
        line["quantity"] = max(line["quantity"], int(args["quantity"]))
        line["currentQuantity"] = int(args["quantity"])
        return self.line(line)

    def add_variant(self, args: Args) -> Node:
        """``orderEditAddVariant``: at the variant's own price."""
        order = self._edit(args["id"])
        variant = self._shop.get("ProductVariant", args["variantId"])
        if variant is None:
            raise UserError(["variantId"], "Variant does not exist")
        if not args.get("allowDuplicates") and any(line["variantId"] == variant["id"] for line in order["lineItems"]):
            raise UserError(["variantId"], "Variant is already on the order")
        product = self._shop.get("Product", variant["productId"])
        assert product is not None
        price = bag({side: {"amount": variant["price"], "currencyCode": code} for side, code in _codes(order).items()})
        line = new_line(self._shop, variant, product["title"], int(args["quantity"]), price)
        line["taxLines"] = own_taxes(taxable=bool(variant["taxable"]))
        order["lineItems"].append(line)
        return self.line(line)

    def add_item(self, args: Args) -> Node:
        """``orderEditAddCustomItem``: of any price, without a variant."""
        order = self._edit(args["id"])
        if not str(args["title"]).strip():
            raise UserError(["title"], "Title can't be blank")
        if int(args["quantity"]) < 1 or Decimal(str(args["price"]["amount"])) < 0:
            raise UserError(["quantity"], "Quantity must be greater than 0, price not below 0")
        codes = _codes(order)
        if args["price"]["currencyCode"] not in codes.values():
            raise UserError(["price"], "Currency must be the order's")
        price = bag({side: {"amount": args["price"]["amount"], "currencyCode": code} for side, code in codes.items()})
        line = new_line(self._shop, None, str(args["title"]), int(args["quantity"]), price)
        line["taxLines"] = own_taxes(taxable=args.get("taxable") is not False)
        order["lineItems"].append(line)
        return self.line(line)

    def add_discount(self, args: Args) -> Node:
        """``orderEditAddLineItemDiscount``."""
        line = self._line(args)
        if line["discounts"]:
            raise UserError(["lineItemId"], "Line item already has a discount")
        id = f"gid://shopify/CalculatedManualDiscountApplication/{self._shop.store.next_number('Discount', 9001)}"
        line["discounts"].append({"id": id, "percent": _percent(args["discount"])})
        return self.line(line)

    def change_discount(self, args: Args) -> Node:
        """``orderEditUpdateDiscount``, and ``orderEditRemoveDiscount`` where no discount is given."""
        order = self._edit(args["id"])
        for line in order["lineItems"]:
            for discount in line["discounts"]:
                if discount["id"] == args["discountApplicationId"]:
                    if "discount" in args:
                        discount["percent"] = _percent(args["discount"])
                    else:
                        line["discounts"].remove(discount)
                    return self._calculated(args["id"])
        raise UserError(["discountApplicationId"], "Discount does not exist")

    def commit(self, args: Args) -> Json:
        """``orderEditCommit``."""
        edited = self._edit(args["id"])
        del self._open[str(args["id"])]
        # Only the lines are the edit's: what else was changed since it began stays.
        order = self._shop.get("Order", edited["id"])
        if order is None:
            raise UserError(["id"], "Order does not exist")
        order |= {"lineItems": edited["lineItems"], "displayFulfillmentStatus": status_of(edited["lineItems"])}
        return self._shop.put("Order", order)

    def line(self, line: Json) -> Node:
        """A calculated line."""
        applied = [
            Node("CalculatedDiscountAllocation", {"discountApplication": Node("CalculatedManualDiscountApplication", {"id": one["id"]})})
            for one in line["discounts"]
        ]
        return Node(
            "CalculatedLineItem",
            {
                "id": f"gid://shopify/CalculatedLineItem/{digits(line['id'])}",
                "quantity": line["currentQuantity"],
                "editableQuantity": line["unfulfilledQuantity"],
                "originalUnitPriceSet": bag_node(line["originalUnitPriceSet"]),
                "calculatedDiscountAllocations": applied,
            },
        )

    def _calculated(self, key: str) -> Node:
        lines = deepcopy(self._open[key]["lineItems"])
        return Node("CalculatedOrder", {"id": key, "lineItems": lambda args: connection("CalculatedLineItem", lines, args, self.line)})

    def _edit(self, key: Any) -> Json:
        if str(key) not in self._open:
            raise UserError(["id"], "The calculated order does not exist.")
        return self._open[str(key)]

    def _line(self, args: Args) -> Json:
        lines: list[Json] = self._edit(args["id"])["lineItems"]
        line = next((one for one in lines if digits(one["id"]) == digits(args["lineItemId"])), None)
        if line is None:
            raise UserError(["lineItemId"], "Line item does not exist")
        if not line["unfulfilledQuantity"]:
            raise UserError(["lineItemId"], "The line item cannot be edited because it is fulfilled")
        return line


def _codes(order: Json) -> dict[str, str]:
    return {"shopMoney": order["currencyCode"], "presentmentMoney": order["presentmentCurrencyCode"]}


def _percent(discount: Mapping[str, Any]) -> float:
    percent = float(discount.get("percentValue") or 0)
    if not 0 < percent <= 100:
        raise UserError(["discount"], "Discount must be between 0 and 100")
    return percent
