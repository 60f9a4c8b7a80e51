"""Customers: what may be stored, what PowerOffice GO makes of it, and when a change shows in its date."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import UTC, datetime

from sandbox.poweroffice_go import lists
from sandbox.poweroffice_go.problems import in_use, invalid, taken
from sandbox.poweroffice_go.shapes import ADDRESS, CUSTOMER
from sandbox.poweroffice_go.tenant import Tenant, served
from sandbox.store import Store
from sandbox.wire import Json

WHAT = "Customer"
ENTITY = "Customers"
FILTERS: lists.Filters = {
    "customerNos": (lists.numbers, "Number"),
    "externalNos": (lists.numbers, "ExternalNumber"),
    "externalImportReference": (lists.one_of, "ExternalImportReference"),
    "customerCreatedDateTimeOffsetGreaterThan": (lists.later, "CustomerCreatedDateTimeOffset"),
    "lastChangedDateTimeOffsetGreaterThan": (lists.later, "LastChangedDateTimeOffset"),
    "organizationNumbers": (lists.one_of, "OrganizationNumber"),
    "emailAddresses": (lists.one_of, "EmailAddress"),
    "phoneNumbers": (lists.one_of, "PhoneNumber"),
}

_EMAIL = re.compile(r"[^@\s,;<>()]+@(?:[A-Za-z0-9ÆØÅæøåÄÖäö](?:[\w-]*[A-Za-z0-9ÆØÅæøåÄÖäö])?\.)+[A-Za-z]{2,}")
_EMAILS = ("EmailAddress", "InvoiceEmailAddress", "PaymentReminderEmailAddress")
_SERIES = range(10_000, 100_000)
_FALSE = ("IsArchived", "IsPerson", "IsVatFree", "UseInvoiceFee", "DoNotAddLatePaymentFees", "DoNotAddLatePaymentInterest")
_DEFAULTS: Json = dict.fromkeys(_FALSE, False) | {"IsActive": True, "CurrencyCode": "NOK"}


class Customers:
    """The client's customers. Methods raise RefusedError before anything is stored."""

    def __init__(self, store: Store, tenant: Tenant) -> None:
        self._store = store
        self._tenant = tenant

    def add(self, values: Json) -> Json:
        """A new customer from members that fit; returns it as stored."""
        now = served(datetime.now(UTC))
        body = CUSTOMER.blank() | _DEFAULTS | {"InvoiceDeliveryType": "PdfByEmail"}
        body |= {name: value for name, value in values.items() if name in body and value is not None}
        if values.get("MailAddress"):
            errors = {f"MailAddress.{name}": "is required" for name in ("City", "ZipCode") if not values["MailAddress"].get(name)}
            if errors:
                raise invalid(WHAT, errors)
        self._check(body, frozenset(body), own=None)
        body["Id"] = self._store.next_number("Customers", 1_000_001)
        body["SubledgerAccountId"] = body["Id"]
        body["Number"] = body["Number"] or self._store.next_number("customer number", _SERIES.start)
        for name in ("ContactCreatedDateTimeOffset", "CustomerCreatedDateTimeOffset", "LastChangedDateTimeOffset"):
            body[name] = now
        return self._keep(body, None, now)

    def change(self, before: Json, after: Json, touched: Set[str]) -> Json:
        """``after`` stored in place of ``before``; an address alone does not move the customer's date."""
        self._check(after, touched, own=before["Id"])
        now = served(datetime.now(UTC))
        if touched - {"MailAddress"}:
            after["LastChangedDateTimeOffset"] = now
        return self._keep(after, before.get("MailAddress"), now if "MailAddress" in touched else None)

    def remove(self, body: Json) -> None:
        """Delete a customer that no order or invoice names."""
        used = (row["CustomerId"] for entity in ("SalesOrders", "OutgoingInvoices") for row in self._store.all(entity))
        if body["Id"] in used:
            raise in_use(WHAT, body["Id"])
        self._store.remove(ENTITY, str(body["Id"]))

    def seed(self, values: Json) -> None:
        """Store a customer as it comes, dates included; only missing members are filled."""
        body = CUSTOMER.blank() | _DEFAULTS | values
        body["Id"] = body["Id"] or self._store.next_number("Customers", 1_000_001)
        body["Number"] = body["Number"] or self._store.next_number("customer number", _SERIES.start)
        self._store.reserve("Customers", body["Id"])
        self._store.reserve("customer number", body["Number"])
        changed = body["LastChangedDateTimeOffset"] or served(datetime.now(UTC))
        for name in ("ContactCreatedDateTimeOffset", "CustomerCreatedDateTimeOffset", "LastChangedDateTimeOffset"):
            body[name] = body[name] or changed
        if body["MailAddress"]:
            address = ADDRESS.blank() | body["MailAddress"]
            body["MailAddress"] = address | {"Id": address["Id"] or self._store.next_number("addresses", 5_000_001)}
        moment = datetime.fromisoformat(changed)
        self._store.put(ENTITY, str(body["Id"]), body, modified=moment, at=moment)

    def _keep(self, body: Json, old_address: Json | None, address_at: str | None) -> Json:
        if body["IsPerson"]:
            body["Name"] = f"{body['FirstName']} {body['LastName']}"
        if body["NationalIdNumber"]:
            body["NationalIdNumber"] = "hidden"
        if body["MailAddress"] and address_at:
            body["MailAddress"] = self._address(body["MailAddress"], old_address or {}, address_at)
        self._store.put(ENTITY, str(body["Id"]), body, modified=datetime.fromisoformat(body["LastChangedDateTimeOffset"]))
        return body

    def _address(self, given: Json, old: Json, now: str) -> Json:
        address = ADDRESS.blank() | given
        address["CountryCode"] = (address["CountryCode"] or "NO").upper()
        address["Id"] = old.get("Id") or self._store.next_number("addresses", 5_000_001)
        address["LastChangedDateTimeOffset"] = now
        return address

    def _check(self, body: Json, touched: Set[str], *, own: int | None) -> None:
        errors = _name_errors(body, touched) | _email_errors(body, touched) | _delivery_errors(body, touched)
        country = (body.get("MailAddress") or {}).get("CountryCode")
        if "MailAddress" in touched and country and not re.fullmatch("[A-Za-z]{2}", country):
            errors["MailAddress.CountryCode"] = "must be an ISO 3166 code of two letters"
        if "CurrencyCode" in touched and not self._tenant.currency(body["CurrencyCode"]):
            errors["CurrencyCode"] = "is not an active currency of the client"
        if "Number" in touched and body["Number"] is not None and body["Number"] not in _SERIES:
            errors["Number"] = "is outside the customer number series"
        if "IsArchived" in touched and body["IsArchived"] and self._owes(own):
            errors["IsArchived"] = "cannot be set while there is a balance"
        if errors:
            raise invalid(WHAT, errors)
        self._unique(body, touched, own)

    def _owes(self, own: int | None) -> bool:
        return own is not None and any(row["CustomerId"] == own and row["Balance"] for row in self._store.all("OutgoingInvoices"))

    def _unique(self, body: Json, touched: Set[str], own: int | None) -> None:
        rows = [row for row in self._store.all(ENTITY) if row["Id"] != own]
        for name in ("ExternalImportReference", "ExternalNumber", "Number"):
            if name in touched and body[name] is not None:
                for row in rows:
                    if row[name] == body[name]:
                        raise taken(WHAT, name, body[name], row["Id"])


