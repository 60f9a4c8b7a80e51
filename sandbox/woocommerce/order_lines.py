"""An order's lines, taxes and sums: amounts of lines hold no VAT, and nothing follows from a quantity alone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.store import Store
from sandbox.wire import Json
from sandbox.woocommerce.refusals import invalid, refuse
from sandbox.woocommerce.shapes import decimal, fixed, markup, merged_meta

LISTS = ("line_items", "shipping_lines", "fee_lines")
# As a new shop has them, zero-rate has no row.
RATES = {"NO": {"": (1, "25"), "reduced-rate": (2, "15")}}
_CENT = Decimal("0.01")
_MICRO = Decimal("0.000001")


class OrderLines:
    """Merges lines into an order's body and makes its sums. Stores nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def merge(self, order: Json, values: Json, *, checked: bool) -> None:
        """Lay the lines of a write over those of the order: with id changes, without id adds, nothing left of it takes away."""
        for name in LISTS:
            if values.get(name) is None:
                continue
            kept = {line["id"]: line for line in order[name]}
            for given in values[name]:
                self._one(order, name, kept, given, checked=checked)
            order[name] = list(kept.values())

    def _one(self, order: Json, name: str, kept: dict[int, Json], given: Json, *, checked: bool) -> None:
        key = given.get("id")
        if key is not None and key not in kept:
            raise refuse(400, "woocommerce_rest_invalid_item_id", "Order item ID provided is not associated with order.")
        if _is_removal(given):
            if key is not None:
                del kept[key]
            return
        if checked and name == "line_items" and given.get("quantity", 1) % 1:
            raise invalid("line_items", "rest_invalid_type", "line_items[0][quantity] is not of type integer.")
        before = dict(kept[key]) if key is not None else None
        line = _MAKERS[name](self, order, before, given)
        line["id"] = key or self._store.next_number("item", 1)
        line["meta_data"] = merged_meta((before or {}).get("meta_data", []), given.get("meta_data"), self._meta_id)
        kept[line["id"]] = line

    def _meta_id(self) -> int:
        return self._store.next_number("meta", 1)

    def item(self, order: Json, before: Json | None, given: Json) -> Json:
        """A line of goods. A product that is not there makes an empty line."""
        line: Json = dict(before or _BLANK_ITEM)
        if before is None and not any(given.get(name) for name in ("product_id", "variation_id", "sku")):
            raise refuse(400, "woocommerce_rest_required_product_reference", "Product ID or SKU is required.")
        product = self._product(given)
        if product is not None:
            line |= self._of(product)
            if before is not None and before["variation_id"] and product["type"] != "variation":
                line |= {name: before[name] for name in ("variation_id", "sku", "global_unique_id")}
        if before is None:
            line["quantity"] = int(given.get("quantity", 1))
            amount = self._price(order, product) * line["quantity"]
            line |= {"subtotal": _exact(amount), "total": _exact(amount)}
        line |= {name: _exact(given[name]) for name in ("subtotal", "total") if given.get(name) is not None}
        line |= {"quantity": int(given["quantity"])} if given.get("quantity") is not None else {}
        line |= {"name": markup(str(given["name"]))} if given.get("name") else {}
        return line

    def shipping(self, _: Json, before: Json | None, given: Json) -> Json:
        """A line of freight."""
        if before is None and not given.get("method_id"):
            raise refuse(400, "woocommerce_rest_invalid_shipping_item", "Shipping method ID is required.")
        line = dict(before or {"method_title": "", "method_id": "", "instance_id": "", "total": "0.00", "tax_status": "taxable"})
        line |= {name: markup(str(given[name])) for name in ("method_title", "method_id") if given.get(name) is not None}
        return line | ({"total": _exact(given["total"])} if given.get("total") is not None else {})

    def fee(self, _: Json, before: Json | None, given: Json) -> Json:
        """A fee: any amount, with a text."""
        if before is None and not given.get("name"):
            raise refuse(400, "woocommerce_rest_invalid_fee_item", "Fee name is required.")
        line = dict(before or {"name": "", "tax_class": "", "tax_status": "taxable", "amount": "", "total": "0.00"})
        line |= {"name": markup(str(given["name"]))} if given.get("name") is not None else {}
        return line | ({"total": _exact(given["total"])} if given.get("total") is not None else {})

    def settle(self, order: Json) -> None:
        """Taxes and sums of the whole order, by the country that it goes to."""
        country = order["billing"].get("country") or order["shipping"].get("country") or "NO"
        rates = RATES.get(country, {})
        for name in LISTS:
            for line in order[name]:
                if name == "fee_lines" and decimal(line["total"]) < 0:
                    self._apportion(order, line, rates)
                else:
                    self._tax(order, line, rates)
        order["tax_lines"] = self._tax_lines(order)
        goods = [line for name in ("line_items", "fee_lines") for line in order[name]]
        tax = _sum(goods, "total_tax") + _sum(order["shipping_lines"], "total_tax")
        order["cart_tax"], order["shipping_tax"] = fixed(_sum(goods, "total_tax"), 2), fixed(_sum(order["shipping_lines"], "total_tax"), 2)
        order["shipping_total"] = fixed(_sum(order["shipping_lines"], "total"), 2)
        discount = _sum(order["line_items"], "subtotal") - _sum(order["line_items"], "total")
        order["discount_total"], order["total_tax"] = fixed(discount, 2), fixed(tax, 2)
        order["total"] = fixed(_sum(goods, "total") + _sum(order["shipping_lines"], "total") + tax, 2)

    def _tax(self, order: Json, line: Json, rates: dict[str, tuple[int, str]]) -> None:
        found = rates.get(line.get("tax_class", "")) if self._is_taxed(line) else None
        if found is None:
            line |= {"total_tax": "0.00", "taxes": []} | ({"subtotal_tax": "0.00"} if "subtotal" in line else {})
            return
        number, rate = found
        # A price that holds VAT is rounded half down, so that price and VAT make it up again.
        rounding = ROUND_HALF_DOWN if order["prices_include_tax"] else ROUND_HALF_UP
        tax = {name: fixed(_part(line.get(name), rate, rounding), 2) for name in ("total", "subtotal") if name in line}
        line |= {f"{name}_tax": amount for name, amount in tax.items()}
        line["taxes"] = [{"id": number, "total": tax["total"], "subtotal": tax.get("subtotal", "")}]

    def _tax_lines(self, order: Json) -> list[Json]:
        held = {line["rate_id"]: line["id"] for line in order["tax_lines"]}
        found: dict[int, Json] = {}
        rates = {number: (name, rate) for country in RATES.values() for name, (number, rate) in country.items()}
        for place in LISTS:
            for line in order[place]:
                for tax in line["taxes"]:
                    row = found.setdefault(tax["id"], self._tax_line(tax["id"], rates[tax["id"]][1], held))
                    name = "shipping_tax_total" if place == "shipping_lines" else "tax_total"
                    row[name] = fixed(decimal(row[name]) + decimal(tax["total"]), 2)
        return list(found.values())

    def _tax_line(self, number: int, rate: str, held: dict[int, int]) -> Json:
        return {
            "id": held.get(number) or self._store.next_number("item", 1), "rate_code": f"NO-MVA {rate}%-1", "rate_id": number,
            "label": f"MVA {rate}%", "compound": False, "tax_total": "0.00", "shipping_tax_total": "0.00", "rate_percent": int(rate),
            "meta_data": [],
        }  # fmt: skip

    def _product(self, given: Json) -> Json | None:
        if given.get("sku"):
            return next((row for row in self._store.all("Product") if row["sku"].lower() == str(given["sku"]).lower()), None)
        key = given.get("variation_id") or given.get("product_id")
        return self._store.get("Product", str(key)) if key else None

    def _of(self, product: Json) -> Json:
        """What a line takes from its product at this moment."""
        line: Json = {"product_id": product["id"], "variation_id": 0, "name": product["name"], "parent_name": None}
        if product["type"] == "variation":
            parent = self._store.get("Product", str(product["parent_id"])) or {"name": ""}
            line |= {"product_id": product["parent_id"], "variation_id": product["id"], "parent_name": parent["name"]}
            line["name"] = f"{parent['name']} - {product['name']}"
        sold = {"sku": product["sku"], "global_unique_id": product["global_unique_id"], "tax_class": self._class(product)}
        return line | sold | {"image": {"id": "", "src": ""}}

    def _price(self, order: Json, product: Json | None) -> Decimal:
        amount = decimal(product["price"]) if product else Decimal(0)
        if not order["prices_include_tax"] or product is None:
            return amount
        _, rate = RATES["NO"].get(self._class(product), (0, "0")) if self._status(product) == "taxable" else (0, "0")
        return amount / (1 + decimal(rate) / 100)

    def _is_taxed(self, line: Json) -> bool:
        """A line of goods is as its product is now."""
        key = line.get("variation_id") or line.get("product_id")
        product = self._store.get("Product", str(key)) if key else None
        return (self._status(product) if product else line.get("tax_status", "taxable")) == "taxable"

    def _status(self, product: Json) -> str:
        """The tax status; a variation has its parent's, always."""
        parent = self._store.get("Product", str(product["parent_id"])) if product["type"] == "variation" else None
        return str((parent or product)["tax_status"])

    def _apportion(self, order: Json, fee: Json, rates: dict[str, tuple[int, str]]) -> None:
        """A fee below nought carries the VAT of what the order holds, class by class."""
        costs: dict[str | None, Decimal] = {}
        for line in order["line_items"]:
            name = line.get("tax_class", "") if self._is_taxed(line) else None
            costs[name] = costs.get(name, Decimal(0)) + decimal(line["total"])
        whole = sum(costs.values(), Decimal(0))
        parts = {rates[name]: decimal(fee["total"]) * cost / whole for name, cost in costs.items() if whole and name in rates}
        fee["taxes"] = [{"id": id, "total": fixed(part * decimal(rate) / 100, 2), "subtotal": ""} for (id, rate), part in parts.items()]
        fee["total_tax"] = fixed(_sum(fee["taxes"], "total"), 2)

    def _class(self, product: Json) -> str:
        """The tax class; a variation may have its parent's."""
        parent = self._store.get("Product", str(product["parent_id"])) if product["tax_class"] == "parent" else None
        return str((parent or product)["tax_class"])


