"""Values as Shopify's inputs take them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lenke.systems.shopify.batch import Operation
from lenke.systems.shopify.entities import NAMESPACE, Entity

_PREFIX = f"metafields.{NAMESPACE}."


def metafield_text(value: Any) -> str:
    """A metafield's value: always text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def amount(value: Any) -> str:
    """Money and decimals travel as text."""
    return format(value if isinstance(value, Decimal) else Decimal(str(value)), "f")


def plain_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are no metafields."""
    return {path: value for path, value in fields.items() if not path.startswith(_PREFIX)}


def metafields(entity: Entity, fields: Mapping[str, Any], marker: str | None = None) -> list[dict[str, str]]:
    """MetafieldInputs of the metafields that are to hold a value, the marker's included."""
    values = {key: fields[_PREFIX + key] for key in entity.metafields if fields.get(_PREFIX + key) not in (None, "")}
    if marker:
        values["marker"] = marker
    return [
        {"namespace": NAMESPACE, "key": key, "type": entity.metafields[key], "value": metafield_text(value)}
        for key, value in values.items()
    ]


def deletions(entity: Entity, gid: str, fields: Mapping[str, Any]) -> list[Operation]:
    """A metafield holds no empty value, so one that is emptied is deleted."""
    keys = [key for key in entity.metafields if _PREFIX + key in fields and fields[_PREFIX + key] in (None, "")]
    if not keys:
        return []
    given = [{"ownerId": gid, "namespace": NAMESPACE, "key": key} for key in keys]
    return [Operation("metafieldsDelete", (("metafields", "[MetafieldIdentifierInput!]!", given),), codes=False)]
