"""What the pages show in the tests: one dataflow as its runs on the sandbox left it, and one whose ids are hostile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lenke.core.links.digests import Digester
from lenke.core.links.rows import Link
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow, Flow
from lenke.core.mapping.settings import Brakes, Settings
from lenke.runtime.flow_run import shape
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.store import Identity, Store
from lenke.runtime.windows import Window
from tests.flows import small
from tests.flows.harness import MAPPING, ROOT
from tests.flows.installation import CUSTOMERS, OFFICE, PRODUCTS, SHOP, Installation, installed
from tests.flows.mortal import MemoryKeys, MemoryWitness

DIGEST_KEY = b"k" * 32
DAG, HOSTILE_DAG = "custom_webshop_to_poweroffice_go", "custom_webshop_to_custom_erp"
HOSTILE = "<script>alert(1)</script>\"'&<b>?/../#%41"
DRY = Window("delta", moves_cursor=False, dry_run=True)
LEFT_PHONE, RIGHT_PHONE, LAST_PHONE = "+4722700101", "+4722700202", "+4722700303"


@dataclass(frozen=True)
class Scene:
    """What the tests must know of it.

    :param folder: with ``lenke/`` (Lenke's home) and ``ledgers.json``.
    :param conflict: left id of the customer whose phone differs; :param planned: of the one that the dry run would write.
    :param plan: id of the dry run's plan of the customers; :param braked: of the braked plan of the products.
    """

    folder: Path
    conflict: str
    planned: str
    plan: str
    braked: str
    links: Mapping[str, str]


@contextmanager
def made(folder: Path) -> Iterator[Scene]:
    """The scene: a first sync, an edit carried over, an open conflict, a braked run, a dry run; then a hostile ledger."""
    with installed(folder, records=small.records()) as few:
        few.engine.dataflow = _with_manual_phone(load_dataflow(MAPPING))
        few.engine.home = folder / "lenke"
        yield _play(folder, few)


def _play(folder: Path, few: Installation) -> Scene:
    engine = few.engine
    engine.run()
    links = engine.right_of(CUSTOMERS)
    first, second, third = sorted(links)[:3]
    few.edit(SHOP, "Customer", third, {"phone": LAST_PHONE})
    engine.run()
    few.edit(SHOP, "Customer", first, {"phone": LEFT_PHONE})
    few.edit(OFFICE, "Customers", links[first], {"PhoneNumber": RIGHT_PHONE})
    engine.run()
    settings, product = engine.settings, sorted(engine.right_of(PRODUCTS))[0]
    engine.settings = replace(settings, brakes=Brakes(0, 0, 0, 0))
    few.edit(SHOP, "Product", product, {"name": "Kaffekopp <i>stor</i>"})
    engine.run(flows=(PRODUCTS,), strict=False)
    engine.settings = settings
    few.edit(SHOP, "Customer", second, {"phone": LEFT_PHONE})
    engine.run(DRY, flows=(CUSTOMERS,))
    ledgers = [
        {"dataflow": DAG, "flow": flow, "generation": generation, "keys": keys.rows, "witness": engine.witnesses[flow].value}
        for (flow, generation), keys in engine.keys.items()
    ]
    hostile = _hostile(folder / "lenke", engine.settings)
    (folder / "ledgers.json").write_text(json.dumps([*ledgers, hostile]))
    plans = {flow: _plan_id(folder / "lenke", flow) for flow in (CUSTOMERS, PRODUCTS)}
    return Scene(folder, first, second, plans[CUSTOMERS], plans[PRODUCTS], links)


def _plan_id(home: Path, flow: str) -> str:
    newest = max((home / "staging" / DAG).glob(f"*/{flow}/plan.id"), key=lambda path: path.stat().st_mtime)
    return newest.read_text()


def _with_manual_phone(dataflow: Dataflow) -> Dataflow:
    """A conflict of phones waits for a person."""

    def manual(flow: Flow) -> Flow:
        return replace(flow, properties=tuple(replace(p, conflict="manual") if p.name == "phone" else p for p in flow.properties))

    return replace(dataflow, flows=tuple(manual(flow) for flow in dataflow.flows))


def _hostile(home: Path, settings: Settings) -> dict[str, Any]:
    """A ledger whose ids and texts are written to break pages, with a report and a journal of the same kind."""
    dataflow = load_dataflow(ROOT / f"include/mappings/{HOSTILE_DAG}.yaml")
    flow = dataflow.flows[0]
    identity = Identity(dataflow.name, flow.name, shape(dataflow, flow, settings), Digester(DIGEST_KEY).key_id)
    keys, witness = MemoryKeys(), MemoryWitness()
    store = Store(identity, lambda _: keys, witness, Backups(home / "ledger" / dataflow.name / flow.name))
    width, at = identity.shape.width, datetime.now(UTC)
    note = {"reason": "rejected", "property": HOSTILE, "text": HOSTILE, "since": at.isoformat(), "first": at.isoformat()}
    links = [Link(HOSTILE, f"r{HOSTILE}", base=(1,) * width), Link("plain", "r1", base=(1,) * width)]
    store.open().commit([*links, Link(HOSTILE, kind="recheck", note=note)], at=at)
    report = {"flow": flow.name, "state": "braked", "note": HOSTILE, "run": HOSTILE, "at": at.isoformat(), "parked": 1, "calls": 2}
    report |= dict.fromkeys(
        ("read_left", "read_right", "created_left", "created_right", "updated_left", "updated_right", "conflicts", "seconds"), 0
    )
    failed = {"task": f"{flow.name}.load", "map_index": 1, "try": 1, "reason": f"429 {HOSTILE}", "settles_first": False}
    failed |= {"wait_seconds": 12.0, "at": at.isoformat()}
    report["tries"] = [failed]
    # A run that died before its report, and was followed by one that has one.
    _write(home / "reports" / dataflow.name / "r0" / "tries" / f"{flow.name}.load.1.1.json", failed)
    _write(home / "reports" / dataflow.name / "r1" / f"{flow.name}.json", report)
    _write(home / "reports" / dataflow.name / "r2" / "tries" / f"{flow.name}.load.1.1.json", failed | {"wait_seconds": 60.0})
    change = {"left": HOSTILE, "right": "r", "verb": "update", "to": {"right": [HOSTILE]}, "outcome": {"right": "done"}, "won": {}}
    _write(home / "journal" / dataflow.name / "r1" / flow.name / "changes-0-1.json", [change])
    # What a process that died in the middle of a write leaves.
    (home / "journal" / dataflow.name / "r1" / flow.name / "changes-0-2.json.0f0f.part").write_text('[{"left"')
    conflict = {"left_id": HOSTILE, "property": "name", "left": HOSTILE, "right": HOSTILE, "winner": "left", "reason": "policy left"}
    _write(home / "journal" / dataflow.name / "r1" / flow.name / "conflicts.json", [conflict])
    return {"dataflow": dataflow.name, "flow": flow.name, "generation": 1, "keys": keys.rows, "witness": witness.value}


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
