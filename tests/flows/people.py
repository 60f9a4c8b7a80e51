"""The seed's edit script carried out by people in both systems, and whether every one of their edits has survived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.seed.edits import Edit
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Installation

FLOW = {"Customer": CUSTOMERS, "Customers": CUSTOMERS, "Order": ORDERS, "SalesOrders": ORDERS}


@dataclass(frozen=True)
class Ids:
    """Right ids by left ones, as they were when the edits were made."""

    records: Mapping[str, Mapping[str, str]]
    lines: Mapping[str, str]

    @classmethod
    def of(cls, installation: Installation) -> Ids:
        engine = installation.engine
        lines = {link.left: link.right for link in engine.links(ORDERS) if link.kind == "link" and link.parent}
        return cls({flow: engine.right_of(flow) for flow in (CUSTOMERS, PRODUCTS, ORDERS)}, lines)

    def record(self, edit: Edit) -> str:
        """The id of the edited record in the system that is edited."""
        return edit.id if edit.system == SHOP else self.records[FLOW[edit.entity]][edit.id]


def carry_out(installation: Installation, edits: Iterable[Edit]) -> Ids:
    """Make the edits; the ids they were made under."""
    ids = Ids.of(installation)
    for edit in edits:
        if edit.line is None:
            installation.edit(edit.system, edit.entity, ids.record(edit), edit.fields)
            continue
        line, fields = edit.line.line_id, dict(edit.line.fields)
        if edit.system == OFFICE:
            line = ids.lines[line] if line else None
            fields |= {"ProductId": int(ids.records[PRODUCTS][edit.line.product_id])} if edit.line.product_id else {}
        installation.touched.add((edit.system, edit.entity, ids.record(edit)))
        installation.systems.edit_line(edit.system, edit.entity, ids.record(edit), line, fields if edit.line.action != "remove" else None)
    return ids


def lost(installation: Installation, edits: Iterable[Edit], ids: Ids) -> list[str]:
    """Edits that are not to be seen any more in the system where they were made. Those that lost a conflict are not asked for here."""
    return [f"{edit.system} {edit.entity} {edit.id}: {what}" for edit in edits for what in _missing(installation, edit, ids)]


def _missing(installation: Installation, edit: Edit, ids: Ids) -> Iterable[str]:
    body = installation.systems.record(edit.system, edit.entity, ids.record(edit))
    assert body is not None
    if edit.line is None:
        yield from (path for path, value in edit.fields.items() if _plain(_at(body, path)) != _plain(value))
        return
    key, lines = ("id", body["lines"]) if edit.system == SHOP else ("Id", body["SalesOrderLines"])
    quantity = "quantity" if edit.system == SHOP else "Quantity"
    named = edit.line.line_id if edit.system == SHOP or edit.line.line_id is None else ids.lines[edit.line.line_id]
    found = [line for line in lines if str(line[key]) == named]
    if edit.line.action == "remove" and found:
        yield "the removed line is back"
    if edit.line.action == "change" and [Decimal(str(line[quantity])) for line in found] != [Decimal(str(edit.line.fields[quantity]))]:
        yield "the changed quantity"
    if edit.line.action == "add":
        told = "description" if edit.system == SHOP else "Description"
        if sum(line[told] == edit.line.fields[told] for line in lines) != 1:
            yield "the added line is not there exactly once"


def _at(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = (body or {}).get(name)
    return body


def _plain(value: Any) -> Any:
    """Blanks in telephone numbers say nothing."""
    return value.replace(" ", "") if isinstance(value, str) and value.startswith("+") else value
