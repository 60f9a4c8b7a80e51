"""The client of a WooCommerce shop's REST API wc/v3: :class:`lenke.core.ports.System` in the vendor's dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import requests

from lenke.core.errors import (
    ConfigurationError,
    RetriableError,
)
from lenke.core.ports import Outcome, Record, Traits, Write
from lenke.systems.auth import Static, basic
from lenke.systems.connection import Connection
from lenke.systems.http import Session, unsigned
from lenke.systems.limits import TokenBucket
from lenke.systems.paths import look
from lenke.systems.patience import PATIENCE, Patience
from lenke.systems.woocommerce import entities, rules
from lenke.systems.woocommerce.changes import Changes, Reader
from lenke.systems.woocommerce.codes import explain
from lenke.systems.woocommerce.customers import Customers
from lenke.systems.woocommerce.entities import CUSTOMER, KEYS, MARKER, META_KEYS, ORDER, OVERLOOKS, PRODUCT, Fields
from lenke.systems.woocommerce.guests import Guests
from lenke.systems.woocommerce.orders import Orders
from lenke.systems.woocommerce.products import Products
from lenke.systems.woocommerce.settings import Settings
from lenke.systems.woocommerce.signing import Signer
from lenke.systems.woocommerce.texts import moment, readable
from lenke.systems.woocommerce.wire import Wire
from lenke.systems.woocommerce.writes import BATCH, Sender

_MARKER_LENGTH = 255
_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)


def connect(connection: Mapping[str, Any], **transport: Any) -> WooCommerceClient:
    """The client that a plain connection opens; ``transport`` as in :class:`WooCommerceClient`."""
    # Over http the secret signs and does not travel (OAuth 1.0a), so an address without TLS is taken.
    return WooCommerceClient(Settings.of(Connection.of(connection, signs_over_http=True)), **transport)


class WooCommerceClient:
    """Customer, Product and Order of one shop.

    Updates are compared with a read that goes just before them: the vendor has no conditional write.

    :param patience: how often and how long to try.
    :param adapter: replaces the transport.
    """

    def __init__(self, settings: Settings, *, patience: Patience = PATIENCE, adapter: requests.adapters.BaseAdapter | None = None) -> None:
        self._settings = settings
        fresh = {"Cache-Control": "no-cache"}
        keys = {} if settings.signs else {"Authorization": basic(settings.key, settings.secret)}
        signer = Signer(settings.key, settings.secret, site=settings.site, signed_as=settings.signed_as) if settings.signs else None
        self._session = Session(
            settings.site,
            auth=Static(fresh | keys, hidden=(settings.key, settings.secret)),
            limiter=TokenBucket(settings.requests_per_second, clock=patience.clock, sleep=patience.sleep),
            explain=explain,
            names=rules.NAMES,
            patience=patience,
            adapter=adapter,
            sign=signer or unsigned,
            text_of=readable,
        )
        self._wire = Wire(self._session, settings, signer)
        meta = {entity: (*META_KEYS[entity], *settings.meta_keys) for entity in META_KEYS}
        guests = Guests(self._wire)
        self._readers: Mapping[str, Reader] = {
            CUSTOMER: Customers(self._wire, guests, meta[CUSTOMER]),
            PRODUCT: Products(self._wire, meta[PRODUCT]),
            ORDER: Orders(self._wire, guests, meta[ORDER]),
        }
        self._changes = Changes(Sender(self._wire), self._readers)

    @property
    def calls(self) -> int:
        """HTTP requests sent so far."""
        return self._session.calls

    def tenant(self) -> str:
        """The shop's address as WordPress has it, without the scheme."""
        return self._wire.status().home

    def prove_writable(self) -> None:
        """Raise AuthenticationError for keys that may only read; nothing is written."""
        self._wire.prove_writable()

    def traits(self, entity: str) -> Traits:
        """Orders in the old storage do not tell of edited lines and addresses: they are walked."""
        entities.refuse_unknown(entity)
        walks = entity == ORDER and not self._tells_order_edits()
        return Traits(
            changes="walk" if walks else "filter",
            interval=entity != CUSTOMER,  # the API has no filter for them: the client looks at all of their times
            created="date_created_gmt",
            read_lag=self._settings.read_lag,
            marker=MARKER,
            line_marker=MARKER,
            marker_length=_MARKER_LENGTH,
            keys=KEYS[entity],
            overlooks=OVERLOOKS[entity],
            batch=BATCH,
            compares=True,
        )

    def list(self, entity: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Record]:
        """Every record changed from ``since`` on; one that changes on the way may come twice, its last state last."""
        reader = self._reader(entity)
        whole = since is None and until is None
        yield from map(entities.record, reader.all() if whole else reader.changed(since or _LONG_AGO, until))

    def get(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """The records with these ids; what lies in the trash is not there."""
        yield from map(entities.record, self._reader(entity).by_id(ids).values())

    def find(self, entity: str, path: str, values: Sequence[str]) -> Iterator[Record]:
        """Records whose ``path`` equals one of ``values``, of an e-mail or a SKU whatever the case.

        No filter finds a marker: the newest records are read for it, as far back as the settings' ``marker_window``.
        """
        wanted = [value for value in dict.fromkeys(values) if value]
        if path != MARKER and path not in KEYS[self._known(entity)]:
            raise ConfigurationError(f"WooCommerce {entity}: cannot look up by {path}; there are {', '.join(sorted(KEYS[entity]))}")
        found = self._by_marker(entity, wanted) if path == MARKER else self._reader(entity).by_key(wanted)
        form = str.casefold if path in OVERLOOKS[entity] else str
        forms = {form(value) for value in wanted}
        yield from (entities.record(fields) for fields in found if form(str(look(fields, path))) in forms)

    def write(self, entity: str, writes: Sequence[Write]) -> Sequence[Outcome]:
        """Creates one by one, updates in batches; what was stored is read back."""
        self._known(entity)
        outcomes: dict[int, Outcome] = {
            at: self._changes.create(entity, write) for at, write in enumerate(writes) if write.verb == "create"
        }
        others = [at for at in range(len(writes)) if at not in outcomes]
        outcomes.update(zip(others, self._changes.update(entity, [writes[at] for at in others]), strict=True))
        return self._with_records(entity, [outcomes[at] for at in range(len(writes))])

    def gone(self, entity: str, ids: Sequence[str]) -> Mapping[str, str]:
        """``deleted`` for what is not there, or lies in the trash."""
        there = self._reader(entity).by_id(ids)
        return {one: "deleted" for one in ids if one not in there}

    def closed(self, entity: str, path: str, values: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Nothing: an order stays an order."""
        return {}

    def close(self) -> None:
        """End the HTTP session."""
        self._session.close()

    def _tells_order_edits(self) -> bool:
        """False where the shop does not answer, too: a walk misses nothing."""
        try:
            return self._wire.shop.tells_order_edits
        except RetriableError:
            return False

    def _known(self, entity: str) -> str:
        entities.refuse_unknown(entity)
        return entity

    def _reader(self, entity: str) -> Reader:
        return self._readers[self._known(entity)]

    def _by_marker(self, entity: str, markers: Sequence[str]) -> Iterator[Fields]:
        left = set(markers)
        oldest = datetime.now(UTC) - self._settings.marker_window
        for fields in self._reader(entity).newest() if left else ():
            made = moment(fields.get("date_created_gmt"))
            if look(fields, MARKER) in left:
                left.discard(str(look(fields, MARKER)))
                yield fields
            # Products come in two lists, the variations after the products.
            if not left or (made is not None and made < oldest and entity != PRODUCT):
                return

    def _with_records(self, entity: str, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        """What was stored, as a read shows it: the answers to writes round and wrap otherwise than the lists do."""
        written = [outcome.id for outcome in outcomes if outcome.status == "done" and outcome.id]
        try:
            found = self._reader(entity).by_id(written) if written else {}
        except RetriableError:
            found = {}
        records = {key: entities.record(fields) for key, fields in found.items()}
        return [replace(one, record=records.get(one.id or "")) if one.status == "done" else one for one in outcomes]
