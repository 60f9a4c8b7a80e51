"""Flows that are parts of an owner become one flow with it, and stay told apart."""

from __future__ import annotations

import pandas as pd
import pytest

from lenke.core.errors import MappingError
from lenke.core.mapping.apply import to_canonical
from lenke.core.mapping.load import loads_dataflow
from lenke.core.mapping.model import Field
from lenke.core.mapping.settings import Settings

SALES = """\
dataflow: crm_to_shop
left: crm
right: shop
flows:
  - flow: quote_to_order
    owner: sale_to_order
    left: {entity: Quote, within: Quote}
    right: Order
    locks: [{side: left, path: Version.State, values: [Sent], name: the quote is sent}]
    properties:
      - {property: discount, type: money, left: {path: Discount, vat: included, rate: Vat}, right: discount}
  - flow: sale_to_order
    left: Sale
    right: Order
    match: [{properties: [number]}]
    locks: [{side: right, path: status, values: [closed], name: the order is closed}]
    properties:
      - {property: number, type: string, left: Number, right: number}
      - {property: mail, type: email, left: Emails.0.Value, right: mail}
  - flow: line_to_order
    owner: sale_to_order
    left: Line
    right: Order
    lines:
      left: {path: Lines, id: Key}
      right: {path: lines, id: id}
      match: [sku]
      properties:
        - {property: sku, type: string, left: Code, right: sku}
"""


def test_parts_are_one_flow_with_their_owner() -> None:
    dataflow = loads_dataflow(SALES, "f")
    (flow,) = dataflow.flows
    assert (flow.name, flow.parts) == ("sale_to_order", ("quote_to_order", "line_to_order"))
    assert [(p.name, p.part) for p in flow.properties] == [("number", ""), ("mail", ""), ("discount", "quote_to_order")]
    assert flow.property("discount").left == Field("Quote.Discount", vat="included", rate="Quote.Vat")
    assert flow.property("discount").right == Field("discount")
    assert [(lock.name, lock.part) for lock in flow.locks] == [("the order is closed", ""), ("the quote is sent", "quote_to_order")]
    assert flow.lines is not None
    assert (flow.lines.part, flow.lines.properties[0].part) == ("line_to_order", "line_to_order")


def test_the_flows_stay_as_they_are_written_down() -> None:
    dataflow = loads_dataflow(SALES, "f")
    assert [flow.name for flow in dataflow.sections] == ["quote_to_order", "sale_to_order", "line_to_order"]
    assert {dataflow.running(flow.name).name for flow in dataflow.sections} == {"sale_to_order"}


def test_a_part_that_is_not_there_is_absent_and_a_short_list_holds_null() -> None:
    (flow,) = loads_dataflow(SALES, "f").flows
    raws = ['{"Number": "1", "Emails": []}', '{"Number": "2", "Quote": {"Discount": null}, "Emails": [{"Value": "a@b.no"}], "Lines": []}']
    records = pd.DataFrame({"id": ["1", "2"], "version": [None, None], "modified": [None, None], "raw": raws}, dtype=object)
    header = to_canonical(flow, "left", records, Settings(), {}).header
    assert header["s.discount"].to_pylist() == [0, 1]
    assert header["s.mail"].to_pylist() == [1, 2]
    assert header["lines"].to_pylist() == [0, 2]


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("owner: sale_to_order\n    left: Line", "owner: sales\n    left: Line", "flows[2].owner", "known: sale_to_order"),
        ("property: discount", "property: number", "flows[1].properties[0]", "rename one"),
        ("left: Sale\n", "left: {entity: Sale, within: Quote}\n", "flows[1].left.within", "only a flow with an owner"),
        ("left: Line\n", "left: Line\n    on_delete: archive\n", "flows[2].on_delete", "linked with its owner"),
        ("right: Order\n    lines", "right: Offer\n    lines", "flows[2].right", "shares its owner's right entity"),
    ],
)
def test_mistakes_in_parts_are_named(old: str, new: str, place: str, words: str) -> None:
    assert old in SALES
    with pytest.raises(MappingError, match=words) as found:
        loads_dataflow(SALES.replace(old, new), "f")
    assert place in str(found.value)
