"""What is sent for a record, and batches."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lenke.core.errors import ConfigurationError
from lenke.core.ports import System, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE, last_seq
from tests.contract.woocommerce.desk import STATUS, SYSTEM, change, got, made, one


class TestWriting:
    def test_updates_go_in_batches_and_each_items_result_counts(self, client: System, sandbox: Running) -> None:
        first, second = made(client, "Product", name="En", sku="EN-1"), made(client, "Product", name="To", sku="TO-1")
        gone = made(client, "Product", name="Tre")
        sandbox.delete(SYSTEM, "Product", gone.id)
        since = last_seq(sandbox, SYSTEM)
        writes = [change(first, {"name": "En ny"}), change(second, {"sku": "EN-1"}), change(gone, {"name": "Tre ny"})]
        assert [outcome.status for outcome in client.write("Product", writes)] == ["done", "not_unique", "gone"]
        assert {row["path"] for row in sandbox.audit(SYSTEM, since)} == {"/wp-json/wc/v3/products/batch"}

    def test_where_a_firewall_knows_no_batches_they_go_one_by_one(self, client: System, sandbox: Running) -> None:
        records = [made(client, "Product", name="En"), made(client, "Product", name="To")]
        sandbox.switch(SYSTEM, "batches", on=False)
        assert [outcome.status for outcome in client.write("Product", [change(one, {"name": "Ny"}) for one in records])] == ["done", "done"]

    def test_more_than_a_hundred_are_parted(self, client: System, sandbox: Running) -> None:
        ids = [sandbox.create(SYSTEM, "Product", {"name": f"Vare {n}"}) for n in range(101)]
        writes = [change(record, {"name": "Ny"}) for record in client.get("Product", ids)]
        assert {outcome.status for outcome in client.write("Product", writes)} == {"done"}

    @pytest.mark.parametrize(
        ("entity", "fields"),
        [
            ("Product", {"regular_price": "12,50"}),
            ("Product", {"regular_price": "ring for pris"}),
            ("Product", {"stock_quantity": 1.5}),
            ("Product", {"status": "bogus"}),
            ("Product", {"name": 7}),
            ("Product", {"manage_stock": "yes"}),
            ("Order", {"status": "bogus"}),
            ("Order", {"customer": "guest-0123456789abcdef"}),
        ],
    )
    def test_what_a_batch_would_store_amiss_is_not_sent(
        self, client: System, sandbox: Running, entity: str, fields: dict[str, Any]
    ) -> None:
        key = sandbox.create(SYSTEM, entity, {})
        (record,) = client.get(entity, [key])
        since = last_seq(sandbox, SYSTEM)
        outcome = one(client, entity, change(record, fields))
        assert outcome.status == "rejected"
        assert next(iter(fields)) in outcome.reason
        assert sandbox.audit(SYSTEM, since) == []

    @pytest.mark.parametrize("more", [{"name": "Ny"}, {}])
    @pytest.mark.parametrize("count", [1, 2])
    def test_no_number_of_pieces_is_left_out_and_the_rest_goes_on(
        self, client: System, sandbox: Running, count: int, more: dict[str, str]
    ) -> None:
        records = [made(client, "Product", name="Vare", manage_stock=True, stock_quantity=12) for _ in range(count)]
        writes = [change(record, {"stock_quantity": None, **more}) for record in records]
        assert [outcome.status for outcome in client.write("Product", writes)] == ["done"] * count
        for record in records:
            stored = got(client, "Product", record.id)
            assert (stored["name"], stored["stock_quantity"]) == (more.get("name", "Vare"), 12)

    def test_prices_are_text_with_a_point(self, client: System, sandbox: Running) -> None:
        record = made(client, "Product", name="Vare", regular_price="1299.00")
        assert json.loads(record.raw)["regular_price"] == "1299.00"

    def test_a_variation_is_written_below_its_parent(self, client: System, sandbox: Running) -> None:
        child = next(body for body in sandbox.records(SYSTEM, "Product") if body["type"] == "variation")
        (record,) = client.get("Product", [str(child["id"])])
        outcome = one(client, "Product", change(record, {"regular_price": "77.00"}))
        assert outcome.record is not None
        assert json.loads(outcome.record.raw)["regular_price"] == "77.00"
        assert one(client, "Product", change(record, {"name": "Nytt"})).status == "rejected"

    def test_an_unknown_path_is_a_configuration_error(self, client: System, sandbox: Running) -> None:
        (record,) = client.get("Product", [sandbox.create(SYSTEM, "Product", {})])
        with pytest.raises(ConfigurationError, match="price_html"):
            client.write("Product", [change(record, {"price_html": "x"})])

    def test_the_staffs_accounts_are_left_alone(self, client: System, sandbox: Running) -> None:
        boss = next(record for record in client.list("Customer") if json.loads(record.raw)["role"] == "shop_manager")
        assert one(client, "Customer", change(boss, {"first_name": "Ny"})).status == "locked"

    def test_an_emptied_billing_e_mail_goes_through(self, client: System) -> None:
        record = made(client, "Customer", email="tom@prove.example", **{"billing.email": "faktura@prove.example"})
        outcome = one(client, "Customer", change(record, {"billing.email": None}))
        assert outcome.record is not None, outcome
        assert json.loads(outcome.record.raw)["billing"]["email"] == ""

    def test_meta_data_is_set_by_key_and_null_takes_it_away(self, client: System, sandbox: Running) -> None:
        record = made(client, "Customer", email="meta@prove.example", **{"meta_data.website": "https://a.example"})
        assert one(client, "Customer", change(record, {"meta_data.website": "https://b.example"})).status == "done"
        assert got(client, "Customer", record.id)["meta_data"]["website"] == "https://b.example"
        assert one(client, "Customer", change(record, {"meta_data.website": None})).status == "done"
        assert got(client, "Customer", record.id)["meta_data"]["website"] is None

    def test_a_taken_e_mail_is_asked_for_before_a_create(self, client: System, sandbox: Running) -> None:
        made(client, "Customer", email="en@prove.example")
        since = last_seq(sandbox, SYSTEM)
        assert one(client, "Customer", Write("w", "create", fields={"email": "EN@prove.example"})).status == "not_unique"
        assert sandbox.audit(SYSTEM, since) == []

    @pytest.mark.parametrize(
        ("entity", "fields"), [("Product", {"name": "Vare", "sku": "TAPT-1"}), ("Customer", {"email": "tapt@prove.example"})]
    )
    def test_a_create_whose_answer_was_lost_is_adopted(self, client: System, sandbox: Running, entity: str, fields: dict[str, Any]) -> None:
        write = Write("w", "create", fields=fields, marker="lk-tapt")
        path = {"Product": "/products", "Customer": "/customers"}[entity]
        sandbox.fault(SYSTEM, "drop_reply", match={"method": "POST", "path": path}, count=1)
        assert one(client, entity, write).status == "unknown"
        again = one(client, entity, write)
        assert (again.status, again.id) == ("done", next(iter(client.find(entity, "meta_data.lenke_marker", ["lk-tapt"]))).id)

    def test_the_sku_of_a_product_in_the_trash_is_taken(self, client: System, sandbox: Running) -> None:
        record = made(client, "Product", name="Vare", sku="SOPPEL-1")
        sandbox.delete(SYSTEM, "Product", record.id)
        assert one(client, "Product", Write("w", "create", fields={"name": "Igjen", "sku": "SOPPEL-1"})).status == "not_unique"


@pytest.mark.parametrize("reply", [{}, {"update": []}, {"update": [{"id": 1}, {"id": 2}]}, [1]])
def test_a_batch_that_does_not_tell_of_every_item_is_unknown(reply: Any) -> None:
    rows = [{"id": key, "type": "simple", "status": "publish", "name": "A", "date_modified_gmt": "2026-01-01T00:00:00"} for key in (11, 12)]

    def script(asked: Asked) -> Answer:
        if asked.method == "POST":
            return Answer(reply)
        routes: dict[str, Callable[[], Answer]] = {
            "/wp-json/wc/v3/system_status": lambda: Answer(STATUS),
            "/wp-json/wc/v3/products": lambda: Answer(rows),
            "/wp-json/wc/v3/settings/general/woocommerce_default_country": lambda: Answer({"value": "NO"}),
            "/wp-json/wc/v3/settings/general/woocommerce_calc_taxes": lambda: Answer({"value": "yes"}),
            "/wp-json/wc/v3/settings/tax/woocommerce_prices_include_tax": lambda: Answer({"value": "yes"}),
        }
        return routes.get(asked.path, lambda: Answer([]))()

    with Scripted(script) as server:
        client = client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE)
        writes = [Write(str(key), "update", str(key), {"name": "B"}, {}, {}) for key in (11, 12)]
        assert [outcome.status for outcome in client.write("Product", writes)] == ["unknown", "unknown"]
