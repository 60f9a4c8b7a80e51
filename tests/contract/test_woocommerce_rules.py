"""What the WooCommerce client knows of its vendor beyond the contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from lenke.core.errors import AuthenticationError, ConfigurationError
from lenke.core.ports import LineWrite, Outcome, Record, System, Write
from lenke.systems.registry import client_for
from lenke.systems.woocommerce.lines import lines_of
from sandbox import Running
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE, last_seq

SYSTEM = "woocommerce"
STATUS = {"environment": {"home_url": "http://shop.example"}, "settings": {"HPOS_enabled": True}}


@pytest.fixture
def client(sandbox: Running) -> Iterator[System]:
    found = opened(sandbox)
    yield found
    found.close()
    for name, on in {"hpos": True, "pretty_permalinks": True, "lists_variations": True, "filters_dates": True, "batches": True}.items():
        sandbox.switch(SYSTEM, name, on=on)
    for name in ("php_warnings", "over_tls"):
        sandbox.switch(SYSTEM, name, on=False)


def opened(sandbox: Running, **extra: Any) -> System:
    connection = sandbox.connections[SYSTEM]
    return client_for(SYSTEM, {**connection, "extra": {**connection["extra"], **extra}}, patience=HASTE)


def got(client: System, entity: str, key: str) -> dict[str, Any]:
    (record,) = client.get(entity, [key])
    body: dict[str, Any] = json.loads(record.raw)
    return body


def one(client: System, entity: str, write: Write) -> Outcome:
    (outcome,) = client.write(entity, [write])
    return outcome


def made(client: System, entity: str, **fields: Any) -> Record:
    outcome = one(client, entity, Write("w", "create", fields=fields))
    assert outcome.record, outcome
    return outcome.record


def change(record: Record, fields: Mapping[str, Any], *lines: LineWrite) -> Write:
    return Write("u", "update", record.id, fields, {}, json.loads(record.raw), lines=lines)


def order(client: System, sandbox: Running, quantity: int = 2) -> Record:
    product = sandbox.create(SYSTEM, "Product", {"name": "Vare", "regular_price": "125.00"})
    key = sandbox.create(SYSTEM, "Order", {"line_items": [{"product_id": int(product), "quantity": quantity}], "billing.country": "NO"})
    (record,) = client.get("Order", [key])
    return record


def bodies(sandbox: Running, since: int) -> list[Any]:
    return [json.loads(row["body"]) for row in sandbox.audit(SYSTEM, since)]


class TestAddress:
    def test_plain_permalinks_are_found_out(self, client: System, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "pretty_permalinks", on=False)
        assert made(client, "Product", name="Ny").id
        assert list(client.list("Product"))

    def test_the_hosts_path_to_the_api_is_taken_too(self, sandbox: Running) -> None:
        connection = sandbox.connections[SYSTEM]
        longer = client_for(SYSTEM, {**connection, "host": connection["host"] + "/wp-json/wc/v3"}, patience=HASTE)
        assert longer.tenant()

    def test_basic_credentials_over_tls_only(self, client: System, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "over_tls", on=True)
        assert client.tenant(), "a signature is taken over TLS, too"

    def test_the_same_request_is_never_signed_alike(self) -> None:
        def script(asked: Asked) -> Answer:
            return Answer(STATUS)

        with Scripted(script) as server:
            client = client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE)
            client.tenant()
            client.tenant()
        first, second = server.asked
        assert first.query["oauth_nonce"] != second.query["oauth_nonce"]
        assert first.query["oauth_signature_method"] == "HMAC-SHA256"
        assert "cs_1" not in str(server.asked)
        assert first.headers["Cache-Control"] == "no-cache"

    def test_a_shop_that_goes_by_another_address_is_signed_for_it(self, client: System, sandbox: Running) -> None:
        connection = sandbox.connections[SYSTEM]
        elsewhere = connection["host"].replace("127.0.0.1", "localhost")
        found = client_for(SYSTEM, {**connection, "host": elsewhere}, patience=HASTE)
        assert found.tenant() == client.tenant()
        assert made(found, "Product", name="Ny").id

    def test_a_key_that_may_only_read_is_told(self, sandbox: Running, client: System) -> None:
        with pytest.raises(AuthenticationError) as caught:
            client_for(SYSTEM, {**sandbox.connections[SYSTEM], "login": "ck_unknown"}, patience=HASTE).tenant()
        assert "oauth" not in str(caught.value)

    @pytest.mark.parametrize("is_asked", [True, False])
    def test_a_key_that_may_only_read_is_said_to_need_another(self, is_asked: bool) -> None:
        """The words of WooCommerce 11.0.1; they come in the shop's language, and so are not looked at."""

        def script(asked: Asked) -> Answer:
            refused = {"code": "woocommerce_rest_authentication_error", "message": "Nei, denne nøkkelen kan ikke skrive."}
            return Answer(STATUS) if asked.method == "GET" else Answer(refused, 401)

        with Scripted(script) as server:
            client = client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE)
            with pytest.raises(AuthenticationError, match=r"no write permission.*Read/Write"):
                client.prove_writable() if is_asked else client.write("Product", [Write("w", "create", fields={"name": "Ny"})])  # type: ignore[attr-defined]

    def test_asking_whether_a_key_may_write_writes_nothing(self, client: System, sandbox: Running) -> None:
        since = last_seq(sandbox, SYSTEM)
        client.prove_writable()  # type: ignore[attr-defined]
        assert [row for row in sandbox.audit(SYSTEM, since) if row["applied"]] == []

    def test_what_is_no_shop_is_a_configuration_error(self) -> None:
        with (
            Scripted(lambda asked: Answer({"code": "rest_no_route", "message": "-"}, 404)) as server,
            pytest.raises(ConfigurationError, match="address"),
        ):
            client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE).tenant()

    def test_missing_keys_are_named(self) -> None:
        with pytest.raises(ConfigurationError, match="consumer secret"):
            client_for(SYSTEM, {"host": "https://shop.example", "login": "ck_1"})


