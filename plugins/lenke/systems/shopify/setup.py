"""What a shop needs once: the definitions of Lenke's metafields.

A definition of type ``id`` makes its values unique and lets records be looked up by them; without the marker's definition no record can be
created safely.
"""

from __future__ import annotations

from typing import Any

from lenke.core.errors import ConfigurationError
from lenke.systems.paths import look
from lenke.systems.shopify import batch
from lenke.systems.shopify.batch import Operation
from lenke.systems.shopify.client import ShopifyClient
from lenke.systems.shopify.entities import ENTITIES, NAMESPACE, TEXT, Entity

_DEFINED = "createdDefinition { id }"
# Found by their value; Shopify lets only some types be searched for.
_FILTERED = {("CUSTOMER", "org_number")}


def setup(client: ShopifyClient) -> list[str]:
    """Define the metafields that are not defined yet; what was done, a line each. Safe to repeat.

    :raises ConfigurationError: Shopify refuses one, most often because another app or person defined it with another type.
    """
    found: list[str] = []
    for entity in ENTITIES.values():
        operations = [_definition(entity, key, kind) for key, kind in entity.metafields.items()]
        for key, result in zip(entity.metafields, batch.run(client.wire, operations, "DefineMetafields"), strict=True):
            name = f"{entity.owner} {NAMESPACE}.{key}"
            codes = {str(error.get("code")) for error in look(result.payload, "userErrors") or ()}
            if result.error is None:
                found.append(f"{name}: defined")
            elif codes == {"TAKEN"}:
                found.append(f"{name}: was there already")
            else:
                raise ConfigurationError(f"{name}: {result.error}")
    return found


def _definition(entity: Entity, key: str, kind: str) -> Operation:
    given: dict[str, Any] = {
        "namespace": NAMESPACE,
        "key": key,
        "name": f"Lenke {key.replace('_', ' ')}",
        "type": kind,
        "ownerType": entity.owner,
    }
    if (entity.owner, key) in _FILTERED and kind == TEXT:
        given["capabilities"] = {"adminFilterable": {"enabled": True}}
    return Operation("metafieldDefinitionCreate", (("definition", "MetafieldDefinitionInput!", given),), _DEFINED)
