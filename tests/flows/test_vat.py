"""VAT: PowerOffice takes a line's VAT from its product's sales account, so every product stands on the account of its rate."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.installation import OFFICE, ORDERS, PRODUCTS, SHOP, Installation

# VAT per cent to the id of the account that the sandbox's PowerOffice books it on.
ACCOUNTS = {"25": 510001, "15": 510002, "12": 510003, "0": 510004}
WHERE = {"25": 3000, "15": 3010, "12": 3020, "0": 3100}


def product(rate: str, **fields: Any) -> dict[str, Any]:
    return {"sku": f"MVA-{rate}", "name": "Vare", "price": "100.00", "vat_rate": rate, "unit": "pcs", "kind": "physical"} | fields


def configure(installation: Installation, **accounts: int) -> None:
    """Settings whose table of sales accounts is another one (``p25`` for 25 per cent)."""
    table = {name.removeprefix("p"): number for name, number in accounts.items()}
    installation.engine.settings = replace(installation.engine.settings, sales_accounts=table)


def silent(installation: Installation) -> bool:
    """Two runs write nothing: the first may still move the cursor past Lenke's own writes, the second leaves the ledger alone, too."""
    installation.written()
    installation.engine.run()
    return installation.written() == [] and installation.engine.quiet()


def account(installation: Installation, id: str) -> int | None:
    found: int | None = installation.right(PRODUCTS, id)["StandardSalesAccount"]
    return found


def test_every_product_stands_on_the_account_of_its_rate(synced: Installation) -> None:
    linked = synced.engine.right_of(PRODUCTS)
    rates = {id: f"{Decimal(synced.left(PRODUCTS, id)['vat_rate']):f}".split(".")[0] for id in linked}
    assert set(rates.values()) == set(WHERE)
    assert {id: account(synced, id) for id in linked} == {id: WHERE[rate] for id, rate in rates.items()}


def test_no_line_and_no_total_differs(synced: Installation) -> None:
    assert synced.judge().checks == []


@pytest.mark.parametrize("rate", sorted(ACCOUNTS))
def test_a_new_products_orders_carry_its_rate(few: Installation, rate: str) -> None:
    made = few.systems.create(SHOP, "Product", product(rate))
    order = min(few.engine.right_of(ORDERS))
    line = {"kind": "product", "product_id": int(made), "description": "Ny", "quantity": "2", "unit_price": "100.00", "vat_rate": rate}
    few.systems.edit_line(SHOP, "Order", order, None, line | {"unit": "pcs", "discount_percent": "0", "position": 9})
    few.engine.run()
    assert account(few, made) == WHERE[rate]
    (stored,) = [one for one in few.right(ORDERS, order)["SalesOrderLines"] if str(one["ProductId"]) == few.engine.right_of(PRODUCTS)[made]]
    assert Decimal(str(stored["VatRate"])) * 100 == Decimal(rate)
    assert stored["TotalAmount"] == pytest.approx(200.00, abs=0.01)
    assert silent(few)


def test_a_rate_without_an_account_parks_the_product_until_there_is_one(few: Installation) -> None:
    configure(few, p25=3000, p15=3999)
    made = [few.systems.create(SHOP, "Product", product(rate)) for rate in ("15", "12", "25")]
    few.engine.run()
    assert {id: few.engine.parked(PRODUCTS).get(id) for id in made} == {
        made[0]: ("invalid_value", "vat_rate"),
        made[1]: ("invalid_value", "vat_rate"),
        made[2]: None,
    }
    notes = [link.note["text"] for link in few.engine.links(PRODUCTS) if link.kind == "recheck"]
    assert all("settings.yaml: sales_accounts" in text for text in notes)
    assert silent(few)
    configure(few, p25=3000, p15=3010, p12=3020)
    few.engine.run()
    assert few.engine.parked(PRODUCTS) == {}
    assert [account(few, id) for id in made] == [3010, 3020, 3000]
    assert silent(few)


def test_a_product_that_is_there_keeps_its_account(few: Installation) -> None:
    few.systems.create(OFFICE, "Products", {"Code": "MVA-25", "Name": "Vare", "StandardSalesAccountId": ACCOUNTS["12"]})
    made = few.systems.create(SHOP, "Product", product("25"))
    few.engine.run()
    assert account(few, made) == 3020
    assert ("vat_rate", "right") in {(one["property"], one["winner"]) for one in few.engine.conflicts(PRODUCTS)}
    assert silent(few)


def test_an_edited_rate_moves_the_product_to_its_account(few: Installation) -> None:
    made = few.systems.create(SHOP, "Product", product("25"))
    few.engine.run()
    few.edit(SHOP, "Product", made, {"vat_rate": "12"})
    few.engine.run()
    assert account(few, made) == 3020
    assert few.right(PRODUCTS, made)["UnitPrice"] == pytest.approx(100 / 1.12, abs=0.0001)
    assert silent(few)


def test_an_account_outside_the_table_is_never_touched(few: Installation) -> None:
    configure(few, p25=3000, p15=3010, p12=3020)
    made = few.systems.create(SHOP, "Product", product("25"))
    few.engine.run()
    few.edit(OFFICE, "Products", few.engine.right_of(PRODUCTS)[made], {"StandardSalesAccountId": ACCOUNTS["0"]})
    assert silent(few)
    few.edit(SHOP, "Product", made, {"vat_rate": "15", "name": "Vare med nytt navn"})
    few.engine.run()
    assert (account(few, made), few.right(PRODUCTS, made)["Name"]) == (3100, "Vare med nytt navn")
    assert silent(few)
    few.edit(OFFICE, "Products", few.engine.right_of(PRODUCTS)[made], {"StandardSalesAccountId": ACCOUNTS["25"]})
    few.engine.run()
    assert account(few, made) == 3010, "the shop's edit waited, and goes now"
    assert silent(few)


def test_a_line_added_in_poweroffice_brings_its_rate_into_the_shop(few: Installation) -> None:
    made = few.systems.create(SHOP, "Product", product("25"))
    few.engine.run()
    id = few.engine.right_of(PRODUCTS)[made]
    few.edit(OFFICE, "Products", id, {"StandardSalesAccountId": ACCOUNTS["12"]})
    few.engine.run()
    order = min(few.engine.right_of(ORDERS))
    fields = {"ProductId": int(id), "Description": "Fra regnskapet", "Quantity": 3, "ProductUnitPrice": 80.0, "SortOrder": 9}
    few.systems.edit_line(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order], None, fields | {"LineType": "Normal"})
    few.written()
    few.engine.run()
    (line,) = [one for one in few.left(ORDERS, order)["lines"] if str(one["product_id"]) == made]
    assert (line["vat_rate"], line["unit_price"]) == ("12", "89.60")
    assert [one for one in few.judge().checks if one.id == order] == []
    assert silent(few)
    few.systems.edit_line(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order], _line_id(few, order, id), {"Quantity": 4})
    few.written()
    few.engine.run()
    (sent,) = [row["body"] for row in few.written() if row["system"] == SHOP and row["entity"] == "Order"]
    assert '"quantity"' in sent
    assert "vat_rate" not in sent, "a rate is told to a new line only"


def _line_id(installation: Installation, order: str, product: str) -> str:
    lines = installation.right(ORDERS, order)["SalesOrderLines"]
    return str(next(one["Id"] for one in lines if str(one["ProductId"]) == product))
