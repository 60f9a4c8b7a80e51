"""The shop's own facts, and what all records have: ids, times, metafields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.shopify.graph import Args, GraphError, Node
from sandbox.store import Store
from sandbox.wire import Json

LOCATION = "gid://shopify/Location/70001"
FIRST = {
    "Customer": 8100000000001,
    "Product": 8200000000001,
    "ProductVariant": 8300000000001,
    "InventoryItem": 8400000000001,
    "Order": 8500000000001,
    "LineItem": 8600000000001,
    "MailingAddress": 8700000000001,
    "OrderName": 1001,
}
TAKEN = "Value is already assigned to another metafield. Choose a different value to ensure it remains unique."
_ENTITY = {"CUSTOMER": "Customer", "PRODUCTVARIANT": "ProductVariant", "PRODUCT": "Product", "ORDER": "Order"}


class UserError(Exception):
    """A mutation's refusal; ``code`` is served only where the payload's errors have one."""

    def __init__(self, field: Sequence[str] | None, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.node = Node("UserError", {"field": list(field) if field else None, "message": message, "code": code})


def now() -> str:
    """The time as Shopify serves it: UTC, whole seconds."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def digits(gid: Any) -> str:
    """``17`` of ``gid://shopify/Customer/17``."""
    return str(gid).rpartition("/")[2]


class Shop:
    """Records by entity and numeric id."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def new_id(self, kind: str) -> str:
        """The next number of a kind, as text."""
        return str(self.store.next_number(kind, FIRST[kind]))

    def get(self, entity: str, gid: Any) -> Json | None:
        """A copy of a record by its global id; None for another kind of id."""
        kind = str(gid).split("/")[-2] if "/" in str(gid) else entity
        body = self.store.get(entity, digits(gid)) if kind == entity else None
        return None if body is None else deepcopy(body)

    def all(self, entity: str) -> list[Json]:
        """Every record's body; not to be changed."""
        return self.store.all(entity)

    def put(self, entity: str, body: Json, *, bump: bool = True) -> Json:
        """Store a body; ``bump`` moves its updatedAt, which Shopify does even where nothing was changed."""
        if bump:
            body["updatedAt"] = now()
        self.store.put(entity, str(body["legacyResourceId"]), body, modified=datetime.fromisoformat(body["updatedAt"]))
        return body

    @property
    def currency(self) -> str:
        """The shop's currency."""
        return self.store.meta("currency") or "NOK"

    @property
    def taxes_included(self) -> bool:
        """Whether the shop's prices hold VAT."""
        return self.store.meta("taxes_included") != "0"

    def node(self, scopes: Sequence[str]) -> tuple[Node, Node]:
        """``shop`` and ``currentAppInstallation``."""
        shop = Node(
            "Shop",
            {
                "id": "gid://shopify/Shop/60001",
                "name": "Fjellbua",
                "myshopifyDomain": self.store.meta("domain"),
                "currencyCode": self.currency,
                "taxesIncluded": self.taxes_included,
            },
        )
        granted = [Node("AccessScope", {"handle": scope}) for scope in scopes]
        return shop, Node("AppInstallation", {"id": "gid://shopify/AppInstallation/1", "accessScopes": granted})

    # Metafields.

    def define(self, given: Mapping[str, Any]) -> Json:
        """Keep a metafield definition; raises UserError where there is one."""
        key = f"{given['ownerType']}.{given.get('namespace') or 'app'}.{given['key']}"
        if self.store.get("MetafieldDefinition", key) is not None:
            raise UserError(["definition", "key"], "Key is in use for this owner type.", "TAKEN")
        body = {**given, "id": f"gid://shopify/MetafieldDefinition/{self.store.next_number('MetafieldDefinition', 1)}"}
        self.store.put("MetafieldDefinition", key, body, modified=datetime.now(UTC))
        return body

    def definition(self, owner: str, namespace: str, key: str) -> Json | None:
        """A definition, or None."""
        return self.store.get("MetafieldDefinition", f"{owner}.{namespace}.{key}")

    def set_metafields(
        self, owner: str, body: Json, given: Sequence[Mapping[str, Any]], field: Sequence[str], code: str | None = None
    ) -> None:
        """Lay metafields over a body; raises UserError for a value that does not fit, or that is taken."""
        held: Json = body.setdefault("metafields", {})
        for at, one in enumerate(given):
            namespace, key, value = str(one.get("namespace")), str(one.get("key")), one.get("value")
            defined = self.definition(owner, namespace, key)
            kind = str((defined or one).get("type") or "")
            place = [*field, str(at), "value"]
            if not kind:
                raise UserError([*field, str(at), "type"], "Type can't be blank", code)
            if one.get("type") and defined and one["type"] != kind:
                raise UserError([*field, str(at), "type"], "Type must be consistent with the definition's type", code)
            stored = _fit(kind, value, place, code)
            if kind == "id":
                self._refuse_taken(owner, body, namespace, key, stored, place, code)
            held.setdefault(namespace, {})[key] = stored

    def _refuse_taken(self, owner: str, body: Json, namespace: str, key: str, value: str, place: Sequence[str], code: str | None) -> None:
        entity = _ENTITY[owner]
        for other in self.all(entity):
            if other["legacyResourceId"] != body["legacyResourceId"] and (other["metafields"].get(namespace) or {}).get(key) == value:
                raise UserError(place, TAKEN, code)

    def delete_metafields(self, given: Sequence[Mapping[str, Any]]) -> list[Node]:
        """Take metafields away; what was taken."""
        gone: list[Node] = []
        for one in given:
            entity = str(one["ownerId"]).split("/")[-2]
            body = self.get(entity, one["ownerId"])
            if body is None:
                raise UserError(["metafields", "0", "ownerId"], "Owner does not exist")
            if (body["metafields"].get(one["namespace"]) or {}).pop(one["key"], None) is not None:
                self.put(entity, body)
            gone.append(Node("MetafieldIdentifier", dict(one)))
        return gone

    def by_metafield(self, owner: str, custom: Mapping[str, Any]) -> Json | None:
        """A record by an id metafield; raises GraphError where none of type ``id`` is defined."""
        namespace, key = str(custom.get("namespace")), str(custom["key"])
        defined = self.definition(owner, namespace, key)
        if defined is None or defined["type"] != "id":
            raise GraphError("Metafield definition of type 'id' is required when using custom ids.", "NOT_FOUND")
        found = (body for body in self.all(_ENTITY[owner]) if (body["metafields"].get(namespace) or {}).get(key) == custom["value"])
        return next(found, None)


