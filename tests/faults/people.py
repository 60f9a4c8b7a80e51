"""What people do in two systems between runs, and which records they had their hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.running import Running
from tests.flows.harness import Harness

Place = tuple[str, str, str]


@dataclass
class People:
    """Two served systems, the engine that knows what belongs together, and the ids of what was made under a word.

    :ivar touched: (system, entity, id) of what was created or edited.
    """

    systems: Running
    engine: Harness
    ids: Mapping[str, str] = field(default_factory=dict)
    touched: set[Place] = field(default_factory=set)

    def create(self, system: str, entity: str, **fields: Any) -> str:
        """Make a record; its id. ``a__b`` stands for the path ``a.b``."""
        id = self.systems.create(system, entity, _paths(fields))
        self.touched.add((system, entity, id))
        return id

    def edit(self, system: str, entity: str, id: str, **fields: Any) -> None:
        """Change members of a record."""
        self.touched.add((system, entity, id))
        self.systems.edit(system, entity, id, _paths(fields))

    def line(self, system: str, entity: str, id: str, line: object, fields: Mapping[str, Any] | None) -> None:
        """Change, add (``line`` None) or take away (``fields`` None) a line."""
        self.touched.add((system, entity, id))
        self.systems.edit_line(system, entity, id, None if line is None else str(line), fields)

    def record(self, system: str, entity: str, id: str) -> dict[str, Any]:
        """A record as it stands."""
        found = self.systems.record(system, entity, id)
        assert found is not None, f"{system} {entity} {id} is gone"
        return found

    def pairs(self, flow: str) -> list[tuple[str, str]]:
        """Left and right ids of a flow's linked records, in order of the left ones."""
        return sorted(self.engine.right_of(flow).items())


def _paths(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "."): value for name, value in fields.items()}
