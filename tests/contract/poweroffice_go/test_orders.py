"""Orders with their lines and locks."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.core.ports import LineWrite, Record, System
from sandbox import Running
from tests.contract.poweroffice_go.desk import GO, body, made, opened, write


def confirming(order: Record, **fields: str) -> dict[str, Any]:
    """The members of a write that edits both lines and confirms."""
    keys = [line["Id"] for line in body(order)["SalesOrderLines"]]
    lines = tuple(LineWrite("update", key, {"Quantity": new}, {"Quantity": 2}) for key, new in zip(keys, (5, 7), strict=True))
    return {"fields": {**fields, "SalesOrderStatus": "Confirmed"}, "before": {"SalesOrderStatus": "Draft"}, "lines": lines}


def quantities(order: Record) -> list[int]:
    return [line["Quantity"] for line in body(order)["SalesOrderLines"]]


class TestOrders:
    def test_lists_bring_headers_and_get_brings_lines_of_the_same_version(self, client: System, order: Record) -> None:
        header = next(record for record in client.list("SalesOrders") if record.id == order.id)
        (complete,) = client.get("SalesOrders", [order.id])
        assert (header.whole, complete.whole) == (False, True)
        assert header.version == complete.version == order.version
        assert [line["Quantity"] for line in body(complete)["SalesOrderLines"]] == [2, 2]

    def test_header_and_lines_change_together(self, client: System, order: Record, sandbox: Running) -> None:
        first, second = body(order)["SalesOrderLines"]
        lines = (
            LineWrite("update", first["Id"], {"Quantity": 5}, {"Quantity": first["Quantity"]}),
            LineWrite("remove", second["Id"], before={"Quantity": second["Quantity"]}),
            LineWrite("create", None, {"ProductId": str(second["ProductId"]), "Quantity": 7, "SortOrder": 2}, marker="lk-new"),
        )
        fields = {"CustomerReference": "Endret"}
        outcome = write(client, "SalesOrders", "update", id=order.id, fields=fields, current=body(order), lines=lines)
        (stored,) = client.get("SalesOrders", [order.id])
        assert outcome.status == "done", outcome
        assert outcome.record == stored
        assert [line["Quantity"] for line in body(stored)["SalesOrderLines"]] == [5, 7]
        assert body(stored)["CustomerReference"] == "Endret"

    def test_the_record_of_an_update_is_true_though_reads_lag(self, client: System, order: Record, sandbox: Running) -> None:
        sandbox.lag(3600)
        first, second = body(order)["SalesOrderLines"]
        lines = (
            LineWrite("update", first["Id"], {"Quantity": 5}, {"Quantity": 2}),
            LineWrite("remove", second["Id"], before={"Quantity": 2}),
        )
        fields, before = {"CustomerReference": "Endret"}, {"CustomerReference": None}
        outcome = write(client, "SalesOrders", "update", id=order.id, fields=fields, before=before, current=body(order), lines=lines)
        sandbox.lag(0)
        assert outcome.status == "done", outcome
        told, (stored,) = body(outcome.record), client.get("SalesOrders", [order.id])
        for name in ("CustomerReference", "NetAmount", "TotalAmount", "LineCount", "SalesOrderLines"):
            assert told[name] == body(stored)[name], name

    def test_a_lost_edit_is_prevented_though_reads_lag(self, client: System, order: Record, sandbox: Running) -> None:
        sandbox.edit(GO, "SalesOrders", order.id, {"CustomerReference": "Kundens egen"})
        sandbox.lag(3600)
        fields, before = {"CustomerReference": "Vår"}, {"CustomerReference": None}
        outcome = write(client, "SalesOrders", "update", id=order.id, fields=fields, before=before, current=body(order))
        sandbox.lag(0)
        stored = sandbox.record(GO, "SalesOrders", order.id)
        assert stored
        assert (outcome.status, stored["CustomerReference"]) == ("moved", "Kundens egen")

    def test_a_moved_line_is_told_as_partial(self, client: System, order: Record, sandbox: Running) -> None:
        first, second = body(order)["SalesOrderLines"]
        sandbox.edit_line(GO, "SalesOrders", order.id, first["Id"], {"Quantity": 9})
        lines = (
            LineWrite("update", first["Id"], {"Quantity": 5}, {"Quantity": 2}),
            LineWrite("update", second["Id"], {"Quantity": 6}, {"Quantity": 2}),
        )
        outcome = write(client, "SalesOrders", "update", id=order.id, current=body(order), lines=lines)
        assert (outcome.status, outcome.partial) == ("done", True)
        assert first["Id"] in outcome.reason
        assert [line["Quantity"] for line in body(outcome.record)["SalesOrderLines"]] == [9, 6]

    def test_a_line_sent_twice_is_one_line(self, client: System, order: Record) -> None:
        product = str(body(order)["SalesOrderLines"][0]["ProductId"])
        line = LineWrite("create", None, {"ProductId": product, "Quantity": 1}, marker="lk-once")
        for _ in range(2):
            assert write(client, "SalesOrders", "update", id=order.id, current=body(order), lines=(line,)).status == "done"
        (stored,) = client.get("SalesOrders", [order.id])
        assert len(body(stored)["SalesOrderLines"]) == 3

    @pytest.mark.parametrize("seen", [True, False])
    def test_a_confirmed_order_is_locked(self, client: System, order: Record, sandbox: Running, seen: bool) -> None:
        sandbox.edit(GO, "SalesOrders", order.id, {"SalesOrderStatus": "Confirmed"})
        current = {**body(order), "SalesOrderStatus": "Confirmed"} if seen else body(order)
        line = LineWrite("update", body(order)["SalesOrderLines"][0]["Id"], {"Quantity": 5}, {"Quantity": 2})
        for members in ({"fields": {"CustomerReference": "X"}}, {"lines": (line,)}):
            outcome = write(client, "SalesOrders", "update", id=order.id, current=current, **members)
            assert outcome.status == "locked", outcome
            assert "Confirmed" in outcome.reason

    def test_a_confirmed_order_can_be_opened(self, client: System, order: Record, sandbox: Running) -> None:
        sandbox.edit(GO, "SalesOrders", order.id, {"SalesOrderStatus": "Confirmed"})
        current = {**body(order), "SalesOrderStatus": "Confirmed"}
        assert write(client, "SalesOrders", "update", id=order.id, fields={"SalesOrderStatus": "Draft"}, current=current).status == "done"

    @pytest.mark.parametrize("tests", [True, False])
    @pytest.mark.parametrize("fields", [{}, {"CustomerReference": "Siste"}])
    def test_an_order_is_confirmed_with_its_edited_lines_in_it(
        self, client: System, order: Record, sandbox: Running, fields: dict[str, str], tests: bool
    ) -> None:
        writer = opened(sandbox, json_patch_test=tests)
        outcome = write(writer, "SalesOrders", "update", id=order.id, current=body(order), **confirming(order, **fields))
        (stored,) = client.get("SalesOrders", [order.id])
        assert outcome.status == "done", outcome
        assert outcome.record == stored
        assert (body(stored)["SalesOrderStatus"], quantities(stored)) == ("Confirmed", [5, 7])
        assert fields.items() <= body(stored).items()

    @pytest.mark.parametrize("fields", [{}, {"CustomerReference": "Siste"}])
    @pytest.mark.parametrize(("moved", "status"), [(True, "moved"), (False, "rejected")])
    def test_an_order_whose_lines_did_not_all_arrive_is_not_confirmed(
        self, client: System, order: Record, sandbox: Running, fields: dict[str, str], moved: bool, status: str
    ) -> None:
        second = body(order)["SalesOrderLines"][1]["Id"]
        sent = confirming(order, **fields)
        if moved:
            sandbox.edit_line(GO, "SalesOrders", order.id, second, {"Quantity": 9})
        else:
            sent["lines"] = (sent["lines"][0], LineWrite("update", second, {"ProductId": "999999999"}, {}))
        outcome = write(client, "SalesOrders", "update", id=order.id, current=body(order), **sent)
        (stored,) = client.get("SalesOrders", [order.id])
        assert (outcome.status, outcome.partial, outcome.record) == (status, True, stored)
        assert second in outcome.reason
        assert (body(stored)["SalesOrderStatus"], quantities(stored)) == ("Draft", [5, 9 if moved else 2])

    @pytest.mark.parametrize(("fault", "stands"), [("drop_reply", "Confirmed"), ("timeout_before", "Draft")])
    @pytest.mark.parametrize("fields", [{}, {"CustomerReference": "Siste"}])
    def test_a_confirmation_without_an_answer_is_unknown_and_the_record_tells_how_it_stands(
        self, client: System, order: Record, sandbox: Running, fields: dict[str, str], fault: str, stands: str
    ) -> None:
        sandbox.fault(GO, fault, count=1, match={"method": "PATCH", "path": f"/SalesOrders/{order.id}", "body": "Confirmed"})
        outcome = write(client, "SalesOrders", "update", id=order.id, current=body(order), **confirming(order, **fields))
        (stored,) = client.get("SalesOrders", [order.id])
        assert (outcome.status, outcome.partial, outcome.record) == ("unknown", True, stored)
        assert (body(stored)["SalesOrderStatus"], quantities(stored)) == (stands, [5, 7])

    def test_a_missing_customer_or_product_is_rejected(self, client: System, order: Record) -> None:
        assert write(client, "SalesOrders", fields={"CustomerId": "999999999"}).status == "rejected"
        assert write(client, "SalesOrders", "update", id=order.id, fields={"CustomerId": "999999999"}).status == "rejected"
        line = LineWrite("create", None, {"ProductId": "999999999", "Quantity": 1})
        assert write(client, "SalesOrders", "update", id=order.id, current=body(order), lines=(line,)).status == "rejected"

    def test_an_invoiced_order_is_told_from_a_deleted_one(self, client: System, order: Record, sandbox: Running) -> None:
        other = made(client, "SalesOrders", CustomerId="61000101")
        sandbox.invoice(order.id)
        sandbox.delete(GO, "SalesOrders", other.id)
        assert client.gone("SalesOrders", [order.id, other.id]) == {order.id: "invoiced", other.id: "deleted"}
