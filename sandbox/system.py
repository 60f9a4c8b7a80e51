"""What the frame asks of a sandbox system, and what every system gets for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sandbox.store import Store
from sandbox.wire import Json, Reply, Request


class SandboxSystem(ABC):
    """One vendor's server without its sockets. A new system is one subclass and one line in ``sandbox.server.SYSTEMS``."""

    name: ClassVar[str]
    base: ClassVar[str]
    tokens: ClassVar[bool] = False
    switches: ClassVar[Mapping[str, bool]] = {}

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lag = timedelta(0)

    @abstractmethod
    def seed(self, records: Mapping[str, Sequence[Json]]) -> None:
        """Fill the empty store with these bodies by entity, and with what the vendor's tenants have from the start."""

    @abstractmethod
    def connection(self, url: str, rate: float) -> Json:
        """The Airflow connection (as JSON) that opens this server at ``url``."""

    @abstractmethod
    def handle(self, request: Request) -> Reply:
        """Answer one request of the vendor's API."""

    @abstractmethod
    def throttled(self, seconds: float) -> Reply:
        """How this vendor says that there were too many requests."""

    @abstractmethod
    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change a record as a person would in the system's own pages; raises ValueError where that page would refuse.

        :param fields: dotted path to the new value.
        """

    @abstractmethod
    def edit_line(self, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """Change an order's line (``line`` None: add one; ``fields`` None: take it away) as a person would; returns the line's id."""

    @abstractmethod
    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """Make a record as a person would; returns its id."""

    @abstractmethod
    def delete(self, entity: str, key: str) -> None:
        """Delete a record as a person would."""

    def invoice(self, key: str) -> None:
        """Send an order's invoice, where the system has such a thing."""
        raise ValueError(f"{self.name} has no invoices")

    def expire_tokens(self) -> None:
        """End every token given out; called only where ``tokens`` is True."""
        raise NotImplementedError

    def lag(self, seconds: float) -> None:
        """Let reads answer from the state of so many seconds ago; 0 for the present."""
        self._lag = timedelta(seconds=seconds)

    def reads_at(self) -> datetime | None:
        """The moment whose state a read shows, or None for the present."""
        return datetime.now(UTC) - self._lag if self._lag else None

    def on(self, switch: str) -> bool:
        """Whether a switchable behaviour is on."""
        kept = self.store.meta(f"switch:{switch}")
        return self.switches[switch] if kept is None else kept == "1"

    def switch(self, name: str, *, on: bool) -> None:
        """Turn a switchable behaviour on or off; kept over restarts. Raises ValueError for a name that is not there."""
        if name not in self.switches:
            raise ValueError(f"{self.name} has the switches {', '.join(self.switches) or 'none'}")
        self.store.keep(f"switch:{name}", str(int(on)))
