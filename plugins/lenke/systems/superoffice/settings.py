"""What a SuperOffice connection says.

host: the environment that signs in (``https://online.superoffice.com``), never the host that serves the data, which is asked for;
login: the tenant (``Cust12345``); password: the application token (client secret). Extra holds either ``system_token`` and
``private_key`` (a system user, the vendor's way for unattended programs) or ``client_id`` and ``refresh_token`` (an ordinary user).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lenke.core.errors import ConfigurationError
from lenke.systems.connection import Connection

PRODUCTION = "https://online.superoffice.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """One tenant's settings.

    :param environment: where tokens and the tenant's address are asked for.
    :param private_key: RSA key, PEM; line ends may be written as ``\\n``.
    :param currency: extra; products of price lists in this currency are the other system's products.
    :param page_size: extra; rows of one list request. The vendor advises 1000.
    :param requests_per_second: extra; the vendor publishes no limit and throttles as it sees fit, so a client works one by one.
    """

    environment: str
    tenant: str
    application_token: str = field(repr=False)
    system_token: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    client_id: str = ""
    refresh_token: str = field(default="", repr=False)
    redirect_uri: str = ""
    currency: str = "NOK"
    page_size: int = 1000
    requests_per_second: float = 10.0

    @classmethod
    def of(cls, connection: Connection) -> Settings:
        """Raises ConfigurationError where something is missing."""
        found = cls(
            connection.base_url or PRODUCTION,
            connection.login,
            connection.password,
            connection.text("system_token"),
            connection.text("private_key").replace("\\n", "\n"),
            connection.text("client_id"),
            connection.text("refresh_token"),
            connection.text("redirect_uri"),
            currency=connection.text("currency", "NOK"),
            page_size=int(connection.number("page_size", 1000)),
            requests_per_second=connection.number("requests_per_second", 10.0),
        )
        missing = [name for name, value in found._needed().items() if not value]
        if missing:
            raise ConfigurationError(f"connection superoffice: {', '.join(missing)} missing")
        return found

    @property
    def is_system_user(self) -> bool:
        """Whether a system token signs in; else a refresh token does."""
        return not self.refresh_token

    def _needed(self) -> dict[str, str]:
        needed = {"login (tenant)": self.tenant, "password (application token)": self.application_token}
        if self.is_system_user:
            return {**needed, "extra system_token": self.system_token, "extra private_key": self.private_key}
        return {**needed, "extra client_id": self.client_id}
