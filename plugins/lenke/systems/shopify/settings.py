"""What a Shopify connection says.

host: the shop (``my-shop.myshopify.com``); password: a static access token, or the client secret where login holds the client id
(client credentials: an app of one's own organisation, the only kind that can be made since 2026-01-01); the rest in extra.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from lenke.core.errors import ConfigurationError
from lenke.systems.connection import Connection

VERSION = "2026-10"


@dataclass(frozen=True, slots=True)
class Settings:
    """One shop's settings.

    :param shop_url: scheme and host. :param client_id: empty for a static token.
    :param version: extra ``api_version``; compared with what each answer says.
    :param location: extra ``location_id``, digits: the location whose stock counts; empty where the shop has only one.
    :param overlap: extra ``overlap_seconds``: the search index shows a change seconds to minutes late.
    :param page_size: extra; nodes a page, halved where a query would cost too much.
    """

    shop_url: str
    client_id: str
    secret: str = field(repr=False)
    version: str = VERSION
    location: str = ""
    overlap: timedelta = timedelta(minutes=10)
    requests_per_second: float = 20.0
    read_lag: timedelta = timedelta(0)
    page_size: int = 100

    @classmethod
    def of(cls, connection: Connection) -> Settings:
        """Raises ConfigurationError where the shop or the secret is missing."""
        if not connection.base_url or not connection.password:
            raise ConfigurationError("connection shopify: host (my-shop.myshopify.com) and password (token or client secret) are needed")
        parts = urlsplit(connection.base_url)
        return cls(
            f"{parts.scheme}://{parts.netloc}",
            connection.login,
            connection.password,
            version=connection.text("api_version", VERSION),
            location=connection.text("location_id").rpartition("/")[2],
            overlap=timedelta(seconds=connection.number("overlap_seconds", 600.0)),
            requests_per_second=connection.number("requests_per_second", 20.0),
            read_lag=timedelta(seconds=connection.number("read_lag_seconds", 0.0)),
            page_size=max(1, min(250, int(connection.number("page_size", 100)))),
        )

    @property
    def endpoint(self) -> str:
        """The path of every query."""
        return f"/admin/api/{self.version}/graphql.json"

    @property
    def token_url(self) -> str:
        """Where client credentials become an access token that lives for about a day."""
        return f"{self.shop_url}/admin/oauth/access_token"
