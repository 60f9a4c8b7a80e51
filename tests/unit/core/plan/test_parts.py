"""Parts of an owner in the plan: one that is missing takes no part, and a part's lock holds back only what is its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import Digester
from lenke.core.links.match import Matches
from lenke.core.links.rows import Link, Side
from lenke.core.links.table import table
from lenke.core.mapping.apply import to_canonical
from lenke.core.mapping.load import loads_dataflow
from lenke.core.mapping.settings import Settings
from lenke.core.plan.build import build
from lenke.core.plan.context import Context
from lenke.core.plan.model import Plan
from lenke.core.plan.reading import Reader
from lenke.core.plan.reads import SideRead
from tests.unit.core.mapping.test_parts import SALES

DATAFLOW = loads_dataflow(SALES, "f")
(FLOW,) = DATAFLOW.flows
DIGESTER = Digester(b"k" * 32)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
Raw = Mapping[str, Any]
QUOTE = {"Version": {"State": "Draft"}, "Quote": {"Discount": 10}, "Lines": [{"Key": "P#1", "Code": "P"}]}
SALE = {"Number": "1", "Emails": [{"Value": "a@b.no"}]}
ORDER = {"number": "1", "mail": "a@b.no", "status": "open", "discount": 10, "lines": [{"id": "l1", "sku": "P"}]}


def read(side: Side, id: str, raw: Raw | None) -> SideRead:
    raws = [] if raw is None else [raw]
    rows = [{"id": id, "version": None, "modified": None, "raw": json.dumps(one), "whole": True} for one in raws]
    frame = pd.DataFrame(rows, columns=["id", "version", "modified", "raw", "whole"], dtype=object)
    batch = to_canonical(FLOW, side, frame, Settings(), {})
    return Reader(DATAFLOW, FLOW, side, DIGESTER, {}, None).read(batch, frame, complete=True)


def plan(left: Raw, right: Raw | None, ledger: Sequence[Link] = ()) -> Plan:
    context = Context(DATAFLOW, FLOW, NOW, Policy("left"), DIGESTER, {"left": timedelta(0), "right": timedelta(0)}, {}, Matches())
    return build(table(ledger, 3), read("left", "S", left), read("right", "O", right), context)


def agreed() -> list[Link]:
    """The ledger of a sale with its quote and the order that equals it."""
    left = read("left", "S", {**SALE, **QUOTE})
    assert left.lines is not None
    header = Link("S", "O", base=tuple(int(one) for one in left.digests[0]))
    return [header, Link("P#1", "l1", "S", base=tuple(int(one) for one in left.lines.digests[0]))]


def test_a_sale_without_a_quote_becomes_an_order_without_lines() -> None:
    (action,) = plan(SALE, None).actions
    assert (action.verb, dict(action.to_right.values), action.to_right.lines) == ("create", {"number": "1", "mail": "a@b.no"}, ())


def test_a_sale_with_its_quote_is_created_whole() -> None:
    (action,) = plan({**SALE, **QUOTE}, None).actions
    assert dict(action.to_right.values) == {"number": "1", "mail": "a@b.no", "discount": "8"}
    assert [(line.verb, dict(line.values)) for line in action.to_right.lines] == [("create", {"sku": "P"})]


def test_a_quote_that_is_not_to_be_followed_any_more_takes_nothing_away() -> None:
    found = plan({**SALE, "Number": "2"}, ORDER, agreed())
    assert [(action.verb, dict(action.to_right.values), action.to_right.lines) for action in found.actions] == [
        ("update", {"number": "2"}, ())
    ]


def test_a_quote_without_lines_takes_the_lines_away() -> None:
    (action,) = plan({**SALE, **QUOTE, "Lines": []}, ORDER, agreed()).actions
    assert [(line.verb, line.id) for line in action.to_right.lines] == [("remove", "l1")]


def test_a_quote_that_comes_later_brings_its_values_and_lines() -> None:
    ledger = [Link("S", "O", base=(*agreed()[0].base[:2], 0))]
    (action,) = plan({**SALE, **QUOTE}, {**ORDER, "discount": None, "lines": []}, ledger).actions
    assert dict(action.to_right.values) == {"discount": "8"}
    assert [(line.verb, dict(line.values)) for line in action.to_right.lines] == [("create", {"sku": "P"})]


def test_a_parts_lock_holds_back_what_is_its_own() -> None:
    sent = {**SALE, **QUOTE, "Version": {"State": "Sent"}}
    found = plan(sent, {**ORDER, "mail": "c@d.no", "discount": 20}, agreed())
    (action,) = found.actions
    assert (dict(action.to_left.values), action.to_left.lines) == ({"mail": "c@d.no"}, ())
    assert [(one.reason, one.text) for one in found.parked] == [("locked", "the quote is sent")]


def test_what_belongs_to_a_missing_part_waits_and_the_rest_goes() -> None:
    found = plan(SALE, {**ORDER, "mail": "c@d.no", "discount": 20, "lines": []}, agreed())
    (action,) = found.actions
    assert (dict(action.to_left.values), action.to_left.lines) == ({"mail": "c@d.no"}, ())
    assert [one.reason for one in found.parked] == ["locked"]
    assert action.link.base == agreed()[0].base[:1] + action.link.base[1:2] + agreed()[0].base[2:]


def test_a_right_record_with_nothing_for_a_missing_part_needs_no_left_read() -> None:
    known = agreed()[0].base
    order = {**ORDER, "discount": None, "lines": []}
    for version, parked in ((0, ["both_needed"]), (7, [])):
        ledger = [Link("S", "O", base=(*known[:2], 0), left_version=version)]
        context = Context(DATAFLOW, FLOW, NOW, Policy("left"), DIGESTER, {"left": timedelta(0), "right": timedelta(0)}, {}, Matches())
        found = build(table(ledger, 3), read("left", "S", None), read("right", "O", order), context)
        assert ([one.reason for one in found.parked], found.actions) == (parked, [])
