"""Orders: made once, edited in few of their members, their lines by order edits only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.shopify.customers import Customers, refusing
from sandbox.shopify.graph import Node
from sandbox.shopify.pages import connection
from sandbox.shopify.products import Products
from sandbox.shopify.shop import Shop, UserError, digits, metafield, now
from sandbox.wire import Json

_EDITABLE = ("note", "poNumber", "email", "phone")
_ORDER_INPUT = frozenset({*_EDITABLE, "id", "tags", "customAttributes", "metafields", "shippingAddress", "localizedFields"})
_CENT = Decimal("0.01")


class Orders:
    """Views and mutations."""

    def __init__(self, shop: Shop, customers: Customers, products: Products) -> None:
        self._shop = shop
        self._customers = customers
        self._products = products

    def view(self, body: Json) -> Node:
        """The order as the API serves it."""
        plain = {name: value for name, value in body.items() if name not in ("metafields", "lineItems", "customerId", "edits")}
        customer = self._shop.get("Customer", body["customerId"]) if body["customerId"] else None
        editable = body["cancelledAt"] is None and body["closedAt"] is None
        return Node(
            "Order",
            plain
            | {
                "customer": None if customer is None else self._customers.view(customer),
                "lineItems": lambda args: connection("LineItem", body["lineItems"], args, self.line),
                "merchantEditable": editable,
                "merchantEditableErrors": [] if editable else ["The order cannot be edited."],
                "currentSubtotalLineItemsQuantity": sum(line["currentQuantity"] for line in body["lineItems"]),
                "currentTotalPriceSet": _sum(body, _total),
                "currentTotalTaxSet": _sum(body, _tax),
                "metafield": metafield(body),
            }
            | {name: refusing(name) for name in self._customers.withheld() if name in plain},
        )

    def line(self, line: Json) -> Node:
        """A line as the API serves it."""
        variant = self._shop.get("ProductVariant", line["variantId"]) if line["variantId"] else None
        plain = {name: line[name] for name in ("id", "title", "quantity", "currentQuantity", "unfulfilledQuantity")}
        return Node(
            "LineItem",
            plain
            | {
                "sku": line["sku"],
                "merchantEditable": line["unfulfilledQuantity"] > 0,
                "variant": None if variant is None else self._products.variant(variant),
                "customAttributes": [Node("Attribute", one) for one in line["customAttributes"]],
                "originalUnitPriceSet": bag_node(line["originalUnitPriceSet"]),
                "taxLines": [Node("TaxLine", {"title": one["title"], "rate": float(one["rate"])}) for one in line["taxLines"]],
                "discountAllocations": [
                    Node("DiscountAllocation", {"allocatedAmountSet": bag_node(_allocated(line, one))}) for one in line["discounts"]
                ],
            },
        )

    def create(self, given: Mapping[str, Any]) -> Json:
        """``orderCreate``; raises UserError."""
        if not given.get("lineItems"):
            raise UserError(["order", "lineItems"], "Line items must have at least one line item", "INVALID")
        customer = self._customer(given)
        placed = str(given.get("processedAt") or now())
        if datetime.fromisoformat(placed) > datetime.now(UTC) + timedelta(minutes=1):
            raise UserError(["order", "processedAt"], "Processed at must not be in the future", "PROCESSED_AT_INVALID")
        body = blank(self._shop.new_id("Order"), int(self._shop.new_id("OrderName")), self._shop.currency)
        body |= {name: given[name] for name in (*_EDITABLE, "sourceIdentifier", "taxesIncluded", "name") if given.get(name) is not None}
        body |= {
            "currencyCode": given.get("currency") or self._shop.currency,
            "processedAt": placed,
            "customerId": None if customer is None else customer["id"],
            "email": given.get("email") or ((customer or {}).get("defaultEmailAddress") or {}).get("emailAddress"),
            "displayFinancialStatus": given.get("financialStatus") or "PAID",
        }
        body["presentmentCurrencyCode"] = given.get("presentmentCurrency") or body["currencyCode"]
        body["lineItems"] = [self._line(body, one, at) for at, one in enumerate(given["lineItems"])]
        self._shop.set_metafields("ORDER", body, given.get("metafields") or (), ["order", "metafields"], "INVALID")
        if customer is not None:
            customer["numberOfOrders"] = str(int(customer["numberOfOrders"]) + 1)
            self._shop.put("Customer", customer)
        return self._shop.put("Order", body)

    def update(self, given: Mapping[str, Any]) -> Json:
        """``orderUpdate``; raises UserError."""
        body = self._known(given.get("id"), "id")
        if set(given) <= {"id"}:
            raise UserError(None, "No valid update parameters have been provided")
        for name in given:
            if name not in _ORDER_INPUT:
                raise UserError(["input", name], f"{name} is not a field of OrderInput")
        body |= {name: (str(given[name]).strip() or None) if given[name] is not None else None for name in _EDITABLE if name in given}
        self._shop.set_metafields("ORDER", body, given.get("metafields") or (), ["metafields"])
        return self._shop.put("Order", body)

    def set_customer(self, order: Any, customer: Any) -> Json:
        """``orderCustomerSet``, and ``orderCustomerRemove`` where ``customer`` is None."""
        body = self._known(order, "orderId")
        if customer is not None and self._shop.get("Customer", customer) is None:
            raise UserError(["customerId"], "Customer does not exist", "NOT_FOUND")
        body["customerId"] = customer
        return self._shop.put("Order", body)

    def _known(self, gid: Any, field: str) -> Json:
        body = self._shop.get("Order", gid)
        if body is None:
            raise UserError([field], "Order does not exist")
        return body

    def _customer(self, given: Mapping[str, Any]) -> Json | None:
        named = ((given.get("customer") or {}).get("toAssociate") or {}).get("id")
        if named is None:
            return None
        customer = self._shop.get("Customer", named)
        if customer is None:
            raise UserError(["order", "customer", "toAssociate", "id"], "Customer not found", "INVALID")
        return customer

    def _line(self, order: Json, given: Mapping[str, Any], at: int) -> Json:
        place = ["order", "lineItems", str(at)]
        variant = self._shop.get("ProductVariant", given.get("variantId")) if given.get("variantId") else None
        if given.get("variantId") and variant is None:
            raise UserError([*place, "variantId"], "Variant not found", "INVALID")
        if int(given.get("quantity") or 0) < 1:
            raise UserError([*place, "quantity"], "Quantity must be greater than 0", "INVALID")
        price = given.get("priceSet") or {
            "shopMoney": {"amount": (variant or {}).get("price", "0.00"), "currencyCode": self._shop.currency}
        }
        if Decimal(str(price["shopMoney"]["amount"])) < 0:
            raise UserError([*place, "priceSet"], "Price must be greater than or equal to 0", "INVALID")
        product = self._shop.get("Product", variant["productId"]) if variant else None
        title = given.get("title") or (product or {}).get("title")
        if not title:
            raise UserError([*place, "title"], "Title can't be blank", "INVALID")
        taxes = [{"title": one["title"], "rate": str(one["rate"])} for one in given.get("taxLines") or ()]
        return new_line(self._shop, variant, str(title), int(given["quantity"]), bag(price)) | {
            "customAttributes": [{"key": one["name"], "value": one["value"]} for one in given.get("properties") or ()],
            "taxLines": taxes,
        }


def new_line(shop: Shop, variant: Json | None, title: str, quantity: int, price: Json) -> Json:
    """A line without taxes, attributes and discounts."""
    return {
        "id": f"gid://shopify/LineItem/{shop.new_id('LineItem')}",
        "title": title,
        "sku": (variant or {}).get("sku"),
        "variantId": None if variant is None else variant["id"],
        "quantity": quantity,
        "currentQuantity": quantity,
        "unfulfilledQuantity": quantity,
        "originalUnitPriceSet": price,
        "customAttributes": [],
        "taxLines": [],
        "discounts": [],
    }


def own_taxes(*, taxable: bool) -> list[Json]:
    """What Shopify's own settings put on a line that is added to an order."""
    return [{"title": "MVA", "rate": "0.25"}] if taxable else []


