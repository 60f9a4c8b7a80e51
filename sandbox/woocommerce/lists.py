"""Lists: filters, sorting and pages. A name that the shop does not know is ignored in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.wire import Json, Reply
from sandbox.woocommerce.refusals import invalid
from sandbox.woocommerce.shapes import ZONE

Query = Mapping[str, str]

_GOODS = ("date", "id", "include", "title", "slug", "modified", "price", "popularity", "rating", "menu_order")
ORDERINGS = {
    "Customer": ("id", "include", "name", "registered_date"),
    "Product": _GOODS,
    "Variation": _GOODS,
    "Order": ("date", "id", "include", "title", "slug", "modified"),
}
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_KEYS: Mapping[str, Callable[[Json], Any]] = {
    "id": lambda row: row["id"],
    "name": lambda row: (str(row.get("first_name") or row.get("name") or "").lower(), row["id"]),
    "modified": lambda row: (row["date_modified_gmt"] or "", row["id"]),
}


def page(entity: str, rows: Sequence[Json], query: Query, *, home: str, filters_dates: bool) -> Reply:
    """One page of the rows that pass, with the counts and links that the shop sends along."""
    number, size = _number(query, "page", 1, None), _number(query, "per_page", 10, 100)
    wanted = query.get("orderby") or ("name" if entity == "Customer" else "date")
    if wanted not in ORDERINGS[entity]:
        known = ", ".join(ORDERINGS[entity][:-1]) + f", and {ORDERINGS[entity][-1]}"
        raise invalid("orderby", "rest_not_in_enum", f"orderby is not one of {known}.")
    found = [row for row in rows if _included(row, query)]
    if filters_dates and entity != "Customer":
        found = [row for row in found if _in_time(row, query)]
    descending = (query.get("order") or ("asc" if entity == "Customer" else "desc")).lower() == "desc"
    found.sort(key=_KEYS.get(wanted, lambda row: (row["date_created_gmt"], row["id"])), reverse=descending)
    start = (number - 1) * size + int(query.get("offset") or 0)
    return _reply(found[start : start + size], len(found), number, -(-len(found) // size), query, home)


def _reply(rows: Sequence[Json], total: int, number: int, pages: int, query: Query, home: str) -> Reply:
    links = [f'<{home}/wp-json/>; rel="https://api.w.org/"']
    if number > 1:
        links.append(f'<{home}/wp-json/wc/v3?page={min(number - 1, pages)}>; rel="prev"')
    if number < pages:
        links.append(f'<{home}/wp-json/wc/v3?page={number + 1}>; rel="next"')
    names = [name.strip() for name in (query.get("_fields") or "").split(",") if name.strip()]
    shown = [{name: row[name] for name in names if name in row} for row in rows] if names else list(rows)
    return Reply(200, shown, {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages), "Link": ", ".join(links)})


def _number(query: Query, name: str, default: int, most: int | None) -> int:
    text = query.get(name) or str(default)
    value = int(text) if text.isdecimal() else 0
    if value < 1 or (most and value > most):
        bounds = f"between 1 (inclusive) and {most} (inclusive)" if most else "greater than or equal to 1"
        raise invalid(name, "rest_out_of_bounds", f"{name} must be {bounds}")
    return value


def _included(row: Json, query: Query) -> bool:
    for name, wanted in (("include", True), ("exclude", False)):
        ids = [part for part in re.split(r"[,\s]+", query.get(name) or "") if part]
        if ids and (str(row["id"]) in ids) is not wanted:
            return False
    return True


def _in_time(row: Json, query: Query) -> bool:
    """Strictly after, strictly before, by whole seconds."""
    form = "_gmt" if (query.get("dates_are_gmt") or "").lower() in ("true", "1") else ""
    for name, member, later in (
        ("after", "date_created", True),
        ("before", "date_created", False),
        ("modified_after", "date_modified", True),
        ("modified_before", "date_modified", False),
    ):
        bound = query.get(name)
        if bound:
            at, kept = _clock(name, bound), datetime.fromisoformat(row[member + form])
            if not (kept > at if later else kept < at):
                return False
    return True


def _clock(name: str, text: str) -> datetime:
    """A bound as it is compared: one with a zone is turned into the shop's own time first, whatever it is then compared with."""
    if not _ISO.fullmatch(text):
        raise invalid(name, "rest_invalid_date", "Invalid date.")
    at = datetime.fromisoformat(text.replace("z", "Z"))
    return (at.astimezone(ZONE).replace(tzinfo=None) if at.tzinfo else at).replace(microsecond=0)
