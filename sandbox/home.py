"""The folder that holds the sandbox's state, held by one process at a time."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

from sandbox.wire import Json


class Home:
    """The folder, locked while it lives.

    :raises RuntimeError: another process serves this home.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = (path / "sandbox.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise RuntimeError(f"{path} is served by another sandbox process: stop that one, or name another home") from error

    def file(self, system: str) -> Path:
        """Where a system's SQLite file lies."""
        return self._path / f"{system}.sqlite"

    def announce(self, where: Json) -> None:
        """Write ``sandbox.json`` (mode 0600: it holds the keys) in one step, once every port listens."""
        draft = self._path / "sandbox.json.new"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(where, indent=2), encoding="utf-8")
        draft.replace(self._path / "sandbox.json")

    def release(self) -> None:
        """Take ``sandbox.json`` away and give the folder free."""
        (self._path / "sandbox.json").unlink(missing_ok=True)
        self._lock.close()
