"""PowerOffice GO's list conventions: bare arrays, 204 when empty, X-Pagination only when there is more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sandbox.poweroffice_go.problems import problem
from sandbox.poweroffice_go.shapes import Shape
from sandbox.wire import Json, Reply, Request

Test = Callable[[Json], bool]
_MAX_PAGE = 20_000
_DEFAULT_PAGE = 5_000


def page(request: Request, rows: Sequence[Json], shape: Shape) -> Reply:
    """The page of ``rows`` that the request asks for, ordered and cut to its ``Fields``."""
    number, size = _positive(request, "PageNumber", 1), _positive(request, "PageSize", _DEFAULT_PAGE)
    if size > _MAX_PAGE:
        raise problem(400, "Bad request", f"PageSize is larger than {_MAX_PAGE}.")
    chosen = _ordered(rows, request.query.get("orderby", ""), shape)[(number - 1) * size : number * size]
    if not chosen:
        return Reply(204)
    headers = {"X-Pagination": json.dumps({"nextPageLink": _next(request, number + 1)})} if number * size < len(rows) else {}
    return Reply(200, _projected(chosen, request.query.get("fields", ""), shape), headers)


def _positive(request: Request, name: str, default: int) -> int:
    text = request.query.get(name.lower(), "") or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise problem(400, "Bad request", f"{name} is not a positive whole number.")
    return int(text)


def _ordered(rows: Sequence[Json], order: str, shape: Shape) -> list[Json]:
    ordered = list(rows)
    for clause in reversed([part.split() for part in order.split(",") if part.strip()]):
        member = shape.member(clause[0])
        if member is None:
            raise problem(400, "Bad request", "OrderBy names a field that is not there.")
        name = member.name
        down = len(clause) > 1 and clause[1].lower() == "desc"
        ordered.sort(key=lambda row: (row.get(name) is not None, row.get(name) or 0), reverse=down)
    return ordered


def _projected(rows: Sequence[Json], fields: str, shape: Shape) -> list[Json]:
    asked = [shape.member(name.strip()) for name in fields.split(",") if name.strip()]
    if not asked:
        return list(rows)
    if None in asked:
        raise problem(400, "Bad request", "Fields names a field that is not there.")
    names = [member.name for member in asked if member]
    return [{name: row[name] for name in names if name in row} for row in rows]


def _next(request: Request, number: int) -> str:
    path, _, query = request.target.partition("?")
    pairs = [(name, value) for name, value in parse_qsl(query) if name.lower() != "pagenumber"]
    return f"http://{request.headers.get('host', 'localhost')}{path}?{urlencode([*pairs, ('PageNumber', number)])}"


def one_of(member: str, text: str) -> Test:
    """Texts separated by commas, exact but for case (the database compares so)."""
    wanted = {part.strip().lower() for part in text.split(",") if part.strip()}
    return lambda row: str(row.get(member) or "").lower() in wanted if wanted else True


def numbers(member: str, text: str) -> Test:
    """Numbers and ranges: ``10000-11000, 12000, 13000-``."""
    spans = [_span(member, part.strip()) for part in text.split(",") if part.strip()]
    return lambda row: not spans or any(row[member] is not None and low <= row[member] <= high for low, high in spans)


def _span(member: str, part: str) -> tuple[int, float]:
    low, dash, high = part.partition("-")
    try:
        return int(low), float("inf") if dash and not high.strip() else int(high or low)
    except ValueError:
        raise problem(400, "Unable to cast object(s)", f"The filter on {member} is neither a number nor a range.") from None


def later(member: str, text: str) -> Test:
    """Strictly after the moment; an offset whose + was not escaped arrives as a space and is refused."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise problem(400, "Bad request", f"The filter on {member} is not a date-time.") from None
    after = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return lambda row: bool(row[member]) and datetime.fromisoformat(row[member]) > after


def flag(member: str, text: str) -> Test:
    """``true`` or ``false``."""
    wanted = text.strip().lower()
    if wanted not in ("true", "false"):
        raise problem(400, "Bad request", f"The filter on {member} is neither true nor false.")
    return lambda row: bool(row[member]) is (wanted == "true")


def kept(rows: Iterable[Json], tests: Sequence[Test]) -> list[Json]:
    """The rows that pass every test."""
    return [row for row in rows if all(test(row) for test in tests)]


Filters = dict[str, tuple[Callable[[str, str], Test], str]]


def filtered(request: Request, rows: Iterable[Json], filters: Filters, ignored: Callable[[str], bool]) -> list[Json]:
    """Rows that pass the request's filters; names that are not known, blank or ``ignored`` are passed over in silence."""
    names = {name.lower(): name for name in filters}
    tests: list[Test] = []
    for asked, text in request.query.items():
        if asked in ("$top", "$skip", "$filter"):
            raise problem(400, "Bad request", f"The query option {asked} is not supported.")
        if asked in names and text.strip() and not ignored(names[asked]):
            make, member = filters[names[asked]]
            tests.append(make(member, text))
    return kept(rows, tests)


def members(row: Json, shape: Shape) -> Json:
    """Every served member of the shape, with the row's values."""
    blank: dict[str, Any] = shape.blank()
    return blank | {name: value for name, value in row.items() if name in blank}
