"""The example of a third dialect: what it describes is what the client then speaks, against a small server that does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lenke.core.ports import LineWrite, Outcome, Write
from lenke.local.check import check
from lenke.local.places import Places
from lenke.systems import include
from lenke.systems.connection import Connection
from lenke.systems.described.client import DescribedClient
from lenke.systems.described.load import load
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE

EXAMPLE = include.include_dir() / "systems/examples/offset_shop.yaml"
PAGE = 4
KEYS = {"email": "email", "number": "number", "sku": "sku", "org_number": "org_number"}


@dataclass
class Shop:
    """Keeps records in the order in which they changed, and gives four a page whatever is asked for.

    :param move: ids that change before the request of that number.
    """

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    move: dict[int, str] = field(default_factory=dict)
    clock: int = 1_780_000_000
    count: int = 0

    def __call__(self, asked: Asked) -> Answer:
        self.count += 1
        if asked.headers.get("Authorization") != "Bearer token-7" or asked.headers.get("X-Api-Version") != "2026-06":
            return Answer({"code": "who", "detail": "no token"}, 401)
        _, _, name, *rest = asked.path.split("/")
        rows = self.rows.setdefault(name, [])
        if (moving := self.move.get(self.count)) is not None:
            self.changed(next(row for row in rows if row["uuid"] == moving))
        if asked.method == "GET":
            return self.one(rows, rest[0]) if rest else self.page(rows, asked)
        body = json.loads(asked.body)
        return self.made(rows, body) if asked.method == "POST" else self.patched(rows, rest[0], body)

    def changed(self, row: dict[str, Any]) -> None:
        self.clock += 1
        row["meta"] = {**row.get("meta", {}), "changed": self.clock}
        row["revision"] = row.get("revision", 0) + 1

    def one(self, rows: list[dict[str, Any]], key: str) -> Answer:
        found = next((row for row in rows if row["uuid"] == key), None)
        return Answer(found) if found else Answer({"code": "missing", "detail": "no such record"}, 404)

    def page(self, rows: list[dict[str, Any]], asked: Asked) -> Answer:
        wanted = [row for row in rows if row["meta"]["changed"] >= int(asked.query.get("changed_since", 0))]
        if "reference" in asked.query:
            wanted = [row for row in wanted if row["meta"].get("reference") == asked.query["reference"]]
        for name in KEYS.keys() & asked.query.keys():
            wanted = [row for row in wanted if str(row.get(name)) == asked.query[name]]
        wanted.sort(key=lambda row: (row["meta"]["changed"], row["uuid"]))
        at = int(asked.query["offset"])
        link = f'<{asked.path}?offset={at + PAGE}>; rel="next"'
        shown = [{name: value for name, value in row.items() if name != "rows"} for row in wanted[at : at + PAGE]]
        return Answer(shown, headers={"Link": link} if at + PAGE < len(wanted) else {})

    def made(self, rows: list[dict[str, Any]], body: dict[str, Any]) -> Answer:
        if any(row.get("sku") == body["sku"] for row in rows if "sku" in body):
            return Answer({"code": "taken", "detail": "is in use", "pointer": "sku"}, 409)
        row = {"uuid": f"u{len(rows) + 1}", **body}
        row["rows"] = [{"row": place + 1, **line} for place, line in enumerate(body.get("rows", []))]
        self.changed(row)
        rows.append(row)
        return Answer(row, 201)

    def patched(self, rows: list[dict[str, Any]], key: str, body: dict[str, Any]) -> Answer:
        row = next((row for row in rows if row["uuid"] == key), None)
        if row is None:
            return Answer({"code": "missing", "detail": "no such record"}, 404)
        if row.get("closed"):
            return Answer({"code": "closed", "detail": "it stands"}, 409)
        for name, value in body.items():
            row[name] = {**row.get(name, {}), **value} if isinstance(value, dict) else self.lines(row, value) if name == "rows" else value
        self.changed(row)
        return Answer(row)

    def lines(self, row: dict[str, Any], changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        held = {line["row"]: line for line in row["rows"]}
        for change in changes:
            key = change.pop("row", max(held, default=0) + 1)
            held[key] = {**held.get(key, {"row": key}), **change}
            if held[key].pop("gone", False):
                del held[key]
        return list(held.values())


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def client(shop: Shop) -> Iterator[DescribedClient]:
    with Scripted(shop) as server:
        connection = {"host": f"{server.url}/rest", "password": "token-7", "extra": {"requests_per_second": 10_000}}
        yield DescribedClient(load(EXAMPLE), Connection.of(connection), patience=HASTE)


def write(client: DescribedClient, entity: str, verb: Any = "create", **members: Any) -> Outcome:
    (outcome,) = client.write(entity, [Write("w", verb, **members)])
    return outcome


def made(client: DescribedClient, entity: str, count: int) -> list[str]:
    return [str(write(client, entity, fields={"sku": f"S-{n}", "name": f"Nr. {n}"}).id) for n in range(count)]


def test_the_example_is_checked_with_all_others(tmp_path: Path) -> None:
    folder = tmp_path / "systems/examples"
    shutil.copytree(EXAMPLE.parent, folder)
    shutil.copy(include.include_dir() / "settings.yaml", tmp_path)
    shutil.copytree(include.include_dir() / "mappings", tmp_path / "mappings")
    assert problems(tmp_path) == []
    broken = folder / "offset_shop.yaml"
    broken.write_text(broken.read_text("utf-8").replace("marker: reference", ""), "utf-8")
    (problem,) = problems(tmp_path)
    assert "entities.Order.lines.marker" in problem


def problems(data: Path) -> list[str]:
    return [finding.problem for finding in check(Places(data=data)) if finding.problem]


def test_every_page_is_read_though_they_are_smaller_than_asked_for(client: DescribedClient) -> None:
    ids = made(client, "Product", 11)
    assert sorted(record.id for record in client.list("Product")) == sorted(ids)


@pytest.mark.parametrize("moves", [{2: "u1"}, {2: "u1", 3: "u2", 4: "u3"}, {3: "u5"}])
def test_no_row_is_lost_while_rows_move(client: DescribedClient, shop: Shop, moves: dict[int, str]) -> None:
    ids = made(client, "Product", 11)
    shop.move = {shop.count + at: id for at, id in moves.items()}
    assert {record.id for record in client.list("Product")} == set(ids)


def test_a_record_is_made_found_changed_and_archived(client: DescribedClient) -> None:
    outcome = write(client, "Customer", fields={"name": "Prøve AS", "email": "a@b.example", "address.city": "Bodø"}, marker="lk-1")
    assert outcome.status == "done"
    for path, value in (("email", "a@b.example"), ("meta.reference", "lk-1")):
        assert [record.id for record in client.find("Customer", path, [value])] == [outcome.id]
    changed = write(client, "Customer", "update", id=outcome.id, fields={"address.zip": "8006"})
    assert changed.record
    body = json.loads(changed.record.raw)
    assert body["address"] == {"city": "Bodø", "zip": "8006"}
    assert body["meta"]["reference"] == "lk-1"
    archived = write(client, "Customer", "archive", id=outcome.id)
    assert archived.record
    assert json.loads(archived.record.raw)["status"] == "archived"


def test_lines_are_read_with_the_record_and_changed_one_by_one(client: DescribedClient) -> None:
    lines = tuple(LineWrite("create", None, {"product": f"u{n}", "count": n}, marker=f"lk-l{n}") for n in (1, 2))
    outcome = write(client, "Order", fields={"number": "7"}, lines=lines, marker="lk-2")
    (listed,), (whole,) = client.list("Order"), client.get("Order", [str(outcome.id)])
    assert (listed.whole, whole.whole) == (False, True)
    assert [line["count"] for line in json.loads(whole.raw)["rows"]] == [1, 2]
    edits = (
        LineWrite("update", "1", {"count": 9}, {"count": 1}),
        LineWrite("remove", "2"),
        LineWrite("create", None, {"count": 3}, marker="x"),
    )
    after = write(client, "Order", "update", id=outcome.id, lines=edits)
    assert after.record
    assert [(line["count"], line["reference"]) for line in json.loads(after.record.raw)["rows"]] == [(9, "lk-l1"), (3, "x")]


def test_refusals_are_told_apart(client: DescribedClient, shop: Shop) -> None:
    (id,) = made(client, "Product", 1)
    assert write(client, "Product", fields={"sku": "S-0"}).status == "not_unique"
    shop.rows["products"][0]["closed"] = True
    assert write(client, "Product", "update", id=id, fields={"name": "x"}).status == "locked"
    assert write(client, "Product", "update", id="u99", fields={"name": "x"}).status == "gone"
    assert client.gone("Product", [id, "u99"]) == {"u99": "deleted"}
