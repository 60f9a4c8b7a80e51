"""Customers: scalars by customerCreate and customerUpdate, the default address and the archive tag by mutations of their own.

``customerSet`` is never used: it deletes the addresses that it is not given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lenke.core.ports import Write
from lenke.systems.paths import look
from lenke.systems.shopify.batch import Operation
from lenke.systems.shopify.entities import ARCHIVED_TAG, CUSTOMER
from lenke.systems.shopify.values import deletions, metafields, plain_fields

_MEMBERS = {
    "firstName": "firstName",
    "lastName": "lastName",
    "note": "note",
    "locale": "locale",
    "taxExempt": "taxExempt",
    "defaultEmailAddress.emailAddress": "email",
    "defaultPhoneNumber.phoneNumber": "phone",
}
_ADDRESS = {"countryCodeV2": "countryCode"}
_NAMES = ("firstName", "lastName", "email", "phone")
_CREATED = "customer { id legacyResourceId }"


def creation(write: Write) -> Operation:
    """The customer without its address. Shopify wants a name, an e-mail address or a telephone number of every customer, so
    a company without any of them is named after itself."""
    given = {member: value for member, value in _input(write.fields).items() if value is not None}
    if not any(given.get(name) for name in _NAMES):
        company = write.fields.get("defaultAddress.company")
        given |= {"lastName": company} if company else {}
    if write.fields.get("archived"):
        given["tags"] = [ARCHIVED_TAG]
    found = metafields(CUSTOMER, write.fields, write.marker)
    return Operation(
        "customerCreate", (("input", "CustomerInput!", given | ({"metafields": found} if found else {})),), _CREATED, codes=False
    )


def afterwards(write: Write, gid: str) -> list[Operation]:
    """What a new customer is told once its id is known."""
    address = {name: value for name, value in _address(write.fields).items() if value is not None}
    return [_new_address(gid, address)] if address else []


def changes(write: Write, current: Mapping[str, Any]) -> list[Operation]:
    """The mutations of an update: only what is changed, one by one."""
    gid, fields = str(current["id"]), dict(write.fields)
    if write.verb == "archive":
        fields = {"archived": True}
    given = _input(fields)
    found = metafields(CUSTOMER, fields)
    operations: list[Operation] = []
    if given or found:
        update = {"id": gid, **given, **({"metafields": found} if found else {})}
        operations.append(Operation("customerUpdate", (("input", "CustomerInput!", update),), "customer { id }", codes=False))
    if address := _address(fields):
        operations.append(_changed_address(gid, address, look(current, "defaultAddress.id")))
    if "archived" in fields and bool(fields["archived"]) != bool(current.get("archived")):
        name = "tagsAdd" if fields["archived"] else "tagsRemove"
        arguments = (("id", "ID!", gid), ("tags", "[String!]!", [ARCHIVED_TAG]))
        operations.append(Operation(name, arguments, "node { id }", codes=False))
    return operations + deletions(CUSTOMER, gid, fields)


def _input(fields: Mapping[str, Any]) -> dict[str, Any]:
    given = {_MEMBERS[path]: value for path, value in plain_fields(fields).items() if path in _MEMBERS}
    # null is an error for this one.
    return given | ({"taxExempt": False} if "taxExempt" in given and given["taxExempt"] is None else {})


def _address(fields: Mapping[str, Any]) -> dict[str, Any]:
    parts = {path.removeprefix("defaultAddress."): value for path, value in fields.items() if path.startswith("defaultAddress.")}
    return {_ADDRESS.get(name, name): value for name, value in parts.items()}


def _new_address(gid: str, address: Mapping[str, Any]) -> Operation:
    arguments = (("customerId", "ID!", gid), ("address", "MailingAddressInput!", address), ("setAsDefault", "Boolean", True))
    return Operation("customerAddressCreate", arguments, "address { id }", codes=False)


def _changed_address(gid: str, address: Mapping[str, Any], id: str | None) -> Operation:
    if id is None:
        return _new_address(gid, {name: value for name, value in address.items() if value is not None})
    arguments = (("customerId", "ID!", gid), ("addressId", "ID!", id), ("address", "MailingAddressInput!", address))
    return Operation("customerAddressUpdate", arguments, "address { id }", codes=False)