def blank(id: str, number: int, currency: str) -> Json:
    """An order of which nothing is known."""
    empty = ("note", "poNumber", "email", "phone", "sourceIdentifier", "cancelledAt", "closedAt", "customerId")
    return {
        "id": f"gid://shopify/Order/{digits(id)}",
        "legacyResourceId": digits(id),
        "name": f"#{number}",
        "number": number,
        **dict.fromkeys(empty),
        "tags": [],
        "currencyCode": currency,
        "presentmentCurrencyCode": currency,
        "taxesIncluded": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "lineItems": [],
        "metafields": {},
        "createdAt": now(),
        "updatedAt": now(),
        "processedAt": now(),
    }


def bag(given: Mapping[str, Any]) -> Json:
    """A MoneyBag of an input: without a presentment side that is the shop's."""
    shop = given["shopMoney"]
    other = given.get("presentmentMoney") or shop
    return {
        "shopMoney": {"amount": _money(shop["amount"]), "currencyCode": shop["currencyCode"]},
        "presentmentMoney": {"amount": _money(other["amount"]), "currencyCode": other["currencyCode"]},
    }


def bag_node(bag: Json) -> Node:
    """A MoneyBag as served."""
    return Node("MoneyBag", {side: Node("MoneyV2", bag[side]) for side in ("shopMoney", "presentmentMoney")})


