"""What is the described client's own, on the custom webshop: batches, the optimistic check, lines, ids above 2**53."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest

from lenke.core.ports import LineWrite, Outcome, Record, System, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite import HASTE

NUMBERS = count(820_001)
SYSTEM = SHOP = "custom_webshop"


@pytest.fixture
def client(sandbox: Running) -> Iterator[System]:
    found = client_for(SHOP, sandbox.connections[SHOP], patience=HASTE)
    yield found
    found.close()


def write(client: System, entity: str, verb: Any = "create", **members: Any) -> Outcome:
    (outcome,) = client.write(entity, [Write("w", verb, **members)])
    return outcome


def made(client: System, entity: str, **fields: Any) -> Record:
    outcome = write(client, entity, fields=fields)
    assert outcome.status == "done", outcome
    assert outcome.record
    return outcome.record


def body(record: Record | None) -> Any:
    assert record
    return json.loads(record.raw)


def applied(sandbox: Running, since: int) -> list[Mapping[str, Any]]:
    return [row for row in sandbox.audit(SHOP, since) if row["applied"]]


def newest(sandbox: Running) -> int:
    return int(max((row["seq"] for row in sandbox.audit(SHOP)), default=0))


def company(n: int) -> dict[str, Any]:
    return {"type": "company", "company_name": f"Prøve {n}"}


class TestBatches:
    def test_a_hundred_writes_are_one_call_with_outcomes_in_order(self, client: System) -> None:
        old = [made(client, "Customer", **company(next(NUMBERS))) for _ in range(2)]
        before = client.calls
        creates = [Write(f"c{n}", "create", fields=company(n), marker=f"lk-b-{n}") for n in range(98)]
        updates = [
            Write(f"u{n}", "update", row.id, {"website": f"https://u{n}.example"}, {"website": None}, body(row))
            for n, row in enumerate(old)
        ]
        outcomes = client.write("Customer", [creates[0], updates[0], *creates[1:], updates[1]])
        assert client.calls - before == 1
        assert client.traits("Customer").batch == 100
        assert [outcome.key for outcome in outcomes] == ["c0", "u0", *(f"c{n}" for n in range(1, 98)), "u1"]
        assert all(outcome.status == "done" for outcome in outcomes)
        assert [body(outcomes[n].record)["website"] for n in (1, 99)] == ["https://u0.example", "https://u1.example"]
        assert [body(outcome.record)["external_ref"] for outcome in outcomes[2:99]] == [f"lk-b-{n}" for n in range(1, 98)]

    def test_one_poison_record_keeps_nothing_else_back(self, client: System) -> None:
        bad = Write("bad", "create", fields={"type": "company", "company_name": "Gift", "email": "hemmelig verdi"})
        outcomes = client.write("Customer", [Write("a", "create", fields=company(1)), bad, Write("b", "create", fields=company(2))])
        assert [outcome.status for outcome in outcomes] == ["done", "rejected", "done"]
        assert "email" in outcomes[1].reason
        assert "hemmelig" not in outcomes[1].reason

    def test_a_batch_refused_as_a_whole_is_sent_one_by_one(self, client: System, sandbox: Running) -> None:
        since = newest(sandbox)
        writes = [Write(str(n), "create", fields=company(n)) for n in range(3)]
        sandbox.fault(SHOP, "5xx", status=400, count=1, match={"method": "POST", "path": "/customers/batch"})
        assert [outcome.status for outcome in client.write("Customer", writes)] == ["done"] * 3
        assert len(applied(sandbox, since)) == 3

    def test_a_batch_without_an_answer_is_unknown_for_every_item(self, client: System, sandbox: Running) -> None:
        since = newest(sandbox)
        writes = [Write(str(n), "create", fields=company(n), marker=f"lk-lost-{n}") for n in range(3)]
        sandbox.fault(SHOP, "drop_reply", count=1, match={"method": "POST", "path": "/customers/batch"})
        assert [outcome.status for outcome in client.write("Customer", writes)] == ["unknown"] * 3
        assert len(applied(sandbox, since)) == 3
        assert len(list(client.find("Customer", "external_ref", [f"lk-lost-{n}" for n in range(3)]))) == 3

    def test_stale_items_of_a_batch_are_compared_one_by_one(self, client: System, sandbox: Running) -> None:
        rows = [made(client, "Customer", **company(n)) for n in range(3)]
        sandbox.edit(SHOP, "Customer", rows[0].id, {"website": "https://else.example"})
        sandbox.edit(SHOP, "Customer", rows[1].id, {"note": "unrelated"})
        writes = [Write(row.id, "update", row.id, {"website": "https://ours.example"}, {"website": None}, body(row)) for row in rows]
        assert [outcome.status for outcome in client.write("Customer", writes)] == ["moved", "done", "done"]
        assert "else.example" in next(iter(client.get("Customer", [rows[0].id]))).raw


class TestRecords:
    def test_ids_above_2_to_the_53_stay_whole(self, client: System) -> None:
        customer = made(client, "Customer", **company(1))
        assert int(customer.id) > 2**53
        order = made(client, "Order", number=next(NUMBERS), customer_id=customer.id)
        assert f'"customer_id":{customer.id}' in order.raw.replace(" ", "")

    def test_without_current_the_record_is_read_and_compared(self, client: System, sandbox: Running) -> None:
        row = made(client, "Product", sku=f"S-{next(NUMBERS)}", name="Før")
        members: dict[str, Any] = {"fields": {"name": "Etter"}, "before": {"name": "Før"}}
        assert write(client, "Product", "update", id=row.id, **members).status == "done"
        assert write(client, "Product", "update", id=row.id, **members).status == "moved"

    def test_null_clears_and_absent_stays(self, client: System) -> None:
        row = made(client, "Customer", **company(1), website="https://a.example", phone="+4722222222")
        outcome = write(client, "Customer", "update", id=row.id, fields={"website": None}, before={}, current=body(row))
        assert (body(outcome.record)["website"], body(outcome.record)["phone"]) == (None, "+4722222222")

    def test_part_of_an_address_leaves_the_rest(self, client: System) -> None:
        row = made(client, "Customer", **company(1), **{"billing.city": "Bodø", "billing.postal_code": "8006"})
        change: dict[str, Any] = {"fields": {"billing.city": "Oslo"}, "before": {"billing.city": "Bodø"}}
        outcome = write(client, "Customer", "update", id=row.id, current=body(row), **change)
        assert (body(outcome.record)["billing"]["city"], body(outcome.record)["billing"]["postal_code"]) == ("Oslo", "8006")


class TestLines:
    @pytest.fixture
    def order(self, client: System) -> Record:
        product = made(client, "Product", sku=f"S-{next(NUMBERS)}", name="Vare", price="100.00")
        lines = tuple(
            LineWrite("create", None, {"kind": "product", "product_id": product.id, "quantity": quantity}) for quantity in ("1", "2", "3")
        )
        outcome = write(client, "Order", fields={"number": next(NUMBERS)}, lines=lines)
        assert outcome.status == "done", outcome
        assert outcome.record
        return outcome.record

    def test_lines_change_with_their_order_and_others_stay(self, client: System, order: Record) -> None:
        first, second, third = body(order)["lines"]
        lines = (
            LineWrite("update", str(first["id"]), {"quantity": "5"}, {"quantity": "1"}),
            LineWrite("remove", str(second["id"])),
            LineWrite("create", None, {"kind": "shipping", "description": "Frakt", "quantity": "1", "unit_price": "99.00"}, marker="lk-f"),
        )
        fields = {"purchase_order": "PO"}
        outcome = write(client, "Order", "update", id=order.id, fields=fields, current=body(order), lines=lines)
        assert outcome.status == "done", outcome
        kept = body(outcome.record)["lines"]
        assert [(line["kind"], line["quantity"]) for line in kept] == [("product", "5"), ("product", "3"), ("shipping", "1")]
        assert kept[1] == third

    def test_a_line_changed_by_someone_else_is_moved(self, client: System, order: Record, sandbox: Running) -> None:
        first, second, _ = body(order)["lines"]
        line = LineWrite("update", str(first["id"]), {"quantity": "5"}, {"quantity": "1"})
        sandbox.edit_line(SHOP, "Order", order.id, str(second["id"]), {"quantity": "8"})
        assert write(client, "Order", "update", id=order.id, current=body(order), lines=(line,)).status == "done"
        sandbox.edit_line(SHOP, "Order", order.id, str(first["id"]), {"quantity": "9"})
        outcome = write(client, "Order", "update", id=order.id, current=body(order), lines=(line,))
        assert outcome.status == "moved"

    def test_a_locked_order_is_told(self, client: System, order: Record, sandbox: Running) -> None:
        sandbox.edit(SHOP, "Order", order.id, {"status": "locked"})
        (now,) = client.get("Order", [order.id])
        assert write(client, "Order", "update", id=order.id, fields={"purchase_order": "X"}, current=body(now)).status == "locked"
