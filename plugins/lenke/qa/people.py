"""What people do in the systems while a checklist is gone through: on the sandbox by its pages, on a test tenant by its API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from lenke.core.errors import LenkeError
from lenke.core.mapping.columns import parse_object
from lenke.core.ports import LineWrite, System, Write


class People(Protocol):
    """Every method raises ValueError, with the system's complaint, where the system refuses."""

    def edit(self, system: str, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change members of a record: dotted path to JSON value."""

    def edit_line(self, system: str, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """Change a line (``line`` None: add one; ``fields`` None: take it away); returns the line's id."""

    def create(self, system: str, entity: str, fields: Mapping[str, Any]) -> str:
        """Make a record from its members (nested as the API has them); returns its id."""

    def delete(self, system: str, entity: str, key: str) -> None:
        """Delete a record."""

    def invoice(self, key: str, *, system: str) -> None:
        """Send an order's invoice."""


class UntriedError(ValueError):
    """Something that is left alone on purpose."""


class TenantPeople:
    """A person's edits through a test tenant's API. Nothing is made or deleted there: both would stay."""

    def __init__(self, system: Any) -> None:
        self._system = system

    def edit(self, system: str, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """One update without Lenke's marker."""
        self._write(system, entity, key, Write("qa", "update", key, dict(fields), current=self._current(system, entity, key)))

    def edit_line(self, system: str, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """One line in an update of its record."""
        verb: Any = "remove" if fields is None else "create" if line is None else "update"
        write = LineWrite(verb, line, dict(fields or {}))
        self._write(system, entity, key, Write("qa", "update", key, current=self._current(system, entity, key), lines=(write,)))
        return line or ""

    def create(self, system: str, entity: str, fields: Mapping[str, Any]) -> str:
        """Refused."""
        raise UntriedError("nothing is made on a test tenant")

    def delete(self, system: str, entity: str, key: str) -> None:
        """Refused."""
        raise UntriedError("nothing is deleted on a test tenant")

    def invoice(self, key: str, *, system: str) -> None:
        """Refused."""
        raise UntriedError("no invoice is sent from a test tenant")

    def _current(self, system: str, entity: str, key: str) -> Mapping[str, Any] | None:
        client: System = self._system(system)
        return next((parse_object(record.raw) for record in client.get(entity, [key])), None)

    def _write(self, system: str, entity: str, key: str, write: Write) -> None:
        client: System = self._system(system)
        try:
            outcome = client.write(entity, [write])[0]
        except LenkeError as error:
            raise ValueError(str(error)) from None
        if outcome.status != "done":
            raise ValueError(f"{outcome.status}: {outcome.reason}")
