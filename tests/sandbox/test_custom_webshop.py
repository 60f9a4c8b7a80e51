from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from tests.sandbox.callers import SHOP, Json, Shop


def test_a_wrong_key_is_401(shop: Shop) -> None:
    shop.session.headers["X-Api-Key"] = "other"
    answer = shop.get("/shop")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")


def test_the_shop_says_who_it_is(shop: Shop) -> None:
    found = shop.get("/shop").json()
    assert set(found) == {"id", "name", "currency", "prices_include_vat"}
    assert (found["currency"], found["prices_include_vat"]) == ("NOK", True)


def test_ids_are_numbers_that_floating_point_cannot_hold(shop: Shop) -> None:
    key = shop.customer()["id"]
    assert isinstance(key, int)
    assert key > 2**53
    line = shop.order({"product_id": shop.product()["id"]})["lines"][0]
    assert line["id"] > 2**53


def test_times_are_utc_with_milliseconds(shop: Shop) -> None:
    assert time.strptime(shop.customer()["updated_at"][:19] + "Z", "%Y-%m-%dT%H:%M:%SZ")
    assert shop.customer()["updated_at"][19] == "."
    assert len(shop.customer()["updated_at"]) == 24


def test_pages_are_counted_and_one_past_the_end_is_empty(shop: Shop) -> None:
    keys = [shop.customer()["id"] for _ in range(3)]
    first, last, past = (shop.get("/customers", page=page, per_page=2).json() for page in (1, 2, 3))
    assert [row["id"] for row in first["data"] + last["data"]] == keys
    assert (first["page"], first["pages"], first["total"]) == (1, 2, 3)
    assert (past["data"], past["page"], past["pages"]) == ([], 3, 2)


def test_pages_drift_while_records_move(shop: Shop) -> None:
    keys = [shop.customer()["id"] for _ in range(3)]
    shop.get("/customers", page=1, per_page=2)
    shop.patch(f"/customers/{keys[0]}", {})
    assert [row["id"] for row in shop.get("/customers", page=2, per_page=2).json()["data"]] == [keys[0]]


@pytest.mark.parametrize("query", [{"per_page": 251}, {"page": 0}, {"page": "x"}, {"updated_since": "yesterday"}])
def test_bad_list_parameters_are_422(shop: Shop, query: dict[str, Any]) -> None:
    assert shop.get("/customers", **query).status_code == 422


def test_updated_since_and_until_are_inclusive(shop: Shop, clock: Traveller) -> None:
    first = shop.customer()
    clock.shift(1)
    second = shop.customer()
    assert shop.get("/customers", updated_since=second["updated_at"]).json()["total"] == 1
    assert shop.get("/customers", updated_until=first["updated_at"]).json()["total"] == 1
    assert shop.get("/customers", updated_since=first["updated_at"], updated_until=second["updated_at"]).json()["total"] == 2


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/customers", {"email": "Kari@fjord.no"}),
        ("/customers", {"org_number": "999888777"}),
        ("/customers", {"external_ref": "c-1"}),
        ("/products", {"sku": "A1"}),
        ("/products", {"gtin": "7040001000018"}),
        ("/orders", {"number": "501"}),
    ],
)
def test_filters_are_exact(shop: Shop, path: str, query: dict[str, str]) -> None:
    made = {
        "/customers": shop.customer(email="Kari@fjord.no", org_number="999888777", external_ref="c-1"),
        "/products": shop.product(sku="A1", gtin="7040001000018"),
        "/orders": shop.order(number=501),
    }[path]
    shop.customer(email="kari@fjord.no")
    shop.product(sku="A12")
    shop.order()
    assert shop.get(path, **query).json()["data"] == [made]


def test_ids_filter_takes_many(shop: Shop) -> None:
    keys = [shop.customer()["id"] for _ in range(3)]
    found = shop.get("/customers", ids=f"{keys[0]},{keys[2]},5").json()["data"]
    assert [row["id"] for row in found] == [keys[0], keys[2]]


