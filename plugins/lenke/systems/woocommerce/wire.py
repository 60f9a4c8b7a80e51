"""Where a shop's API is and how its lists are paged; every other module speaks to the shop through here.

With pretty permalinks the API lies under ``/wp-json/``, else only under ``?rest_route=``. There WooCommerce before 11.1 looks at keys
only where the address holds ``wp-json/wc/`` as it stands (woocommerce#41191), so a parameter that nobody reads says it; and the path is
``/index.php``, for a signature of ``/`` is checked against the shop's address without its slash, which no OAuth library signs.
The pages' addresses are made here: the one that WordPress gives in ``Link`` is wrong behind a proxy, holds the signature, and a header
of that name comes with every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from lenke.core.errors import (
    AuthenticationError,
    ConfigurationError,
    LenkeError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
    UnknownOutcomeError,
)
from lenke.systems.http import Session, UnauthorisedError
from lenke.systems.replies import Reply
from lenke.systems.woocommerce.settings import Settings
from lenke.systems.woocommerce.signing import NAMESPACE, Signer

Row = Mapping[str, Any]
Query = Mapping[str, str]

_ROUTE = "/wc/v3"
_READ_ONLY = (
    "WooCommerce: the connection's key opens the shop but has no write permission; make one with permission Read/Write "
    "(WooCommerce > Settings > Advanced > REST API) and put it into login and password"
)
_HOME = {"_fields": "home"}
_STATUS = ("/system_status", {"_fields": "environment.home_url,environment.version,settings"})


@dataclass(frozen=True, slots=True)
class Shop:
    """What ``/system_status`` tells.

    :param home: the shop's address as WordPress has it, without the scheme.
    :param tells_order_edits: orders are kept in tables of their own (HPOS); in the old storage an edited line or address moves no date.
    """

    home: str
    tells_order_edits: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; ``total`` is how many rows the whole list has now, None where the shop does not say."""

    rows: list[Row]
    total: int | None


class Wire:
    """Reads and writes below ``wc/v3`` of one shop."""

    def __init__(self, session: Session, settings: Settings, signer: Signer | None = None) -> None:
        self._session = session
        self._settings = settings
        self._signer = signer
        self._plain: bool | None = None
        self._shop: Shop | None = None

    @property
    def shop(self) -> Shop:
        """The shop behind the address; asks once. Raises AuthenticationError, ConfigurationError, RetriableError."""
        if self._shop is None:
            self._shop = self._discover()
        return self._shop

    def status(self) -> Shop:
        """The same, asked anew: proves that the keys open the shop now."""
        self._shop = self._told(self._session.read(*self._place(*_STATUS))) if self._shop else self._discover()
        return self._shop

    def read(self, path: str, query: Query | None = None) -> Reply:
        """GET of a path below ``wc/v3``."""
        return self._session.read(*self._place(path, query or {}))

    def one(self, path: str, query: Query | None = None) -> Row:
        """The single record at a path."""
        body = self.read(path, query).body
        if not isinstance(body, Mapping):
            raise RetriableError(f"GET {path}: the answer is no record")
        return body

    def send(self, method: str, path: str, body: Any) -> Reply:
        """A write to a path below ``wc/v3``."""
        where, query = self._place(path, {})
        try:
            return self._session.send(method, f"{where}&{urlencode(query)}" if query else where, body)
        except UnauthorisedError as error:
            refused = self._read_only() or error
        raise refused

    def prove_writable(self) -> None:
        """Raise AuthenticationError for keys that may only read; an empty batch writes nothing, and is let in as any write is."""
        with suppress(RecordNotFoundError, RejectedRecordError, RetriableError, UnknownOutcomeError):
            self.send("POST", "/customers/batch", {})

    def _read_only(self) -> AuthenticationError | None:
        """What is wrong where the keys open the shop and a write was refused; the shop's own words come in its own language."""
        try:
            self.status()
        except LenkeError:
            return None
        return AuthenticationError(_READ_ONLY)

    def pages(self, path: str, query: Query) -> Iterator[Page]:
        """The pages of a list, each asked for once the one before was taken."""
        number, size = 1, self._settings.page_size
        while True:
            reply = self.read(path, {**query, "per_page": str(size), "page": str(number)})
            rows, last = _rows(reply, path), _count(reply, "X-WP-TotalPages")
            yield Page(rows, _count(reply, "X-WP-Total"))
            if not rows or (number >= last if last is not None else len(rows) < size):
                return
            number += 1

    def rows(self, path: str, query: Query) -> Iterator[Row]:
        """All rows of a list that does not move."""
        for page in self.pages(path, query):
            yield from page.rows

    def _place(self, path: str, query: Query) -> tuple[str, dict[str, str]]:
        if self._plain is None:
            _ = self.shop
        return _placed(path, query, plain=bool(self._plain))

    def _discover(self) -> Shop:
        wanted = self._settings.permalinks
        failed: LenkeError | None = None
        for plain in (True,) if wanted == "plain" else (False,) if wanted == "pretty" else (False, True):
            try:
                shop = self._asked(plain=plain)
            except AuthenticationError:
                raise
            except LenkeError as error:
                failed = failed or error
            else:
                self._plain = plain
                return shop
        assert failed is not None
        if isinstance(failed, (RetriableError, ConfigurationError)):
            raise failed
        raise ConfigurationError(f"{failed}; is the connection's host the address of a WooCommerce shop?")

    def _asked(self, *, plain: bool) -> Shop:
        try:
            return self._told(self._session.read(*_placed(*_STATUS, plain=plain)))
        except AuthenticationError:
            if not self._signs_anew(plain=plain):
                raise
        return self._told(self._session.read(*_placed(*_STATUS, plain=plain)))

    def _signs_anew(self, *, plain: bool) -> bool:
        """A signature holds the shop's address as WordPress has it, which may be another than ours; it tells everybody."""
        if self._signer is None:
            return False
        try:
            told = self._session.read(*(("/", {"rest_route": "/", **_HOME}) if plain else ("/wp-json/", _HOME))).body
        except LenkeError:
            return False
        home = told.get("home") if isinstance(told, Mapping) else None
        return bool(home) and self._signer.signs_as(str(home))

    def _told(self, reply: Reply) -> Shop:
        settings = reply.body.get("settings") if isinstance(reply.body, Mapping) else None
        if not isinstance(settings, Mapping):
            raise ConfigurationError(
                "WooCommerce: /system_status tells nothing; the keys need an administrator or a shop manager behind them"
            )
        environment = reply.body.get("environment")
        home = str(environment.get("home_url") or "") if isinstance(environment, Mapping) else ""
        parts = urlsplit(home or self._settings.site)
        return Shop(f"{parts.netloc}{parts.path}".rstrip("/"), settings.get("HPOS_enabled") is True)


def _placed(path: str, query: Query, *, plain: bool) -> tuple[str, dict[str, str]]:
    if plain:
        return f"/index.php?via={NAMESPACE}", {"rest_route": f"{_ROUTE}{path}", **query}
    return f"/wp-json{_ROUTE}{path}", dict(query)


def _rows(reply: Reply, path: str) -> list[Row]:
    if not isinstance(reply.body, list) or not all(isinstance(row, Mapping) for row in reply.body):
        raise RetriableError(f"GET {path}: the answer is no list")
    return reply.body


def _count(reply: Reply, header: str) -> int | None:
    text = str(reply.headers.get(header) or "")
    return int(text) if text.isdecimal() else None
