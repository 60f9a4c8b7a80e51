"""Orders of PowerOffice GO in Shopify: their lines, status, currency, and what the shop locks."""

from __future__ import annotations

import json
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from lenke.core.ports import LineWrite, Write
from lenke.runtime.windows import Window
from lenke.systems.registry import client_for
from tests.flows.shopify_shop import OFFICE, ORDERS, SHOP, Pair


def test_lines_keep_what_shopify_has_no_place_for(pair: Pair) -> None:
    lines = pair.lines("order")
    assert [(line["exactQuantity"], line["unitPrice"], line["discountPercent"]) for line in lines.values()] == [
        ("2", "100", "0"),
        ("1.5", "46", "10"),
        ("-1", "25", "0"),
    ]
    assert [line["quantity"] for line in lines.values()] == [2, 1, 1]


def test_two_currencies_stay_apart(pair: Pair) -> None:
    order = pair.order("abroad")
    (line,) = order["lineItems"]
    assert (order["currencyCode"], order["presentmentCurrencyCode"]) == ("NOK", "EUR")
    assert line["originalUnitPriceSet"]["presentmentMoney"] == {"amount": "10.0", "currencyCode": "EUR"}
    assert line["originalUnitPriceSet"]["shopMoney"] == {"amount": "115.0", "currencyCode": "NOK"}


def test_what_an_order_inherits_from_its_customer_goes_into_the_shop(fresh: Pair) -> None:
    fresh.edit("firm", "Customers", CurrencyCode="EUR", Allowance=25)
    fresh.edit("abroad", "SalesOrders", CurrencyCode=None)
    (line,) = fresh.sales_lines("abroad").values()
    fresh.systems.edit_line(OFFICE, "SalesOrders", fresh.ids["abroad"], line["Id"], {"Allowance": None})
    fresh.settle()
    assert fresh.order("abroad")["presentmentCurrencyCode"] == "EUR"
    assert [Decimal(line["discountPercent"]) for line in fresh.lines("abroad").values()] == [25]
    fresh.written()
    assert fresh.engine.quiet()
    assert fresh.written() == []
    fresh.edit("abroad", "SalesOrders", CustomerReference="Vår")
    fresh.systems.edit_line(OFFICE, "SalesOrders", fresh.ids["abroad"], line["Id"], {"Quantity": 3})
    fresh.settle()
    order = fresh.office("SalesOrders", "abroad")
    assert (order["CurrencyCode"], [line["Allowance"] for line in order["SalesOrderLines"]]) == (None, [None])
    assert (fresh.engine.parked(ORDERS), fresh.engine.conflicts(ORDERS)) == ({}, [])


def test_line_edits_cross_both_ways(pair: Pair) -> None:
    cup = pair.sales_lines("order")["Kopp"]["Id"]
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], cup, {"Quantity": 5})
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], pair.sales_lines("order")["Frakt tilbake"]["Id"], None)
    new = {"ProductId": int(pair.ids["shirt"]), "Quantity": 1, "ProductUnitPrice": 400, "Description": "Skjorte, blå"}
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], None, new)
    pair.settle()
    lines = pair.lines("order")
    assert {title: line["exactQuantity"] for title, line in lines.items()} == {"Kopp": "5", "Brød": "1.5", "Skjorte, blå": "1"}
    pair.written()
    assert pair.engine.quiet()
    line = lines["Kopp"]["id"].rpartition("/")[2]
    pair.systems.edit_line(SHOP, "Order", pair.order("order")["legacyResourceId"], line, {"quantity": 3})
    added = {"variantId": pair.variant("bread")["legacyResourceId"], "quantity": 2}
    pair.systems.edit_line(SHOP, "Order", pair.order("order")["legacyResourceId"], None, added)
    pair.settle()
    quantities = sorted((line["ProductCode"], line["Quantity"]) for line in pair.office("SalesOrders", "order")["SalesOrderLines"])
    assert quantities == [("BROD", 1.5), ("BROD", 2.0), ("KOPP", 3.0), ("SKJORTE-B", 1.0)]
    assert pair.engine.quiet()


def test_a_placed_line_s_product_price_and_text_cross_both_ways(pair: Pair) -> None:
    cup = pair.sales_lines("order")["Kopp"]["Id"]
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], cup, {"ProductUnitPrice": 60, "Description": "Krus"})
    pair.settle()
    mug = pair.lines("order")["Krus"]
    assert (mug["unitPrice"], mug["exactQuantity"]) == ("75", "2")
    assert [line["currentQuantity"] for line in pair.order("order")["lineItems"]].count(0) == 1
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], cup, {"ProductUnitPrice": 96, "ProductId": int(pair.ids["shirt"])})
    pair.settle()
    mug = pair.lines("order")["Krus"]
    assert (mug["unitPrice"], mug["variant"]["legacyResourceId"]) == ("120", pair.variant("shirt")["legacyResourceId"])
    assert len(pair.lines("order")) == len(pair.sales_lines("order")) == 3
    pair.engine.run()
    pair.written()
    assert pair.engine.quiet(window=Window("full"))
    assert pair.written() == []
    key, line = pair.order("order")["legacyResourceId"], mug["id"].rpartition("/")[2]
    changes = {"unitPrice": "50", "title": "Tilbud"}
    client = client_for(SHOP, pair.systems.connections[SHOP])
    (outcome,) = client.write("Order", [Write("p", "update", key, lines=(LineWrite("update", line, changes),))])
    client.close()
    assert outcome.status == "done"
    pair.settle()
    offer = pair.sales_lines("order")["Tilbud"]
    assert (offer["Id"], offer["ProductUnitPrice"], offer["Quantity"]) == (cup, 40, 2)
    assert len(pair.sales_lines("order")) == 3
    assert pair.engine.quiet()