def test_unknown_id_is_404(shop: Shop) -> None:
    answer = shop.get("/customers/5")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_patch_changes_only_what_is_sent_and_null_clears(shop: Shop) -> None:
    made = shop.customer(phone="22 33 44 55", website="fjord.no", billing={"city": "Oslo", "country": "NOR"})
    after = shop.patch(f"/customers/{made['id']}", {"phone": None, "billing": {"city": "Bergen"}}).json()
    assert after == made | {
        "phone": None,
        "billing": made["billing"] | {"city": "Bergen"},
        "updated_at": after["updated_at"],
    }
    assert shop.patch(f"/customers/{made['id']}", {"billing": None}).json()["billing"]["country"] is None


def test_every_patch_moves_the_date_even_for_nothing(shop: Shop) -> None:
    made = shop.customer()
    times = [shop.patch(f"/customers/{made['id']}", {"company_name": "Fjord AS"}).json()["updated_at"] for _ in range(5)]
    assert sorted({made["updated_at"], *times}) == [made["updated_at"], *times]


def test_the_api_trims_trailing_spaces_of_names_only(shop: Shop) -> None:
    made = shop.customer(company_name=" Fjord AS  ", phone="22 33 ")
    assert (made["company_name"], made["phone"]) == (" Fjord AS", "22 33 ")
    shop.running.edit(SHOP, "Customer", str(made["id"]), {"company_name": "Fjord AS  "})
    assert shop.get(f"/customers/{made['id']}").json()["company_name"] == "Fjord AS  "


def test_emails_are_kept_as_given(shop: Shop) -> None:
    assert shop.customer(email="Kari@Fjord.NO")["email"] == "Kari@Fjord.NO"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/customers", {}, "type"),
        ("/customers", {"type": "firm"}, "type"),
        ("/customers", {"type": "person", "email": "kari"}, "email"),
        ("/customers", {"type": "person", "billing": {"country": "NO"}}, "country"),
        ("/customers", {"type": "person", "external_ref": "x" * 65}, "external_ref"),
        ("/customers", {"type": "person", "id": 5}, "id"),
        ("/customers", {"type": "person", "shoe_size": 44}, "shoe_size"),
        ("/products", {}, "name"),
        ("/products", {"name": "Lamp", "price": 129.9}, "price"),
        ("/products", {"name": "Lamp", "unit": "EA"}, "unit"),
        ("/orders", {"customer_id": 5}, "customer_id"),
        ("/orders", {"net_total": "5.00"}, "net_total"),
        ("/orders", {"lines": [{"product_id": 5}]}, "lines.product_id"),
        ("/orders", {"lines": [{"kind": "product"}]}, "lines.product_id"),
    ],
)
def test_post_refuses_and_names_the_field(shop: Shop, path: str, body: Json, field: str) -> None:
    answer = shop.post(path, body)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["field"]) == (422, "invalid", field)
    assert [row["applied"] for row in shop.running.audit(SHOP)] == [0]


def test_unique_fields(shop: Shop) -> None:
    shop.customer(external_ref="r-1", email="kari@fjord.no")
    shop.product(sku="A1")
    shop.order(number=501)
    clashes = {
        "external_ref": shop.post("/customers", {"type": "person", "external_ref": "r-1"}),
        "sku": shop.post("/products", {"name": "Lamp", "sku": "A1"}),
        "number": shop.post("/orders", {"number": 501}),
    }
    found = {name: (answer.status_code, answer.json()["error"]["code"]) for name, answer in clashes.items()}
    assert found == dict.fromkeys(clashes, (422, "not_unique"))
    assert shop.customer(email="kari@fjord.no")["id"]
    assert [shop.product(sku=None)["sku"] for _ in range(2)] == [None, None]


def test_a_deleted_product_frees_its_sku(shop: Shop) -> None:
    made = shop.product(sku="A1")
    assert shop.call("DELETE", f"/products/{made['id']}").status_code == 204
    assert shop.get(f"/products/{made['id']}").status_code == 404
    assert shop.product(sku="A1")["id"] != made["id"]


