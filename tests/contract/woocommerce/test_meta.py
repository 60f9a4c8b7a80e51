"""Meta data in the forms that plugins make of it: nothing of a record is taken for emptied because it is not shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from lenke.systems.odd import UNREADABLE
from lenke.systems.woocommerce import entities
from lenke.systems.woocommerce.lines import Unsold

Body = dict[str, Any]
KEYS = ("lenke_marker", "unit")
ENTRIES = [{"id": 1, "key": "lenke_marker", "value": "lk-1"}, {"id": 2, "key": "_other", "value": "x"}, {"id": 3, "key": "", "value": "y"}]


def of_order(meta: Body) -> Body:
    return entities.order({"id": 1, **meta}, KEYS, customer=None, unsold=Unsold())


def of_line(meta: Body) -> Body:
    row = {"id": 1, "meta_data": [], "fee_lines": [{"id": 4, "name": "Gebyr", "total": "10.00", **meta}]}
    shown = entities.order(row, KEYS, customer=None, unsold=Unsold())
    return dict(shown["lines"][0]) if "lines" in shown else shown


def of_product(meta: Body) -> Body:
    return entities.product({"id": 1, **meta}, KEYS, parent=None, vat=entities.Vat(None, None))


def of_customer(meta: Body) -> Body:
    return entities.customer({"id": 1, **meta}, KEYS)


READERS = pytest.mark.parametrize("read", [of_order, of_line, of_product, of_customer])
Read = Callable[[Body], Body]


@READERS
@pytest.mark.parametrize("meta", [ENTRIES, {"0": ENTRIES[0], "7": ENTRIES[1], "8": ENTRIES[2]}])
def test_a_list_and_an_object_of_entries_are_read_alike(read: Read, meta: Any) -> None:
    shown = read({"meta_data": meta})["meta_data"]
    assert (shown["lenke_marker"], shown["_other"]) == ("lk-1", "x")
    assert None in shown.values()
    assert "" not in shown


@READERS
@pytest.mark.parametrize("meta", [[{}, {}], [ENTRIES[0], {}], ["lk-1"], "lk-1", 7])
def test_a_record_whose_meta_data_hides_what_it_has_cannot_be_read(read: Read, meta: Any) -> None:
    assert entities.record(read({"meta_data": meta})).raw == UNREADABLE


@READERS
@pytest.mark.parametrize("meta", [{}, {"meta_data": None}])
def test_a_record_that_is_served_without_meta_data_has_none_emptied(read: Read, meta: Body) -> None:
    assert json.loads(json.dumps(read(meta)))["meta_data"] == {}
