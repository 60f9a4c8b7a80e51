"""From GraphQL nodes to records: metafields as an object, variants flattened, lines told exactly."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from lenke.core.ports import Record
from lenke.systems.jsontext import dumps
from lenke.systems.odd import readable
from lenke.systems.paths import look
from lenke.systems.shopify import order_lines, order_notes
from lenke.systems.shopify.entities import ARCHIVED_TAG, CUSTOMER, NAMESPACE, PRIVATE, SESAMPRODUCT, Entity

Json = Mapping[str, Any]
_BREAK = re.compile(r"<br\s*/?>|</p>\s*<p[^>]*>|</div>\s*<div[^>]*>", re.I)
_TAG = re.compile(r"<[^>]+>")
_IDENTITY = ("firstName", "lastName", "defaultEmailAddress", "defaultPhoneNumber")


def record(entity: Entity, node: Json, *, taxes_included: bool, whole: bool = True) -> Record:
    """The record of a node; ``whole`` is False for an order read without its lines."""
    make = partial(_record, entity, node, taxes_included=taxes_included, whole=whole)
    return readable(f"Shopify {entity.name}", node["legacyResourceId"], make)


def _record(entity: Entity, node: Json, *, taxes_included: bool, whole: bool) -> Record:
    raw = _raw(entity, node, taxes_included=taxes_included)
    if not whole:
        raw = {name: value for name, value in raw.items() if name not in ("lines", "lastLine")}
    return Record(str(raw["legacyResourceId"]), _version(entity, raw), _modified(raw), dumps(raw, finite=False), whole)


def html_of(text: str) -> str:
    """Plain text as HTML that shows it."""
    return html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>")


def text_of(markup: str | None) -> str | None:
    """What a reader sees of HTML; None where that is nothing."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup or ""))).replace("\xa0", " ").strip()
    return text or None


def _version(entity: Entity, raw: Json) -> str:
    """Times and amounts, and a digest of the rest: times are whole seconds, in which two edits may fall."""
    head = dumps({name: value for name, value in raw.items() if name not in ("lines", "lastLine")}, finite=False)
    return f"{entity.version_of(raw)}|{hashlib.sha256(head.encode()).hexdigest()[:12]}"


def _raw(entity: Entity, node: Json, *, taxes_included: bool) -> dict[str, Any]:
    raw = {name: value for name, value in node.items() if not name.startswith(("m_", "__"))}
    values = {key: look(node.get(f"m_{key}"), "value") for key in entity.metafields if f"m_{key}" in node}
    raw["metafields"] = {NAMESPACE: values}
    if entity is CUSTOMER:
        return _customer(raw)
    if entity is SESAMPRODUCT:
        return _variant(raw, values)
    return _order(raw, taxes_included=taxes_included)


def _customer(raw: dict[str, Any]) -> dict[str, Any]:
    raw["archived"] = ARCHIVED_TAG in (raw.get("tags") or ())
    # Every customer has a name, an e-mail address or a telephone number: where none is told, all of it is withheld.
    if all(raw.get(name) is None for name in _IDENTITY):
        raw = {name: value for name, value in raw.items() if name not in PRIVATE["Customer"]}
    return raw


def _variant(raw: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    product, level = raw["product"], look(raw, "inventoryItem.inventoryLevel")
    raw["inventoryItem"] = {name: value for name, value in raw["inventoryItem"].items() if name != "inventoryLevel"}
    if is_alone(raw):
        own = {"name": product["title"], "description": text_of(product["descriptionHtml"]), "archived": product["status"] == "ARCHIVED"}
    else:
        own = {
            "name": values.get("name") or raw.get("displayName"),
            "description": values.get("description"),
            "archived": values.get("archived") == "true" or product["status"] == "ARCHIVED",
        }
    counts = [one["quantity"] for one in (level or {}).get("quantities") or () if one["name"] == "available"]
    return {**raw, **own, **({"stock": counts[0]} if counts else {})}


def is_alone(raw: Json) -> bool:
    """Whether a variant is its product's only one, so that the product's members are its own."""
    count = look(raw, "product.variantsCount.count")
    return bool(count == 1 if count is not None else look(raw, "product.hasOnlyDefaultVariant"))


def _order(raw: dict[str, Any], *, taxes_included: bool) -> dict[str, Any]:
    nodes = look(raw.pop("lineItems", None), "nodes") or ()
    taxes = (bool(raw.get("taxesIncluded")), taxes_included)
    notes = order_notes.assigned(look(raw, f"metafields.{NAMESPACE}.{order_notes.KEY}"), nodes)
    raw["lastLine"] = str(max(map(order_notes.number_of, nodes), default=0))
    if not _is_undone(raw, nodes):
        lines = [_line(node) for node in nodes if node["currentQuantity"] > 0]
        raw["lines"] = [order_lines.told(line, taxes=taxes, note=notes.get(line["id"], order_lines.NOTHING)) for line in lines]
    return raw


def _is_undone(raw: Json, nodes: Sequence[Json]) -> bool:
    """Whether the order is cancelled or wholly refunded: every unit is off its lines then, which is nobody's edit of them.

    ``LineItem.currentQuantity``: "excluding refunded and removed units" (Admin API 2026-10). A removal of every line looks the same but
    for the financial status.
    """
    if raw.get("cancelledAt"):
        return True
    return raw.get("displayFinancialStatus") == "REFUNDED" and not any(node["currentQuantity"] > 0 for node in nodes)


def _line(node: Json) -> dict[str, Any]:
    return {**node, "gid": node["id"], "id": str(node["id"]).rpartition("/")[2]}


def _modified(raw: Json) -> datetime | None:
    """The newest time of the record and of what is flattened into it (seconds, UTC)."""
    paths = ("updatedAt", "product.updatedAt", "inventoryItem.updatedAt")
    times = [datetime.fromisoformat(str(text)).astimezone(UTC) for text in (look(raw, path) for path in paths) if text]
    return max(times, default=None)
