"""Lists and look-ups: windows of the search index, and current reads by id.

What is known of the vendor's lists: a filter that is malformed or unknown is ignored in silence, so every row is filtered again; the
time must be quoted, or only its day counts; the index lags the writes; a walk may be 25,000 rows deep, then it must begin anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lenke.core.errors import ConfigurationError, FatalError
from lenke.core.ports import Record
from lenke.systems.paths import look, text_of
from lenke.systems.shopify import documents, shapes
from lenke.systems.shopify.access import Access
from lenke.systems.shopify.entities import CUSTOMER, MARKER, ORDER, SESAMPRODUCT, Entity
from lenke.systems.shopify.problems import TooCostlyError, WithheldError
from lenke.systems.shopify.wire import Wire

Json = Mapping[str, Any]
Ask = Callable[[Entity, Sequence[str]], Collection[Json]]
_DEPTH = 24_000
_AT_ONCE: Mapping[str, int] = {"Customer": 50, "Sesamproduct": 50, "Order": 10}
# By the documented model of costs an order with its lines takes more than half of what one query may.
_MARKERS_AT_ONCE: Mapping[str, int] = {"Customer": 10, "Sesamproduct": 10, "Order": 1}
_KEYS_AT_ONCE = 10
_LEAST = 1


def quoted(moment: datetime) -> str:
    """A time as a search filter takes it: UTC, whole seconds, in quotes."""
    return f"'{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"


def window(since: datetime, until: datetime | None) -> str:
    """The filter of a window of modified times; both ends belong to it, as Shopify treats them anyway."""
    end = f" AND updated_at:<={quoted(until)}" if until else ""
    return f"updated_at:>={quoted(since)}{end}"


class Reading:
    """One shop's reads.

    :param page_size: nodes a page; :param overlap: how far a window looks back; :param depth: rows before a walk begins anew.
    """

    def __init__(self, wire: Wire, access: Access, *, page_size: int, overlap: timedelta, depth: int = _DEPTH) -> None:
        self._wire = wire
        self._access = access
        self._overlap = overlap
        self._depth = depth
        self._sizes: dict[str, int] = {}
        self._page_size = page_size

    def walk(self, entity: Entity, since: datetime | None, until: datetime | None) -> Iterator[Record]:
        """Records changed in the window (all where ``since`` is None). A full walk brings orders without their lines."""
        self._access.check(entity)
        if since is None:
            for node in self._nodes(entity, "", by="ID"):
                yield self._record(entity, node, whole=entity is not ORDER)
            return
        start = since - self._overlap
        if entity is CUSTOMER:
            nodes = self._nodes(entity, window(start, until), by="UPDATED_AT")
            found: Iterator[Record] = (self._record(entity, node) for node in nodes)
        else:
            ids = self._touched(entity, start, until)
            found = self.get(entity, list(dict.fromkeys(ids)))
        yield from (one for one in found if one.modified is None or (one.modified >= start and (until is None or one.modified <= until)))

    def get(self, entity: Entity, ids: Sequence[str]) -> Iterator[Record]:
        """Whole records by id, read from the present state; what is not there is left out."""
        self._access.check(entity)
        wanted = [id for id in dict.fromkeys(ids) if id.isdecimal()]
        yield from self._in_parts(entity, "get", wanted, _AT_ONCE, self._by_ids)

    def find(self, entity: Entity, path: str, values: Sequence[str]) -> Iterator[Record]:
        """Records whose ``path`` equals one of ``values``: markers by current reads, keys by the search index (which lags)."""
        self._access.check(entity)
        wanted = list(dict.fromkeys(value for value in values if value.strip()))
        if path == MARKER:
            yield from self._in_parts(entity, "find", wanted, _MARKERS_AT_ONCE, self._by_markers)
            return
        if path not in entity.keys:
            raise ConfigurationError(f"Shopify {entity.name}: cannot look up by {path}; there are {', '.join(entity.keys)}")
        folded = {value.casefold() for value in wanted}
        for at in range(0, len(wanted), _KEYS_AT_ONCE):
            query = " OR ".join(f"{entity.keys[path]}:{_phrase(value)}" for value in wanted[at : at + _KEYS_AT_ONCE])
            for node in self._nodes(entity, query, by="ID"):
                record = self._record(entity, node, whole=entity is not ORDER)
                if self._holds(entity, node, path, set(wanted), folded):
                    yield record

    def _holds(self, entity: Entity, node: Json, path: str, wanted: set[str], folded: set[str]) -> bool:
        flat = node if not path.startswith("metafields.") else {}
        value = text_of(look(flat, path) if flat else look(node.get(f"m_{path.rpartition('.')[2]}"), "value"))
        return value is not None and (value in wanted or ("email" in path.lower() and value.casefold() in folded))

    def _touched(self, entity: Entity, start: datetime, until: datetime | None) -> Iterator[str]:
        """Ids of records that may have changed. A variant changes with its product and its inventory item, too."""
        query = window(start, until)
        document = documents.page(entity, "id legacyResourceId updatedAt")
        variables = {} if entity is SESAMPRODUCT else {"sort": "UPDATED_AT"}
        location = self._access.variables(entity) if "$location" in document else {}
        given, kind = {**variables, **location}, entity.name + " ids"
        nodes = self._anew(lambda text: self._pages(document, text, given, kind), query, "ID" if entity is SESAMPRODUCT else "UPDATED_AT")
        yield from (str(node["legacyResourceId"]) for node in nodes)
        if entity is SESAMPRODUCT:
            yield from self._variants_of("products", query)
            yield from self._variants_of("inventoryItems", query)

    def _variants_of(self, kind: str, query: str) -> Iterator[str]:
        document = documents.variants_of(kind, documents.VARIANT_IDS)
        by = "UPDATED_AT" if kind == "products" else "ID"
        for node in self._anew(lambda text: self._pages(document, text, {}, kind), query, by):
            connection = node.get("variants") or {}
            while True:
                yield from (str(variant["legacyResourceId"]) for variant in connection.get("nodes") or ())
                if not look(connection, "pageInfo.hasNextPage"):
                    break
                told = self._wire.ask(documents.MORE_VARIANTS, {"id": node["id"], "after": connection["pageInfo"]["endCursor"]})
                connection = look(told, "node.variants") or look(told, "node.held") or {}

    def _nodes(self, entity: Entity, query: str, *, by: str) -> Iterator[Json]:
        def document() -> str:
            return documents.page(entity, documents.parts(entity, without=self._access.withheld(entity)))

        variables = dict(self._access.variables(entity)) | ({} if entity is SESAMPRODUCT else {"sort": by})
        return self._anew(lambda text: self._pages(document, text, variables, entity.name, entity=entity), query, by)

    def _anew(self, pages: Callable[[str], Iterator[Json]], query: str, by: str) -> Iterator[Json]:
        """Each row of a list once; the walk begins anew, after the last row's time or id, before it is too deep.

        :param pages: the rows of a filter, in the order of ``by``.
        """
        last = ""
        seen: set[str] = set()
        while True:
            begun = last
            for count, node in enumerate(pages(query if not begun else _from(query, by, begun)), 1):
                last = str(node["id"]).rpartition("/")[2] if by == "ID" else str(node["updatedAt"])
                if node["id"] not in seen:
                    seen.add(str(node["id"]))
                    yield node
                # A second in which more rows changed than that is walked to its end, or the next walk would be the same again.
                if count >= self._depth and last != begun:
                    break
            else:
                return

    def _pages(
        self, document: str | Callable[[], str], query: str, variables: Json, kind: str, *, entity: Entity | None = None
    ) -> Iterator[Json]:
        after: str | None = None
        while True:
            size = self._size(kind, self._page_size)
            text = document if isinstance(document, str) else document()
            try:
                page = self._wire.ask(text, {**variables, "first": size, "after": after, "query": query or None})["page"]
            except TooCostlyError:
                self._halve(kind, size)
                continue
            except WithheldError as error:
                if entity is None or not self._access.withhold(entity, error):
                    raise
                continue
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _in_parts(self, entity: Entity, act: str, left: Sequence[str], most: Mapping[str, int], ask: Ask) -> Iterator[Record]:
        """The records that ``ask`` brings: as many at once as one query may cost, without what the app may not read."""
        kind = f"{act} {entity.name}"
        while left:
            size = self._size(kind, most[entity.name])
            try:
                nodes = ask(entity, left[:size])
            except TooCostlyError:
                self._halve(kind, size)
                continue
            except WithheldError as error:
                if not self._access.withhold(entity, error):
                    raise
                continue
            left = left[size:]
            yield from (self._record(entity, self._drained(entity, node)) for node in nodes if node and node.get("legacyResourceId"))

    def _by_ids(self, entity: Entity, ids: Sequence[str]) -> Collection[Json]:
        fields = documents.parts(entity, without=self._access.withheld(entity), lines=entity is ORDER)
        variables = {**self._access.variables(entity), **self._lines(entity), "ids": [entity.global_id(id) for id in ids]}
        found: Sequence[Json] = self._wire.ask(documents.by_ids(entity, fields), variables)["nodes"]
        return found

    def _by_markers(self, entity: Entity, markers: Sequence[str]) -> Collection[Json]:
        fields = documents.parts(entity, without=self._access.withheld(entity), lines=entity is ORDER)
        shared = {**self._access.variables(entity), **self._lines(entity)}
        key = {"namespace": "lenke", "key": "marker"}
        identifiers = {f"i{n}": {"customId": {**key, "value": marker}} for n, marker in enumerate(markers)}
        return self._wire.ask(documents.by_markers(entity, fields, len(markers)), {**shared, **identifiers}).values()

    def _lines(self, entity: Entity) -> dict[str, Any]:
        return {"lines": documents.LINES_AT_ONCE, "line": None} if entity is ORDER else {}

    def _drained(self, entity: Entity, node: Json) -> Json:
        """The order with all of its lines, however many pages they are."""
        if entity is not ORDER:
            return node
        nodes, told = list(node["lineItems"]["nodes"]), node["lineItems"]["pageInfo"]
        while told["hasNextPage"]:
            variables = {"id": node["id"], "lines": documents.LINES_AT_ONCE, "line": told["endCursor"]}
            more = look(self._wire.ask(documents.MORE_LINES, variables), "order.lineItems")
            if not more:
                raise FatalError(f"Shopify order {node['legacyResourceId']}: its lines could not be read to the end")
            nodes, told = nodes + list(more["nodes"]), more["pageInfo"]
        return {**node, "lineItems": {"nodes": nodes}}

    def _record(self, entity: Entity, node: Json, *, whole: bool = True) -> Record:
        return shapes.record(entity, node, taxes_included=self._access.shop().taxes_included, whole=whole)

    def _size(self, kind: str, most: int) -> int:
        return self._sizes.setdefault(kind, most)

    def _halve(self, kind: str, size: int) -> None:
        if size <= _LEAST:
            raise FatalError(f"Shopify: a single {kind} costs more than one query may")
        self._sizes[kind] = size // 2


def _phrase(value: str) -> str:
    """A search term that stays one: quoted, for blanks split terms and e-mail addresses are tokens."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _from(query: str, by: str, last: str) -> str:
    """The filter with which a walk goes on after its deepest row."""
    begin = f"id:>{last}" if by == "ID" else f"updated_at:>='{last}'"
    return f"({query}) AND {begin}" if query else begin
