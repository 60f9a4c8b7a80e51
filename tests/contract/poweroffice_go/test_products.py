"""Stock, and the sales accounts that VAT follows from."""

from __future__ import annotations

import pytest

from lenke.core.errors import ConfigurationError
from lenke.core.ports import LineWrite, System
from sandbox import Running
from tests.contract.poweroffice_go.desk import GO, NUMBERS, body, made, newest, sent, write


class TestStock:
    def test_available_stock_becomes_stock_on_hand_plus_what_is_reserved(self, client: System, sandbox: Running) -> None:
        product = made(client, "Products", Name="Lagervare", Code=f"L-{next(NUMBERS)}", IsStockItem=True, StockAvailable=10)
        customer = made(client, "Customers", Name="Kjøper AS")
        line = LineWrite("create", None, {"ProductId": product.id, "Quantity": 3})
        status = {"CustomerId": customer.id, "SalesOrderStatus": "Confirmed"}
        assert write(client, "SalesOrders", fields=status, lines=(line,)).status == "done"
        (now,) = client.get("Products", [product.id])
        assert (body(now)["StockOnHand"], body(now)["StockAvailable"]) == (10, 7)
        fields, before = {"StockAvailable": 20}, {"StockAvailable": 7}
        outcome = write(client, "Products", "update", id=product.id, fields=fields, before=before, current=body(now))
        assert (body(outcome.record)["StockOnHand"], body(outcome.record)["StockAvailable"]) == (23, 20)

    def test_only_a_stock_item_holds_stock(self, client: System) -> None:
        outcome = write(client, "Products", fields={"Name": "Tjeneste", "StockAvailable": 5})
        assert outcome.status == "rejected"
        assert "IsStockItem" in outcome.reason

    def test_a_sale_between_plan_and_load_is_moved(self, client: System, sandbox: Running) -> None:
        product = made(client, "Products", Name="Lagervare", Code=f"L-{next(NUMBERS)}", IsStockItem=True, StockAvailable=10)
        sandbox.edit(GO, "Products", product.id, {"StockOnHand": 4})
        fields, before = {"StockAvailable": 20}, {"StockAvailable": 10}
        outcome = write(client, "Products", "update", id=product.id, fields=fields, before=before, current=body(product))
        assert outcome.status == "moved"


class TestSalesAccounts:
    def test_accounts_are_found_by_their_numbers(self, client: System) -> None:
        found = {
            body(one)["AccountNo"]: body(one)["Id"] for one in client.find("GeneralLedgerAccounts", "AccountNo", ["3000", "3010", "1"])
        }
        assert found == {3000: 510001, 3010: 510002}

    def test_accounts_are_never_written(self, client: System, sandbox: Running) -> None:
        since = newest(sandbox)
        for verb in ("create", "update"):
            with pytest.raises(ConfigurationError):
                write(client, "GeneralLedgerAccounts", verb, id="510001", fields={"Name": "x"})
        assert sent(sandbox, since) == []

    def test_a_products_account_is_set_and_changed(self, client: System) -> None:
        made_one = made(client, "Products", Name="Bok", StandardSalesAccountId=510004)
        assert body(made_one)["StandardSalesAccount"] == 3100
        told = {"fields": {"StandardSalesAccountId": 510002}, "before": {"StandardSalesAccountId": 510004}}
        outcome = write(client, "Products", "update", id=made_one.id, current=body(made_one), **told)
        assert body(outcome.record)["StandardSalesAccount"] == 3010
