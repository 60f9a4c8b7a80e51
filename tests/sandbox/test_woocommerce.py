"""The WooCommerce sandbox surprises its callers as the shop does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from sandbox.store import Store
from sandbox.wire import Reply, request
from sandbox.woocommerce import WooCommerce

ROOT = "/wp-json/wc/v3"
OLD = "2026-01-05T10:00:00"

Json = dict[str, Any]


class Shop:
    """The shop without its sockets; every request is let in."""

    def __init__(self, folder: Path) -> None:
        self.system = WooCommerce(Store(folder / "shop.sqlite"))
        self.system.connection("http://127.0.0.1:1", 0)
        self.system.seed({})
        self.system.switch("over_tls", on=True)
        self.keys = {f"consumer_{name}": str(self.system.store.meta(f"consumer_{name}")) for name in ("key", "secret")}

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Reply:
        target = f"{ROOT}{path}?{urlencode({**query, **self.keys})}"
        return self.system.handle(request(method, target, {}, b"" if body is None else json.dumps(body).encode()))

    def get(self, path: str, **query: str) -> Any:
        return self.ask("GET", path, **query).body

    def made(self, path: str, **body: Any) -> Json:
        reply = self.ask("POST", path, body)
        assert reply.status == 201, reply.body
        return dict(reply.body)

    def put(self, path: str, **body: Any) -> Json:
        return dict(self.ask("PUT", path, body).body)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    found = Shop(tmp_path)
    yield found
    found.system.store.close()


def order(shop: Shop, **more: Any) -> Json:
    product = shop.made("/products", name="Vare", regular_price="125.00")
    return shop.made("/orders", line_items=[{"product_id": product["id"], "quantity": 2}], billing={"country": "NO"}, **more)


class TestDates:
    def test_modified_after_is_strict_and_in_whole_seconds(self, shop: Shop) -> None:
        at = order(shop)["date_modified_gmt"]
        before = (datetime.fromisoformat(at) - timedelta(seconds=1)).isoformat()
        assert shop.get("/orders", modified_after=at, dates_are_gmt="true") == []
        assert len(shop.get("/orders", modified_after=before, dates_are_gmt="true")) == 1

    def test_a_bound_with_a_zone_is_turned_into_the_shops_time_first(self, shop: Shop) -> None:
        """An hour or two of changes are skipped without a word."""
        order(shop)
        before = (datetime.now(UTC) - timedelta(minutes=5)).replace(microsecond=0, tzinfo=None).isoformat()
        assert shop.get("/orders", modified_after=f"{before}Z", dates_are_gmt="true") == []
        assert len(shop.get("/orders", modified_after=f"{before}Z")) == 1
        assert len(shop.get("/orders", modified_after=before, dates_are_gmt="true")) == 1

    def test_customers_and_misspelt_names_ignore_the_filter(self, shop: Shop) -> None:
        shop.made("/customers", email="kari@example.com")
        order(shop)
        assert len(shop.get("/customers", modified_after="2099-01-01T00:00:00")) == 1
        assert len(shop.get("/orders", modifed_after="2099-01-01T00:00:00")) == 1

    @pytest.mark.parametrize("path", ["/products", "/customers", "/orders"])
    def test_a_write_of_nothing_moves_the_date(self, shop: Shop, path: str) -> None:
        self.seed(shop)
        assert shop.put(f"{path}/7")["date_modified_gmt"] > OLD

    def test_in_the_old_storage_few_edits_of_an_order_move_its_date(self, shop: Shop) -> None:
        self.seed(shop)
        shop.system.switch("hpos", on=False)
        assert shop.put("/orders/7", transaction_id="T", billing={"city": "Bodø"})["date_modified_gmt"] == OLD
        assert shop.put("/orders/7", status="completed")["date_modified_gmt"] > OLD

    def test_a_variation_moves_its_parents_date(self, shop: Shop) -> None:
        parent = shop.made("/products", name="Genser", type="variable")
        child = shop.made(f"/products/{parent['id']}/variations", attributes=[{"name": "Farge", "option": "Blå"}])
        assert child["name"] == "Blå"
        assert shop.get(f"/products/{parent['id']}")["variations"] == [child["id"]]

    def seed(self, shop: Shop) -> None:
        dates = {"id": 7, "date_created_gmt": OLD, "date_modified_gmt": OLD}
        shop.system.seed({"Product": [dates], "Customer": [dates | {"email": "en@example.com"}], "Order": []})
        shop.system.seed({"Order": [dates]})
        shop.keys = {f"consumer_{name}": str(shop.system.store.meta(f"consumer_{name}")) for name in ("key", "secret")}


class TestPages:
    def test_by_change_oldest_first_rows_that_never_moved_are_lost(self, shop: Shop) -> None:
        rows = [{"id": n, "date_created_gmt": OLD, "date_modified_gmt": f"2026-01-05T10:00:{n:02d}"} for n in range(10, 30)]
        shop.system.seed({"Order": rows})
        shop.keys = {f"consumer_{name}": str(shop.system.store.meta(f"consumer_{name}")) for name in ("key", "secret")}
        how = {"orderby": "modified", "order": "asc", "per_page": "10", "_fields": "id"}
        first = [row["id"] for row in shop.get("/orders", page="1", **how)]
        for key in first[:3]:
            shop.put(f"/orders/{key}", transaction_id="T")
        second = [row["id"] for row in shop.get("/orders", page="2", **how)]
        assert set(range(10, 30)) - {*first, *second} == {20, 21, 22}

    def test_counts_and_links(self, shop: Shop) -> None:
        for n in range(3):
            shop.made("/products", name=f"Vare {n}")
        reply = shop.ask("GET", "/products", per_page="2")
        assert (reply.headers["X-WP-Total"], reply.headers["X-WP-TotalPages"]) == ("3", "2")
        assert 'rel="next"' in reply.headers["Link"]
        assert shop.get("/products", page="9") == []

    def test_staff_are_left_out_unless_asked_for(self, shop: Shop) -> None:
        shop.system.seed(
            {
                "Customer": [
                    {"id": 1, "email": "sjef@example.com", "role": "administrator", "date_created_gmt": OLD, "date_modified_gmt": None}
                ]
            }
        )
        shop.keys = {f"consumer_{name}": str(shop.system.store.meta(f"consumer_{name}")) for name in ("key", "secret")}
        assert shop.get("/customers") == []
        assert len(shop.get("/customers", role="all")) == 1


class TestBatches:
    def test_nothing_is_checked_and_words_become_something_else(self, shop: Shop) -> None:
        thrown = order(shop, status="cancelled")
        told = shop.ask("POST", "/orders/batch", {"update": [{"id": thrown["id"], "status": "bogus"}]}).body
        assert told["update"][0]["status"] == "pending"
        rows = [{"regular_price": 12.5}, {"regular_price": "12,50"}, {"regular_price": "abc"}]
        made = shop.ask("POST", "/products/batch", {"create": rows}).body["create"]
        assert [row["regular_price"] for row in made] == ["12.5", "1250", ""]

    def test_a_failed_item_stands_in_its_place(self, shop: Shop) -> None:
        shop.made("/products", sku="A-1")
        reply = shop.ask("POST", "/products/batch", {"create": [{"sku": "A-1"}, {"sku": "B-1"}], "update": [{"id": 999, "name": "x"}]})
        assert reply.status == 200
        assert reply.body["create"][0]["id"] == 0
        assert reply.body["create"][0]["error"]["data"]["resource_id"] > 0
        assert reply.body["create"][1]["sku"] == "B-1"
        assert reply.body["update"][0]["error"]["data"]["status"] == 400


class TestOrders:
    def test_a_quantity_alone_changes_no_amount(self, shop: Shop) -> None:
        made = order(shop)
        (line,) = made["line_items"]
        after = shop.put(f"/orders/{made['id']}", line_items=[{"id": line["id"], "quantity": 5}])
        assert (after["line_items"][0]["quantity"], after["line_items"][0]["total"]) == (5, "200.00")

    def test_a_line_without_its_id_is_one_more(self, shop: Shop) -> None:
        made = order(shop)
        line = {"product_id": made["line_items"][0]["product_id"], "quantity": 1}
        assert len(shop.put(f"/orders/{made['id']}", line_items=[line])["line_items"]) == 2
        assert shop.ask("PUT", f"/orders/{made['id']}", {"line_items": [{"id": 999, "quantity": 1}]}).status == 400

    def test_lines_written_back_as_read_lose_an_ore(self, shop: Shop) -> None:
        product = shop.made("/products", regular_price="9.99")
        lines = [{"product_id": product["id"], "quantity": count} for count in (7, 1, 1)]
        made = shop.made("/orders", line_items=lines, billing={"country": "NO"})
        assert (made["total"], made["total_tax"]) == ("89.91", "17.99")
        same = [{name: line[name] for name in ("id", "subtotal", "total")} for line in made["line_items"]]
        assert shop.put(f"/orders/{made['id']}", line_items=same)["total"] == "89.90"
        assert shop.get(f"/orders/{made['id']}", dp="6")["line_items"][0]["total"] == "55.940000"

    def test_abroad_there_is_no_vat(self, shop: Shop) -> None:
        product = shop.made("/products", regular_price="125.00")
        made = shop.made("/orders", line_items=[{"product_id": product["id"]}], billing={"country": "SE"})
        assert (made["total_tax"], made["line_items"][0]["taxes"]) == ("0.00", [])

    def test_a_line_of_a_deleted_product_keeps_its_name_and_amounts(self, shop: Shop) -> None:
        made = order(shop)
        shop.ask("DELETE", f"/products/{made['line_items'][0]['product_id']}", force="true")
        (line,) = shop.get(f"/orders/{made['id']}")["line_items"]
        assert (line["product_id"], line["sku"], line["name"], line["total"]) == (0, None, "Vare", "200.00")

    def test_carts_are_in_no_list_and_the_trash_in_its_own(self, shop: Shop) -> None:
        order(shop, status="checkout-draft")
        thrown = order(shop)
        shop.ask("DELETE", f"/orders/{thrown['id']}")
        assert shop.get("/orders") == []
        assert [row["id"] for row in shop.get("/orders", status="trash")] == [thrown["id"]]
        assert shop.get(f"/orders/{thrown['id']}")["status"] == "trash"

    def test_meta_data_is_set_by_key(self, shop: Shop) -> None:
        made = order(shop, meta_data=[{"key": "a", "value": 1}, {"key": "b", "value": "x"}])
        after = shop.put(f"/orders/{made['id']}", meta_data=[{"key": "a", "value": "2"}, {"key": "b", "value": None}])
        assert [(item["key"], item["value"]) for item in after["meta_data"]] == [("a", "2")]


def test_texts_are_kept_as_html(shop: Shop) -> None:
    made = shop.made("/products", name="A & B <b>fet</b><script>x</script>", sku=" S-1 ")
    assert (made["name"], made["sku"]) == ("A &amp; B <b>fet</b>", "S-1")


def test_descriptions_are_wrapped_for_reading_only(shop: Shop) -> None:
    made = shop.made("/products", description="Varm og god")
    assert shop.get(f"/products/{made['id']}")["description"] == "<p>Varm og god</p>\n"
    assert shop.get(f"/products/{made['id']}", context="edit")["description"] == "Varm og god"


def test_the_orders_of_a_deleted_account_become_a_guests(shop: Shop) -> None:
    account = shop.made("/customers", email="kari@example.com")
    made = order(shop, customer_id=account["id"])
    shop.ask("DELETE", f"/customers/{account['id']}", force="true")
    assert shop.get(f"/orders/{made['id']}")["customer_id"] == 0


def test_without_pretty_permalinks_the_api_is_under_the_root(shop: Shop) -> None:
    shop.system.switch("pretty_permalinks", on=False)
    assert shop.ask("GET", "/products").status == 404
    query = urlencode({"rest_route": "/wc/v3/products", **shop.keys})
    # WooCommerce before 11.1 looks at keys only where the address holds wp-json/wc/.
    assert shop.system.handle(request("GET", f"/?{query}", {}, b"")).status == 401
    assert shop.system.handle(request("GET", f"/index.php?via=wp-json/wc/&{query}", {}, b"")).body == []
