"""The manifest: the one ledger key that is overwritten; switching it is the commit."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from lenke.core.errors import LedgerError
from lenke.runtime.ledger.segments import checksum

FORMAT = 1
# Its name among the keys.
MANIFEST = "manifest"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment's key, number of rows, checksum and when it was written (UTC, ISO 8601)."""

    name: str
    rows: int
    checksum: str
    at: str


@dataclass(frozen=True, slots=True)
class Shape:
    """Which properties the digests of a row stand for, each with the fingerprint of its mapping."""

    header: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def width(self) -> int:
        """Digests a row."""
        return max(len(self.header), len(self.lines))

    @property
    def digest(self) -> str:
        """16 hexadecimal characters over all of it."""
        return checksum(json.dumps(asdict(self)))[:16]


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that may have written journal keys: its key part, and how many chunks its plan has.

    :param closing: another try or run is about to fold it: a task of it that is still alive sends nothing any more.
    :param folded: its rows are in the ledger; only its keys are still to be deleted.
    :param shape: what the digests of its rows stand for; None where it was opened before this was told.
    """

    run: str
    chunks: int
    at: str
    folded: bool = False
    shape: Shape | None = None
    closing: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the ledger of one flow and generation is made of.

    :param sequence: grows by one at each commit.
    :param cursor: per side the high-water mark of records seen (ISO 8601) or "".
    :param synced: a run that read everything there was to read has come to its end; a cursor need not tell, where systems tell no times.
    :param tenants: per side the tenant id that the links belong to.
    :param approved: a person has approved the first writing run (always true for sandbox pairs).
    :param carried_out: the journal of the last plan that was carried out whole.
    :param decided: decisions that runs have applied, by id, with what became of each.
    :param decisions: those that wait or stand, as they are stored in their own key, or "".
    :param settled: the journal that was folded last; :param figures: what its writes are counted as in the report.
    """

    dataflow: str
    flow: str
    generation: int
    sequence: int
    shape: Shape
    key_id: str
    segments: tuple[Segment, ...] = ()
    cursor: dict[str, str] = field(default_factory=dict)
    tenants: dict[str, str] = field(default_factory=dict)
    open: OpenRun | None = None
    approved: bool = False
    carried_out: str = ""
    decided: dict[str, str] = field(default_factory=dict)
    at: str = ""
    settled: str = ""
    figures: dict[str, int] = field(default_factory=dict)
    decisions: str = ""
    synced: bool = False

    def takes(self, run: str) -> bool:
        """Whether a run's journal is open, so that its tasks may write."""
        return self.open is not None and self.open.run == run and not self.open.closing and not self.open.folded

    def text(self) -> str:
        """The stored form: JSON with its own checksum."""
        body = json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True, separators=(",", ":"))
        return json.dumps({"manifest": body, "checksum": checksum(body)})

    def next(self, **changes: Any) -> Manifest:
        """The manifest of the next commit."""
        return replace(self, sequence=self.sequence + 1, **changes)


def parse(text: str) -> Manifest:
    """A manifest from its stored form; LedgerError where it was damaged or edited."""
    try:
        outer = json.loads(text)
        body = outer["manifest"]
        if outer["checksum"] != checksum(body):
            raise LedgerError("its manifest was edited")
        return _manifest(json.loads(body))
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError("its manifest cannot be read") from error


def _manifest(stored: dict[str, Any]) -> Manifest:
    if stored.pop("format") != FORMAT:
        raise LedgerError("it was written by another version of Lenke")
    segments = tuple(Segment(**segment) for segment in stored["segments"])
    # Earlier versions went by the cursor alone.
    synced = any(stored["cursor"].values())
    parts = {"shape": _shape(stored["shape"]), "open": _open(stored["open"]), "segments": segments}
    return Manifest(**{"synced": synced, **stored, **parts})


def _open(stored: dict[str, Any] | None) -> OpenRun | None:
    if not stored:
        return None
    shape = stored.get("shape")
    return OpenRun(**{**stored, "shape": _shape(shape) if shape else None})


def _shape(stored: dict[str, Any]) -> Shape:
    return Shape(*(tuple((name, print_) for name, print_ in stored[part]) for part in ("header", "lines")))
