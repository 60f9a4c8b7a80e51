"""What a PowerOffice GO connection says, with the vendor's defaults.

host: the API's base URL; password: client key; extra: application_key, subscription_key and what else is below. The application key
may also be the login, but Airflow stores logins as plain text, and extra encrypted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from lenke.core.errors import ConfigurationError
from lenke.systems.connection import Connection

PRODUCTION = "https://goapi.poweroffice.net/v2"


@dataclass(frozen=True, slots=True)
class Settings:
    """One PowerOffice GO client's settings.

    :param token_url: extra ``token_url``; else the OAuth/Token beside the base URL's ``v2``.
    :param requests_per_second: extra; the vendor allows 10 for each subscription key, shared by all client keys.
    :param read_lag: extra ``read_lag_seconds``; a GET may come from a replica this much behind.
    :param json_patch_test: extra; whether patches compare before they replace.
    :param page_size: extra; 5000 is the vendor's default, 20000 its most.
    """

    base_url: str
    token_url: str
    application_key: str = field(repr=False)
    client_key: str = field(repr=False)
    subscription_key: str = field(repr=False)
    requests_per_second: float = 10.0
    read_lag: timedelta = timedelta(seconds=60)
    json_patch_test: bool = True
    page_size: int = 5000

    @classmethod
    def of(cls, connection: Connection) -> Settings:
        """Raises ConfigurationError where one of the three keys is missing."""
        base = connection.base_url or PRODUCTION
        application_key = connection.text("application_key") or connection.login
        keys = {
            "extra application_key": application_key,
            "password (client key)": connection.password,
            "extra subscription_key": connection.text("subscription_key"),
        }
        missing = [name for name, value in keys.items() if not value]
        if missing:
            raise ConfigurationError(f"connection poweroffice_go: {', '.join(missing)} missing")
        return cls(
            base,
            connection.text("token_url") or _beside(base),
            application_key,
            connection.password,
            connection.text("subscription_key"),
            requests_per_second=connection.number("requests_per_second", 10.0),
            read_lag=timedelta(seconds=connection.number("read_lag_seconds", 60.0)),
            json_patch_test=connection.flag("json_patch_test", default=True),
            page_size=int(connection.number("page_size", 5000)),
        )


def _beside(base_url: str) -> str:
    """The vendor's token address: ``.../v2`` and ``.../OAuth/Token`` are neighbours, in production and on demo."""
    root = base_url[: -len("/v2")] if base_url.lower().endswith("/v2") else base_url
    return root + "/OAuth/Token"