def test_if_updated_at_refuses_a_stale_update(shop: Shop) -> None:
    made = shop.customer()
    path = f"/customers/{made['id']}"
    assert shop.patch(path, {"note": "a", "if_updated_at": made["updated_at"]}).status_code == 200
    answer = shop.patch(path, {"note": "b", "if_updated_at": made["updated_at"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "stale")
    assert shop.get(path).json()["note"] == "a"


def test_a_batch_answers_each_item_in_order(shop: Shop) -> None:
    made = shop.customer(external_ref="r-1")
    stale = {"id": made["id"], "note": "a", "if_updated_at": "2026-01-01T00:00:00.000Z"}
    body = {
        "create": [{"type": "person", "first_name": "Kari"}, {"type": "person", "external_ref": "r-1"}],
        "update": [stale, {"id": made["id"], "note": "b"}, {"id": 5, "note": "c"}],
    }
    answer = shop.post("/customers/batch", body)
    done = answer.json()
    assert answer.status_code == 200
    assert [item["status"] for item in done["create"]] == [201, 422]
    assert [item["status"] for item in done["update"]] == [409, 200, 404]
    assert done["create"][0]["data"]["first_name"] == "Kari"
    assert done["create"][1]["error"]["code"] == "not_unique"
    assert done["update"][1]["data"]["note"] == "b"
    rows = [(row["verb"], row["applied"]) for row in shop.running.audit(SHOP, since=1)]
    assert rows == [("create", 1), ("create", 0), ("update", 0), ("update", 1), ("update", 0)]


def test_a_batch_has_a_limit(shop: Shop) -> None:
    assert shop.post("/customers/batch", {"create": [{"type": "person"}] * 101}).status_code == 422
    assert shop.get("/customers").json()["total"] == 0


@pytest.fixture
def order(shop: Shop) -> Json:
    """Two lamps at 125.00 and freight at 100.00, both with 25 % VAT in them."""
    product = shop.product()
    return shop.order(
        {"product_id": product["id"], "quantity": "2"}, {"kind": "shipping", "description": "Freight", "unit_price": "100.00"}
    )


def test_totals_follow_from_the_lines(shop: Shop, order: Json) -> None:
    assert (order["gross_total"], order["net_total"]) == ("350.00", "280.00")
    assert [line["position"] for line in order["lines"]] == [0, 1]
    after = shop.patch(f"/orders/{order['id']}", {"lines": [{"id": order["lines"][0]["id"], "discount_percent": "10"}]}).json()
    assert [Decimal(after[name]) for name in ("gross_total", "net_total")] == [325, 260]


def test_a_partial_list_of_lines_leaves_the_others_untouched(shop: Shop, order: Json) -> None:
    first, second = order["lines"]
    changes = [{"id": first["id"], "quantity": "3"}, {"kind": "fee", "description": "Fee", "unit_price": "10.00"}]
    after = shop.patch(f"/orders/{order['id']}", {"customer_reference": "Kari", "lines": changes}).json()
    assert after["lines"][:2] == [first | {"quantity": "3"}, second]
    assert (after["lines"][2]["kind"], after["customer_reference"]) == ("fee", "Kari")
    gone = shop.patch(f"/orders/{order['id']}", {"lines": [{"id": second["id"], "deleted": True}]}).json()
    assert [line["id"] for line in gone["lines"]] == [first["id"], after["lines"][2]["id"]]


def test_a_bad_line_applies_nothing_of_the_patch(shop: Shop, order: Json) -> None:
    changes = {"customer_reference": "Kari", "lines": [{"id": order["lines"][0]["id"], "quantity": "3"}, {"id": 5, "quantity": "1"}]}
    assert shop.patch(f"/orders/{order['id']}", changes).status_code == 422
    assert shop.get(f"/orders/{order['id']}").json() == order


def test_a_locked_order_takes_nothing_but_its_status(shop: Shop, order: Json) -> None:
    path = f"/orders/{order['id']}"
    shop.patch(path, {"status": "locked"})
    assert shop.patch(path, {"customer_reference": "Kari"}).json()["error"]["code"] == "locked"
    assert shop.patch(path, {"status": "open"}).status_code == 200


def test_deleting_a_customer_leaves_its_orders(shop: Shop) -> None:
    customer = shop.customer()
    order = shop.order(customer_id=customer["id"])
    shop.call("DELETE", f"/customers/{customer['id']}")
    assert shop.get(f"/orders/{order['id']}").json()["customer_id"] == customer["id"]


def test_archiving_is_noted_as_such(shop: Shop) -> None:
    made = shop.customer()
    shop.patch(f"/customers/{made['id']}", {"archived": True, "if_updated_at": made["updated_at"]})
    row = shop.running.audit(SHOP)[-1]
    assert (row["verb"], row["entity"], row["record_id"], row["applied"]) == ("archive", "Customer", str(made["id"]), 1)
