"""The ledger's backup outside the database: every commit's segments as Parquet files, and its manifest."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass
from typing import Any

from lenke.core.errors import LedgerError
from lenke.runtime import staging
from lenke.runtime.ledger.manifest import Manifest, Segment, parse
from lenke.runtime.ledger.segments import checksum

KEEP = 10
# No file takes as long to be written.
PART_SECONDS = 3600
_NAME = re.compile(r"manifest-(\d{4})-(\d{9})\.json$")


@dataclass(frozen=True)
class Export:
    """An exported commit with its segments by name.

    :param damaged: the newer exports that cannot be read, and why.
    """

    manifest: Manifest
    texts: dict[str, str]
    damaged: tuple[str, ...]


class Backups:
    """The backups of one flow under ``<root>/<dataflow>/<flow>/``.

    :param folder: an ``ObjectStoragePath`` or ``pathlib.Path``.
    """

    def __init__(self, folder: Any) -> None:
        self._folder = folder

    @property
    def generation(self) -> int:
        """That of the newest export, readable or not; 1 where there is none."""
        stored = self._manifests()
        return int(_NAME.search(stored[-1].name)[1]) if stored else 1  # type: ignore[index]

    def newest(self) -> Manifest | None:
        """The last exported manifest, or None where there is none.

        :raises LedgerError: it is damaged.
        """
        stored = self._manifests()
        try:
            return _read(stored[-1]) if stored else None
        except LedgerError as error:
            raise LedgerError(
                f"{'.'.join(self._flow)}: the export {stored[-1]} is damaged ({error}); nothing was read or written. "
                "Remove that file and run `lenke ledger verify`: what is whole in the database is exported anew by the next run. "
                f"Where it is not, `lenke ledger restore {' '.join(self._flow)}` takes the newest export that can be read"
            ) from error

    def check(self) -> None:
        """Read the last export as a whole.

        :raises LedgerError: a file of it is gone or damaged.
        """
        newest = self.newest()
        try:
            if newest is not None:
                self.texts(newest)
        except LedgerError as error:
            raise LedgerError(
                f"{'.'.join(self._flow)}: {error}; nothing is lost while the database is whole. Remove that file from {self._folder} "
                "where it is still there: the flow's next commit writes it anew"
            ) from error

    def restorable(self) -> Export:
        """The newest export that can be read as a whole.

        :raises LedgerError: there is none, or all are damaged.
        """
        damaged: list[str] = []
        for path in reversed(self._manifests()):
            try:
                manifest = _read(path)
                return Export(manifest, self.texts(manifest), tuple(damaged))
            except LedgerError as error:
                damaged.append(f"{path.name}: {error}")
        if damaged:
            raise LedgerError(f"none of the exports in {self._folder} can be read ({'; '.join(damaged)}); give the FOLDER of another one")
        raise LedgerError(f"there is no export to restore from in {self._folder}")

    def export(self, manifest: Manifest, texts: dict[str, str]) -> None:
        """Write what is new of a commit; ``texts`` holds the segments by name."""
        for segment in manifest.segments:
            place = self._segment(manifest.generation, segment.name)
            if not place.exists():
                staging.write_bytes(place, base64.b64decode(texts[segment.name]))
        name = f"manifest-{manifest.generation:04d}-{manifest.sequence:09d}.json"
        staging.write_bytes(self._folder / name, manifest.text().encode())
        self._prune()

    def missing(self, manifest: Manifest) -> list[str]:
        """Names of segments that the next export must be given."""
        return [segment.name for segment in manifest.segments if not self._segment(manifest.generation, segment.name).exists()]

    def texts(self, manifest: Manifest) -> dict[str, str]:
        """All segments of an exported manifest, in stored form."""
        return {segment.name: self.text(manifest, segment) for segment in manifest.segments}

    def text(self, manifest: Manifest, segment: Segment) -> str:
        """One segment of an exported manifest, in stored form; LedgerError where its file is gone or damaged."""
        place = self._segment(manifest.generation, segment.name)
        if not place.exists():
            raise LedgerError(f"the export lacks {place.name}")
        text = base64.b64encode(place.read_bytes()).decode("ascii")
        if checksum(text) != segment.checksum:
            raise LedgerError(f"the export's {place.name} is damaged")
        return text

    @property
    def _flow(self) -> tuple[str, str]:
        """Names of dataflow and flow."""
        return self._folder.parent.name, self._folder.name

    def _segment(self, generation: int, name: str) -> Any:
        return self._folder / f"{generation:04d}-{name}.parquet"

    def _manifests(self) -> list[Any]:
        if not self._folder.exists():
            return []
        return sorted((path for path in self._folder.iterdir() if _NAME.search(path.name)), key=lambda path: path.name)

    def _prune(self) -> None:
        stored = self._manifests()
        for old in stored[:-KEEP]:
            old.unlink()
        try:
            kept = [_read(path) for path in stored[-KEEP:]]
        except LedgerError:
            return  # which segments a damaged one names is not known
        named = {self._segment(manifest.generation, segment.name).name for manifest in kept for segment in manifest.segments}
        for path in self._folder.iterdir():
            if (path.name.endswith(".parquet") and path.name not in named) or _is_left(path):
                path.unlink()


def _read(path: Any) -> Manifest:
    try:
        return parse(path.read_text())
    except UnicodeDecodeError as error:
        raise LedgerError("its manifest cannot be read") from error


def _is_left(path: Any) -> bool:
    """A part of a file whose writer died before it was whole."""
    return bool(path.name.endswith(".part") and path.stat().st_mtime < time.time() - PART_SECONDS)
