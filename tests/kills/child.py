"""The plain process that is killed: steps of a flow's run, with everything they reach as tasks reach it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from airflow.sdk import ObjectStoragePath
from airflow.sdk.api.client import Client
from airflow.sdk.execution_time.context import AssetStateStoreAccessors
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

from lenke.core.errors import LenkeError
from lenke.core.links.digests import Digester
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow
from lenke.core.mapping.settings import Settings, load_settings
from lenke.runtime import access, places
from lenke.runtime.flow_run import Access, FlowRun
from lenke.runtime.steps.commit import commit
from lenke.runtime.steps.extract import extract
from lenke.runtime.steps.load import load
from lenke.runtime.steps.mapping import map_records
from lenke.runtime.steps.resolve import resolve
from lenke.runtime.windows import Window
from lenke.systems.described import client as described
from lenke.systems.registry import client_for
from tests.kills import control
from tests.kills.boundaries import Boundaries
from tests.kills.comms import Comms
from tests.kills.job import DIGEST_KEY, LEDGER, Job
from tests.kills.plain_ledger import PlainClaim, PlainKeys, PlainWitness


def warm() -> None:
    """Do once, in the process that all others are forked from, what is the same for each of them."""
    for late in ("pyarrow.dataset", "pyarrow.pandas_compat", "upath.implementations.local"):
        import_module(late)
    for path in sorted((places.include() / "mappings").glob("*.yaml")):
        _dataflow(path.stem)
    _settings()
    # Dialects are read anew for each client.
    described.load = cache(described.load)  # type: ignore[attr-defined]
    for system in ("custom_webshop", "custom_erp"):
        described.load(described.description(system))  # type: ignore[attr-defined]
    Client(base_url="http://127.0.0.1", token="").close()


@cache
def _dataflow(name: str) -> Dataflow:
    return load_dataflow(places.include() / "mappings" / f"{name}.yaml")


@cache
def _settings() -> Settings:
    return load_settings(places.include() / "settings.yaml")


def run(job: Job) -> None:
    """Do the job's steps; what became of it is in ``<folder>/outcome.json``, unless the process was killed."""
    outcome: dict[str, Any] = {"error": "", "delay": 0.0}
    boundaries = Boundaries(Path(job.folder) / "places", job.at)
    steps = _Steps(job, boundaries)
    boundaries.watch()
    try:
        for step in job.steps:
            (Path(job.folder) / "step").write_text(step)
            getattr(steps, step)()
            boundaries(f"after {step}, its success not told")
    except LenkeError as error:
        delay = getattr(error, "delay", None)
        outcome = {"error": f"{type(error).__name__}: {error}", "delay": delay.total_seconds() if delay else 0.0}
    (Path(job.folder) / "outcome.json").write_text(json.dumps(outcome))


def _access(job: Job) -> Access:
    """Everything as a task has it, but for the way to the connections: Airflow's takes longer than all the rest."""
    if job.api is None:
        keys = partial(PlainKeys, Path(job.folder) / LEDGER)
        found = Access(
            system=lambda name: client_for(name, job.connections[name]),
            is_sandbox=lambda name: True,
            keys=lambda flow, generation: keys(f"{flow}.{generation}"),
            witness=lambda flow: PlainWitness(keys(flow)),
            claim=lambda flow: PlainClaim(keys(flow)),
            is_active=lambda run: False,
        )
    else:
        Comms(*job.api).open()
        states = AssetStateStoreAccessors([access.ledger_asset(job.dataflow)])
        found = access.airflow_access(job.dataflow, _settings(), {"asset_state_store": states, "ti": RuntimeTaskInstance})
    return replace(found, system=cache(lambda name: client_for(name, job.connections[name])), is_sandbox=lambda name: True)


class _Steps:
    def __init__(self, job: Job, boundaries: Boundaries) -> None:
        self._job, self._folder = job, Path(job.folder)
        self._dataflow, self._digester = _dataflow(job.dataflow), Digester(DIGEST_KEY)
        self._access = boundaries.ledger(_access(job))

    def _run(self, step: str, flow: str = "") -> FlowRun:
        return FlowRun(
            self._dataflow,
            self._dataflow.flow(flow or self._job.flow),
            _settings(),
            self._job.run,
            Window("delta"),
            self._digester,
            self._access,
            ObjectStoragePath(f"file://{self._job.home}"),
            self._job.tries.get(step, 1),
            now=lambda: datetime.now(UTC) + timedelta(seconds=self._job.later),
        )

    def _hand(self, name: str, value: Any) -> None:
        (self._folder / f"{name}.json").write_text(json.dumps(value))

    def _handed(self, name: str) -> Any:
        place = self._folder / f"{name}.json"
        return json.loads(place.read_text()) if place.exists() else None

    def adopt(self) -> None:
        """Take over ledgers that were made elsewhere: flow to its keys and witness."""
        for flow, ledger in self._handed("ledgers").items():
            keys = self._access.keys(flow, 1)
            keys.prepare()
            for key, value in ledger["keys"].items():
                keys.set(key, value)
            self._access.witness(flow).set(ledger["witness"])

    def extract(self) -> None:
        self._hand("extracted", extract(self._run("extract")))

    def map(self) -> None:
        self._hand("mapped", map_records(self._run("map"), self._handed("extracted")))

    def resolve(self) -> None:
        self._hand("resolved", resolve(self._run("resolve"), self._handed("extracted"), self._handed("mapped")))

    def load(self) -> None:
        resolved = self._handed("resolved")
        for chunk in resolved["chunks"]:
            load(self._run("load"), self._handed("extracted"), resolved, chunk, fence=lambda: None)

    def commit(self) -> None:
        self._hand("committed", commit(self._run("commit"), self._handed("extracted"), self._handed("resolved"), {}))

    def ledger(self) -> None:
        """Hand over what the ledger holds."""
        ledger, flow = self._run("ledger").ledger, self._dataflow.flow(self._job.flow)
        # What is only compared is agreed on where a record was made, not where it was found: nothing is ever sent for it.
        header, lines = (
            {at for at, spec in enumerate(specs) if spec.direction == "check"}
            for specs in (flow.properties, flow.lines.properties if flow.lines else ())
        )
        rows = []
        for link in ledger.table.links():
            unsent = lines if link.parent else header
            rows.append(asdict(link) | {"base": [0 if at in unsent else digest for at, digest in enumerate(link.base)]})
        self._hand("ledger", {"rows": rows, "open": ledger.manifest.open is not None})

    def bind(self) -> None:
        """The control: a store that saves the link after it has created the record."""
        control.bind(self._run("bind"), self._handed("extracted"), self._handed("resolved"))
