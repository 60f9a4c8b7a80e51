"""PowerOffice GO and Shopify, end to end on a handful of records."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lenke.runtime.windows import Window
from tests.flows.shopify_shop import COMPANIES, OFFICE, PERSONS, PRODUCTS, SETTINGS, SHOP, Pair, paired


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


def test_a_second_run_writes_nothing(pair: Pair) -> None:
    pair.engine.run()
    assert pair.engine.quiet()
    assert pair.engine.quiet(window=Window("full"))
    assert pair.written() == []


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