def test_many_pieces_at_a_part_of_a_cent_cost_the_same(pair: Pair) -> None:
    line = {"ProductId": int(pair.ids["cup"]), "Quantity": 100, "ProductUnitPrice": 7.992, "Allowance": 12.5, "Description": "Skrue"}
    head = {"CustomerId": int(pair.ids["kari"]), "SalesOrderDate": "2026-05-04"}
    pair.ids["screws"] = pair.systems.create(OFFICE, "SalesOrders", {**head, "SalesOrderLines": [line]})
    for quantity in (100, 200, 33):
        pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["screws"], pair.sales_lines("screws")["Skrue"]["Id"], {"Quantity": quantity})
        pair.settle()
        with closing(client_for(SHOP, pair.systems.connections[SHOP])) as client:
            (held,) = client.get("Order", [pair.engine.right_of(ORDERS)[pair.ids["screws"]]])
        order = json.loads(held.raw)
        total = Decimal(order["currentTotalPriceSet"]["presentmentMoney"]["amount"])
        assert abs(total - Decimal(str(pair.office("SalesOrders", "screws")["TotalAmount"]))) <= Decimal("0.01")
        assert [line["exactQuantity"] for line in order["lines"]] == [str(quantity)]
        assert pair.engine.quiet()
        assert pair.sales_lines("screws")["Skrue"]["Quantity"] == quantity


@pytest.mark.parametrize("change", [{"ProductUnitPrice": 60}, {"ProductUnitPrice": 500}, {"ProductId": "shirt"}])
def test_a_line_s_edit_without_an_answer_is_settled_by_what_the_order_holds(pair: Pair, change: dict[str, Any]) -> None:
    cup = pair.sales_lines("order")["Kopp"]["Id"]
    fields = {name: int(pair.ids[value]) if isinstance(value, str) else value for name, value in change.items()}
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], cup, fields)
    pair.systems.fault(SHOP, "drop_reply", count=1, match={"body": "orderEditCommit"})
    pair.engine.run(strict=False)
    pair.systems.clear_faults(SHOP)
    pair.settle()
    pair.settle()
    assert len(pair.order("order")["lineItems"]) == 4
    assert len(pair.lines("order")) == len(pair.sales_lines("order")) == 3
    line = pair.sales_lines("order")["Kopp"]
    assert (line["Id"], {name: line[name] for name in fields}) == (cup, fields)
    assert not pair.engine.parked(ORDERS)
    assert pair.engine.quiet(window=Window("full"))


def test_the_status_crosses_both_ways_and_locks_the_rest(pair: Pair) -> None:
    key = pair.order("order")["legacyResourceId"]
    pair.shop_edit("Order", key, {"metafields.lenke.accounting_status": "Confirmed"})
    pair.settle()
    assert pair.office("SalesOrders", "order")["SalesOrderStatus"] == "Confirmed"
    pair.shop_edit("Order", key, {"metafields.lenke.project_id": "7"})
    pair.settle()
    assert pair.engine.parked(ORDERS)[pair.ids["order"]][0] == "locked"
    pair.edit("order", "SalesOrders", SalesOrderStatus="Draft")
    pair.settle()
    assert pair.order("order")["metafields"]["lenke"]["accounting_status"] == "Draft"
    assert pair.office("SalesOrders", "order")["ProjectId"] == 7
    assert not pair.engine.parked(ORDERS)


def test_a_fulfilled_line_is_parked_with_its_lock_and_released(pair: Pair) -> None:
    order, line = pair.order("order")["legacyResourceId"], pair.lines("order")["Kopp"]["id"].rpartition("/")[2]
    pair.systems.edit_line(SHOP, "Order", order, line, {"fulfilled": 2})
    pair.systems.edit_line(OFFICE, "SalesOrders", pair.ids["order"], pair.sales_lines("order")["Kopp"]["Id"], {"Quantity": 3})
    pair.settle()
    assert pair.engine.parked(ORDERS)[pair.ids["order"]][0] == "locked"
    (note,) = [link.note for link in pair.engine.links(ORDERS) if link.kind == "recheck"]
    assert "fulfilled" in note["text"]
    assert pair.lines("order")["Kopp"]["exactQuantity"] == "2"
    pair.systems.edit_line(SHOP, "Order", order, line, {"fulfilled": 0})
    pair.settle()
    assert pair.lines("order")["Kopp"]["exactQuantity"] == "3"
    assert not pair.engine.parked(ORDERS)


def test_guest_orders_and_the_shop_s_own_are_left_alone(fresh: Pair) -> None:
    variant = fresh.systems.create(SHOP, "Sesamproduct", {"name": "Bare her", "sku": "BARE-HER", "price": "10.00"})
    guest = fresh.systems.create(SHOP, "Order", {"lineItems": [{"variantId": f"gid://shopify/ProductVariant/{variant}", "quantity": 1}]})
    before = [fresh.systems.record(SHOP, "Order", guest), fresh.systems.record(SHOP, "ProductVariant", variant)]
    fresh.settle()
    assert [fresh.systems.record(SHOP, "Order", guest), fresh.systems.record(SHOP, "ProductVariant", variant)] == before
    assert len(fresh.systems.records(OFFICE, "SalesOrders")) == 2
    assert guest not in fresh.engine.right_of(ORDERS).values()
