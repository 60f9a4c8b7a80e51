"""What is PowerOffice GO's own: its rules for customers and stock, orders with lines, locks, lag, tokens, filters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest

from lenke.core.errors import AuthenticationError, ConfigurationError
from lenke.core.ports import LineWrite, Outcome, Record, System, Write
from lenke.systems.poweroffice_go.client import PowerOfficeClient
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite import HASTE

NUMBERS = count(810_001)
SYSTEM = GO = "poweroffice_go"


def opened(sandbox: Running, **extra: Any) -> System:
    connection = sandbox.connections[GO]
    return client_for(GO, {**connection, "extra": {**connection["extra"], **extra}}, patience=HASTE)


@pytest.fixture
def client(sandbox: Running) -> Iterator[System]:
    found = opened(sandbox)
    yield found
    found.close()


def write(client: System, entity: str, verb: Any = "create", **members: Any) -> Outcome:
    (outcome,) = client.write(entity, [Write("w", verb, **members)])
    return outcome


def made(client: System, entity: str, **fields: Any) -> Record:
    outcome = write(client, entity, fields={name.replace("__", "."): value for name, value in fields.items()})
    assert outcome.status == "done", outcome
    assert outcome.record
    return outcome.record


def body(record: Record | None) -> Any:
    assert record
    return json.loads(record.raw)


def sent(sandbox: Running, since: int) -> list[Mapping[str, Any]]:
    return [row for row in sandbox.audit(GO) if row["seq"] > since]


def newest(sandbox: Running) -> int:
    return int(max((row["seq"] for row in sandbox.audit(GO)), default=0))


class TestCustomerRules:
    def test_a_persons_name_is_never_sent(self, client: System, sandbox: Running) -> None:
        since = newest(sandbox)
        person = made(client, "Customers", IsPerson=True, FirstName="Åse", LastName="Prøve", Name="Something else")
        assert body(person)["Name"] == "Åse Prøve"
        changes = {"LastName": "Endret", "Name": "Something else"}
        outcome = write(client, "Customers", "update", id=person.id, fields=changes, current=body(person))
        assert body(outcome.record)["Name"] == "Åse Endret"
        assert all("Something else" not in row["body"] for row in sent(sandbox, since))

    def test_without_any_email_the_invoice_is_printed(self, client: System) -> None:
        assert body(made(client, "Customers", Name="Uten e-post AS"))["InvoiceDeliveryType"] == "Print"
        assert body(made(client, "Customers", Name="Med", InvoiceEmailAddress="a@med.example"))["InvoiceDeliveryType"] != "Print"

    @pytest.mark.parametrize(("given", "named"), [("City", "MailAddress.ZipCode"), ("ZipCode", "MailAddress.City")])
    def test_half_an_address_is_rejected_before_it_is_sent(self, client: System, given: str, named: str) -> None:
        calls = client.calls
        outcome = write(client, "Customers", fields={"Name": "Halv AS", f"MailAddress.{given}": "9000"})
        assert outcome.status == "rejected"
        assert named in outcome.reason
        assert client.calls == calls

    def test_an_address_where_there_was_none_is_set_as_a_whole(self, client: System) -> None:
        customer = made(client, "Customers", Name="Adresseløs AS")
        fields = {"MailAddress.City": "Tromsø", "MailAddress.ZipCode": "9008"}
        outcome = write(client, "Customers", "update", id=customer.id, fields=fields, before=dict.fromkeys(fields), current=body(customer))
        assert outcome.status == "done", outcome
        assert body(outcome.record)["MailAddress"]["City"] == "Tromsø"

    def test_an_address_set_by_someone_else_meanwhile_is_moved(self, client: System, sandbox: Running) -> None:
        customer = made(client, "Customers", Name="Flyttet AS")
        sandbox.edit(GO, "Customers", customer.id, {"MailAddress": {"City": "Oslo", "ZipCode": "0150"}})
        fields = {"MailAddress.City": "Tromsø", "MailAddress.ZipCode": "9008"}
        outcome = write(client, "Customers", "update", id=customer.id, fields=fields, before=dict.fromkeys(fields), current=body(customer))
        assert outcome.status == "moved"

    def test_a_refused_value_names_its_property_and_not_its_value(self, client: System) -> None:
        outcome = write(client, "Customers", fields={"Name": "Feil AS", "EmailAddress": "no-address-at-all"})
        assert outcome.status == "rejected"
        assert "EmailAddress" in outcome.reason
        assert "no-address-at-all" not in outcome.reason

    def test_a_taken_external_number_is_not_unique(self, client: System) -> None:
        number = next(NUMBERS)
        made(client, "Customers", Name="Først AS", ExternalNumber=number)
        outcome = write(client, "Customers", fields={"Name": "Sist AS", "ExternalNumber": number})
        assert outcome.status == "not_unique"
        assert "ExternalNumber" in outcome.reason

    def test_a_property_that_the_vendor_does_not_take_is_a_configuration_error(self, client: System, sandbox: Running) -> None:
        since = newest(sandbox)
        with pytest.raises(ConfigurationError, match="Nickname"):
            write(client, "Customers", fields={"Name": "X", "Nickname": "Y"})
        with pytest.raises(ConfigurationError, match="NetAmount"):
            write(client, "SalesOrders", "update", id="00000000-0000-4000-8000-000000000000", fields={"NetAmount": 1})
        assert sent(sandbox, since) == []


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


@pytest.fixture
def order(client: System) -> Record:
    customer = made(client, "Customers", Name="Bestiller AS")
    products = [made(client, "Products", Name=f"Vare {n}", Code=f"V-{next(NUMBERS)}", UnitPrice=100).id for n in range(2)]
    lines = tuple(
        LineWrite("create", None, {"ProductId": product, "Quantity": 2, "SortOrder": place}, marker=f"lk-line-{place}")
        for place, product in enumerate(products)
    )
    outcome = write(client, "SalesOrders", fields={"CustomerId": customer.id, "ImportedOrderNo": next(NUMBERS)}, lines=lines, marker=None)
    assert outcome.status == "done", outcome
    assert outcome.record
    return outcome.record


class TestOrders:
    def test_lists_bring_headers_and_get_brings_lines_of_the_same_version(self, client: System, order: Record) -> None:
        header = next(record for record in client.list("SalesOrders") if record.id == order.id)
        (complete,) = client.get("SalesOrders", [order.id])
        assert (header.whole, complete.whole) == (False, True)
        assert header.version == complete.version == order.version
        assert [line["Quantity"] for line in body(complete)["SalesOrderLines"]] == [2, 2]

    def test_header_and_lines_change_together(self, client: System, order: Record, sandbox: Running) -> None:
        first, second = body(order)["SalesOrderLines"]
        lines = (
            LineWrite("update", first["Id"], {"Quantity": 5}, {"Quantity": first["Quantity"]}),
            LineWrite("remove", second["Id"], before={"Quantity": second["Quantity"]}),
            LineWrite("create", None, {"ProductId": str(second["ProductId"]), "Quantity": 7, "SortOrder": 2}, marker="lk-new"),
        )
        fields = {"CustomerReference": "Endret"}
        outcome = write(client, "SalesOrders", "update", id=order.id, fields=fields, current=body(order), lines=lines)
        (stored,) = client.get("SalesOrders", [order.id])
        assert outcome.status == "done", outcome
        assert outcome.record == stored
        assert [line["Quantity"] for line in body(stored)["SalesOrderLines"]] == [5, 7]
        assert body(stored)["CustomerReference"] == "Endret"

    def test_the_record_of_an_update_is_true_though_reads_lag(self, client: System, order: Record, sandbox: Running) -> None:
        sandbox.lag(3600)
        first, second = body(order)["SalesOrderLines"]
        lines = (
            LineWrite("update", first["Id"], {"Quantity": 5}, {"Quantity": 2}),
            LineWrite("remove", second["Id"], before={"Quantity": 2}),
        )
        fields, before = {"CustomerReference": "Endret"}, {"CustomerReference": None}
        outcome = write(client, "SalesOrders", "update", id=order.id, fields=fields, before=before, current=body(order), lines=lines)
        sandbox.lag(0)
        assert outcome.status == "done", outcome
        told, (stored,) = body(outcome.record), client.get("SalesOrders", [order.id])
        for name in ("CustomerReference", "NetAmount", "TotalAmount", "LineCount", "SalesOrderLines"):
            assert told[name] == body(stored)[name], name

    def test_a_lost_edit_is_prevented_though_reads_lag(self, client: System, order: Record, sandbox: Running) -> None:
        sandbox.edit(GO, "SalesOrders", order.id, {"CustomerReference": "Kundens egen"})
        sandbox.lag(3600)
        fields, before = {"CustomerReference": "Vår"}, {"CustomerReference": None}
        outcome = write(client, "SalesOrders", "update", id=order.id, fields=fields, before=before, current=body(order))
        sandbox.lag(0)
        stored = sandbox.record(GO, "SalesOrders", order.id)
        assert stored
        assert (outcome.status, stored["CustomerReference"]) == ("moved", "Kundens egen")

    def test_a_moved_line_is_told_as_partial(self, client: System, order: Record, sandbox: Running) -> None:
        first, second = body(order)["SalesOrderLines"]
        sandbox.edit_line(GO, "SalesOrders", order.id, first["Id"], {"Quantity": 9})
        lines = (
            LineWrite("update", first["Id"], {"Quantity": 5}, {"Quantity": 2}),
            LineWrite("update", second["Id"], {"Quantity": 6}, {"Quantity": 2}),
        )
        outcome = write(client, "SalesOrders", "update", id=order.id, current=body(order), lines=lines)
        assert (outcome.status, outcome.partial) == ("done", True)
        assert first["Id"] in outcome.reason
        assert [line["Quantity"] for line in body(outcome.record)["SalesOrderLines"]] == [9, 6]

    def test_a_line_sent_twice_is_one_line(self, client: System, order: Record) -> None:
        product = str(body(order)["SalesOrderLines"][0]["ProductId"])
        line = LineWrite("create", None, {"ProductId": product, "Quantity": 1}, marker="lk-once")
        for _ in range(2):
            assert write(client, "SalesOrders", "update", id=order.id, current=body(order), lines=(line,)).status == "done"
        (stored,) = client.get("SalesOrders", [order.id])
        assert len(body(stored)["SalesOrderLines"]) == 3

    @pytest.mark.parametrize("seen", [True, False])
    def test_a_confirmed_order_is_locked(self, client: System, order: Record, sandbox: Running, seen: bool) -> None:
        sandbox.edit(GO, "SalesOrders", order.id, {"SalesOrderStatus": "Confirmed"})
        current = {**body(order), "SalesOrderStatus": "Confirmed"} if seen else body(order)
        line = LineWrite("update", body(order)["SalesOrderLines"][0]["Id"], {"Quantity": 5}, {"Quantity": 2})
        for members in ({"fields": {"CustomerReference": "X"}}, {"lines": (line,)}):
            outcome = write(client, "SalesOrders", "update", id=order.id, current=current, **members)
            assert outcome.status == "locked", outcome
            assert "Confirmed" in outcome.reason

    def test_a_confirmed_order_can_be_opened(self, client: System, order: Record, sandbox: Running) -> None:
        sandbox.edit(GO, "SalesOrders", order.id, {"SalesOrderStatus": "Confirmed"})
        current = {**body(order), "SalesOrderStatus": "Confirmed"}
        assert write(client, "SalesOrders", "update", id=order.id, fields={"SalesOrderStatus": "Draft"}, current=current).status == "done"

    def test_a_missing_customer_or_product_is_rejected(self, client: System, order: Record) -> None:
        assert write(client, "SalesOrders", fields={"CustomerId": "999999999"}).status == "rejected"
        assert write(client, "SalesOrders", "update", id=order.id, fields={"CustomerId": "999999999"}).status == "rejected"
        line = LineWrite("create", None, {"ProductId": "999999999", "Quantity": 1})
        assert write(client, "SalesOrders", "update", id=order.id, current=body(order), lines=(line,)).status == "rejected"

    def test_an_invoiced_order_is_told_from_a_deleted_one(self, client: System, order: Record, sandbox: Running) -> None:
        other = made(client, "SalesOrders", CustomerId="61000101")
        sandbox.invoice(order.id)
        sandbox.delete(GO, "SalesOrders", other.id)
        assert client.gone("SalesOrders", [order.id, other.id]) == {order.id: "invoiced", other.id: "deleted"}


class TestServer:
    def test_an_expired_token_is_renewed_for_reads_and_writes(self, client: System, sandbox: Running) -> None:
        client.tenant()
        sandbox.fault(GO, "expire_token", count=1, match={"path": "/ClientIntegrationInformation"})
        client.tenant()
        made(client, "Products", Name="Etter utløp")

    def test_a_missing_privilege_is_an_authentication_error(self, client: System, sandbox: Running) -> None:
        sandbox.switch(GO, "write_privileges", on=False)
        try:
            with pytest.raises(AuthenticationError):
                made(client, "Products", Name="Ikke lov")
        finally:
            sandbox.switch(GO, "write_privileges", on=True)

    def test_a_wrong_subscription_key_is_refused(self, sandbox: Running) -> None:
        with pytest.raises(AuthenticationError):
            opened(sandbox, subscription_key="00000000000000000000000000000000").tenant()

    @pytest.mark.parametrize("on", [True, False])
    def test_lookups_do_without_the_newer_filters(self, sandbox: Running, on: bool) -> None:
        names = ["emailAddresses", "organizationNumbers", "externalImportReferences", "importedOrderNos"]
        client = opened(sandbox)
        number, email = next(NUMBERS), f"Post@Prove{next(NUMBERS)}.example"
        customer = made(client, "Customers", Name="Funnet AS", EmailAddress=email, OrganizationNumber="999888777")
        order = write(client, "SalesOrders", fields={"CustomerId": customer.id, "ImportedOrderNo": number}, marker=f"lk-{number}")
        for name in names:
            sandbox.switch(GO, name, on=on)
        try:
            asked = [("EmailAddress", email), ("OrganizationNumber", "999888777")]
            for path, value in asked:
                assert customer.id in [row.id for row in client.find("Customers", path, [value])]
            assert list(client.find("Customers", "EmailAddress", [email.lower()])) == []
            for path, value in (("ImportedOrderNo", str(number)), ("ExternalImportReference", f"lk-{number}")):
                assert [row.id for row in client.find("SalesOrders", path, [value])] == [order.id]
        finally:
            for name in names:
                sandbox.switch(GO, name, on=True)

    def test_many_values_and_commas_are_looked_up(self, client: System) -> None:
        records = [made(client, "Customers", Name=f"Mange {n}", ExternalNumber=next(NUMBERS)) for n in range(25)]
        numbers = [str(body(record)["ExternalNumber"]) for record in records]
        assert {row.id for row in client.find("Customers", "ExternalNumber", numbers)} == {record.id for record in records}
        odd = made(client, "Products", Name="Komma", Code=f"A,{next(NUMBERS)}")
        assert [row.id for row in client.find("Products", "Code", [body(odd)["Code"]])] == [odd.id]

    def test_no_row_is_lost_while_rows_are_deleted(self, sandbox: Running) -> None:
        client = opened(sandbox, page_size=10)
        mine = [made(client, "Products", Name=f"Blar {n}").id for n in range(30)]
        seen: list[str] = []
        for record in client.list("Products"):
            if record.id == mine[15]:
                for one in mine[:5]:
                    sandbox.delete(GO, "Products", one)
            seen.append(record.id)
        assert set(mine) <= set(seen)
        assert len(seen) == len(set(seen))

    def test_many_ids_come_from_a_list(self, client: System) -> None:
        ids = [record.id for record in client.list("Customers")]
        before = client.calls
        assert {record.id for record in client.get("Customers", [*ids, "999999999"])} == set(ids)
        assert client.calls - before == 2

    def test_without_tests_in_the_patch_the_client_compares(self, sandbox: Running) -> None:
        client = opened(sandbox, json_patch_test="false")
        assert not client.traits("Products").compares
        product = made(client, "Products", Name="Gammel")
        since = newest(sandbox)
        assert write(client, "Products", "update", id=product.id, fields={"Name": "Ny"}, before={"Name": "Gammel"}).status == "done"
        assert write(client, "Products", "update", id=product.id, fields={"Name": "Nyere"}, before={"Name": "Gammel"}).status == "moved"
        (row,) = sent(sandbox, since)
        assert '"test"' not in row["body"]
        assert row["content_type"] == "application/json-patch+json"

    def test_the_token_address_is_beside_the_api(self) -> None:
        connection = {"host": "https://goapi.poweroffice.net/Demo/v2", "login": "a", "password": "b", "extra": {"subscription_key": "c"}}
        client = client_for(GO, connection)
        assert isinstance(client, PowerOfficeClient)
        assert client._settings.token_url == "https://goapi.poweroffice.net/Demo/OAuth/Token"
        with pytest.raises(ConfigurationError, match="subscription_key"):
            client_for(GO, {**connection, "extra": "{}"})


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
