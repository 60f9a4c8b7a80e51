"""Meta data: a list of entries with a key each, that plugins may make something else of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lenke.systems.woocommerce.texts import unescaped


def meta_of(row: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """``meta_data`` as an object of key to value; the first entry of a key counts, and ``keys`` that the row lacks are null.

    A row that is served without meta data tells nothing of any key. Some plugins make an object of the list, which is read likewise, and
    some empty all its entries (woocommerce/woocommerce#14907, #24148): such a row cannot be read, for it hides what it has.

    :raises ValueError: an entry has no key.
    """
    told = row.get("meta_data")
    if told is None:
        return {}
    found: dict[str, Any] = {}
    for item in told.values() if isinstance(told, Mapping) else told:
        if not isinstance(item, Mapping) or "key" not in item:
            raise ValueError("an entry of meta_data has no key")
        if item["key"]:
            found.setdefault(str(item["key"]), unescaped(item.get("value")))
    return {**dict.fromkeys(keys), **found}
