"""The journal: what a chunk is about to write, stored before it is sent, and what became of it, stored after."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from datetime import datetime

from lenke.core.errors import FenceError
from lenke.core.links.rows import Link
from lenke.core.links.table import table
from lenke.runtime.ledger import manifest
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.manifest import MANIFEST, OpenRun, Shape
from lenke.runtime.ledger.reshape import reshape
from lenke.runtime.ledger.segments import decode, encode

# The search goes on over this many missing tries beyond those that are told: two that begin at once may tell of one only.
GAP = 4


@dataclass(frozen=True, slots=True)
class Item:
    """One action as the journal names it: ids and marker, never values.

    :param sent: of an update: per side, the names of the properties that it tells.
    :param seen: one digest over all that is sent, to tell whether the same is sent again.
    """

    key: str
    verb: str
    left: str
    right: str = ""
    marker: str = ""
    sent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seen: int = 0


@dataclass
class Batch:
    """Actions that are sent together; ``rows`` is None while their outcome is not known."""

    at: str
    items: list[Item]
    rows: str | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Sent, or about to be, and not settled."""
        return self.rows is None

    def links(self, then: Shape, now: Shape) -> list[Link]:
        """The ledger rows of a settled batch, their digests in the order of today's properties."""
        return reshape(decode(self.rows), then, now).links() if self.rows else []


@dataclass
class Try:
    """The journal key of one try of one chunk.

    :param seen: when the try found that earlier ones had left writes open: they have sent nothing after that.
    """

    number: int
    batches: list[Batch] = field(default_factory=list)
    seen: str = ""

    def text(self) -> str:
        """The stored form."""
        told = {"try": self.number, "batches": [asdict(batch) for batch in self.batches]}
        return json.dumps(told | ({"seen": self.seen} if self.seen else {}), separators=(",", ":"))


def parse(text: str) -> Try:
    """A try from its stored form."""
    stored = json.loads(text)
    batches = [Batch(one["at"], [Item(**item) for item in one["items"]], one["rows"], one["counts"]) for one in stored["batches"]]
    return Try(stored["try"], batches, stored.get("seen", ""))


class Journal:
    """The journal of one chunk, as one try of its task writes it."""

    def __init__(self, keys: Keys, run: str, chunk: int, number: int, width: int) -> None:
        self._keys, self._run, self._chunk, self._width = keys, run, chunk, width
        self._own = Try(number)
        self._is_told = False
        self.earlier = [found for found in tries(keys, run, chunk) if found.number < number]

    def settled_keys(self) -> set[str]:
        """Keys of the actions that earlier tries have finished."""
        return {item.key for found in self.earlier for batch in found.batches if not batch.is_open for item in batch.items}

    def observe(self, at: datetime) -> None:
        """Store when this try found writes open: when a batch was begun says little about when its last write was sent."""
        if self.open_items():
            self._own.seen = at.isoformat()
            self._store()

    def open_items(self) -> dict[str, datetime]:
        """Actions whose outcome no try knows, with the time after which they were not sent."""
        settled, tries = self.settled_keys(), [*self.earlier, self._own]
        still: dict[str, datetime] = {}
        for place, found in enumerate(tries):
            seen = next((later.seen for later in tries[place + 1 :] if later.seen), "")
            for batch in found.batches:
                if batch.is_open:
                    still |= {item.key: datetime.fromisoformat(seen or batch.at) for item in batch.items}
        return {key: at for key, at in still.items() if key not in settled}

    def begin(self, items: Sequence[Item], at: datetime) -> None:
        """Store what is about to be sent. This write is the fence: it fails where the supervisor is gone.

        :raises FenceError: a later try has written its journal, the flow was cleared, or another run has taken it over.
        """
        for later in (self._own.number + 1, self._own.number + 2):
            if self._keys.get(key(self._run, self._chunk, later)) is not None:
                raise FenceError(f"try {later} of this chunk has begun; this one stops")
        self._own.batches.append(Batch(at.isoformat(), list(items)))
        self._store()
        self.require_open(is_unsent=len(self._own.batches) == 1)

    def require_open(self, *, is_unsent: bool = False) -> None:
        """Look whether the run may still write. Whoever folds its journal closes the run first and reads the journal after that.

        :param is_unsent: nothing that this try has stored was sent.
        :raises FenceError: the flow was cleared, another run has taken it over, or the ledger is gone.
        """
        text = self._keys.get(MANIFEST)
        if text is None:
            # Lost is not over: what was journalled stays.
            raise FenceError("the ledger is gone while this run writes; this process stops. `lenke ledger verify` names the remedy")
        stored = manifest.parse(text)
        if not stored.takes(self._run):
            self._withdraw(stored.open, is_unsent=is_unsent)
            raise FenceError("the flow was cleared, or another run has taken it over; this process stops")

    def settle(self, done: Set[str], links: Iterable[Link], counts: Mapping[str, int]) -> None:
        """Store what became of the batch that was begun last: its ledger rows, and figures for the report.

        :param done: keys of the actions whose outcome is known; the others stay open.
        :raises FenceError: as ``begin``; what was sent waits on the recheck list then.
        """
        batch = self._own.batches.pop()
        settled = [item for item in batch.items if item.key in done]
        waiting = [item for item in batch.items if item.key not in done]
        self._own.batches.append(Batch(batch.at, settled, encode(table(links, self._width)), dict(counts)))
        if waiting:
            self._own.batches.append(Batch(batch.at, waiting))
        self._store()
        self.require_open()

    def _withdraw(self, opened: OpenRun | None, *, is_unsent: bool) -> None:
        """Leave no key that whoever folds the journal, or has folded it, cannot know of."""
        is_over = opened is None or opened.run != self._run or opened.folded
        if is_over or is_unsent:
            self._keys.delete(key(self._run, self._chunk, self._own.number))
        if is_over:
            self._keys.delete(span(self._run, self._chunk))

    def _store(self) -> None:
        if not self._is_told:
            first, last = _told(self._keys, self._run, self._chunk)
            number = self._own.number
            self._keys.set(span(self._run, self._chunk), f"{min(first, number) if last else number} {max(last, number)}")
            self._is_told = True
        self._keys.set(key(self._run, self._chunk, self._own.number), self._own.text())


