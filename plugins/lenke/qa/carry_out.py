"""``lenke qa`` for one dataflow: a sandbox of its own in a temporary folder, or a person's test tenants."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from lenke.core.errors import ConfigurationError
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow
from lenke.core.mapping.settings import Settings, load_settings
from lenke.document.files import mappings
from lenke.qa.checklist import Checklist
from lenke.qa.markdown import page
from lenke.qa.pairs import Desk
from lenke.qa.people import People, TenantPeople
from lenke.qa.reasons import load_reasons
from lenke.qa.runner import Runner
from lenke.qa.session import Session
from lenke.qa.sheet import Sheet

SEED = 1
# High enough never to be what a check waits for.
RATE = 5_000


@dataclass(frozen=True, slots=True)
class Done:
    """A checklist that was carried out."""

    text: str
    sheets: list[Sheet]

    @property
    def complaints(self) -> list[str]:
        """What the checklist does not allow."""
        return [text for sheet in self.sheets for text in sheet.complaints()]


def carry_out(include: Path, folder: Path, names: Sequence[str], *, tenants: Path | None, tell: Callable[[str], None]) -> Iterator[str]:
    """Carry out the checklists of these dataflows (all, if none is named), write each to ``folder``; yields what they do not allow.

    :param tenants: the folder for the ledgers of test tenants; None is the sandbox.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in mappings(include / "mappings", names):
        done = on_test_tenants(include, path.stem, tenants) if tenants else on_the_sandbox(include, path.stem)
        # What a test tenant showed is its owner's, not the repository's.
        place = (tenants or folder) / f"{path.stem}.md"
        place.write_text(done.text, encoding="utf-8")
        tell(f"wrote  {place}")
        yield from done.complaints


def on_the_sandbox(include: Path, name: str) -> Done:
    """The checklist of the mapping ``name`` below ``include``, on freshly seeded sandbox systems."""
    dataflow, settings = load_dataflow(include / "mappings" / f"{name}.yaml"), _settings(include)
    with tempfile.TemporaryDirectory(prefix="lenke-qa-") as folder, _sandbox(Path(folder) / "sandbox", dataflow) as served:
        runner = Runner(Path(folder) / "lenke", served.connections, dataflow, settings, secrets.token_bytes(32))
        # Somebody else's program: its client shares nothing with the one that runs the dataflow.
        others = Runner(Path(folder) / "others", served.connections, dataflow, settings, b"")
        checklist = _checklist(include, runner, [served, TenantPeople(others.system)], _manifest(name), _audit(served, dataflow))
        return _done(dataflow, checklist, f"the sandbox (seed {SEED})")


def on_test_tenants(include: Path, name: str, home: Path) -> Done:
    """The same on the test tenants that AIRFLOW_CONN_<SYSTEM> (JSON) opens; the ledger stays in ``home`` for the next time."""
    dataflow, settings = load_dataflow(include / "mappings" / f"{name}.yaml"), _settings(include)
    connections = {system: _connection(settings.connections.get(system, system)) for system in (dataflow.left, dataflow.right)}
    runner = Runner(home / name, connections, dataflow, settings, _key(home))
    # Who asks for test tenants wants them written to.
    runner.approve()
    return _done(dataflow, _checklist(include, runner, [TenantPeople(runner.system)], {}, None), "test tenants")


def _checklist(
    include: Path, runner: Runner, everybody: Sequence[People], expected: Mapping[str, Mapping[str, str]], silent: Callable[[], str] | None
) -> Checklist:
    name = runner.dataflow.name
    reasons = load_reasons(include / "qa" / f"{name}.yaml", runner.dataflow)
    session = Session(runner, everybody, Desk(runner), entered=reasons.entries, examples=reasons.values)
    return Checklist(session, reasons, expected, silent)


def _done(dataflow: Dataflow, checklist: Checklist, where: str) -> Done:
    try:
        sheets = checklist.run()
    finally:
        checklist.session.runner.close()
    return Done(page(dataflow, sheets, where), sheets)


def _settings(include: Path) -> Settings:
    place = include / "settings.yaml"
    return load_settings(place) if place.exists() else Settings()


@contextmanager
def _sandbox(folder: Path, dataflow: Dataflow) -> Iterator[Any]:
    served = import_module("sandbox").start(folder, seed=SEED, systems=(dataflow.left, dataflow.right), port_base=0, rate=RATE)
    try:
        yield served
    finally:
        served.stop()


def _manifest(name: str) -> dict[str, dict[str, str]]:
    """What must park, by flow."""
    found: dict[str, dict[str, str]] = {}
    for entry in import_module("sandbox.seed").build(SEED).parking(name):
        found.setdefault(str(entry["flow"]), {})[str(entry["id"])] = str(entry["reason"])
    return found


def _audit(served: Any, dataflow: Dataflow) -> Callable[[], str]:
    """Says what was sent to either system since it was last asked; people's edits do not count."""
    seen = {dataflow.left: 0, dataflow.right: 0}

    def sent() -> str:
        new = {system: served.audit(system, since) for system, since in seen.items()}
        seen.update({system: rows[-1]["seq"] for system, rows in new.items() if rows})
        return "; ".join(f"{len(rows)} write requests to {system}" for system, rows in new.items() if rows)

    return sent


def _connection(id: str) -> Mapping[str, Any]:
    name = f"AIRFLOW_CONN_{id.upper()}"
    try:
        found = json.loads(os.environ.get(name, ""))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConfigurationError(f"{name} is not set to a connection in JSON; a test tenant is opened by it")
    extra = found.get("extra") or {}
    return {**found, "extra": json.loads(extra) if isinstance(extra, str) else extra}


def _key(home: Path) -> bytes:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = home / "digest.key"
    if not place.exists():
        place.touch(mode=0o600)
        place.write_text(secrets.token_hex(32))
    return bytes.fromhex(place.read_text())
