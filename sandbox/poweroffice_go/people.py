"""What people do in PowerOffice GO's own pages: the same rules and dates as through the API, and no audit row."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sandbox.poweroffice_go import shapes
from sandbox.poweroffice_go.json_patch import patch
from sandbox.poweroffice_go.resources import Resources
from sandbox.poweroffice_go.shapes import Shape
from sandbox.wire import Json, RefusedError

T = TypeVar("T")


class People:
    """Every method raises ValueError, with the page's complaint, where the page would refuse."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change members, named by dotted path, of one record."""
        resource, shape = self._resources.of(entity)
        body = self._get(entity, key)
        after, touched = _plain(lambda: _edited(entity, shape, body, fields))
        _plain(lambda: resource.change(body, after, touched))

    def edit_line(self, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """Add (``line`` None), change or take away (``fields`` None) an order's line; returns its id."""
        order = self._get("SalesOrders", key)
        if line is None:
            values = _posted(shapes.SALES_ORDER_LINE, fields or {})
            return str(_plain(lambda: self._resources.add_line(order, values))["Id"])
        row = next((row for row in order["SalesOrderLines"] if row["Id"] == line), None)
        if row is None:
            raise ValueError(f"SalesOrders {key} has no line {line}")
        if fields is None:
            _plain(lambda: self._resources.remove_line(order, row))
            return line
        after, touched = _plain(lambda: _edited("line", shapes.SALES_ORDER_LINE, row, fields))
        _plain(lambda: self._resources.change_line(order, after, touched))
        return line

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """Make a record from POST members; returns its id."""
        resource, shape = self._resources.of(entity)
        values = _posted(shape, fields)
        return str(_plain(lambda: resource.add(values))["Id"])

    def delete(self, entity: str, key: str) -> None:
        """Delete a record that nothing refers to."""
        resource, _ = self._resources.of(entity)
        body = self._get(entity, key)
        _plain(lambda: resource.remove(body))

    def invoice(self, key: str) -> None:
        """Send an order's invoice."""
        self._resources.invoices.send(self._get("SalesOrders", key))

    def _get(self, entity: str, key: str) -> Json:
        body = self._resources.store.get(entity, key)
        if body is None:
            raise ValueError(f"{entity} {key} is not there")
        return body


def _edited(what: str, shape: Shape, body: Json, fields: Mapping[str, Any]) -> tuple[Json, frozenset[str]]:
    start = copy.deepcopy(body)
    if any(path.startswith("MailAddress.") for path in fields) and start.get("MailAddress") is None:
        start["MailAddress"] = shapes.ADDRESS.blank()
    operations = [{"op": "replace", "path": "/" + path.replace(".", "/"), "value": value} for path, value in fields.items()]
    change = patch(what, shape, start, operations)
    return change.body, change.touched


def _posted(shape: Shape, fields: Mapping[str, Any]) -> Json:
    values, errors = shape.posted(dict(fields))
    if errors:
        raise ValueError("; ".join(f"{name} {text}" for name, text in errors.items()))
    return values


def _plain(act: Callable[[], T]) -> T:
    try:
        return act()
    except RefusedError as refused:
        raise ValueError(str(refused.reply.body["detail"])) from None
