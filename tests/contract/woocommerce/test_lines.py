"""An order's lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lenke.core.ports import LineWrite, Outcome, Record, System
from lenke.systems.woocommerce.lines import Unsold, lines_of
from sandbox import Running
from tests.contract.suite import last_seq
from tests.contract.woocommerce.desk import SYSTEM, bodies, change, one, order


class TestLines:
    def edited(self, client: System, sandbox: Running, record: Record, *lines: LineWrite) -> tuple[Outcome, list[Any]]:
        since = last_seq(sandbox, SYSTEM)
        outcome = one(client, "Order", change(record, {}, *lines))
        return outcome, bodies(sandbox, since)

    def line(self, record: Record) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(record.raw)["lines"][0]
        return found

    def test_a_line_holds_its_net_price_whatever_the_shops_prices_do(self, client: System, sandbox: Running) -> None:
        line = self.line(order(client, sandbox))
        assert (line["quantity"], line["unit_price"], line["vat_rate"], line["kind"]) == ("2", "100", "25", "product")

    @pytest.mark.parametrize(
        ("total", "taxes", "rate", "taxed"),
        [
            ("-20.00", {1: "-0.222691", 2: "-2.866385"}, "15.45", True),  # an order of a real shop, most of it food
            ("-20.00", {1: "-1.25", 3: "0"}, "6.25", False),
            ("7.99", {1: "2.00"}, "25", True),  # rounded to whole oere
            ("100.00", {4: "5.00", 5: "7.00"}, "12", True),  # two taxes on all of it
            ("100.00", {3: "0"}, "0", False),
            ("0.00", {1: "0.00"}, "25", True),
            ("100.00", {}, "0", False),
        ],
    )
    def test_the_rate_is_what_the_shop_charges(self, total: str, taxes: dict[int, str], rate: str, taxed: bool) -> None:
        fee = {"id": 1, "name": "Avslag", "total": total, "taxes": [{"id": key, "total": tax} for key, tax in taxes.items()]}
        named = [{"rate_id": key, "rate_percent": per_cent} for key, per_cent in ((1, 25), (2, 15), (3, 0), (4, 5), (5, 7))]
        (line,) = lines_of({"fee_lines": [fee], "tax_lines": named}, Unsold())
        assert (line["vat_rate"], line["taxed"]) == (rate, taxed)

    def test_a_changed_quantity_sends_both_amounts(self, client: System, sandbox: Running) -> None:
        record = order(client, sandbox)
        line = self.line(record)
        outcome, sent = self.edited(client, sandbox, record, LineWrite("update", line["id"], {"quantity": "3"}, {"quantity": "2"}))
        number = int(line["id"].partition("/")[2])
        assert sent == [{"line_items": [{"id": number, "quantity": 3, "subtotal": "300.00", "total": "300.00"}]}]
        assert outcome.record is not None
        assert self.line(outcome.record)["unit_price"] == "100"

    def test_a_new_text_alone_sends_no_amount(self, client: System, sandbox: Running) -> None:
        record = order(client, sandbox)
        _, sent = self.edited(client, sandbox, record, LineWrite("update", self.line(record)["id"], {"description": "Ny"}))
        assert sent[0]["line_items"][0].keys() == {"id", "name"}

    def test_a_header_alone_sends_no_line(self, client: System, sandbox: Running) -> None:
        record, since = order(client, sandbox), last_seq(sandbox, SYSTEM)
        one(client, "Order", change(record, {"transaction_id": "T"}))
        assert bodies(sandbox, since) == [{"transaction_id": "T"}]

    def test_a_line_that_moved_is_not_written(self, client: System, sandbox: Running) -> None:
        record = order(client, sandbox)
        line = self.line(record)
        sandbox.edit_line(SYSTEM, "Order", record.id, line["id"], {"quantity": 5})
        outcome, sent = self.edited(client, sandbox, record, LineWrite("update", line["id"], {"quantity": "3"}, {"quantity": "2"}))
        assert (outcome.status, sent) == ("moved", [])

    @pytest.mark.parametrize("quantity", ["1.5", "0", "-1"])
    def test_only_whole_pieces(self, client: System, sandbox: Running, quantity: str) -> None:
        record = order(client, sandbox)
        outcome, sent = self.edited(client, sandbox, record, LineWrite("update", self.line(record)["id"], {"quantity": quantity}))
        assert (outcome.status, sent) == ("rejected", [])

    @pytest.mark.parametrize("others", ["simple", "variation"])
    @pytest.mark.parametrize("own", ["simple", "variation"])
    def test_a_line_gets_another_product_unless_it_would_keep_its_variation(
        self, client: System, sandbox: Running, own: str, others: str
    ) -> None:
        first, other = (self.goods(sandbox, kind) for kind in (own, others))
        key = sandbox.create(SYSTEM, "Order", {"line_items": [{"product_id": int(first), "quantity": 2}], "billing.country": "NO"})
        (record,) = client.get("Order", [key])
        line = self.line(record)
        assert line["product"] == first
        outcome, sent = self.edited(client, sandbox, record, LineWrite("update", line["id"], {"product": other}, {"product": first}))
        is_refused = (own, others) == ("variation", "simple")
        assert (outcome.status, len(sent)) == (("rejected", 0) if is_refused else ("done", 1))
        assert all(word in outcome.reason for word in ("product", "variation", "take it away and add a new one")) is is_refused
        (now,) = client.get("Order", [key])
        assert self.line(now)["product"] == (first if is_refused else other)

    def test_a_line_that_gets_another_product_keeps_its_text(self, client: System, sandbox: Running) -> None:
        """The shop gives it the product's name, where it is told none."""
        record = order(client, sandbox)
        line = self.line(record)
        outcome, _ = self.edited(client, sandbox, record, LineWrite("update", line["id"], {"description": "Tilpasset"}))
        assert outcome.record is not None
        other = self.goods(sandbox, "simple")
        outcome, _ = self.edited(client, sandbox, outcome.record, LineWrite("update", line["id"], {"product": other}))
        assert outcome.record is not None
        now = self.line(outcome.record)
        assert (now["product"], now["description"]) == (other, "Tilpasset")

    @pytest.mark.parametrize("text", [{}, {"description": None}, {"description": ""}])
    def test_a_fee_without_a_text_gets_one(self, client: System, sandbox: Running, text: dict[str, None]) -> None:
        fields = {"kind": "fee", "quantity": "1", "unit_price": "40", **text}
        outcome, _ = self.edited(client, sandbox, order(client, sandbox), LineWrite("create", None, fields, marker="lk-1"))
        assert outcome.record is not None, outcome
        assert json.loads(outcome.record.raw)["lines"][1]["description"] == "-"

    @pytest.mark.parametrize(("first", "then"), [("fee", "rounding"), ("rounding", "fee")])
    def test_a_fee_becomes_a_rounding_and_back(self, client: System, sandbox: Running, first: str, then: str) -> None:
        fields = {"kind": first, "quantity": "1", "unit_price": "40"}
        outcome, _ = self.edited(client, sandbox, order(client, sandbox), LineWrite("create", None, fields, marker="lk-1"))
        assert outcome.record is not None, outcome
        line = json.loads(outcome.record.raw)["lines"][1]
        outcome, _ = self.edited(client, sandbox, outcome.record, LineWrite("update", line["id"], {"kind": then, "product": None}))
        assert outcome.record is not None, outcome
        line = json.loads(outcome.record.raw)["lines"][1]
        assert (line["kind"], line["meta_data"]["lenke_marker"]) == (then, "lk-1")

    def goods(self, sandbox: Running, kind: str) -> str:
        """A new product that can be bought."""
        body = {"name": "Vare", "regular_price": "125.00"}
        if kind == "variation":
            parent = sandbox.create(SYSTEM, "Product", body | {"type": "variable"})
            return sandbox.create(SYSTEM, "Product", {"regular_price": "125.00", "parent_id": int(parent)})
        return sandbox.create(SYSTEM, "Product", body)

    def test_a_product_that_is_not_there_makes_no_empty_line(self, client: System, sandbox: Running) -> None:
        record = order(client, sandbox)
        outcome, sent = self.edited(
            client, sandbox, record, LineWrite("create", None, {"product": "987654", "quantity": "1", "unit_price": "1"})
        )
        assert (outcome.status, sent) == ("rejected", [])

    def test_freight_and_fees_come_and_go(self, client: System, sandbox: Running) -> None:
        record = order(client, sandbox)
        new = [
            LineWrite("create", None, {"kind": kind, "quantity": "1", "unit_price": "40", "description": kind}, marker=f"lk-{kind}")
            for kind in ("shipping", "fee", "rounding")
        ]
        outcome, _ = self.edited(client, sandbox, record, *new)
        assert outcome.record is not None, outcome
        found = {line["kind"]: line for line in json.loads(outcome.record.raw)["lines"]}
        assert {kind: line["meta_data"]["lenke_marker"] for kind, line in found.items() if kind != "product"} == {
            "shipping": "lk-shipping", "fee": "lk-fee", "rounding": "lk-rounding",
        }  # fmt: skip
        outcome, _ = self.edited(client, sandbox, outcome.record, *(LineWrite("remove", found[kind]["id"]) for kind in found))
        assert outcome.record is not None, outcome
        assert json.loads(outcome.record.raw)["lines"] == []

    def test_freight_has_no_quantity(self, client: System, sandbox: Running) -> None:
        record = order(client, sandbox)
        outcome, _ = self.edited(
            client, sandbox, record, LineWrite("create", None, {"kind": "shipping", "quantity": "2", "unit_price": "40"})
        )
        assert outcome.status == "rejected"
