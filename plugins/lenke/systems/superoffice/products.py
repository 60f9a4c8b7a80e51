"""Products: what is added to one as read, and PUT, which replaces all of it and so sends back what it has just read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lenke.core.ports import Write
from lenke.systems.superoffice import prices
from lenke.systems.superoffice.contacts import refuse_moved
from lenke.systems.superoffice.entities import PRODUCT
from lenke.systems.superoffice.lists import Lists


def read(product: Mapping[str, Any], lists: Lists) -> dict[str, Any]:
    """A product with its currency; a price that is not known is null."""
    return {**prices.known(product), "Currency": lists.currency_of(product.get("ERPPriceListKey"))}


def plain(product: Mapping[str, Any]) -> dict[str, Any]:
    """A product as it may be sent back: without what the vendor adds for its own pages."""
    return {name: value for name, value in product.items() if name not in ("TableRight", "FieldProperties", "_Links")}


def body_of(write: Write, product: Mapping[str, Any]) -> dict[str, Any]:
    """The whole entity to be sent: ``product`` as it is now (of a create: the tenant's default) with our values in it.

    Raises MovedError where it holds something else than the plan saw.
    """
    PRODUCT.refuse_unknown(frozenset(write.fields))
    refuse_moved(write.before, prices.known(product))
    texts = {path: "" for path, value in write.fields.items() if value is None and isinstance(product.get(path), str)}
    body = {**product, **write.fields, **texts}
    if write.marker and PRODUCT.marker:
        body[PRODUCT.marker] = write.marker
    return body
