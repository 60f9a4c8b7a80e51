"""Makes the seed's edits in a running sandbox, as people would in the systems' own pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sandbox.seed.edits import Edit

OFFICE = "poweroffice_go"
LEFT = {"Customers": "Customer", "SalesOrders": "Order", "Products": "Product"}
RightIds = Mapping[str, Mapping[str, str]]


class Editable(Protocol):
    """What this needs of a running sandbox."""

    def edit(self, system: str, entity: str, key: str, fields: Mapping[str, Any]) -> None: ...

    def edit_line(self, system: str, entity: str, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str: ...

    def record(self, system: str, entity: str, key: str) -> dict[str, Any] | None: ...


def make(sandbox: Editable, edits: Iterable[Edit], right_ids: RightIds) -> None:
    """Make each edit where it belongs.

    :param right_ids: left entity -> left id -> right id, as the judge's verdict on the synced pair has them.
    """
    for edit in edits:
        key = right_ids[LEFT[edit.entity]][edit.id] if edit.system == OFFICE else edit.id
        if edit.line is None:
            sandbox.edit(edit.system, edit.entity, key, edit.fields)
            continue
        line, fields = _line_id(sandbox, edit, key), dict(edit.line.fields)
        if edit.system == OFFICE and edit.line.product_id:
            fields["ProductId"] = int(right_ids["Product"][edit.line.product_id])
        sandbox.edit_line(edit.system, edit.entity, key, line, None if edit.line.action == "remove" else fields)


def _line_id(sandbox: Editable, edit: Edit, key: str) -> str | None:
    """The edited line's own id; on the right it is the one in the same place."""
    if edit.line is None or edit.line.line_id is None or edit.system != OFFICE:
        return edit.line.line_id if edit.line else None
    order = sandbox.record(edit.system, edit.entity, key) or {}
    return next(str(line["Id"]) for line in order["SalesOrderLines"] if line["SortOrder"] == edit.line.position)
