"""What a WooCommerce connection says, with the defaults.

host: the shop's address; login: consumer key; password: consumer secret; the rest is in extra. Over https the two go as basic
credentials; over http, where WooCommerce refuses those, each request is signed with OAuth 1.0a.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from lenke.core.errors import ConfigurationError
from lenke.systems.connection import Connection

Permalinks = Literal["auto", "pretty", "plain"]


@dataclass(frozen=True, slots=True)
class Settings:
    """One shop's settings.

    :param site: the shop's address without the API's path.
    :param signs: OAuth 1.0a in place of basic credentials (extra ``oauth`` forces it over https, too).
    :param signed_as: the address that WordPress believes to have (extra ``site_url``), where it is not ``site``: signatures hold it.
    :param permalinks: extra; ``pretty`` speaks to ``/wp-json/``, ``plain`` through ``?rest_route=``, ``auto`` finds out.
    :param requests_per_second: extra; wc/v3 has no limit of its own, hosts have.
    :param page_size: extra; 100 is the most that WooCommerce gives.
    :param marker_window: extra ``marker_days``; how far back a record's creation may lie to be found by its marker.
    :param meta_keys: extra, with commas between them; further ``meta_data`` keys that are null where a record lacks them.
    """

    site: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    signs: bool = False
    signed_as: str = ""
    permalinks: Permalinks = "auto"
    requests_per_second: float = 5.0
    page_size: int = 100
    read_lag: timedelta = timedelta(0)
    marker_window: timedelta = timedelta(days=7)
    meta_keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, connection: Connection) -> Settings:
        """Raises ConfigurationError where the host or one of the keys is missing."""
        given = {"host": connection.base_url, "login (consumer key)": connection.login, "password (consumer secret)": connection.password}
        missing = [name for name, value in given.items() if not value]
        if missing:
            raise ConfigurationError(f"connection woocommerce: {', '.join(missing)} missing")
        site = connection.base_url.partition("/wp-json")[0].rstrip("/")
        return cls(
            site,
            connection.login,
            connection.password,
            signs=urlsplit(site).scheme == "http" or connection.flag("oauth", default=False),
            signed_as=connection.text("site_url").rstrip("/") or site,
            permalinks=_permalinks(connection.text("permalinks", "auto")),
            requests_per_second=connection.number("requests_per_second", 5.0),
            page_size=int(connection.number("page_size", 100)),
            read_lag=timedelta(seconds=connection.number("read_lag_seconds", 0.0)),
            marker_window=timedelta(days=connection.number("marker_days", 7.0)),
            meta_keys=tuple(key for key in connection.text("meta_keys").replace(" ", "").split(",") if key),
        )


def _permalinks(word: str) -> Permalinks:
    known: tuple[Permalinks, ...] = ("auto", "pretty", "plain")
    for one in known:
        if word == one:
            return one
    raise ConfigurationError(f"connection extra permalinks: one of {', '.join(known)} is needed")
