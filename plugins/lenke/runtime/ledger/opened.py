"""An opened ledger: read as one table, committed in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lenke.core.errors import LedgerError
from lenke.core.links import table as ledger_rows
from lenke.core.links.rows import Link
from lenke.core.links.table import Table
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.manifest import MANIFEST, Manifest, OpenRun, Segment, Shape
from lenke.runtime.ledger.reshape import reshape
from lenke.runtime.ledger.segments import checksum, decode, encode, slices

if TYPE_CHECKING:
    from lenke.runtime.ledger.store import Store

# Changed rows beyond this share of all rows make a commit write the whole ledger anew.
COMPACT_SHARE = 0.1
# Appended segments beyond this number do so, too.
SEGMENTS_AT_MOST = 64


class Ledger:
    """An opened ledger."""

    def __init__(self, store: Store, manifest: Manifest, *, is_new: bool = False, is_exported: bool = True) -> None:
        self._store = store
        self.manifest = manifest
        self.is_new = is_new
        self._is_exported = is_exported
        self.keys = store.keys(manifest.generation)
        self._texts: dict[str, str] = {}

    @property
    def is_first_sync(self) -> bool:
        """Whether no run of the flow has come to its end: what one that died has linked is only a part. A restored ledger is no new one."""
        return self.manifest.generation == 1 and not self.manifest.synced

    @cached_property
    def table(self) -> Table:
        """All live rows, their digests in the order of today's properties (UNKNOWN for new and changed ones)."""
        width = self.manifest.shape.width
        table = ledger_rows.latest([decode(self._text(segment)) for segment in self.manifest.segments], width)
        return reshape(table, self.manifest.shape, self._store.identity.shape)

    @property
    def shape(self) -> Shape:
        """The mapping's shape today."""
        return self._store.identity.shape

    @property
    def reshaped(self) -> bool:
        """The mapping's properties changed since the last commit."""
        return self.manifest.shape != self.shape

    def check(self) -> None:
        """Read every segment and compare it with the manifest.

        :raises LedgerError: a segment is missing or has another checksum.
        """
        for segment in self.manifest.segments:
            self._text(segment)

    def open_run(self, run: str, chunks: int, *, at: datetime) -> None:
        """Name a run's journal in the manifest before its first write."""
        self._switch(self._noting(self.manifest.next(open=OpenRun(run, chunks, at.isoformat(), shape=self.shape))), at)

    def commit(self, changes: Sequence[Link], *, at: datetime, refresh_after: timedelta | None = None, **manifest: Any) -> bool:
        """Make ``changes`` and the manifest's ``cursor``, ``tenants``, ``open`` ... the ledger; False if nothing differs.

        :param refresh_after: segments older than this are written anew unchanged, so that a clean-up by age spares them.
        """
        after = self._noting(replace(self.manifest, **manifest))
        stale = self._stale(at, refresh_after)
        if not changes and after == self.manifest and not stale and not self.reshaped and not self.is_new:
            # Only who commits exports: a reader that did would do it beside a commit.
            if not self._is_exported or self._store.backups.missing(self.manifest):
                self.export()
            return False
        if self.reshaped or self._is_compaction(changes):
            segments = self._write_all(changes, at)
        else:
            segments = self._keep(stale, at) + self._write(ledger_rows.table(changes, self._width), "a", at)
        self._switch(after.next(segments=segments, shape=self._store.identity.shape), at)
        return True

    def texts(self) -> dict[str, str]:
        """The stored form of each segment, by its name."""
        return {segment.name: self._text(segment) for segment in self.manifest.segments}

    def export(self) -> None:
        """Write the backup of the present commit."""
        self.export_to(self._store.backups)
        self._is_exported = True

    def export_to(self, backups: Backups) -> None:
        """Write the present commit to other backups."""
        missing = backups.missing(self.manifest)
        backups.export(self.manifest, {segment.name: self._text(segment) for segment in self.manifest.segments if segment.name in missing})

    @property
    def _width(self) -> int:
        return self._store.identity.shape.width

    def _is_compaction(self, changes: Sequence[Link]) -> bool:
        stored = sum(segment.rows for segment in self.manifest.segments)
        # Only appended segments count: those of a whole rewrite may be more than that by themselves.
        appended = sum(_letter(segment) == "a" for segment in self.manifest.segments)
        return len(changes) > COMPACT_SHARE * stored or appended >= SEGMENTS_AT_MOST

    def _write_all(self, changes: Sequence[Link], at: datetime) -> tuple[Segment, ...]:
        whole = ledger_rows.latest([self.table, ledger_rows.table(changes, self._width)], self._width)
        return self._write(whole, "c", at)

    def _write(self, table: Table, letter: str, at: datetime) -> tuple[Segment, ...]:
        written = []
        if self.is_new:
            self.keys.prepare()
        for position, part in enumerate(slices(table)):
            text = encode(part)
            name = f"seg.{self.manifest.sequence + 1}.{letter}{position}"
            self.keys.set(name, text)
            self._texts[name] = text
            written.append(Segment(name, len(part), checksum(text), at.isoformat()))
        return tuple(written)

    def _keep(self, stale: frozenset[str], at: datetime) -> tuple[Segment, ...]:
        segments = enumerate(self.manifest.segments)
        return tuple(self._again(segment, position, at) if segment.name in stale else segment for position, segment in segments)

    def _again(self, segment: Segment, position: int, at: datetime) -> Segment:
        text = self._text(segment)
        name = f"seg.{self.manifest.sequence + 1}.r{_letter(segment)}{position}"
        self.keys.set(name, text)
        self._texts[name] = text
        return replace(segment, name=name, at=at.isoformat())

    def _noting(self, after: Manifest) -> Manifest:
        return replace(after, decisions=decisions.note(self.keys, after))

    def _stale(self, at: datetime, refresh_after: timedelta | None) -> frozenset[str]:
        if refresh_after is None:
            return frozenset()
        limit = (at - refresh_after).isoformat()
        old = {segment.name for segment in self.manifest.segments if segment.at < limit}
        return frozenset(old | ({MANIFEST} if self.manifest.at and self.manifest.at < limit else set()))

    def _switch(self, after: Manifest, at: datetime) -> None:
        before = self.manifest
        after = replace(after, at=at.isoformat())
        if self.is_new:
            self.keys.prepare()
        self._store.witness.set({"generation": after.generation, "old": before.sequence, "next": after.sequence})
        self.keys.set(MANIFEST, after.text())
        self._store.witness.set({"generation": after.generation, "new": after.sequence})
        self.manifest, self.is_new = after, False
        self.__dict__.pop("table", None)
        self._drop(before, after)
        self.export()

    def _drop(self, before: Manifest, after: Manifest) -> None:
        for name in {segment.name for segment in before.segments} - {segment.name for segment in after.segments}:
            self.keys.delete(name)
            self._texts.pop(name, None)

    def _text(self, segment: Segment) -> str:
        if segment.name not in self._texts:
            text = self.keys.get(segment.name)
            if text is None or checksum(text) != segment.checksum:
                raise LedgerError(
                    self._store.say(f"has {'lost' if text is None else 'a damaged'} key {segment.name}", self.manifest.generation)
                )
            self._texts[segment.name] = text
        return self._texts[segment.name]


def _letter(segment: Segment) -> str:
    """Whether a segment was appended (a) or came from a whole rewrite (c)."""
    return "a" if "a" in segment.name else "c"
