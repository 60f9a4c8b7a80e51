"""PowerOffice GO's rules for customers."""

from __future__ import annotations

import pytest

from lenke.core.errors import ConfigurationError
from lenke.core.ports import System
from sandbox import Running
from tests.contract.poweroffice_go.desk import GO, NUMBERS, body, made, newest, sent, write


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
