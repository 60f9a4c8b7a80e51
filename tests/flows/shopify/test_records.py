"""PowerOffice GO and Shopify, end to end on a handful of records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lenke.core.ports import LineWrite, Write
from lenke.runtime.windows import Window
from lenke.systems.registry import client_for
from tests.flows.shopify_shop import COMPANIES, OFFICE, ORDERS, PERSONS, PRODUCTS, SETTINGS, SHOP, Pair, paired


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Pair]:
    """Before the first sync."""
    with paired(tmp_path) as found:
        yield found


@pytest.fixture
def pair(fresh: Pair) -> Pair:
    """After the first sync."""
    fresh.engine.run()
    fresh.written()
    return fresh


def test_every_left_record_has_its_right_one(pair: Pair) -> None:
    kari, firm = pair.customer("kari"), pair.customer("firm")
    assert (kari["firstName"], kari["defaultEmailAddress"]["emailAddress"]) == ("Kari", "kari@example.org")
    assert (kari["defaultAddress"]["city"], kari["defaultAddress"]["phone"]) == ("Bodø", "+4740412345")
    assert (firm["defaultAddress"]["company"], firm["metafields"]["lenke"]["org_number"]) == ("Havørn AS", "999888777")
    cup, bread = pair.variant("cup"), pair.variant("bread")
    assert (cup["sku"], cup["price"], cup["metafields"]["lenke"]["vat_rate"]) == ("KOPP", "100.00", "25.0")
    assert (bread["price"], pair.product("cup")["title"], sum(cup["levels"].values())) == ("46.00", "Kopp & skål", 5)
    order = pair.order("order")
    assert (order["customerId"], order["poNumber"]) == (kari["id"], "PO-1")
    assert (order["metafields"]["lenke"]["order_date"], order["processedAt"][:10]) == ("2026-05-04", "2026-05-04")


def test_lines_keep_what_shopify_has_no_place_for(pair: Pair) -> None:
    lines = pair.lines("order")
    assert [(line["exactQuantity"], line["unitPrice"], line["discountPercent"]) for line in lines.values()] == [
        ("2", "100", "0"),
        ("1.5", "46", "10"),
        ("-1", "25", "0"),
    ]
    assert [line["quantity"] for line in lines.values()] == [2, 1, 1]


def test_a_second_run_writes_nothing(pair: Pair) -> None:
    pair.engine.run()
    assert pair.engine.quiet()
    assert pair.engine.quiet(window=Window("full"))
    assert pair.written() == []


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


def test_a_product_without_an_account_has_the_vat_of_its_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (group,) = SETTINGS["ProductGroups"]
    monkeypatch.setitem(SETTINGS, "ProductGroups", [group | {"StandardSalesAccountId": 510002, "StandardSalesAccount": 3010}])
    with paired(tmp_path) as pair:
        pair.ids["book"] = pair.systems.create(OFFICE, "Products", {"Code": "BOK", "Name": "Bok", "UnitPrice": 100})
        pair.settle()
        assert Decimal(pair.variant("book")["price"]) == 115
        pair.shop_edit("Sesamproduct", pair.variant("book")["legacyResourceId"], {"price": "230.00"})
        pair.settle()
        book = pair.office("Products", "book")
        assert (book["UnitPrice"], book["StandardSalesAccountId"]) == (200, None)
        pair.written()
        assert pair.engine.quiet()
        assert pair.written() == []


def test_edits_cross_both_ways(pair: Pair) -> None:
    pair.edit("kari", "Customers", FirstName="Karianne", MailAddress__City="Moss", WebsiteUrl="https://kari.example.org")
    pair.edit("cup", "Products", UnitPrice=100, Name="Kopp")
    pair.edit("order", "SalesOrders", PurchaseOrderReference="PO-2", DeliveryDate="2026-06-01")
    pair.shop_edit(
        "Customer",
        pair.customer("firm")["legacyResourceId"],
        {"defaultAddress.company": "Havørn ASA", "metafields.lenke.invoice_email": "f@h.example"},
    )
    pair.shop_edit("Sesamproduct", pair.variant("bread")["legacyResourceId"], {"price": "57.50", "description": "Grovt &amp; godt"})
    pair.shop_edit("Order", pair.order("abroad")["legacyResourceId"], {"poNumber": "PO-9", "metafields.lenke.contract_number": "K-1"})
    pair.settle()
    kari = pair.customer("kari")
    assert (kari["firstName"], kari["defaultAddress"]["city"]) == ("Karianne", "Moss")
    assert kari["metafields"]["lenke"]["website"] == "https://kari.example.org"
    assert (pair.variant("cup")["price"], pair.product("cup")["title"]) == ("125.00", "Kopp")
    assert (pair.order("order")["poNumber"], pair.order("order")["metafields"]["lenke"]["delivery_date"]) == ("PO-2", "2026-06-01")
    firm, bread, abroad = pair.office("Customers", "firm"), pair.office("Products", "bread"), pair.office("SalesOrders", "abroad")
    assert (firm["Name"], firm["InvoiceEmailAddress"]) == ("Havørn ASA", "f@h.example")
    assert (bread["UnitPrice"], bread["Description"]) == (50.0, "Grovt & godt")
    assert (abroad["PurchaseOrderReference"], abroad["ContractNo"]) == ("PO-9", "K-1")
    pair.written()
    assert pair.engine.quiet()
    assert pair.written() == []


def test_only_what_changed_is_sent(pair: Pair) -> None:
    pair.edit("kari", "Customers", LastName="Lyngstad")
    pair.engine.run()
    (row,) = pair.written()
    assert '"lastName": "Lyngstad"' in row["body"]
    assert "firstName" not in row["body"]


def test_stock_crosses_both_ways(pair: Pair) -> None:
    pair.edit("cup", "Products", StockOnHand=9)
    pair.settle()
    assert sum(pair.variant("cup")["levels"].values()) == 9
    pair.shop_edit("Sesamproduct", pair.variant("cup")["legacyResourceId"], {"stock": 4})
    pair.settle()
    assert pair.office("Products", "cup")["StockAvailable"] == 4


def test_archive_and_tag_cross(pair: Pair) -> None:
    pair.edit("ola", "Customers", IsArchived=True)
    pair.shop_edit("Sesamproduct", pair.variant("shirt")["legacyResourceId"], {"archived": True})
    pair.settle()
    assert pair.customer("ola")["tags"] == ["archived"]
    assert pair.office("Products", "shirt")["IsArchived"] is True


def test_a_sole_trader_with_a_person_s_e_mail_waits_for_a_person(pair: Pair) -> None:
    assert pair.engine.parked(COMPANIES) == {pair.ids["sole"]: ("not_unique", "")}
    assert pair.customer("ola")["defaultAddress"]["company"] is None
    pair.edit("sole", "Customers", EmailAddress="firma@example.org")
    pair.settle()
    assert not pair.engine.parked(COMPANIES)
    assert pair.customer("sole")["defaultEmailAddress"]["emailAddress"] == "firma@example.org"


@pytest.mark.parametrize(
    ("word", "fields"),
    [("kari", {"IsPerson": False, "Name": "Lyng AS"}), ("firm", {"IsPerson": True, "FirstName": "Hav", "LastName": "Ørn"})],
)
def test_a_customer_who_changes_kind_moves_its_link(pair: Pair, word: str, fields: dict[str, Any]) -> None:
    before = pair.customer(word)["id"]
    was, becomes = (PERSONS, COMPANIES) if word == "kari" else (COMPANIES, PERSONS)
    count = len(pair.systems.records(SHOP, "Customer"))
    pair.edit(word, "Customers", **fields)
    pair.settle()
    pair.settle()
    assert pair.customer(word)["id"] == before
    assert pair.ids[word] in pair.engine.right_of(becomes)
    assert pair.ids[word] not in pair.engine.right_of(was)
    assert len(pair.systems.records(SHOP, "Customer")) == count
    if word == "kari":
        assert pair.customer(word)["defaultAddress"]["company"] == "Lyng AS"
        assert pair.order("order")["customerId"] == before


def test_one_variant_of_many_keeps_the_product_as_it_is(fresh: Pair) -> None:
    make = fresh.systems.create
    first = make(SHOP, "Sesamproduct", {"name": "Skjorter", "sku": "SKJORTE-R", "price": "450.00"})
    product = fresh.systems.record(SHOP, "ProductVariant", first)
    assert product
    second = make(SHOP, "Sesamproduct", {"productId": product["productId"], "title": "Blå", "sku": "SKJORTE-B", "price": "450.00"})
    fresh.engine.run()
    assert fresh.engine.right_of(PRODUCTS)[fresh.ids["shirt"]] == second
    fresh.edit("shirt", "Products", Name="Skjorte, lyseblå", IsArchived=True)
    fresh.settle()
    assert (fresh.product("shirt")["title"], fresh.product("shirt")["status"]) == ("Skjorter", "ACTIVE")
    held = fresh.variant("shirt")["metafields"]["lenke"]
    assert (held["name"], held["archived"], fresh.variant("shirt")["price"]) == ("Skjorte, lyseblå", "true", "500.00")
    other = fresh.systems.record(SHOP, "ProductVariant", first)
    assert other
    assert (other["price"], other["metafields"]) == ("450.00", {})
    assert fresh.engine.quiet()


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


def test_withheld_customer_data_is_never_written_as_empty(pair: Pair) -> None:
    pair.systems.switch(SHOP, "protected_data", on=False)
    pair.shop_edit("Customer", pair.customer("kari")["legacyResourceId"], {"note": "Rørt"})
    pair.engine.run(window=Window("full"))
    kari = pair.office("Customers", "kari")
    assert (kari["FirstName"], kari["EmailAddress"], kari["MailAddress"]["City"]) == ("Kari", "Kari@example.org", "Bodø")
    assert [row for row in pair.written() if row["path"].startswith("/v2")] == []


@pytest.mark.parametrize("fault", ["drop_reply", "truncate"])
def test_creates_without_an_answer_are_settled_by_their_markers(fresh: Pair, fault: str) -> None:
    fresh.systems.fault(SHOP, fault, count=4, match={"body": '^{"query":"mutation Create'})
    fresh.engine.run(strict=False)
    fresh.systems.clear_faults(SHOP)
    for _ in range(3):
        fresh.engine.run()
    markers = [
        body["metafields"]["lenke"]["marker"]
        for entity in ("Customer", "ProductVariant", "Order")
        for body in fresh.systems.records(SHOP, entity)
    ]
    assert len(markers) == len(set(markers)) == 3 + 4 + 2
    assert fresh.engine.quiet()


@pytest.mark.parametrize(("fault", "mutation"), [("drop_reply", "CreateCustomer"), ("5xx", "CreateAddress"), ("html", "CreateAddress")])
def test_a_customer_that_was_made_without_its_address_gets_it_in_the_next_run(fresh: Pair, fault: str, mutation: str) -> None:
    fresh.systems.fault(SHOP, fault, count=1, match={"body": f'^{{"query":"mutation {mutation}'})
    fresh.engine.run(strict=False)
    fresh.systems.clear_faults(SHOP)
    fresh.engine.run()
    assert fresh.customer("kari")["defaultAddress"]["city"] == "Bodø"
    assert fresh.customer("firm")["defaultAddress"]["company"] == "Havørn AS"
    assert fresh.engine.parked(PERSONS) == {}
    assert fresh.engine.parked(COMPANIES).keys() == {fresh.ids["sole"]}
    fresh.engine.run()
    assert fresh.engine.quiet()
