"""The client of Shopify's GraphQL Admin API: :class:`lenke.core.ports.System` in the vendor's dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import requests

from lenke.core.ports import Outcome, Record, Traits, Write
from lenke.systems.connection import Connection
from lenke.systems.http import Session
from lenke.systems.limits import TokenBucket
from lenke.systems.patience import PATIENCE, Patience
from lenke.systems.shopify import tokens
from lenke.systems.shopify.access import Access
from lenke.systems.shopify.entities import MARKER, MARKER_LENGTH, ORDER, entity_of
from lenke.systems.shopify.problems import explain
from lenke.systems.shopify.reading import Reading
from lenke.systems.shopify.settings import Settings
from lenke.systems.shopify.wire import Wire
from lenke.systems.shopify.writing import Writing


def connect(connection: Mapping[str, Any], **transport: Any) -> ShopifyClient:
    """The client that a plain connection opens; ``transport`` as in :class:`ShopifyClient`."""
    return ShopifyClient(Settings.of(Connection.of(connection)), **transport)


class ShopifyClient:
    """Customer, Sesamproduct (product variants) and Order of one shop.

    :param patience: how often and how long to try.
    :param adapter: replaces the transport.
    """

    def __init__(self, settings: Settings, *, patience: Patience = PATIENCE, adapter: requests.adapters.BaseAdapter | None = None) -> None:
        self._settings = settings
        hidden = (settings.secret,)
        auth = tokens.ClientCredentials(self._token, hidden=hidden) if settings.client_id else tokens.static(settings.secret)
        self._session = Session(
            settings.shop_url,
            auth=auth,
            limiter=TokenBucket(settings.requests_per_second, clock=patience.clock, sleep=patience.sleep),
            explain=explain,
            patience=patience,
            adapter=adapter,
        )
        self._wire = Wire(self._session, settings.endpoint, settings.version, patience)
        self._access = Access(self._wire, settings.location)
        self._reading = Reading(self._wire, self._access, page_size=settings.page_size, overlap=settings.overlap)

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, token requests included."""
        return self._session.calls

    @property
    def wire(self) -> Wire:
        """What speaks GraphQL, for set-up."""
        return self._wire

    def tenant(self) -> str:
        """The shop's own ``myshopify.com`` address, which never changes."""
        return self._access.shop().domain

    def traits(self, entity: str) -> Traits:
        """The client compares before it writes: Shopify itself compares stock only. Reads by id are current, lists lag."""
        kind = entity_of(entity)
        return Traits(
            changes="filter",
            created="createdAt",
            read_lag=self._settings.read_lag,
            marker=MARKER,
            line_marker="marker" if kind is ORDER else None,
            marker_length=MARKER_LENGTH,
            marker_unique=True,
            keys=frozenset(kind.keys),
            overlooks=kind.overlooks,
            batch=kind.batch,
        )

    def list(self, entity: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Record]:
        """Records changed since then, less an overlap for the lag of the search index; without ``since`` orders as headers."""
        return self._reading.walk(entity_of(entity), since, until)

    def get(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """The records with these ids, orders with their lines."""
        return self._reading.get(entity_of(entity), ids)

    def find(self, entity: str, path: str, values: Sequence[str]) -> Iterator[Record]:
        """Records whose ``path`` equals one of ``values``."""
        return self._reading.find(entity_of(entity), path, values)

    def write(self, entity: str, writes: Sequence[Write]) -> Sequence[Outcome]:
        """All writes aliased into one mutation, or a few; what an order's lines need goes in requests of its own."""
        return Writing(self._wire, self._access, self._reading, entity_of(entity)).run(writes)

    def gone(self, entity: str, ids: Sequence[str]) -> Mapping[str, str]:
        """``deleted`` for ids that a current read by id answers with null."""
        there = {record.id for record in self.get(entity, ids)}
        return {id: "deleted" for id in ids if id not in there}

    def closed(self, entity: str, path: str, values: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """None: a closed order stays an order."""
        entity_of(entity)
        return {}

    def close(self) -> None:
        """End the HTTP session."""
        self._session.close()

    def _token(self) -> Mapping[str, Any]:
        keys = {"grant_type": "client_credentials", "client_id": self._settings.client_id, "client_secret": self._settings.secret}
        return self._session.token(self._settings.token_url, urlencode(keys), {})
