"""A pair of served systems with their ledger in Airflow's database, which can be put back as it was in a moment."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sandbox
from sandbox.running import Running
from tests.flows.harness import Harness
from tests.kills import dataflows
from tests.kills.execution_api import ExecutionApi
from tests.kills.job import DIGEST_KEY, LEDGER
from tests.kills.plain_ledger import journal_keys

# System, entity, id to body.
State = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Base:
    """Systems before a scenario, as files.

    :param ids: ids by a word for each, where the base names them so.
    :param ledger: the state of the engine that made it.
    """

    dataflow: str
    folder: Path
    ledger: Any
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Stage:
    """Both systems, served, and an engine beside them for whatever precedes the run that is killed."""

    systems: Running
    engine: Harness
    ids: Mapping[str, str]

    def right(self, flow: str, left: str) -> str:
        """The right record's id."""
        return self.engine.right_of(flow)[left]


@contextmanager
def served(folder: Path, dataflow: str) -> Iterator[Running]:
    """A dataflow's two systems out of ``folder/sandbox``."""
    flows = dataflows.dataflow(dataflow)
    with sandbox.start(folder / "sandbox", systems=(flows.left, flows.right), port_base=0, rate=0, records={}) as systems:
        for connection in systems.connections.values():
            connection["extra"]["requests_per_second"] = 5_000
        yield systems


@contextmanager
def staged(base: Base, folder: Path) -> Iterator[Stage]:
    """The base once more, in a folder of its own."""
    shutil.copytree(base.folder, folder)
    with served(folder, base.dataflow) as systems:
        mapping = dataflows.dataflow(base.dataflow)
        engine = Harness(folder / "lenke", systems.connections, dataflow=mapping, digest_key=DIGEST_KEY)
        engine.restore(base.ledger)
        yield Stage(systems, engine, base.ids)


def made(dataflow: str, folder: Path, opened: Callable[[Path], Any], flows: tuple[str, ...] | None) -> Base:
    """A base by one of the flow tests' openers.

    :param flows: those that are synced in it; None: all of them.
    """
    with opened(folder) as pair:
        if flows is None or flows:
            pair.engine.run(flows=flows or ())
        state = pair.engine.state()
    return Base(dataflow, folder, state, getattr(pair, "ids", {}))


def ledgers(engine: Harness) -> dict[str, Any]:
    """An engine's ledgers in the form that a child adopts."""
    return {
        flow: {"keys": keys.rows, "witness": engine.witnesses[flow].value}
        for (flow, _), keys in engine.keys.items()
        if keys.rows and engine.witnesses[flow].value is not None
    }


def state(folder: Path, systems: Mapping[str, Any]) -> State:
    """What the systems hold now."""
    return {name: _records(folder / "sandbox" / f"{name}.sqlite") for name in systems}


def _records(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        for entity, key, body in database.execute("SELECT entity, id, body FROM records WHERE deleted = 0"):
            found.setdefault(entity, {})[key] = json.loads(body)
    return found


@dataclass(frozen=True)
class Planned:
    """Systems, ledger and a run under way, as files and kept rows.

    :param api: holds the ledger and the kept rows; None: the ledger is one of the files.
    :param folder: with ``sandbox``, ``lenke`` and ``handed``; :param place: where they are used.
    """

    api: ExecutionApi | None
    dataflow: str
    folder: Path
    place: Path

    def keep(self) -> None:
        """Keep what there is now."""
        shutil.copytree(self.place, self.folder)
        if self.api:
            self.api.keep(self.dataflow, self.folder.name)

    @contextmanager
    def again(self) -> Iterator[Running]:
        """Everything put back, the systems served."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.folder, self.place)
        if self.api:
            self.api.restore(self.dataflow, self.folder.name)
        with served(self.place, self.dataflow) as systems:
            yield systems

    def journal_keys(self) -> list[str]:
        """Journal keys that are there now."""
        return self.api.journal_keys(self.dataflow) if self.api else journal_keys(self.place / "handed" / LEDGER)
