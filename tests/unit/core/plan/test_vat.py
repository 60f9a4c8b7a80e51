"""VAT in the plan: rates without an account wait, foreign accounts stay, and a new line brings its rate into the shop."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import Digester
from lenke.core.links.match import Matches
from lenke.core.links.merge import Row
from lenke.core.links.rows import Link, Side
from lenke.core.links.table import table
from lenke.core.mapping.apply import Constants, to_canonical
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Lines
from lenke.core.mapping.settings import Settings
from lenke.core.plan.build import build
from lenke.core.plan.context import Context
from lenke.core.plan.lines import LineSet, plan_lines
from lenke.core.plan.model import Plan
from lenke.core.plan.reading import Reader

DATAFLOW = load_dataflow(Path(__file__).parents[4] / "include/mappings/custom_webshop_to_poweroffice_go.yaml")
PRODUCTS, ORDERS = DATAFLOW.flow("product_to_product"), DATAFLOW.flow("order_to_salesorders")
# Only what the VAT needs: the whole mapping is tried by the flow tests.
GOODS = replace(PRODUCTS, properties=tuple(p for p in PRODUCTS.properties if p.name in ("sku", "name", "vat_rate")))
RATE = next(at for at, p in enumerate(GOODS.properties) if p.name == "vat_rate")
DIGESTER = Digester(b"k" * 32)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ACCOUNTS: Constants = {"sales_accounts": {"25": "501", "15": "502"}}
POLICY = Policy("left")


def read(side: Side, *records: Mapping[str, Any], constants: Constants = ACCOUNTS) -> Any:
    rows = [{"id": f"{side}{n}", "version": None, "modified": None, "raw": json.dumps(one), "whole": True} for n, one in enumerate(records)]
    frame = pd.DataFrame(rows, columns=["id", "version", "modified", "raw", "whole"], dtype=object)
    batch = to_canonical(GOODS, side, frame, Settings(), constants)
    return Reader(DATAFLOW, GOODS, side, DIGESTER, {}, None).read(batch, frame, complete=True)


def plan(
    left: Mapping[str, Any], right: Mapping[str, Any] | None, *, links: Sequence[Link] = (), constants: Constants = ACCOUNTS, **more: Any
) -> Plan:
    matches = Matches(pairs={"left0": "right0"} if right and not links else {})
    reads = read("left", {"sku": "A", "name": "B", **left}), read("right", *([{"Code": "A", "Name": "B", **right}] if right else []))
    lag: dict[Side, timedelta] = {"left": timedelta(0), "right": timedelta(0)}
    context = Context(DATAFLOW, GOODS, NOW, POLICY, DIGESTER, lag, {}, matches, constants=constants, **more)
    return build(table(links, len(GOODS.properties)), *reads, context)


def linked(rate: str) -> Link:
    texts = {"sku": "A", "name": "B", "vat_rate": rate}
    return Link("left0", "right0", base=tuple(DIGESTER.value(p.name, texts[p.name]) for p in GOODS.properties))


def test_a_new_product_is_told_its_rate() -> None:
    (action,) = plan({"vat_rate": "15.00"}, None).actions
    assert action.to_right.values["vat_rate"] == "15"


@pytest.mark.parametrize(("rate", "constants"), [("12", ACCOUNTS), ("15", {"sales_accounts": {"25": "501"}}), ("25", {})])
def test_a_new_product_without_an_account_for_its_rate_is_parked(rate: str, constants: Constants) -> None:
    found = plan({"vat_rate": rate}, None, constants=constants)
    assert found.actions == []
    (parked,) = found.parked
    assert (parked.id, parked.reason, parked.property) == ("left0", "invalid_value", "vat_rate")
    assert "settings.yaml: sales_accounts" in parked.text


def test_a_parked_product_goes_as_soon_as_its_account_is_there() -> None:
    (entry,) = (row for row in plan({"vat_rate": "15"}, None, constants={}).rows if row.kind == "recheck")
    found = plan({"vat_rate": "15"}, None, recheck={("left", "left0"): entry})
    assert [action.verb for action in found.actions] == ["create"]
    assert found.parked == []


@pytest.mark.parametrize("account", [501, 509])
def test_a_product_that_is_there_keeps_its_account_at_first_link(account: int) -> None:
    found = plan({"vat_rate": "15"}, {"StandardSalesAccountId": account})
    assert (found.actions, found.parked) == ([], [])
    assert [one.right for one in found.rows] == ["right0"]


def test_a_product_that_inherits_its_account_is_given_one_at_first_link() -> None:
    (action,) = plan({"vat_rate": "15"}, {"StandardSalesAccountId": None}).actions
    assert action.to_right.values == {"vat_rate": "15"}


def test_a_rate_that_is_not_in_the_table_bars_no_first_link() -> None:
    found = plan({"vat_rate": "12"}, {"StandardSalesAccountId": 501})
    assert (found.actions, found.parked, len(found.rows)) == ([], [], 1)


def test_an_edited_rate_is_carried() -> None:
    (action,) = plan({"vat_rate": "15"}, {"StandardSalesAccountId": 501}, links=[linked("25")]).actions
    assert action.to_right.values == {"vat_rate": "15"}


def test_an_edited_account_does_not_come_back() -> None:
    found = plan({"vat_rate": "25"}, {"StandardSalesAccountId": 502}, links=[linked("25")])
    assert (found.actions, found.parked, found.rows) == ([], [], [])


def test_an_account_outside_the_table_is_never_overwritten() -> None:
    found = plan({"vat_rate": "15"}, {"StandardSalesAccountId": 509}, links=[linked("25")])
    assert (found.actions, found.parked, found.rows) == ([], [], [])


def test_an_edited_rate_without_an_account_waits_and_the_rest_goes() -> None:
    found = plan({"vat_rate": "12", "name": "C"}, {"StandardSalesAccountId": 501}, links=[linked("25")])
    (action,) = found.actions
    assert action.to_right.values == {"name": "C"}
    assert action.link.base[RATE] == linked("25").base[RATE]
    assert [(one.reason, one.property) for one in found.parked] == [("invalid_value", "vat_rate")]


def line(vat_rate: str | None, **texts: str) -> Row:
    assert ORDERS.lines
    whole = {**{p.name: None for p in ORDERS.lines.properties}, "product": "7", "quantity": "1", "vat_rate": vat_rate, **texts}
    return Row([DIGESTER.value(name, text) for name, text in whole.items()], whole)


def spec() -> Lines:
    assert ORDERS.lines
    return ORDERS.lines


def test_a_line_that_is_new_in_the_shop_is_told_its_rate() -> None:
    empty, full = LineSet({}, {}), LineSet({"b": line("15", unit_price="100")}, {"b": None})
    found = plan_lines(spec(), "1", [], empty, full, POLICY, lambda side, one: f"lk-{side}-{one}")
    (action,) = found.to_left
    assert (action.values["vat_rate"], action.values["unit_price"], action.whole["vat_rate"]) == ("15", "100", "15")
    assert 0 not in found.links[0].base


def test_a_line_that_is_new_in_poweroffice_is_not() -> None:
    empty, full = LineSet({}, {}), LineSet({"a": line("15", unit_price="100")}, {"a": None})
    found = plan_lines(spec(), "1", [], full, empty, POLICY, lambda side, one: f"lk-{side}-{one}")
    (action,) = found.to_right
    assert "vat_rate" not in action.values


def test_a_rate_is_never_among_the_updates_of_a_line() -> None:
    known = Link("a", "b", "1", base=tuple(line("15", unit_price="100").digests))
    sets = LineSet({"a": line("25", unit_price="100")}, {"a": None}), LineSet({"b": line("15", unit_price="90")}, {"b": None})
    found = plan_lines(spec(), "1", [known], *sets, POLICY, lambda side, one: "")
    assert [dict(action.values) for action in found.to_left] == [{"unit_price": "90"}]
    assert found.to_right == []
