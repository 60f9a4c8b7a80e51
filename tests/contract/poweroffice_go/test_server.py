"""Lag, tokens and filters."""

from __future__ import annotations

import pytest

from lenke.core.errors import AuthenticationError, ConfigurationError
from lenke.core.ports import System
from lenke.systems.poweroffice_go.client import PowerOfficeClient
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.poweroffice_go.desk import GO, NUMBERS, body, made, newest, opened, sent, write


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