class TestReading:
    @pytest.mark.parametrize("junk", ["\ufeff", "\n\n", "<br />\n<b>Warning</b>: Undefined array key in <b>x.php</b> on line 7<br />\n"])
    def test_json_behind_rubbish_is_read(self, junk: str) -> None:
        with Scripted(lambda asked: Answer(junk + json.dumps(STATUS), headers={"Content-Type": "text/html"})) as server:
            client = client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE)
            assert client.tenant() == "shop.example"

    def test_php_warnings_do_not_hide_a_write(self, client: System, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "php_warnings", on=True)
        assert made(client, "Product", name="Ny").id

    def test_entities_are_resolved_and_meta_data_is_an_object(self, client: System, sandbox: Running) -> None:
        key = sandbox.create(SYSTEM, "Product", {"name": "A & B", "description": "1 < 2", "meta_data.unit": "pcs"})
        body = got(client, "Product", key)
        assert (body["name"], body["meta_data"]["unit"], body["meta_data"]["cost"]) == ("A & B", "pcs", None)
        assert sandbox.record(SYSTEM, "Product", key)["name"] == "A &amp; B"  # type: ignore[index]

    def test_carts_and_trash_are_no_records(self, client: System, sandbox: Running) -> None:
        cart = sandbox.create(SYSTEM, "Order", {"status": "checkout-draft"})
        thrown = sandbox.create(SYSTEM, "Order", {})
        sandbox.delete(SYSTEM, "Order", thrown)
        assert {cart, thrown} & {record.id for record in client.list("Order")} == set()
        assert client.gone("Order", [thrown]) == {thrown: "deleted"}

    def test_dates_are_compared_in_utc(self, client: System, sandbox: Running) -> None:
        """A shop in Oslo: a bound with a zone would skip the last hour."""
        record = made(client, "Product", name="Ny")
        assert record.modified is not None
        assert record.id in {found.id for found in client.list("Product", since=record.modified)}

    def test_a_shop_that_ignores_filters_is_filtered_here(self, client: System, sandbox: Running) -> None:
        record = made(client, "Product", name="Ny")
        assert record.modified is not None
        sandbox.switch(SYSTEM, "filters_dates", on=False)
        found = {row.id for row in client.list("Product", since=record.modified)}
        assert record.id in found
        assert len(found) < len(sandbox.records(SYSTEM, "Product"))

    @pytest.mark.parametrize("listed", [True, False])
    def test_variations_are_products_and_their_parent_is_none(self, client: System, sandbox: Running, listed: bool) -> None:
        sandbox.switch(SYSTEM, "lists_variations", on=listed)
        found = {record.id: json.loads(record.raw) for record in client.list("Product")}
        parents = [body for body in sandbox.records(SYSTEM, "Product") if body["type"] == "variable"]
        for parent in parents:
            assert str(parent["id"]) not in found
            for child in parent["variations"]:
                assert found[str(child)]["name"].startswith(parent["name"])
        assert len(parents) == 4

    @pytest.mark.parametrize("listed", [True, False])
    def test_a_changed_parent_brings_its_variations(self, client: System, sandbox: Running, listed: bool) -> None:
        sandbox.switch(SYSTEM, "lists_variations", on=listed)
        parent = next(body for body in sandbox.records(SYSTEM, "Product") if body["type"] == "variable")
        sandbox.edit(SYSTEM, "Product", str(parent["id"]), {"name": "Nytt navn"})
        changed = sandbox.record(SYSTEM, "Product", str(parent["id"]))
        assert changed is not None
        from datetime import UTC, datetime

        since = datetime.fromisoformat(changed["date_modified_gmt"]).replace(tzinfo=UTC)
        found = {record.id: json.loads(record.raw)["name"] for record in client.list("Product", since=since)}
        assert found[str(parent["variations"][0])].startswith("Nytt navn - ")

    def test_staff_are_customers_once_they_have_paid(self, client: System) -> None:
        roles = {json.loads(record.raw)["role"] for record in client.list("Customer")}
        assert roles == {"customer", "shop_manager", "guest"}

    def test_the_old_storage_of_orders_does_not_tell(self, client: System, sandbox: Running) -> None:
        assert client.traits("Order").changes == "filter"
        sandbox.switch(SYSTEM, "hpos", on=False)
        assert opened(sandbox).traits("Order").changes == "walk"


