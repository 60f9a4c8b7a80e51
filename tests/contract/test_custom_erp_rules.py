"""What is the custom ERP's own: its token, strictness, nested objects, lines, locks, cursor, and refusals of one record or of all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest

from lenke.core.errors import AuthenticationError
from lenke.core.ports import LineWrite, Outcome, Record, System, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite import HASTE

SYSTEM = ERP = "custom_erp"
NUMBERS = count(860_001)


def opened(sandbox: Running, **extra: Any) -> System:
    connection = sandbox.connections[ERP]
    return client_for(ERP, {**connection, "extra": {**connection["extra"], **extra}}, patience=HASTE)


@pytest.fixture
def client(sandbox: Running) -> Iterator[System]:
    found = opened(sandbox)
    yield found
    found.close()


def write(client: System, entity: str, verb: Any = "create", **members: Any) -> Outcome:
    (outcome,) = client.write(entity, [Write("w", verb, **members)])
    return outcome


def made(client: System, entity: str, fields: Mapping[str, Any], **members: Any) -> Record:
    outcome = write(client, entity, fields=fields, **members)
    assert outcome.status == "done", outcome
    assert outcome.record
    return outcome.record


def partner(client: System, **more: Any) -> Record:
    return made(client, "Customer", {"category": "business", "name": f"Prøve {next(NUMBERS)} AS", **more})


def protected(client: System, sandbox: Running) -> Record:
    """A partner that this client may not write."""
    found = partner(client)
    sandbox.edit(ERP, "Customer", found.id, {"remark": "[protected] ledelsen"})
    (now,) = client.get("Customer", [found.id])
    return now


def body(record: Record | None) -> Any:
    assert record
    return json.loads(record.raw)


def newest(sandbox: Running) -> int:
    return int(max((row["seq"] for row in sandbox.audit(ERP)), default=0))


@pytest.fixture
def order(client: System) -> Record:
    articles = [made(client, "Product", {"itemNo": f"V-{next(NUMBERS)}", "title": f"Vare {n}", "salesPrice": 100}).id for n in range(2)]
    lines = tuple(
        LineWrite("create", None, {"articleId": article, "qty": 2, "seq": place}, marker=f"lk-line-{next(NUMBERS)}")
        for place, article in enumerate(articles)
    )
    fields = {"orderNo": next(NUMBERS), "partnerId": partner(client).id, "placedAt": "2026-10-01T10:00:00Z"}
    return made(client, "Order", fields, lines=lines)


class TestRefusals:
    def test_a_403_for_one_record_is_that_records_outcome(self, client: System, sandbox: Running) -> None:
        first, last = partner(client), partner(client)
        closed = protected(client, sandbox)
        writes = [
            Write(name, "update", record.id, {"homepage": "https://a.example"}, {}, body(record))
            for name, record in (("a", first), ("b", closed), ("c", last))
        ]
        outcomes = [outcome for one in writes for outcome in client.write("Customer", [one])]
        assert [outcome.status for outcome in outcomes] == ["done", "rejected", "done"]
        assert "403" in outcomes[1].reason

    def test_so_it_is_where_that_record_comes_first(self, client: System, sandbox: Running) -> None:
        closed, free = protected(client, sandbox), partner(client)
        fresh = opened(sandbox)
        fields = {"homepage": "https://b.example"}
        assert write(fresh, "Customer", "update", id=closed.id, fields=fields, current=body(closed)).status == "rejected"
        assert write(fresh, "Customer", "update", id=free.id, fields=fields, current=body(free)).status == "done"

    def test_a_403_for_every_write_is_a_matter_of_configuration(self, client: System, sandbox: Running) -> None:
        closed = [protected(client, sandbox) for _ in range(4)]
        fresh = opened(sandbox)
        for one in closed[:3]:
            assert write(fresh, "Customer", "update", id=one.id, fields={"homepage": "x"}, current=body(one)).status == "rejected"
        with pytest.raises(AuthenticationError, match="403"):
            write(fresh, "Customer", "update", id=closed[3].id, fields={"homepage": "x"}, current=body(closed[3]))

    def test_a_client_that_may_only_read_is_told_at_once(self, sandbox: Running) -> None:
        sandbox.switch(ERP, "write_access", on=False)
        try:
            with pytest.raises(AuthenticationError, match="NoWriteAccess"):
                write(opened(sandbox), "Customer", fields={"category": "business", "name": "Ingen AS"})
        finally:
            sandbox.switch(ERP, "write_access", on=True)

    def test_a_403_page_from_a_gateway_is_a_refusal_and_no_unknown_outcome(self, client: System, sandbox: Running) -> None:
        record, before = partner(client), len(sandbox.records(ERP, "Customer"))
        sandbox.fault(ERP, "html", status=403, count=1, match={"method": "PUT", "path": "/partners"})
        assert write(client, "Customer", "update", id=record.id, fields={"homepage": "x"}, current=body(record)).status == "rejected"
        sandbox.fault(ERP, "html", status=403, count=1, match={"method": "POST", "path": "/partners"})
        assert write(client, "Customer", fields={"category": "business", "name": "Stanset AS"}).status == "rejected"
        assert len(sandbox.records(ERP, "Customer")) == before

    def test_a_value_that_does_not_fit_names_its_member_and_not_itself(self, client: System) -> None:
        outcome = write(client, "Customer", fields={"category": "business", "name": "Feil AS", "eMail": "no-address-at-all"})
        assert outcome.status == "rejected"
        assert "eMail" in outcome.reason
        assert "no-address-at-all" not in outcome.reason


class TestDialect:
    def test_an_address_is_sent_whole_and_only_the_changed_part_differs(self, client: System, sandbox: Running) -> None:
        record = partner(client, **{"address.street": "Kaia 1", "address.place": "Bodø"})
        outcome = write(client, "Customer", "update", id=record.id, fields={"address.zip": "8006"}, current=body(record))
        assert body(outcome.record)["address"] == body(record)["address"] | {"zip": "8006"}

    def test_an_edit_of_another_part_of_the_address_is_not_lost(self, client: System, sandbox: Running) -> None:
        record = partner(client, **{"address.street": "Kaia 1", "address.place": "Bodø"})
        sandbox.edit(ERP, "Customer", record.id, {"address.street": "Torget 2"})
        told = {"fields": {"address.zip": "8006"}, "before": {"address.zip": None}}
        outcome = write(client, "Customer", "update", id=record.id, current=body(record), **told)
        address = body(outcome.record)["address"]
        assert (address["street"], address["zip"], address["place"]) == ("Torget 2", "8006", "Bodø")

    def test_a_write_that_changes_nothing_moves_nothing(self, client: System) -> None:
        record = partner(client)
        outcome = write(client, "Customer", "update", id=record.id, fields={"name": body(record)["name"]}, current=body(record))
        assert outcome.record
        assert outcome.record.version == record.version

    def test_an_ended_token_is_renewed_for_reads_and_writes(self, client: System, sandbox: Running) -> None:
        client.tenant()
        sandbox.fault(ERP, "expire_token", count=1, match={"path": "/company"})
        client.tenant()
        partner(client)

    def test_the_secret_goes_in_the_form_and_never_into_a_message(self, sandbox: Running) -> None:
        wrong = {**sandbox.connections[ERP], "login": "no-such-client", "password": "not-the-secret"}
        with pytest.raises(AuthenticationError) as caught:
            client_for(ERP, wrong, patience=HASTE).tenant()
        assert "not-the-secret" not in str(caught.value)

    def test_creates_go_one_by_one(self, client: System, sandbox: Running) -> None:
        assert client.traits("Customer").batch == 1
        since = newest(sandbox)
        names = [f"En av flere {next(NUMBERS)}" for _ in range(3)]
        for name in names:
            made(client, "Customer", {"category": "business", "name": name})
        rows = sandbox.audit(ERP, since)
        assert [(row["method"], row["path"]) for row in rows] == [("POST", "/erp/v2/partners")] * 3

    def test_no_row_is_lost_while_rows_are_deleted(self, sandbox: Running) -> None:
        client = opened(sandbox, page_size=10)
        mine = [made(client, "Product", {"itemNo": f"B-{next(NUMBERS)}", "title": "Blar"}).id for _ in range(30)]
        seen: list[str] = []
        for record in client.list("Product"):
            if record.id == mine[15]:
                for one in mine[:5]:
                    sandbox.delete(ERP, "Product", one)
            seen.append(record.id)
        assert set(mine) <= set(seen)
        assert len(seen) == len(set(seen))

    def test_many_ids_come_in_few_calls(self, client: System) -> None:
        ids = [partner(client).id for _ in range(60)]
        before = client.calls
        assert {record.id for record in client.get("Customer", [*ids, "P999999"])} == set(ids)
        assert client.calls - before == 2


class TestOrders:
    def test_lines_change_together_with_the_header(self, client: System, order: Record) -> None:
        first, second = body(order)["orderLines"]
        lines = (
            LineWrite("update", first["lineId"], {"qty": 5}, {"qty": 2}),
            LineWrite("remove", second["lineId"]),
            LineWrite("create", None, {"articleId": second["articleId"], "qty": 7, "seq": 9}, marker=f"lk-{next(NUMBERS)}"),
        )
        outcome = write(client, "Order", "update", id=order.id, fields={"yourReference": "Endret"}, current=body(order), lines=lines)
        (stored,) = client.get("Order", [order.id])
        assert outcome.record == stored
        assert [line["qty"] for line in body(stored)["orderLines"]] == [5, 7]
        assert body(stored)["netAmount"] == 1200

    def test_a_moved_line_is_not_overwritten(self, client: System, order: Record, sandbox: Running) -> None:
        first = body(order)["orderLines"][0]
        sandbox.edit_line(ERP, "Order", order.id, first["lineId"], {"qty": 9})
        line = LineWrite("update", first["lineId"], {"qty": 5}, {"qty": 2})
        assert write(client, "Order", "update", id=order.id, current=body(order), lines=(line,)).status == "moved"

    def test_a_line_is_never_there_twice(self, client: System, order: Record) -> None:
        line = LineWrite("create", None, {"articleId": body(order)["orderLines"][0]["articleId"], "qty": 1}, marker="lk-once")
        for status in ("done", "not_unique"):
            (now,) = client.get("Order", [order.id])
            assert write(client, "Order", "update", id=order.id, current=body(now), lines=(line,)).status == status
        (stored,) = client.get("Order", [order.id])
        assert len(body(stored)["orderLines"]) == 3

    def test_an_invoiced_order_is_locked(self, client: System, order: Record, sandbox: Running) -> None:
        sandbox.invoice(order.id, system=ERP)
        (now,) = client.get("Order", [order.id])
        line = LineWrite("update", body(order)["orderLines"][0]["lineId"], {"qty": 5}, {"qty": 2})
        for current in (body(now), body(order)):
            assert write(client, "Order", "update", id=order.id, current=current, fields={"yourReference": "X"}).status == "locked"
        assert write(client, "Order", "update", id=order.id, current=body(now), lines=(line,)).status == "locked"

    def test_a_missing_partner_or_article_is_rejected(self, client: System, order: Record) -> None:
        fields = {"orderNo": next(NUMBERS), "partnerId": "P999999", "placedAt": "2026-10-01T10:00:00Z"}
        assert write(client, "Order", fields=fields).status == "rejected"
        line = LineWrite("create", None, {"articleId": "A999999", "qty": 1})
        assert write(client, "Order", "update", id=order.id, current=body(order), lines=(line,)).status == "rejected"
