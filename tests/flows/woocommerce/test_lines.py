"""An order's lines between WooCommerce and PowerOffice GO, edited on either side."""

from __future__ import annotations

import pytest

from tests.flows.woocommerce.shop import OFFICE, ORDERS, PRODUCTS, SHOP, Pair, items, line_id, lines, sent


class TestLinesFromTheShop:
    def test_a_new_line(self, pair: Pair) -> None:
        pair.systems.edit_line(SHOP, "Order", "500002", None, {"product_id": 10, "quantity": 3})
        pair.settle()
        assert lines(pair, "500002")["ULL-1"]["Quantity"] == 3
        assert len(lines(pair, "500002")) == 2

    def test_a_changed_quantity_and_price(self, pair: Pair) -> None:
        key = items(pair, "500001")["Sokk &amp; vott"]["id"]
        pair.systems.edit_line(SHOP, "Order", "500001", f"line_items/{key}", {"quantity": 4, "subtotal": "32.00", "total": "24.00"})
        pair.settle()
        line = lines(pair, "500001")["ULL-1"]
        assert (line["Quantity"], line["ProductUnitPrice"], line["Allowance"]) == (4, 8, 25)

    def test_a_removed_line(self, pair: Pair) -> None:
        key = items(pair, "500001")["Vare GENSER - Blå"]["id"]
        pair.systems.edit_line(SHOP, "Order", "500001", f"line_items/{key}", None)
        pair.settle()
        assert set(lines(pair, "500001")) == {"ULL-1", "FRAKT", "GEBYR"}


class TestLinesFromTheAccounts:
    def right(self, pair: Pair, order: str) -> str:
        return pair.engine.right_of(ORDERS)[order]

    def test_a_new_line(self, pair: Pair) -> None:
        product = int(pair.engine.right_of(PRODUCTS)["21"])
        fields = {"ProductId": product, "Quantity": 2, "ProductUnitPrice": 300, "Description": "Genser, ekstra"}
        pair.systems.edit_line(OFFICE, "SalesOrders", self.right(pair, "500002"), None, fields)
        pair.settle()
        line = items(pair, "500002")["Genser, ekstra"]
        assert (line["product_id"], line["variation_id"], line["quantity"], line["total"]) == (20, 21, 2, "600.00")

    def test_new_freight_and_a_fee(self, pair: Pair) -> None:
        ids = {body["Code"]: body["Id"] for body in pair.systems.records(OFFICE, "Products")}
        for code in ("FRAKT", "GEBYR", "AVRUND"):
            fields = {"ProductId": ids[code], "Quantity": 1, "ProductUnitPrice": 10, "Description": f"Ny {code}"}
            pair.systems.edit_line(OFFICE, "SalesOrders", self.right(pair, "500002"), None, fields)
        pair.settle()
        assert set(items(pair, "500002", "shipping_lines")) == {"Ny FRAKT"}
        assert set(items(pair, "500002", "fee_lines")) == {"Ny GEBYR", "Ny AVRUND"}

    def test_a_changed_quantity_alone_sends_both_amounts(self, pair: Pair) -> None:
        order, key = self.right(pair, "500002"), line_id(pair, "500002", "KOPP-2")
        pair.systems.edit_line(OFFICE, "SalesOrders", order, key, {"Quantity": 3})
        pair.written()
        pair.engine.run()
        (item,) = pair.left("Order", "500002")["line_items"]
        assert sent(pair, SHOP, "Order") == [{"line_items": [{"id": item["id"], "quantity": 3, "subtotal": "3117.60", "total": "3117.60"}]}]
        assert (item["quantity"], item["total"]) == (3, "3117.60")
        pair.settle()

    def test_a_changed_price_and_discount(self, pair: Pair) -> None:
        order, key = self.right(pair, "500001"), line_id(pair, "500001", "ULL-1")
        pair.systems.edit_line(OFFICE, "SalesOrders", order, key, {"ProductUnitPrice": 10, "Allowance": 20})
        pair.settle()
        line = items(pair, "500001")["Sokk &amp; vott"]
        assert (line["quantity"], line["subtotal"], line["total"]) == (7, "70.00", "56.00")

    def test_changed_freight(self, pair: Pair) -> None:
        order, key = self.right(pair, "500001"), line_id(pair, "500001", "FRAKT")
        pair.systems.edit_line(OFFICE, "SalesOrders", order, key, {"ProductUnitPrice": 99})
        pair.settle()
        assert items(pair, "500001", "shipping_lines")["Bring"]["total"] == "99.00"

    def test_removed_lines(self, pair: Pair) -> None:
        order = self.right(pair, "500001")
        for code in ("GENSER-B", "FRAKT", "GEBYR"):
            pair.systems.edit_line(OFFICE, "SalesOrders", order, line_id(pair, "500001", code), None)
        pair.settle()
        left = pair.left("Order", "500001")
        assert [len(left[name]) for name in ("line_items", "shipping_lines", "fee_lines")] == [1, 0, 0]


@pytest.mark.parametrize(
    ("classes", "rate", "taxed"),
    [(["", "reduced-rate"], 20, True), (["", "zero-rate", "zero-rate", "zero-rate"], 6.25, False), (["reduced-rate"], 15, True)],
)
def test_a_discount_over_several_tax_classes_is_booked_with_the_account_whose_vat_is_nearest(
    pair: Pair, classes: list[str], rate: float, taxed: bool
) -> None:
    """WooCommerce parts the VAT of a fee below nought by what the order holds (11.0.1)."""
    sold = [
        pair.systems.create(SHOP, "Product", {"name": f"Vare {at}", "sku": f"MVA-{at}", "regular_price": "500", "tax_class": name})
        for at, name in enumerate(classes)
    ]
    goods = [{"product_id": int(key), "quantity": 1, "subtotal": "400.00", "total": "400.00"} for key in sold]
    fees = [{"name": "Avslag", "total": "-20.00"}]
    order = pair.systems.create(SHOP, "Order", {"customer_id": 2, "line_items": goods, "fee_lines": fees, "billing.country": "NO"})
    pair.engine.run()
    shown, line = pair.left("Order", order), lines(pair, order)["GEBYR"]
    assert float(shown["fee_lines"][0]["total_tax"]) == pytest.approx(-20 * rate / 100)
    assert (line["ProductUnitPrice"], line["UseStandardSalesAccount"]) == (-20, taxed)
    off = {way: abs(-20 * way / 100 - float(shown["fee_lines"][0]["total_tax"])) for way in (0, 25)}
    assert off[25 if taxed else 0] == min(off.values())
    pair.settle()
