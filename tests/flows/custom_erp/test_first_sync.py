"""The first sync, one record a call; what is refused; answers that are lost."""

from __future__ import annotations

import pytest

from sandbox.seed import erp
from tests.flows.custom_erp.pair import CUSTOMERS, ENTITY, ERP, KNOWN, ORDERS, PRODUCTS, SHOP, Pair, lines, records


def test_the_first_sync_makes_every_record_one_by_one_and_then_there_is_silence(pair: Pair) -> None:
    pair.engine.run()
    for flow, entity in ENTITY.items():
        ids = {str(body["id"]) for body in pair.systems.records(SHOP, entity)}
        assert pair.engine.right_of(flow).keys() == ids
        assert pair.engine.parked(flow) == {}
    made = [row for row in pair.written() if row["verb"] == "create"]
    assert {row["path"] for row in made} == {"/erp/v2/partners", "/erp/v2/articles", "/erp/v2/sales-orders"}
    assert len(made) == len({row["record_id"] for row in made}) == sum(len(rows) for rows in records()[SHOP].values()) - 1
    assert pair.settled()


def test_values_are_brought_into_the_other_systems_form(synced: Pair) -> None:
    for id in synced.engine.right_of(PRODUCTS):
        ours, theirs = synced.left(PRODUCTS, id), synced.right(PRODUCTS, id)
        assert theirs["vatRate"] == pytest.approx(float(ours["vat_rate"]) / 100)
        assert theirs["salesPrice"] == pytest.approx(float(ours["price"]) / (1 + theirs["vatRate"]), abs=0.00005)
        assert (theirs["unitCode"], theirs["active"]) == (erp.UNIT[ours["unit"]], not ours["archived"])
        assert theirs["externalRef"].startswith("lk-")
    for id in synced.engine.right_of(ORDERS):
        ours, theirs = synced.left(ORDERS, id), synced.right(ORDERS, id)
        assert theirs["netAmount"] == pytest.approx(float(ours["net_total"]), abs=0.02)
        assert [line["qty"] for line in theirs["orderLines"]] == [float(line["quantity"]) for line in ours["lines"]]
        kinds = {"A000900": "shipping", "A000901": "fee", "A000902": "rounding"}
        assert [kinds.get(line["articleId"], "product") for line in theirs["orderLines"]] == [line["kind"] for line in ours["lines"]]


def test_a_company_that_both_know_is_found_by_its_number(synced: Pair) -> None:
    ours = next(id for id, right in synced.engine.right_of(CUSTOMERS).items() if right == KNOWN["partnerId"])
    theirs, shop = synced.right(CUSTOMERS, ours), synced.left(CUSTOMERS, ours)
    assert theirs["homepage"] == (shop["website"] or KNOWN["homepage"])
    assert shop["invoice_email"] in (theirs["invoiceEMail"], KNOWN["invoiceEMail"])
    assert theirs["externalRef"] is None


def test_one_record_that_is_refused_keeps_no_other_back(pair: Pair) -> None:
    first, second = pair.systems.records(SHOP, "Customer")[:2]
    taken = pair.systems.create(ERP, "Customer", {"category": "business", "name": "Opptatt AS", "customerNo": 88_001})
    pair.systems.edit(SHOP, "Customer", str(first["id"]), {"customer_number": 88_001})
    pair.engine.run()
    assert set(pair.engine.parked(CUSTOMERS)) == {str(first["id"])}
    assert str(second["id"]) in pair.engine.right_of(CUSTOMERS)
    assert taken not in pair.engine.right_of(CUSTOMERS).values()


def test_a_record_that_always_fails_keeps_no_run_failed(pair: Pair) -> None:
    product = pair.systems.records(SHOP, "Product")[0]
    pair.systems.fault(ERP, "5xx", match={"method": "POST", "path": "/articles", "body": f'"{product["sku"].strip()}"'})
    pair.engine.run(strict=False)
    assert set(pair.engine.errors) == {PRODUCTS}
    pair.engine.run()
    assert pair.engine.parked(PRODUCTS) == {str(product["id"]): ("unknown_outcome", "")}
    pair.systems.clear_faults()
    pair.engine.run()
    assert str(product["id"]) in pair.engine.right_of(PRODUCTS)
    assert pair.engine.parked(ORDERS) == {}
    assert pair.settled()


@pytest.mark.parametrize("fault", ["drop_reply", "truncate", "5xx", "html", "expire_token"])
def test_no_record_and_no_line_comes_twice_whatever_happens_to_an_answer(pair: Pair, fault: str) -> None:
    for path in ("/partners", "/articles", "/sales-orders"):
        pair.systems.fault(ERP, fault, match={"method": "POST", "path": path}, rate=0.4, count=4, seed=7)
    pair.engine.run(strict=False)
    pair.systems.clear_faults()
    pair.engine.run()
    for flow, entity in ENTITY.items():
        refs = [body["externalRef"] for body in pair.systems.records(ERP, entity) if body["externalRef"]]
        assert len(refs) == len(set(refs))
        assert len(pair.engine.right_of(flow)) == len(pair.systems.records(SHOP, entity))
    id = next(iter(pair.engine.right_of(ORDERS)))
    ours = lines(pair, id)[0]
    pair.systems.edit_line(SHOP, "Order", id, None, {"product_id": ours[0]["product_id"], "quantity": "2"})
    pair.systems.fault(ERP, fault, match={"method": "PUT", "path": "/sales-orders"}, count=1)
    pair.engine.run(strict=False)
    pair.systems.clear_faults()
    pair.engine.run()
    assert [len(lines) for lines in lines(pair, id)] == [len(ours) + 1] * 2
    assert pair.settled()
