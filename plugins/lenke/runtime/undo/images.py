"""Before-images: what a write is about to replace, in the system's own form, on disk before it is sent.

One file a batch, ``before-<chunk>-<try>-<n>.json`` in the flow's folder of the run's journal, readable by its owner only. It is written
before the batch is sent and once more when the answers are there; what a kill leaves says that the outcome is not known. A try never
writes into another one's files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from lenke.core.links.rows import Side
from lenke.core.plan.model import ActionVerb, LineVerb
from lenke.runtime import staging
from lenke.systems.jsontext import dumps, loads

SENDING = "sending"


@dataclass(frozen=True, slots=True)
class PropertyImage:
    """One property of a record or a line around a write; raw JSON values by their dotted paths.

    :param before: what stood there; a path that the record did not have is not there.
    :param sent: what was sent, and :param told: its canonical text.
    :param agreed: both sides had agreed on a value before; else the write was part of a first link.
    :param stored: what the system held after the write, as answered or read back, and :param text: its canonical text; None: not known.
    """

    before: Mapping[str, Any]
    sent: Mapping[str, Any] = field(default_factory=dict)
    told: str | None = None
    agreed: bool = True
    stored: Mapping[str, Any] | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class LineImage:
    """One line of a record around a write; ``other`` is its id on the other side, or ""."""

    verb: LineVerb
    id: str
    other: str
    properties: Mapping[str, PropertyImage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Image:
    """One record of one side around a write.

    :param verb: the action's: ``create`` stands on the left side's image, too, where a created record's values are written back.
    :param left: the pair's left id, whichever side is written.
    :param status: of the outcome; ``sending`` until it is there.
    """

    key: str
    side: Side
    verb: ActionVerb
    left: str
    id: str
    status: str = SENDING
    partial: bool = False
    properties: Mapping[str, PropertyImage] = field(default_factory=dict)
    lines: tuple[LineImage, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one file holds; ``at`` is before the batch was sent, ``ended`` after its answers, or "" (UTC, ISO 8601)."""

    at: str
    images: tuple[Image, ...]
    ended: str = ""


_BATCH: TypeAdapter[Batch] = TypeAdapter(Batch)


@dataclass
class Images:
    """The before-images that one try of one chunk leaves.

    :param folder: the flow's folder of the run's journal.
    :param name: chunk and try.
    """

    folder: Any
    name: str
    now: Callable[[], datetime]
    _count: int = 0

    def begin(self, images: Sequence[Image]) -> tuple[Any, Batch]:
        """Put the images of a batch on disk; what comes back is for :meth:`end`."""
        batch = Batch(self.now().isoformat(), tuple(images))
        place = self._place()
        _write(place, batch)
        return place, batch

    def end(self, begun: tuple[Any, Batch], images: Sequence[Image]) -> None:
        """Complete a batch's file with what became of it."""
        place, batch = begun
        _write(place, replace(batch, images=tuple(images), ended=self.now().isoformat()))

    def _place(self) -> Any:
        while True:
            self._count += 1
            place = self.folder / f"before-{self.name}-{self._count}.json"
            if not place.exists():
                return place


def read(folder: Any) -> list[Batch]:
    """The batches of one flow's run, in the order in which they were sent."""
    if not folder.exists():
        return []
    found = [_BATCH.validate_python(loads(path.read_text(encoding="utf-8"))) for path in folder.glob("before-*.json")]
    return sorted(found, key=lambda batch: batch.at)


def _write(place: Any, batch: Batch) -> None:
    staging.write_bytes(place, dumps(asdict(batch)).encode())
