"""The dataflows of this installation with their indexes, and when those are brought up to date."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lenke.core.errors import LenkeError
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow, Flow
from lenke.runtime import places
from lenke.runtime.ledger.backup import Backups
from lenke.ui.index import files, links, runs
from lenke.ui.index.links import AT_ONCE, LinkIndex
from lenke.ui.index.runs import RunIndex

log = logging.getLogger(__name__)

_at_work: dict[Path, threading.Thread] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Place:
    """Where a dataflow's files and its indexes are.

    :param home: storage root with ledger/, reports/, journal/ and staging/.
    """

    dataflow: Dataflow
    home: Any
    folder: Path

    @property
    def name(self) -> str:
        """The dataflow's name, which is its DAG's id."""
        return self.dataflow.name

    @property
    def runs(self) -> RunIndex:
        """The index of its runs."""
        return RunIndex(self.folder / f"{self.name}.sqlite", self.home, self.name)

    def links(self, flow: Flow) -> LinkIndex:
        """The index of one flow's links."""
        return LinkIndex(self.folder / f"{self.name}.{flow.name}.sqlite", Backups(self.home / "ledger" / self.name / flow.name))

    def flow(self, name: str | None) -> Flow:
        """The flow of that name, or the owner of the part of that name; the first one where none is named. KeyError if unknown."""
        return self.dataflow.running(name) if name else self.dataflow.flows[0]

    def look(self, flow: Flow) -> bool:
        """Bring a flow's index up to date; whether it is now. Much to read is read by a thread, and the state before is shown meanwhile."""
        index = self.links(flow)
        return files.sound(index.path, links.SCHEMA, lambda: _look(index))

    def look_at_runs(self) -> None:
        """Bring the index of the runs up to date."""
        index = self.runs
        files.sound(index.path, runs.SCHEMA, index.refresh)


def _look(index: LinkIndex) -> bool:
    behind = index.behind()
    if behind is None:
        if index.backups.newest() is None:
            index.forget()
        return True
    if behind[1] <= AT_ONCE:
        index.refresh()
        return True
    _in_background(index)
    return False


def _in_background(index: LinkIndex) -> None:
    with _lock:
        thread = _at_work.get(index.path)
        if thread is None or not thread.is_alive():
            _at_work[index.path] = thread = threading.Thread(target=_refresh, args=(index,), name="lenke-index", daemon=True)
            thread.start()


def _refresh(index: LinkIndex) -> None:
    try:
        index.refresh()
    except Exception as error:  # the next look starts it again
        log.warning("the index %s was not refreshed: %s", index.path.name, type(error).__name__)


def settle() -> None:
    """Wait for what threads are refreshing."""
    for thread in list(_at_work.values()):
        thread.join()


def place(name: str) -> Place | None:
    """A dataflow by name; None where no mapping has it, or it cannot be read."""
    path = places.include() / "mappings" / f"{name}.yaml"
    return _place(path) if path.name in {one.name for one in _mappings()} else None


def all_places() -> Iterator[Place]:
    """All dataflows whose mappings can be read."""
    for path in _mappings():
        if (found := _place(path)) is not None:
            yield found


def _mappings() -> list[Path]:
    return sorted((places.include() / "mappings").glob("*.yaml"))


def _place(path: Path) -> Place | None:
    try:
        dataflow = _loaded(path, path.stat().st_mtime)
    except LenkeError as error:
        log.warning("%s is left out of Lenke's pages: %s", path.name, type(error).__name__)
        return None
    home = places.home()
    local = home.protocol in ("file", "local", "")
    return Place(dataflow, Path(home.path) if local else home, files.folder())


@lru_cache(maxsize=64)
def _loaded(path: Path, _changed: float) -> Dataflow:
    return load_dataflow(path)