def _money(amount: Any) -> str:
    """Shopify writes whole amounts with one decimal: ``12.0``."""
    text = f"{Decimal(str(amount)).quantize(_CENT, ROUND_HALF_UP):f}"
    return text[:-1] if text.endswith("0") else text


def _sum(order: Json, part: Any) -> Node:
    amounts = {
        side: sum((part(order, line, side) for line in order["lineItems"]), Decimal(0)) for side in ("shopMoney", "presentmentMoney")
    }
    codes = {"shopMoney": order["currencyCode"], "presentmentMoney": order["presentmentCurrencyCode"]}
    return bag_node({side: {"amount": _money(amounts[side]), "currencyCode": codes[side]} for side in codes})


def _share(line: Json) -> Decimal:
    """What is left of a line's price after its discounts."""
    return Decimal(1) - min(Decimal(1), sum((Decimal(str(one["percent"])) for one in line["discounts"]), Decimal(0)) / 100)


def _net(line: Json, side: str) -> Decimal:
    return _share(line) * Decimal(line["originalUnitPriceSet"][side]["amount"]) * int(line["currentQuantity"])


def _tax(order: Json, line: Json, side: str) -> Decimal:
    rate = sum((Decimal(one["rate"]) for one in line["taxLines"]), Decimal(0))
    base = Decimal(1) + rate if order["taxesIncluded"] else Decimal(1)
    return _net(line, side) * rate / base


def _total(order: Json, line: Json, side: str) -> Decimal:
    return _net(line, side) + (Decimal(0) if order["taxesIncluded"] else _tax(order, line, side))


def _allocated(line: Json, discount: Json) -> Json:
    """A discount's amount on its line, removed pieces included."""
    share = Decimal(str(discount["percent"])) / 100
    return {
        side: {"amount": _money(Decimal(one["amount"]) * line["quantity"] * share), "currencyCode": one["currencyCode"]}
        for side, one in line["originalUnitPriceSet"].items()
    }


def status_of(lines: Sequence[Json]) -> str:
    """An order's fulfilment by its lines."""
    left, all_of = sum(line["unfulfilledQuantity"] for line in lines), sum(line["currentQuantity"] for line in lines)
    return "FULFILLED" if not left else "UNFULFILLED" if left == all_of else "PARTIALLY_FULFILLED"
