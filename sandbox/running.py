"""A sandbox that serves: its addresses, and what a person or a fault does to it, for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.faults import fault
from sandbox.home import Home
from sandbox.site import Answer, Site
from sandbox.system import SandboxSystem
from sandbox.wire import Json, Request


class Running:
    """Handle on the served systems; every method takes the system's name first where there can be several.

    :ivar urls: system to base address, ``http://127.0.0.1:8091``.
    :ivar connections: system to its Airflow connection as JSON.
    """

    def __init__(self, sites: Mapping[str, Site], stops: Sequence[Callable[[], None]], home: Home) -> None:
        self._sites = sites
        self._stops = stops
        self._home = home
        self.urls = {name: site.url for name, site in sites.items()}
        self.connections: dict[str, Json] = {name: site.connection for name, site in sites.items()}

    def _system(self, name: str) -> SandboxSystem:
        return self._sites[name].system

    def edit(self, system: str, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change a record (dotted path to value) as a person would; raises ValueError where the system would refuse."""
        with self._system(system).store.transaction():
            self._system(system).edit(entity, str(key), fields)

    def edit_line(self, system: str, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """Change an order's line as a person would; ``line`` None adds one, ``fields`` None takes it away. Returns the line's id."""
        with self._system(system).store.transaction():
            return self._system(system).edit_line(entity, str(key), line, fields)

    def create(self, system: str, entity: str, fields: Mapping[str, Any]) -> str:
        """Make a record as a person would; returns its id."""
        with self._system(system).store.transaction():
            return self._system(system).create(entity, fields)

    def delete(self, system: str, entity: str, key: str) -> None:
        """Delete a record as a person would."""
        with self._system(system).store.transaction():
            self._system(system).delete(entity, str(key))

    def invoice(self, key: str, *, system: str = "poweroffice_go") -> None:
        """Send an order's invoice: the order leaves the orders."""
        with self._system(system).store.transaction():
            self._system(system).invoice(str(key))

    def audit(self, system: str, since: int = 0) -> list[Json]:
        """The write requests with a higher ``seq`` than ``since``, refused ones too; people's edits are not among them."""
        return self._system(system).store.audit(since)

    def record(self, system: str, entity: str, key: str) -> Json | None:
        """A record's present body, or None; not to be changed."""
        with self._system(system).store.lock:
            return self._system(system).store.get(entity, str(key))

    def records(self, system: str, entity: str) -> list[Json]:
        """The present bodies; not to be changed."""
        with self._system(system).store.lock:
            return self._system(system).store.all(entity)

    def fault(self, system: str, name: str, *, seed: int = 1, **rule: Any) -> None:
        """Put a fault in force: ``rate`` or ``count``, ``match={"method":, "path":}``, ``seconds``, ``status``, ``effect``."""
        self._sites[system].add_fault(fault({"fault": name, **rule}), seed=seed)

    def hits(self, system: str) -> int:
        """How many requests the faults in force have hit."""
        return self._sites[system].faults.hits()

    def watch(self, system: str, watch: Callable[[Request, Answer], None], *, sleep: Callable[[float], None]) -> None:
        """Be told of each request and its answer; faults that are slow wait with ``sleep``."""
        self._sites[system].watch, self._sites[system].sleep = watch, sleep

    def clear_faults(self, system: str | None = None) -> None:
        """Take the faults of one system, or of all, back."""
        for name in [system] if system else list(self._sites):
            self._sites[name].faults.clear()

    def lag(self, seconds: float, *, system: str = "poweroffice_go") -> None:
        """Let the system's reads answer from the state of so many seconds ago; 0 for the present."""
        self._system(system).lag(seconds)

    def switch(self, system: str, name: str, *, on: bool) -> None:
        """Turn a switchable behaviour of the system on or off."""
        with self._system(system).store.transaction():
            self._system(system).switch(name, on=on)

    def stop(self) -> None:
        """Hang up, close the files and give the home free."""
        for stop in self._stops:
            stop()
        for site in self._sites.values():
            site.system.store.close()
        self._home.release()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