_BLANK_ITEM: Json = {
    "name": "", "product_id": 0, "variation_id": 0, "quantity": 1, "tax_class": "", "subtotal": "0.00", "subtotal_tax": "0.00",
    "total": "0.00", "total_tax": "0.00", "taxes": [], "sku": None, "global_unique_id": None, "image": {"id": 0, "src": ""},
    "parent_name": None,
}  # fmt: skip
_MAKERS: dict[str, Callable[[OrderLines, Json, Json | None, Json], Json]] = {
    "line_items": OrderLines.item,
    "shipping_lines": OrderLines.shipping,
    "fee_lines": OrderLines.fee,
}


def shown(order: Json, places: int) -> Json:
    """The order with its lines' amounts in so many decimals, and each line's price as the number that it is."""
    body = dict(order)
    for name in LISTS:
        body[name] = [_shown(line, places) for line in order[name]]
    return body


def _shown(line: Json, places: int) -> Json:
    body = line | {name: fixed(line[name], places) for name in ("subtotal", "subtotal_tax", "total", "total_tax") if name in line}
    if "quantity" in line:
        each = float(decimal(line["total"]) / line["quantity"]) if line["quantity"] else 0
        body["price"] = int(each) if each.is_integer() else each  # type: ignore[union-attr]
    return body


def _is_removal(given: Json) -> bool:
    named = ("product_id", "method_id", "method_title", "name")
    return any(name in given and given[name] is None for name in named) or given.get("quantity") == 0


def _exact(value: Any) -> str:
    text = format(decimal(value).quantize(_MICRO, ROUND_HALF_UP), "f").rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def _part(amount: Any, rate: str, rounding: str) -> Decimal:
    return (decimal(amount) * decimal(rate) / 100).quantize(_CENT, rounding)


def _sum(lines: list[Json], name: str) -> Decimal:
    return sum((decimal(line.get(name)).quantize(_CENT, ROUND_HALF_UP) for line in lines), Decimal(0))