def _name_errors(body: Json, touched: Set[str]) -> dict[str, str]:
    names = ("FirstName", "LastName") if body["IsPerson"] else ("Name",)
    looked = touched | ({*names} if "IsPerson" in touched else set())
    return {name: "is required" for name in names if name in looked and not body[name]}


def _email_errors(body: Json, touched: Set[str]) -> dict[str, str]:
    given = (name for name in _EMAILS if name in touched and body[name])
    errors = {name: "is not a valid e-mail address" for name in given if not _EMAIL.fullmatch(body[name])}
    copies = [part.strip() for part in (body["InvoiceEmailAddressCC"] or "").split(";") if part.strip()]
    if "InvoiceEmailAddressCC" in touched and (len(copies) > 10 or not all(_EMAIL.fullmatch(copy) for copy in copies)):
        errors["InvoiceEmailAddressCC"] = "is not a list of at most ten valid e-mail addresses"
    return errors


def _delivery_errors(body: Json, touched: Set[str]) -> dict[str, str]:
    chosen = body["InvoiceDeliveryType"]
    reachable = body["EmailAddress"] or body["InvoiceEmailAddress"]
    if chosen == "PdfByEmail" and not reachable and touched & {"InvoiceDeliveryType", "EmailAddress", "InvoiceEmailAddress"}:
        return {"InvoiceDeliveryType": "PdfByEmail needs an e-mail address"}
    if "InvoiceDeliveryType" not in touched:
        return {}
    if chosen in ("AvtaleGiro", "Efaktura"):
        return {"InvoiceDeliveryType": "cannot be set to this"}
    if chosen == "EHF" and not body["OrganizationNumber"]:
        return {"InvoiceDeliveryType": "EHF needs an OrganizationNumber"}
    return {}