class TestGuests:
    def guest(self, sandbox: Running, email: str, **more: Any) -> str:
        billing = {"billing.email": email, "billing.first_name": "Gro", "billing.last_name": "Gjest"}
        return sandbox.create(SYSTEM, "Order", {**billing, **more})

    def test_an_order_names_its_guest_and_the_guest_is_a_customer(self, client: System, sandbox: Running) -> None:
        key = self.guest(sandbox, "Ny.Gjest@example.com")
        customer = got(client, "Order", key)["customer"]
        assert customer in {record.id for record in client.list("Customer")}
        body = got(client, "Customer", customer)
        assert (body["email"], body["is_guest"], body["first_name"]) == ("ny.gjest@example.com", True, "Gro")
        assert "meta_data" not in body

    def test_a_changed_order_brings_its_guest(self, client: System, sandbox: Running) -> None:
        key = self.guest(sandbox, "endret.gjest@example.com")
        (record,) = client.get("Order", [key])
        assert record.modified is not None
        assert got(client, "Order", key)["customer"] in {row.id for row in client.list("Customer", since=record.modified)}

    def test_the_guest_who_opens_an_account_is_the_account(self, client: System, sandbox: Running) -> None:
        key = self.guest(sandbox, "snart.kunde@example.com")
        guest = got(client, "Order", key)["customer"]
        account = sandbox.create(SYSTEM, "Customer", {"email": "Snart.Kunde@example.com"})
        fresh = opened(sandbox)
        assert got(fresh, "Order", key)["customer"] == account
        assert fresh.gone("Customer", [guest]) == {guest: "deleted"}

    def test_nothing_is_written_to_a_guest(self, client: System, sandbox: Running) -> None:
        customer = got(client, "Order", self.guest(sandbox, "urort.gjest@example.com"))["customer"]
        (record,) = client.get("Customer", [customer])
        since = last_seq(sandbox, SYSTEM)
        assert one(client, "Customer", change(record, {"first_name": "Ny"})).status == "locked"
        assert sandbox.audit(SYSTEM, since) == []


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
        (line,) = lines_of({"fee_lines": [fee], "tax_lines": named}, ())
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