def metafield(body: Json) -> Any:
    """The resolver of ``metafield(namespace:, key:)``."""

    def found(args: Args) -> Node | None:
        namespace, key = str(args.get("namespace") or "app"), str(args["key"])
        value = (body["metafields"].get(namespace) or {}).get(key)
        return None if value is None else Node("Metafield", {"namespace": namespace, "key": key, "value": value})

    return found


def metafield_filters(bodies: Sequence[Json]) -> Iterator[tuple[str, Any]]:
    """Search filters ``metafields.<namespace>.<key>`` for whatever the bodies hold."""
    names = {(namespace, key) for body in bodies for namespace, held in body["metafields"].items() for key in held}
    for namespace, key in names:
        yield f"metafields.{namespace}.{key}", _look(namespace, key)


def _look(namespace: str, key: str) -> Any:
    return lambda body: (body["metafields"].get(namespace) or {}).get(key)


def _fit(kind: str, value: Any, place: Sequence[str], code: str | None) -> str:
    text = "" if value is None else str(value)
    if not text.strip():
        raise UserError(place, "Value can't be blank.", code)
    try:
        if kind == "number_integer":
            return str(int(text))
        if kind == "number_decimal":
            number = Decimal(text)
            return f"{number:f}" if "." in f"{number:f}" else f"{number:f}.0"
        if kind == "date":
            return date.fromisoformat(text).isoformat()
        if kind == "json":
            return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, InvalidOperation):
        raise UserError(place, f"Value must be a {kind}.", code) from None
    if kind == "boolean" and text not in ("true", "false"):
        raise UserError(place, "Value must be true or false.", code)
    if kind == "single_line_text_field" and re.search(r"[\r\n]", text):
        raise UserError(place, "Value must be a single line text string.", code)
    return text