def key(run: str, chunk: int, number: int) -> str:
    """The ledger key of one try's journal."""
    return f"j.{run}.{chunk}.{number}"


def span(run: str, chunk: int) -> str:
    """The ledger key that tells the first and the last try of a chunk that have a journal: Airflow counts tries on after a clear."""
    return f"j.{run}.{chunk}"


def _told(keys: Keys, run: str, chunk: int) -> tuple[int, int]:
    first, last = (int(number) for number in (keys.get(span(run, chunk)) or "1 0").split())
    return first, last


def tries(keys: Keys, run: str, chunk: int) -> list[Try]:
    """Every try's journal of a chunk, oldest first."""
    first, last = _told(keys, run, chunk)
    texts = (keys.get(key(run, chunk, number)) for number in range(max(1, first - GAP), last + GAP + 1))
    return [parse(text) for text in texts if text is not None]


def has_begun(keys: Keys, opened: OpenRun) -> bool:
    """Whether a run has journalled anything that it may have sent."""
    return any(tries(keys, opened.run, chunk) for chunk in range(opened.chunks))


@dataclass(frozen=True)
class Folded:
    """What a run's journals hold.

    :param rows: of settled batches; :param open: items without an outcome, with the time they were begun.
    :param keys: names of the journal keys; :param done: keys of settled actions; :param counts: figures, summed up.
    """

    rows: list[Link]
    open: list[tuple[Item, str]]
    keys: list[str]
    done: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)


def fold(keys: Keys, opened: OpenRun, shape: Shape) -> Folded:
    """All journals of a run; ``shape`` is the mapping's of today."""
    rows: list[Link] = []
    settled: set[str] = set()
    waiting: list[tuple[Item, str]] = []
    names: list[str] = []
    counts: Counter[str] = Counter()
    for chunk in range(opened.chunks):
        for found in tries(keys, opened.run, chunk):
            names.append(key(opened.run, chunk, found.number))
            for batch in found.batches:
                if batch.is_open:
                    waiting += [(item, batch.at) for item in batch.items]
                else:
                    settled |= {item.key for item in batch.items}
                    rows += batch.links(opened.shape or shape, shape)
                    counts.update(batch.counts)
        names.append(span(opened.run, chunk))  # last, as the others are found by it
    still = [(item, at) for item, at in waiting if item.key not in settled]
    return Folded(rows, still, names, frozenset(settled), counts)
