"""Ids are text of another system's making: quoted in addresses, harmless in files, logs and on terminals; what can be none parks."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from requests import PreparedRequest, Response

from lenke.core.errors import RecordNotFoundError
from lenke.core.mapping.ids import LONGEST, id_fault, storable
from lenke.core.ports import Write
from lenke.runtime.places import run_folder
from lenke.runtime.windows import Window
from lenke.systems.paths import segment
from lenke.systems.registry import client_for
from tests.contract.scripted import Answer, Asked, Scripted
from tests.flows.bad_input.spelled import hold
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, RIGHT, SHOP, Installation
from tests.flows.strange import answer, change_replies

STRANGE = ["../../../admin", "17?archived=true#x", "a b/ø", "%2e%2e%2f", "=1+1", "<script>alert(1)</script>", "'; DROP TABLE xcom; --"]
NONE_AT_ALL = {
    "empty": "",
    "blank": " ",
    "dots": "..",
    "half a surrogate pair": "\ud800",
    "NUL": "a\x00b",
    "a header": "17\r\nX-Evil: 1",
    "what a terminal obeys": "\x1b[2J\x1b]0;x\x07",
    "right to left": "17\u202egpj",
    "ten thousand characters": "9" * 10_000,
}


@pytest.mark.parametrize("id", NONE_AT_ALL.values(), ids=NONE_AT_ALL)
def test_what_can_be_no_id(id: str) -> None:
    assert id_fault(storable(id))
    storable(id).encode()


def test_what_can_be_one() -> None:
    assert [id for id in [*STRANGE, "17", "9007199254741065", "gid://shopify/Customer/1", "Å", "x" * LONGEST] if id_fault(id)] == []


@contextmanager
def renumbered(few: Installation, monkeypatch: pytest.MonkeyPatch, ids: dict[str, str]) -> Iterator[None]:
    """The shop's replies tell of some customers by other ids, and understand these."""

    def change(request: PreparedRequest, reply: Response) -> None:
        if "/customers" in str(request.url) and reply.ok:
            told = reply.json()
            rows = [row | {"id": ids.get(str(row["id"]), row["id"])} for row in told.get("data", [])]
            answer(reply, told | {"data": rows})

    with monkeypatch.context() as patch:
        change_replies(patch, SHOP, change)
        yield


def customers(few: Installation, count: int) -> list[str]:
    """New customers of the shop."""
    made = [
        {"type": "company", "company_name": f"Rare {n} AS", "email": f"rare.{n}@ny.example.org", "currency": "NOK"} for n in range(count)
    ]
    return [few.systems.create(SHOP, "Customer", fields) for fields in made]


def names(few: Installation) -> list[str]:
    return sorted(body["Name"] for body in few.systems.records(OFFICE, RIGHT[CUSTOMERS]) if str(body["Name"]).startswith("Rare"))


def test_a_record_whose_id_can_be_none_parks_and_no_other_suffers(
    few: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    new = customers(few, len(NONE_AT_ALL) + 1)
    bad = dict(zip(new, NONE_AT_ALL.values(), strict=False))
    with renumbered(few, monkeypatch, bad), caplog.at_level(logging.DEBUG):
        few.engine.run()
        few.engine.run(Window("full"))
        assert names(few) == [f"Rare {len(NONE_AT_ALL)} AS"]
        parked = few.engine.parked(CUSTOMERS)
        assert {reason for id, reason in parked.items() if id not in new} == {("invalid_value", "id")}
    assert "\x1b" not in caplog.text

    # Once the shop gives them ids that are some, they are records like all others.
    few.engine.run(Window("full"))
    assert len(names(few)) == len(new)


def test_a_strange_id_is_one_like_any_other(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    new = customers(few, len(STRANGE))
    with renumbered(few, monkeypatch, dict(zip(new, STRANGE, strict=True))):
        few.engine.run()
        few.engine.run(Window("full"))
        assert len(names(few)) == len(STRANGE)
        assert set(STRANGE) <= set(few.engine.right_of(CUSTOMERS))
    files = {path.relative_to(few.folder) for path in few.folder.rglob("*")}
    assert not [path for path in files if any(mark in str(path) for mark in ("admin", "script", "DROP", "..", "archived"))]


@pytest.mark.parametrize("id", [*STRANGE, "a\x00b", "17\r\nX-Evil: 1"])
def test_in_an_address_it_is_one_step(id: str) -> None:
    seen: list[str] = []

    def script(asked: Asked) -> Answer:
        seen.append(asked.path)
        assert "X-Evil" not in asked.headers
        if asked.path == "/api/v1/customers":
            return Answer({"data": [], "meta": {"total": 0}})
        return Answer({"error": {"code": "not_found", "message": "no"}}, status=404)

    with Scripted(script) as server:
        connection = {"host": f"{server.url}/api/v1", "password": "x", "extra": {"requests_per_second": 1000}}
        client = client_for("custom_webshop", connection)
        client.gone("Customer", [id])
        client.write("Customer", [Write("u", "update", id, fields={"phone": "1"})])
        client.close()
    own = [path for path in seen if path.startswith("/api/v1/customers/")]
    assert own
    assert {path.count("/") for path in own} == {4}
    assert not [path for path in seen if not path.startswith("/api/v1/customers")]


def test_an_order_with_two_lines_of_one_id_is_parked_until_they_have_their_own(few: Installation) -> None:
    order = min(id for id in few.engine.right_of(ORDERS) if len(few.left(ORDERS, id)["lines"]) > 1)
    first = few.left(ORDERS, order)["lines"][0]["id"]
    old = hold(few, SHOP, ORDERS, order, "lines.1.id", first)
    before = few.right(ORDERS, order)
    few.engine.run()
    assert few.engine.parked(ORDERS) == {order: ("invalid_value", "id")}
    assert few.right(ORDERS, order) == before
    hold(few, SHOP, ORDERS, order, "lines.1.id", old)
    few.engine.run()
    assert few.engine.parked(ORDERS) == {}
    assert few.right(ORDERS, order)["SalesOrderLines"] == before["SalesOrderLines"]


def test_an_id_of_dots_stands_in_no_address() -> None:
    for id in (".", ".."):
        with pytest.raises(RecordNotFoundError):
            segment(id)


@pytest.mark.parametrize("run", ["..", ".", "../../etc", "a/b", "manual__2026-01-01T00:00:00+00:00", "x\n\x1b"])
def test_no_run_id_leads_out_of_the_folder(run: str, tmp_path: Path) -> None:
    folder = (tmp_path / run_folder("flow", run)).resolve()
    assert folder.parent == tmp_path / "flow"
    assert json.dumps(folder.name).isprintable()
