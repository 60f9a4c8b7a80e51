"""Marked names, e-mails, phone numbers and secrets are in no table of the metadata database, no log and no report."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lenke.local import keys
from lenke.runtime.ledger.segments import decode
from sandbox.wire import Request
from tests.airflow import small
from tests.airflow.installation import DAG, FLOWS, SYSTEMS, Installation
from tests.airflow.ledger_rows import Ledger
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import Run, World, world

pytestmark = [pytest.mark.scheduler, pytest.mark.slow]
# In every marked text, whatever a system or a converter makes of its letters; and the digits of the marked phone numbers.
WORD, NUMBER = "q7zx", "41273546"
FAULTS: tuple[dict[str, object], ...] = (
    {"name": "5xx", "count": 1, "match": {"method": "GET", "path": "/Customers"}},
    {"name": "html", "count": 1, "match": {"method": "GET", "path": "/Customers"}},
    {"name": "429", "count": 1, "match": {"method": "POST", "path": "/Customers"}},
    {"name": "drop_reply", "count": 1, "match": {"method": "POST", "path": "/Customers"}},
    {"name": "truncate", "count": 1, "match": {"method": "POST", "path": "/Products"}},
    {"name": "html", "count": 1, "match": {"method": "POST", "path": "/SalesOrders/Complete"}},
)


@dataclass
class Credentials:
    """What the requests carried to prove who they are: API keys, tokens, keys in Basic."""

    seen: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, system: str, request: Request) -> None:
        names = ("authorization", "x-api-key", "ocp-apim-subscription-key")
        found = {request.headers[name].split()[-1] for name in names if request.headers.get(name)}
        with self.lock:
            self.seen |= found


@dataclass(frozen=True)
class After:
    """The world after its runs, with what must not be found anywhere."""

    world: World
    runs: tuple[Run, ...]
    secrets: Mapping[str, str]

    def marks_in(self, text: str) -> list[str]:
        """Names of the marks in a text."""
        low = text.lower()
        plain = low.replace(" ", "")
        found = [name for name, secret in self.secrets.items() if secret in text]
        return found + [mark for mark in (WORD, NUMBER) if mark in low or mark in plain]


@pytest.fixture(scope="module")
def after(airflow: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[After]:
    with world(airflow, tmp_path_factory.mktemp("private"), records=small.records(orders=6, customers=16)) as found:
        found.wire.hold = credentials = Credentials()
        _mark(found)
        runs = [found.run()]
        _disagree(found)
        found.systems.fault(OFFICE, "html", status=401, match={"method": "PATCH", "path": "/Customers"})
        _edit(found, 4, {"first_name": "Qvart Q7zx"} if _customers(found)[4]["type"] == "person" else {"company_name": "Qvart Q7zx AS"})
        runs.append(found.run(flows=[FLOWS[0]]))
        yield After(found, tuple(runs), _secrets(found) | {f"request {place}": one for place, one in enumerate(credentials.seen)})


def _customers(found: World) -> list[dict[str, object]]:
    return found.systems.records(SHOP, "Customer")


def _edit(found: World, place: int, fields: Mapping[str, object]) -> None:
    found.systems.edit(SHOP, "Customer", str(_customers(found)[place]["id"]), fields)


def _mark(found: World) -> None:
    """Marks in every customer and order, some of them such that the record parks, and calls that fail."""
    for place, customer in enumerate(_customers(found)):
        person = customer["type"] == "person"
        names = (
            {"first_name": f"Kari Q7zx{place}", "last_name": f"Q7zx{place}sen"} if person else {"company_name": f"Q7zx{place} Verksted AS"}
        )
        address = {"billing.line1": f"Q7zxveien {place}", "billing.city": "Q7zxvik", "billing.postal_code": "0150"}
        _edit(
            found, place, {**names, **address, "email": f"kari.q7zx{place}@q7zx.no", "phone": f"+47 412 73 546{'' if place else ' q7zx'}"}
        )
    _edit(found, 1, {"phone": "ring Q7zx etter klokken fire"})
    _edit(found, 3, {"currency": "ISK"})
    _edit(found, 5, {"customer_number": int(NUMBER)})
    # PowerOffice's refusal quotes the number that another customer has.
    found.systems.create(OFFICE, "Customers", _taken())
    for order in found.systems.records(SHOP, "Order"):
        found.systems.edit(SHOP, "Order", str(order["id"]), {"customer_reference": "Deres Q7zx"})
    for fault in FAULTS:
        found.systems.fault(OFFICE, **fault)  # type: ignore[arg-type]


def _taken() -> dict[str, object]:
    return {"Name": "En annen Q7zx AS", "IsPerson": False, "ExternalNumber": int(NUMBER), "EmailAddress": "annen.q7zx@q7zx.no"}


def _disagree(found: World) -> None:
    """Both sides change the same property of a linked customer to different values."""
    link = next(link for link in Ledger(found.airflow, FLOWS[0]).links() if link.kind == "link")
    found.systems.edit(SHOP, "Customer", link.left, {"website": "https://venstre.q7zx.no"})
    found.systems.edit(OFFICE, "Customers", link.right, {"WebsiteUrl": "https://hoyre.q7zx.no"})


def _secrets(found: World) -> dict[str, str]:
    office, shop = found.systems.connections[OFFICE], found.systems.connections[SHOP]
    own = keys.load(found.airflow.places.keys)
    basic = base64.b64encode(f"{office['extra']['application_key']}:{office['password']}".encode()).decode()
    return {
        "the shop's API key": shop["password"],
        "the application key": office["extra"]["application_key"],
        "the client key": office["password"],
        "the subscription key": office["extra"]["subscription_key"],
        "the keys as Basic": basic,
        "the Fernet key": own.fernet,
        "the digest key": own.digest,
        "the signing key": own.signing,
        "the database's password": own.database,
    }


def test_the_runs_had_what_they_were_to_have(after: After) -> None:
    waiting = {link.note["reason"] for link in Ledger(after.world.airflow, FLOWS[0]).links() if link.kind == "recheck"}
    assert {"invalid_value", "rejected"} <= waiting
    assert [run.state for run in after.runs] == ["success", "failed"]
    assert after.runs[1].sum("conflicts") == 1
    assert {"request 0", "the client key"} <= after.secrets.keys()
    assert len(after.secrets) >= 9 + 3, f"{SYSTEMS} were called without credentials"
    files = [path.read_text(errors="replace") for path in after.world.airflow.places.lenke.rglob("*.json")]
    assert any(WORD in text.lower() for text in files), "the marks never came through: this test looks for nothing"


def test_no_table_of_the_database_holds_a_mark(after: After) -> None:
    airflow = after.world.airflow
    tables = [name for (name,) in airflow.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    assert {"xcom", "rendered_task_instance_fields", "asset_state_store", "log", "connection"} <= set(tables)
    found = {
        (table, mark)
        for table in tables
        for (row,) in airflow.sql(f'SELECT t::text FROM public."{table}" t')
        for mark in after.marks_in(row)
    }
    assert not found


def test_no_ledger_row_holds_a_mark(after: After) -> None:
    rows = after.world.airflow.sql("SELECT run_id, key, value FROM xcom WHERE dag_id = 'link_ledger' AND key LIKE 'seg.%%'")
    assert rows
    found = {f"{run} {key}": mark for run, key, text in rows for link in decode(text).links() for mark in after.marks_in(str(link))}
    assert not found


def test_no_log_and_no_report_holds_a_mark(after: After) -> None:
    places = after.world.airflow.places
    files = [*places.logs.rglob("*.log"), *places.reports.rglob("*.json"), *places.lenke.glob("*.json")]
    assert any(path.name == "scheduler.log" for path in files)
    assert any(f"dag_id={DAG}" in path.parts for path in files)
    found = {f"{path.relative_to(places.home)}: {mark}": _line(path, mark, after) for path in files for mark in after.marks_in(_text(path))}
    assert not found


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _line(path: Path, mark: str, after: After) -> str:
    return next(line for line in _text(path).splitlines() if mark in after.marks_in(line))[:600]


def test_files_with_values_are_for_their_owner_only(after: After) -> None:
    lenke = after.world.airflow.places.lenke
    open_ones = [
        str(path) for kind in ("staging", "journal") for path in (lenke / kind).rglob("*") if path.is_file() and path.stat().st_mode & 0o077
    ]
    assert not open_ones
