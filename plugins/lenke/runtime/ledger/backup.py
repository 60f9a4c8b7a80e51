"""The ledger's backup outside the database: every commit's segments as Parquet files, and its manifest."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

from lenke.core.errors import LedgerError
from lenke.runtime import staging
from lenke.runtime.ledger.manifest import Manifest, parse

KEEP = 10
# No file takes as long to be written.
PART_SECONDS = 3600
_NAME = re.compile(r"manifest-(\d{4})-(\d{9})\.json$")


class Backups:
    """The backups of one flow under ``<root>/<dataflow>/<flow>/``.

    :param folder: an ``ObjectStoragePath`` or ``pathlib.Path``.
    """

    def __init__(self, folder: Any) -> None:
        self._folder = folder

    def newest(self) -> Manifest | None:
        """The last exported manifest, or None where there is none."""
        stored = self._manifests()
        return self._read(stored[-1]) if stored else None

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
        return {segment.name: self.text(manifest, segment.name) for segment in manifest.segments}

    def text(self, manifest: Manifest, name: str) -> str:
        """One segment of an exported manifest, in stored form; LedgerError where its file is gone."""
        place = self._segment(manifest.generation, name)
        if not place.exists():
            raise LedgerError(f"the backup lacks {place.name}; restore an older one with --from")
        return base64.b64encode(place.read_bytes()).decode("ascii")

    def _segment(self, generation: int, name: str) -> Any:
        return self._folder / f"{generation:04d}-{name}.parquet"

    def _manifests(self) -> list[Any]:
        if not self._folder.exists():
            return []
        return sorted((path for path in self._folder.iterdir() if _NAME.search(path.name)), key=lambda path: path.name)

    def _read(self, path: Any) -> Manifest:
        return parse(path.read_text())

    def _prune(self) -> None:
        stored = self._manifests()
        for old in stored[:-KEEP]:
            old.unlink()
        kept = [self._read(path) for path in stored[-KEEP:]]
        named = {self._segment(manifest.generation, segment.name).name for manifest in kept for segment in manifest.segments}
        for path in self._folder.iterdir():
            if (path.name.endswith(".parquet") and path.name not in named) or _is_left(path):
                path.unlink()


def _is_left(path: Any) -> bool:
    """A part of a file whose writer died before it was whole."""
    return bool(path.name.endswith(".part") and path.stat().st_mtime < time.time() - PART_SECONDS)
