"""Applies writes under the dialect's optimistic check, so that no edit made since the plan is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lenke.core.errors import ConfigurationError, LenkeError, MovedError, RecordNotFoundError
from lenke.core.ports import Write
from lenke.systems.described.bodies import item_of
from lenke.systems.described.dialect import Entity
from lenke.systems.described.lookups import Lookups
from lenke.systems.described.writes import Result, Writer
from lenke.systems.paths import look, unlike


class Changes:
    """The writes of one system, compared with what is there."""

    def __init__(self, writer: Writer, lookups: Lookups) -> None:
        self._writer = writer
        self._lookups = lookups

    def apply(self, kind: Entity, writes: Sequence[Write]) -> list[Result]:
        """Each write's stored record or error. A stale target is read again, compared, and sent once more if it has not moved.

        The check only says that the record changed, not that a field of ours did.
        """
        unchecked = [at for at, write in enumerate(writes) if _lacks_stamp(kind, write)]
        results: dict[int, Result] = dict(zip(unchecked, self._compared(kind, [writes[at] for at in unchecked]), strict=True))
        rest = [at for at in range(len(writes)) if at not in results]
        results.update(zip(rest, self._send(kind, [writes[at] for at in rest]), strict=True))
        stale = [at for at in rest if isinstance(results[at], MovedError) and kind.check]
        results.update(zip(stale, self._compared(kind, [writes[at] for at in stale]), strict=True))
        return [results[at] for at in range(len(writes))]

    def _compared(self, kind: Entity, writes: Sequence[Write]) -> list[Result]:
        """Send the writes whose targets still hold what the plan saw, with the stamps of a fresh read."""
        fresh = self._read(kind, writes)
        results: dict[int, Result] = {}
        ready: list[tuple[int, Write]] = []
        for at, write in enumerate(writes):
            current = fresh.get(str(write.id))
            moved = _moved(kind, write, current) if current is not None else []
            if current is None:
                results[at] = RecordNotFoundError("the record is not there any more")
            elif moved:
                results[at] = MovedError(f"changed since it was read: {', '.join(moved)}")
            else:
                ready.append((at, replace(write, current=current)))
        results.update(zip([at for at, _ in ready], self._send(kind, [write for _, write in ready]), strict=True))
        return [results[at] for at in range(len(writes))]

    def _send(self, kind: Entity, writes: Sequence[Write]) -> list[Result]:
        results: dict[int, Result] = {}
        items = []
        for at, write in enumerate(writes):
            try:
                items.append((at, item_of(kind, write)))
            except ConfigurationError:
                raise
            except LenkeError as error:
                results[at] = error
        sent = self._writer.send(kind, [item for _, item in items])
        results.update(zip([at for at, _ in items], sent, strict=True))
        return [results[at] for at in range(len(writes))]

    def _read(self, kind: Entity, writes: Sequence[Write]) -> dict[str, Mapping[str, Any]]:
        rows = self._lookups.by_id(kind, [str(write.id) for write in writes]) if writes else ()
        return {str(look(value, kind.id.path)): value for _, value in rows}


def _lacks_stamp(kind: Entity, write: Write) -> bool:
    return kind.check is not None and write.verb != "create" and look(write.current, kind.check.path) is None


def _moved(kind: Entity, write: Write, current: Mapping[str, Any]) -> list[str]:
    """What of the write's targets, lines included, is not what the plan saw."""
    moved = unlike(write.before, current)
    lines = kind.lines
    stored = {str(look(line, lines.id.path)): line for line in look(current, lines.path) or ()} if lines else {}
    for line in write.lines:
        if line.verb != "create":
            moved += [f"line {line.id}"] if unlike(line.before, stored.get(str(line.id))) else []
    return moved
