"""Customers and their addresses, with what Shopify makes of values: no blanks in e-mails, E.164, sorted tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sandbox.shopify.graph import Args, FieldError, Node
from sandbox.shopify.pages import connection
from sandbox.shopify.shop import Shop, UserError, digits, metafield, now
from sandbox.wire import Json

# Protected customer data, which the app is granted by the field.
CONTACT_DETAILS = frozenset({"defaultPhoneNumber", "defaultAddress", "phone"})
PRIVATE = CONTACT_DETAILS | {"firstName", "lastName", "defaultEmailAddress", "email"}
_ADDRESS = ("firstName", "lastName", "company", "address1", "address2", "city", "zip", "phone")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[^@\s]+@[^@\s]+")
_INPUT = frozenset({"id", "firstName", "lastName", "email", "phone", "note", "tags", "locale", "taxExempt", "metafields", "addresses"})


class Customers:
    """``withheld`` names the members that the app may not read, of customers and of their orders."""

    def __init__(self, shop: Shop, *, withheld: Callable[[], Collection[str]]) -> None:
        self._shop = shop
        self.withheld = withheld

    def view(self, body: Json) -> Node:
        """The customer as the API serves it."""
        plain = {name: value for name, value in body.items() if name not in ("metafields", "addresses")}
        fields = plain | {
            "defaultEmailAddress": _part("CustomerEmailAddress", body["defaultEmailAddress"]),
            "defaultPhoneNumber": _part("CustomerPhoneNumber", body["defaultPhoneNumber"]),
            "defaultAddress": _part("MailingAddress", body["defaultAddress"]),
            "displayName": " ".join(filter(None, (body["firstName"], body["lastName"]))) or "",
            "metafield": metafield(body),
            "addressesV2": lambda args: connection("MailingAddress", body["addresses"], args, lambda one: Node("MailingAddress", one)),
        }
        return Node("Customer", fields | {name: refusing(name) for name in self.withheld() if name in fields})

    def create(self, given: Mapping[str, Any]) -> Json:
        """``customerCreate``; raises UserError."""
        id = self._shop.new_id("Customer")
        body = blank(id)
        self._lay(body, given)
        named = (body["firstName"], body["lastName"], body["defaultEmailAddress"], body["defaultPhoneNumber"])
        if not any(named):
            raise UserError(None, "A name, phone number, or email address must be present")
        return self._shop.put("Customer", body)

    def update(self, given: Mapping[str, Any]) -> Json:
        """``customerUpdate``: what is left out stays, null clears; raises UserError."""
        body = self._known(given.get("id"), "id")
        self._lay(body, given)
        return self._shop.put("Customer", body)

    def add_address(self, args: Args) -> Json:
        """``customerAddressCreate``."""
        body = self._known(args["customerId"], "customerId")
        address: Json = {"id": f"gid://shopify/MailingAddress/{self._shop.new_id('MailingAddress')}?model_name=CustomerAddress"}
        address |= dict.fromkeys((*_ADDRESS, "countryCodeV2", "country", "provinceCode"))
        _lay_address(address, args["address"])
        body["addresses"].append(address)
        if args.get("setAsDefault") or body["defaultAddress"] is None:
            body["defaultAddress"] = address
        self._shop.put("Customer", body)
        return address

    def change_address(self, args: Args) -> Json:
        """``customerAddressUpdate``: only what is given."""
        body = self._known(args["customerId"], "customerId")
        found: list[Json] = [one for one in body["addresses"] if one["id"] == args["addressId"]]
        if not found:
            raise UserError(["addressId"], "Address does not exist")
        address = found[0]
        is_default = (body["defaultAddress"] or {}).get("id") == address["id"]
        _lay_address(address, args["address"])
        if is_default or args.get("setAsDefault"):
            body["defaultAddress"] = address
        self._shop.put("Customer", body)
        return address

    def tag(self, gid: str, tags: list[str], *, add: bool) -> Json:
        """``tagsAdd`` and ``tagsRemove``."""
        body = self._known(gid, "id")
        body["tags"] = _tags([*body["tags"], *tags]) if add else [tag for tag in body["tags"] if tag not in tags]
        return self._shop.put("Customer", body)

    def by_identifier(self, identifier: Mapping[str, Any]) -> Json | None:
        """``customerByIdentifier``: exactly one member."""
        if "customId" in identifier:
            return self._shop.by_metafield("CUSTOMER", identifier["customId"])
        if "id" in identifier:
            return self._shop.get("Customer", identifier["id"])
        wanted = str(identifier.get("emailAddress") or identifier.get("phoneNumber")).casefold()
        return next((body for body in self._shop.all("Customer") if wanted in (_email_of(body), _phone_of(body))), None)

    def _known(self, gid: Any, field: str) -> Json:
        body = self._shop.get("Customer", gid)
        if body is None:
            raise UserError([field], "Customer does not exist")
        return body

    def _lay(self, body: Json, given: Mapping[str, Any]) -> None:
        for name in given:
            if name not in _INPUT:
                raise UserError(["input", name], f"{name} is not a field of CustomerInput")
        if given.get("taxExempt", False) is None:
            raise UserError(["taxExempt"], "Tax exempt is of unexpected type NilClass")
        body |= {name: _text(given[name], name) for name in ("firstName", "lastName", "note") if name in given}
        body |= {name: given[name] for name in ("taxExempt", "locale") if given.get(name) is not None}
        if "tags" in given:
            body["tags"] = _tags(given["tags"] or [])
        if "email" in given:
            self._email(body, given["email"])
        if "phone" in given:
            self._phone(body, given["phone"])
        self._shop.set_metafields("CUSTOMER", body, given.get("metafields") or (), ["metafields"])

    def _email(self, body: Json, value: Any) -> None:
        text = re.sub(r"\s+", "", value or "")
        if text and not _EMAIL.fullmatch(text):
            raise UserError(["email"], "Email is invalid")
        if text and any(_email_of(other) == text.casefold() and other["id"] != body["id"] for other in self._shop.all("Customer")):
            raise UserError(["email"], "Email has already been taken")
        body["defaultEmailAddress"] = {"emailAddress": text} if text else None

    def _phone(self, body: Json, value: Any) -> None:
        text = re.sub(r"[^\d+]", "", value or "")
        if text and not re.fullmatch(r"\+\d{7,15}", text):
            raise UserError(["phone"], "Phone is invalid")
        if text and any(_phone_of(other) == text and other["id"] != body["id"] for other in self._shop.all("Customer")):
            raise UserError(["phone"], "Phone has already been taken")
        body["defaultPhoneNumber"] = {"phoneNumber": text} if text else None


def blank(id: str) -> Json:
    """A customer of which nothing is known."""
    return {
        "id": f"gid://shopify/Customer/{digits(id)}",
        "legacyResourceId": digits(id),
        **dict.fromkeys(("firstName", "lastName", "note", "defaultEmailAddress", "defaultPhoneNumber", "defaultAddress")),
        "tags": [],
        "locale": "en",
        "taxExempt": False,
        "state": "DISABLED",
        "numberOfOrders": "0",
        "addresses": [],
        "metafields": {},
        "createdAt": now(),
        "updatedAt": now(),
    }


def _part(kind: str, body: Json | None) -> Node | None:
    return None if body is None else Node(kind, body)


def refusing(name: str) -> Callable[[Args], Any]:
    """A field that is withheld."""

    def refuse(_: Args) -> Any:
        raise FieldError(f"This app is not approved to use the {name} field.", "ACCESS_DENIED")

    return refuse


def _email_of(body: Json) -> str:
    return str((body["defaultEmailAddress"] or {}).get("emailAddress") or "").casefold()


def _phone_of(body: Json) -> str:
    return str((body["defaultPhoneNumber"] or {}).get("phoneNumber") or "")


def _text(value: Any, name: str) -> str | None:
    text = str(value).strip() if value is not None else ""
    if len(text) > (5000 if name == "note" else 255):
        raise UserError([name], f"{name} is too long")
    return text or None


def _tags(tags: list[str]) -> list[str]:
    return sorted({tag.strip() for tag in tags if tag.strip()}, key=str.casefold)


def _lay_address(address: Json, given: Mapping[str, Any]) -> None:
    """Blank members become null, a Swedish postal code gets its blank."""
    for name in _ADDRESS:
        if name in given:
            address[name] = (str(given[name]).strip() or None) if given[name] is not None else None
    if "countryCode" in given:
        address["countryCodeV2"] = given["countryCode"]
    if address["countryCodeV2"] == "SE" and re.fullmatch(r"\d{5}", address["zip"] or ""):
        address["zip"] = f"{address['zip'][:3]} {address['zip'][3:]}"
