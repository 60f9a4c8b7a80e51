"""REST: Contact, Sale and Product by id. PUT replaces the whole, PATCH is for contacts and sales only, a contact's DELETE is soft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sandbox.store import Store
from sandbox.superoffice import world
from sandbox.superoffice.json_patch import patched
from sandbox.superoffice.refusals import bad, not_found, refuse
from sandbox.superoffice.shapes import ID, blank, filled, misfit, utc
from sandbox.superoffice.tables import FIRST_IDS, Tables
from sandbox.wire import BadJsonError, Json, RefusedError, Reply, Request

ENTITIES = {"contact": "Contact", "sale": "Sale", "product": "Product"}
_ME: Json = {"AssociateId": 10, "Name": "LENKE", "FullName": "Lenke", "PersonId": 0, "Rank": 0, "Type": "SystemAssociate", "Deleted": False}
_CATEGORY: Json = {"Id": 1, "Value": "Customer", "Tooltip": ""}
_BUSINESS: Json = {"Id": 2, "Value": "Trade", "Tooltip": ""}


class Resources:
    """Handles what follows ``v1/`` for the three resources."""

    def __init__(self, store: Store, tables: Tables) -> None:
        self._store = store
        self._tables = tables

    def answer(self, entity: str, rest: list[str], request: Request) -> Reply:
        """The answer; refusals are raised."""
        match request.method, rest:
            case "GET", ["default"]:
                return Reply(200, self.default(entity))
            case "GET", [key]:
                return self._get(entity, key)
            case "POST", []:
                return Reply(200, self.save(entity, _object(request) | {ID[entity]: 0}))
            case "PUT", [key]:
                self._present(entity, key, request)
                return Reply(200, self.save(entity, _object(request) | {ID[entity]: int(key)}))
            case "PATCH", [key] if entity != "Product":
                before = self._present(entity, key, request)
                if request.content_type not in ("application/json-patch+json", "application/merge-patch+json", "application/json"):
                    raise bad("The content type is no patch")
                return Reply(200, self.save(entity, patched(before, _json(request))))
            case "DELETE", [key]:
                self._present(entity, key, request)
                self.remove(entity, int(key))
                return Reply(204)
        raise refuse(405, "SoException", "The resource does not support this method")

    def default(self, entity: str) -> Json:
        """What a new record begins with: the tenant's preferences, and a number of its own."""
        body = blank(entity)
        if entity == "Contact":
            body |= {"Category": _CATEGORY, "Business": _BUSINESS, "Associate": _ME, "Country": world.country(578)}
            body["Number2"] = self._tables.number("contact number", 10_148)
        if entity == "Sale":
            body |= {"Currency": world.currency(1), "Associate": _ME, "Number": self._tables.number("sale number", 80_001)}
        if entity == "Product":
            body["ERPPriceListKey"] = "1"
        return body

    def save(self, entity: str, given: Mapping[str, Any], moment: datetime | None = None) -> Json:
        """Store a carrier as given (what it lacks is empty); returns it as stored."""
        old = self._tables.row(entity, given.get(ID[entity])) if given.get(ID[entity]) else None
        body = filled(entity, given)
        if wrong := misfit(entity, body):
            raise bad(f"{wrong} cannot hold this value")
        if entity == "Contact":
            self._contact(body)
        elif entity == "Sale":
            self._sale(body, old)
        else:
            self._product(body)
        if old:
            body |= {name: old[name] for name in ("CreatedDate", "CreatedBy") if name in old}
        body = self._tables.keep(entity, body, moment)
        if entity == "Product" and not body["ERPProductKey"]:
            body = self._tables.keep(entity, body | {"ERPProductKey": f"SUO_{body['ProductId']}"}, moment)
        return body

    def remove(self, entity: str, id: int) -> None:
        """A contact goes to the recycle bin; sales and products leave nothing behind."""
        body = self._tables.row(entity, id)
        self._tables.drop(entity, id)
        if entity == "Contact" and body:
            self._tables.keep("RecycleContact", body)

    def _contact(self, body: Json) -> None:
        if not body["Name"].strip():
            raise bad("Name is required")
        for one in body["Persons"]:
            one["PersonId"] = one.get("PersonId") or int(self._tables.number("Person", FIRST_IDS["Person"]))
        body["Country"] = world.country(int((body["Country"] or {}).get("CountryId") or 0)) or body["Country"]
        body |= {"Category": body["Category"] or _CATEGORY, "Business": body["Business"] or _BUSINESS, "UpdatedBy": _ME}
        body |= {"Associate": body["Associate"] or _ME, "CreatedBy": body["CreatedBy"] or _ME}

    def _sale(self, body: Json, old: Json | None) -> None:
        if body["Status"] not in ("Open", "Sold", "Lost", "Stalled"):
            raise bad("Status cannot be set to this")
        currency = int((body["Currency"] or {}).get("Id") or 0)
        if old and currency != old["Currency"]["Id"] and self._tables.quote_of(old["SaleId"]):
            raise bad("The currency of a sale with a quote cannot be changed")
        body["Currency"] = world.currency(currency) or world.currency(1)
        body["Saledate"] = utc(body["Saledate"])
        body["Contact"] = self._short(int((body["Contact"] or {}).get("ContactId") or 0))
        body |= {"UpdatedBy": _ME, "Associate": body["Associate"] or _ME, "CreatedBy": body["CreatedBy"] or _ME}

    def _product(self, body: Json) -> None:
        if not body["Name"]:
            raise bad("Name is required")
        if self._tables.row("PriceList", body["ERPPriceListKey"]) is None:
            raise bad("There is no such price list")

    def _short(self, contact_id: int) -> Json | None:
        """A contact as a sale holds it."""
        body = self._tables.row("Contact", contact_id) if contact_id else None
        if body is None:
            return None
        own = {name: body[name] for name in ("ContactId", "Name", "OrgNr", "Department", "Number1", "Number2")}
        return own | {"City": body["Address"]["Postal"]["City"], "CountryId": (body["Country"] or {}).get("CountryId", 0)}

    def _get(self, entity: str, key: str) -> Reply:
        body = self._tables.row(entity, key)
        if body is None and entity == "Product":
            return Reply(200, b"null")  # this resource is the quote agent's
        if body is None:
            raise not_found()
        return Reply(200, body)

    def _present(self, entity: str, key: str, request: Request) -> Json:
        body = self._tables.row(entity, key)
        if body is None:
            raise not_found()
        limit = request.headers.get("if-unmodified-since")
        if limit and entity != "Product" and datetime.fromisoformat(body["UpdatedDate"]) > parsedate_to_datetime(limit):
            raise RefusedError(Reply(412))
        return body


def _json(request: Request) -> Any:
    try:
        return request.json()
    except BadJsonError:
        raise bad("The body is not JSON") from None


def _object(request: Request) -> Json:
    body = _json(request)
    if not isinstance(body, dict):
        raise bad("The body is no object")
    return body
