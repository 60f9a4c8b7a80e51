"""Reads products and their variations: one list of what can be bought.

Variations have a list of their own over all parents since WooCommerce 10.3; a shop that lacks it is asked parent by parent. A
variation's change moves its parent's date, too, and a parent's new name is its variations': so a changed parent brings all of them,
changed at the later of the two dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any

from lenke.core.errors import RecordNotFoundError, RejectedRecordError
from lenke.systems.paths import segment
from lenke.systems.woocommerce import entities, walks
from lenke.systems.woocommerce.entities import SOLD, Fields, Vat, is_there
from lenke.systems.woocommerce.taxes import Taxes
from lenke.systems.woocommerce.wire import Row, Wire

# Shown for reading, descriptions are wrapped in paragraphs; as edited they are what was stored, and what the answer to a write holds.
_EDITED = {"context": "edit"}
_AT_ONCE = 100
# They go in the address, which servers take to about 8,000 letters.
_SKUS_AT_ONCE = 50


class Products:
    """Products and variations of one shop."""

    def __init__(self, wire: Wire, meta_keys: Sequence[str]) -> None:
        self._wire = wire
        self._meta_keys = meta_keys
        self._parents: dict[str, Row] = {}
        self._taxes: Taxes | None = None
        self._lists_variations = True

    def all(self) -> Iterator[Fields]:
        """Every product that can be bought."""
        parents: list[str] = []
        yield from self._sold(walks.everything(self._wire, "/products", _EDITED), parents)
        yield from self._variations(self._all_variations(parents))

    def changed(self, since: datetime, until: datetime | None) -> Iterator[Fields]:
        """Those changed at or after ``since``."""
        parents: list[str] = []
        yield from self._sold(walks.changed(self._wire, "/products", _EDITED, since, until), parents)
        for fields in self._variations(row for key in parents for row in self._children(key)):
            yield entities.because_of(self._parents.get(str(fields.get("parent_id"))), fields)
        yield from self._variations(self._changed_variations(since, until))

    def by_id(self, ids: Sequence[str]) -> dict[str, Fields]:
        """Those with these ids; one in the trash is not there."""
        wanted = [key for key in dict.fromkeys(ids) if key.isdecimal()]
        found: dict[str, Fields] = {}
        for rows in (self._included("/products", wanted), self._listed(wanted, found)):
            for fields in rows:
                found[str(fields["id"])] = fields
        for key in wanted:
            if key not in found and (row := self.one(key)) is not None:
                found[key] = row
        return found

    def one(self, key: str) -> Fields | None:
        """One product, or a variation under its own id; None where it is gone, in the trash, or not sold itself."""
        try:
            row = self._wire.one(f"/products/{segment(key)}", {"context": "edit"})
            if row.get("type") == "variation":
                # Older shops do not say there whose variation it is.
                row = {"parent_id": row["parent_id"], **self._wire.one(f"/products/{row['parent_id']}/variations/{segment(key)}")}
        except RecordNotFoundError:
            return None
        return next(self._variations([row]) if row.get("parent_id") else self._sold([row]), None)

    def by_key(self, values: Sequence[str]) -> Iterator[Fields]:
        """Those with these SKUs; the shop tells no upper from lower case, the caller does."""
        for sku in values:
            for row in self._wire.rows("/products", {**_EDITED, "sku": sku}):
                if (found := self.one(str(row["id"]))) is not None:
                    yield found

    def newest(self) -> Iterator[Fields]:
        """Products, then variations, the newest first."""
        newest_first = {**_EDITED, "orderby": "id", "order": "desc"}
        yield from self._sold(self._wire.rows("/products", newest_first))
        with suppress(RejectedRecordError):
            yield from self._variations(self._wire.rows("/variations", {"orderby": "id", "order": "desc"}))

    def parent(self, key: str) -> Row:
        """The parent of a variation."""
        if key not in self._parents:
            self._parents[key] = self._wire.one(f"/products/{segment(key)}", {"context": "edit"})
        return self._parents[key]

    def _sold(self, rows: Iterable[Row], parents: list[str] | None = None) -> Iterator[Fields]:
        """The rows that can be bought; those that have variations go to ``parents``."""
        for row in rows:
            if not is_there(row):
                continue
            if str(row.get("type")) in SOLD:
                yield entities.product(row, self._meta_keys, parent=None, vat=self._vat(row, None))
            elif row.get("type") == "variable":
                self._parents[str(row["id"])] = row
                if parents is not None:
                    parents.append(str(row["id"]))

    def _variations(self, rows: Iterable[Row]) -> Iterator[Fields]:
        kept = filter(is_there, rows)
        while page := list(islice(kept, _AT_ONCE)):
            stored = self._descriptions([row for row in page if row.get("description")])
            yield from self._named({**row, "description": stored.get(row["id"], row.get("description"))} for row in page)

    def _descriptions(self, rows: Sequence[Row]) -> dict[Any, str]:
        """As they are stored, by id. The lists of variations show them rendered, whatever the context: quotes are curly, shortcodes
        have run (WooCommerce 11.0.1). The list of products has variations among it only where a SKU is asked for.
        """
        asked = {**_EDITED, "_fields": "id,description"}
        skus = list(dict.fromkeys(sku for row in rows if (sku := str(row.get("sku") or "")) and "," not in sku))
        found: dict[Any, str] = {}
        for at in range(0, len(skus), _SKUS_AT_ONCE):
            listed = self._wire.rows("/products", {**asked, "sku": ",".join(skus[at : at + _SKUS_AT_ONCE])})
            found |= {row["id"]: str(row.get("description") or "") for row in listed}
        for row in (row for row in rows if row["id"] not in found):
            with suppress(RecordNotFoundError):
                found[row["id"]] = str(self._wire.one(f"/products/{segment(str(row['id']))}", asked).get("description") or "")
        return found

    def _named(self, rows: Iterable[Row]) -> Iterator[Fields]:
        for row in rows:
            try:
                parent = self.parent(str(row["parent_id"]))
            except RecordNotFoundError:
                continue
            if is_there(parent):
                yield entities.product(row, self._meta_keys, parent=parent, vat=self._vat(row, parent))

    def _all_variations(self, parents: Sequence[str]) -> Iterator[Row]:
        if parents and self._lists_variations:
            try:
                yield from walks.everything(self._wire, "/variations", {})
            except RejectedRecordError:
                self._lists_variations = False
            else:
                return
        for key in parents:
            yield from self._children(key)

    def _changed_variations(self, since: datetime, until: datetime | None) -> Iterator[Row]:
        if self._lists_variations:
            try:
                yield from walks.changed(self._wire, "/variations", {}, since, until)
            except RejectedRecordError:
                self._lists_variations = False

    def _children(self, parent: str) -> Iterator[Row]:
        for row in walks.everything(self._wire, f"/products/{parent}/variations", {}):
            yield {"parent_id": int(parent), **row}

    def _included(self, path: str, ids: Sequence[str]) -> Iterator[Fields]:
        for at in range(0, len(ids), _AT_ONCE):
            rows = self._wire.rows(path, {**_EDITED, "include": ",".join(ids[at : at + _AT_ONCE])})
            yield from self._variations(rows) if path == "/variations" else self._sold(rows)

    def _listed(self, ids: Sequence[str], found: Mapping[str, Fields]) -> Iterator[Fields]:
        left = [key for key in ids if key not in found]
        if len(left) > 1 and self._lists_variations:
            try:
                yield from (fields for fields in self._included("/variations", left) if str(fields["id"]) in left)
            except RejectedRecordError:
                self._lists_variations = False

    def _vat(self, row: Row, parent: Row | None) -> Vat:
        if self._taxes is None:
            self._taxes = Taxes.of(self._wire)
        return self._taxes.vat(row, parent)
