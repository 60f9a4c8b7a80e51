"""Lines cross both ways; an invoiced order stands."""

from __future__ import annotations

from tests.flows.custom_erp.pair import ERP, ORDERS, PRODUCTS, SHOP, Pair, lines


def test_the_vat_rate_of_a_line_alone_is_edited_in_the_erp(synced: Pair) -> None:
    id = next(iter(synced.engine.right_of(ORDERS)))
    ours, theirs = lines(synced, id)
    synced.systems.edit_line(ERP, "Order", synced.right_id(ORDERS, id), theirs[0]["lineId"], {"vatRate": 0.12, "price": 100})
    synced.engine.run()
    synced.systems.edit_line(ERP, "Order", synced.right_id(ORDERS, id), theirs[0]["lineId"], {"vatRate": 0.25})
    synced.engine.run()
    line = next(line for line in lines(synced, id)[0] if line["id"] == ours[0]["id"])
    assert (line["vat_rate"], line["unit_price"]) == ("25", "125.00")
    assert synced.settled()


def test_lines_are_changed_added_and_removed_in_the_shop(synced: Pair) -> None:
    id = next(iter(synced.engine.right_of(ORDERS)))
    (first, second, *_), theirs = lines(synced, id)
    change = {
        "quantity": "7",
        "unit_price": "250.00",
        "vat_rate": "25",
        "discount_percent": "12.5",
        "description": "Endret",
        "unit_cost": "3.00",
    }
    synced.systems.edit_line(SHOP, "Order", id, str(first["id"]), change)
    synced.systems.edit_line(SHOP, "Order", id, str(second["id"]), None)
    new = {"product_id": first["product_id"], "quantity": "3", "unit_price": "50.00", "vat_rate": "25"}
    synced.systems.edit_line(SHOP, "Order", id, None, new)
    synced.engine.run()
    ours, now = lines(synced, id)
    assert [line["qty"] for line in now] == [float(line["quantity"]) for line in ours]
    changed = next(line for line in now if line["lineId"] == theirs[0]["lineId"])
    told = (changed["qty"], changed["price"], changed["discountRate"], changed["text"], changed["cost"])
    assert told == (7, 200, 0.125, "Endret", 3)
    assert theirs[1]["lineId"] not in {line["lineId"] for line in now}
    assert now[-1]["price"] == 40
    assert synced.settled()


def test_lines_are_changed_added_and_removed_in_the_erp(synced: Pair) -> None:
    id = next(iter(synced.engine.right_of(ORDERS)))
    ours, (first, second, *_) = lines(synced, id)
    right = synced.right_id(ORDERS, id)
    change = {"qty": 9, "price": 80, "vatRate": 0.25, "discountRate": 0.1, "text": "Fra ERP", "cost": 2.5, "unitCode": "par"}
    synced.systems.edit_line(ERP, "Order", right, first["lineId"], change)
    synced.systems.edit_line(ERP, "Order", right, second["lineId"], None)
    synced.systems.edit_line(ERP, "Order", right, None, {"articleId": "A000900", "qty": 1, "price": 40, "vatRate": 0.25, "text": "Frakt"})
    synced.engine.run()
    now, theirs = lines(synced, id)
    changed = next(line for line in now if line["id"] == ours[0]["id"])
    told = (changed["quantity"], changed["unit_price"], changed["discount_percent"], changed["description"], changed["unit"])
    assert told == ("9", "100.00", "10", "Fra ERP", "pair")
    assert ours[1]["id"] not in {line["id"] for line in now}
    assert (now[-1]["kind"], now[-1]["product_id"], now[-1]["unit_price"]) == ("shipping", None, "50.00")
    assert len(now) == len(theirs)
    assert synced.settled()


def test_a_line_is_moved_and_gets_another_product(synced: Pair) -> None:
    id = next(iter(synced.engine.right_of(ORDERS)))
    (first, *_), theirs = lines(synced, id)
    others = [product for product in synced.engine.right_of(PRODUCTS) if int(product) != first["product_id"]]
    synced.systems.edit_line(SHOP, "Order", id, str(first["id"]), {"product_id": int(others[0]), "position": 50})
    synced.engine.run()
    moved = next(line for line in lines(synced, id)[1] if line["lineId"] == theirs[0]["lineId"])
    assert (moved["articleId"], moved["seq"]) == (synced.right_id(PRODUCTS, others[0]), 50)
    assert synced.settled()


def test_an_invoiced_order_stands_and_its_change_waits(synced: Pair) -> None:
    locked, free = list(synced.engine.right_of(ORDERS))[:2]
    synced.systems.invoice(synced.right_id(ORDERS, locked), system=ERP)
    for id in (locked, free):
        synced.systems.edit(SHOP, "Order", id, {"customer_reference": "For sent"})
    synced.engine.run()
    assert synced.right(ORDERS, locked)["yourReference"] != "For sent"
    assert synced.right(ORDERS, free)["yourReference"] == "For sent"
    assert synced.engine.parked(ORDERS)[locked][0] == "locked"
    assert all(row["status"] < 300 for row in synced.written())
    assert synced.settled()


def test_an_order_that_is_invoiced_between_plan_and_load_waits(synced: Pair) -> None:
    id = next(iter(synced.engine.right_of(ORDERS)))
    synced.systems.edit(SHOP, "Order", id, {"customer_reference": "For sent"})
    right = synced.right_id(ORDERS, id)
    synced.engine.before_load = lambda flow, _: synced.systems.invoice(right, system=ERP) if flow.name == ORDERS else None
    synced.engine.run()
    assert synced.right(ORDERS, id)["yourReference"] != "For sent"
    assert id in synced.engine.parked(ORDERS)
    synced.engine.before_load = None
    synced.engine.run()
    assert synced.engine.parked(ORDERS)[id][0] == "locked"
