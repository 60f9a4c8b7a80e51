"""Connections: pages by cursors of the last row's sort value and id, so that rows that change move to the end of the walk."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.shopify.graph import Args, FieldError, Node
from sandbox.wire import Json

DEPTH = 25_000

Row = Json
Key = Callable[[Row], Any]


def connection(kind: str, rows: Sequence[Row], args: Args, view: Callable[[Row], Node], *, by: Key | None = None) -> Node:
    """One page of ``rows``.

    :param kind: the node's type. :param by: the sort value; without it rows keep their order.
    """
    first = args.get("first")
    if first is None:
        raise FieldError("you must provide one of first or last", "BAD_REQUEST")
    if not 0 < int(first) <= 250:
        raise FieldError("first must be between 1 and 250", "BAD_REQUEST")
    ordered = _ordered(rows, by)
    start = _start(ordered, args.get("after"))
    if min(start + int(first), len(ordered)) > DEPTH:
        raise FieldError("The pagination depth of 25000 objects is exceeded", "BAD_REQUEST")
    page = ordered[start : start + int(first)]
    info = Node(
        "PageInfo",
        {
            "hasNextPage": start + len(page) < len(ordered),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(page[0][0]) if page else None,
            "endCursor": _cursor(page[-1][0]) if page else None,
        },
    )
    nodes = [view(row) for _, row in page]
    edges = [Node(f"{kind}Edge", {"node": node, "cursor": _cursor(key)}) for node, (key, _) in zip(nodes, page, strict=True)]
    return Node(f"{kind}Connection", {"nodes": nodes, "edges": edges, "pageInfo": info})


def _ordered(rows: Sequence[Row], by: Key | None) -> list[tuple[list[Any], Row]]:
    if by is None:
        return [([at], row) for at, row in enumerate(rows)]
    return sorted((([by(row), int(row["legacyResourceId"])], row) for row in rows), key=lambda pair: pair[0])


def _cursor(key: list[Any]) -> str:
    return base64.b64encode(json.dumps({"last_value": key[0], "last_id": key[-1]}).encode()).decode()


def _start(ordered: list[tuple[list[Any], Row]], after: str | None) -> int:
    if not after:
        return 0
    try:
        told = json.loads(base64.b64decode(after))
    except ValueError:
        raise FieldError("Invalid cursor for current pagination sort.", "BAD_REQUEST") from None
    last = [told["last_value"], told["last_id"]]
    return next((at for at, (key, _) in enumerate(ordered) if (key if len(key) > 1 else key * 2) > last), len(ordered))
