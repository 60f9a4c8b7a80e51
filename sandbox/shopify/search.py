"""Search filters of connections, with what surprises: unknown ones are ignored, unquoted times count by their day."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.wire import Json

_TOKEN = re.compile(r"""\s*(\(|\)|AND\b|OR\b|([\w.]+):\s*(>=|<=|>|<)?\s*('[^']*'|"(?:[^"\\]|\\.)*"|[^\s()]+)|\S+)""")

Test = Callable[[Json], bool]
Look = Callable[[Json], Any]


class Search:
    """A parsed filter; ``warnings`` names what was passed over.

    :param fields: filter name to what it looks at in a body.
    """

    def __init__(self, query: str, fields: Mapping[str, Look]) -> None:
        self.warnings: list[Json] = []
        self._fields = fields
        self._tokens = list(_TOKEN.finditer(query))
        self._at = 0
        self.matches: Test = self._either() if self._tokens else (lambda _: True)

    def _either(self) -> Test:
        tests = [self._all()]
        while self._take("OR"):
            tests.append(self._all())
        return lambda body: any(test(body) for test in tests)

    def _all(self) -> Test:
        tests = [self._term()]
        while self._at < len(self._tokens) and self._word() not in ("OR", ")"):
            self._take("AND")
            tests.append(self._term())
        return lambda body: all(test(body) for test in tests)

    def _term(self) -> Test:
        if self._take("("):
            inner = self._either()
            self._take(")")
            return inner
        if self._at >= len(self._tokens):
            return lambda _: True
        found = self._tokens[self._at]
        self._at += 1
        name, sign, text = found[2], found[3] or "", found[4]
        if not name:  # a word on its own is looked for in the texts
            return lambda body: any(found[1].casefold() in str(value).casefold() for value in body.values())
        if name not in self._fields:
            self.warnings.append({"field": name, "message": "Invalid search field for this query.", "code": "invalid_field"})
            return lambda _: True
        return _test(self._fields[name], name, sign, text)

    def _word(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self, word: str) -> bool:
        if self._word() != word:
            return False
        self._at += 1
        return True


def _test(look: Look, name: str, sign: str, text: str) -> Test:
    quoted = text[0] in "'\""
    value = re.sub(r"\\(.)", r"\1", text[1:-1]) if quoted else text
    if name.endswith("_at"):
        return _time(look, sign, value, quoted=quoted)
    if name == "id":
        return lambda body: _compare(int(look(body)), sign, int(value)) if value.isdecimal() else False
    if name == "email" and not quoted:
        tokens = set(re.split(r"\W+", value.casefold()))
        return lambda body: bool(tokens & set(re.split(r"\W+", str(look(body) or "").casefold())))
    if name == "sku":  # the index finds by prefix and forgets the case
        return lambda body: str(look(body) or "").casefold().startswith(value.casefold())
    return lambda body: str(look(body) if look(body) is not None else "").casefold() == value.casefold()


def _time(look: Look, sign: str, value: str, *, quoted: bool) -> Test:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return lambda _: False  # matched literally: nothing is
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if quoted:
        return lambda body: _compare(datetime.fromisoformat(look(body)), sign, moment)
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last = day + timedelta(days=1)
    if sign.startswith("<"):
        return lambda body: datetime.fromisoformat(look(body)) < last
    return lambda body: datetime.fromisoformat(look(body)) >= day and (bool(sign) or datetime.fromisoformat(look(body)) < last)


def _compare(held: Any, sign: str, wanted: Any) -> bool:
    """``>`` and ``<`` are answered as if they were ``>=`` and ``<=``, but for ids."""
    if isinstance(wanted, int) and sign in (">", "<"):
        return bool(held > wanted if sign == ">" else held < wanted)
    return bool(held >= wanted if sign.startswith(">") else held <= wanted if sign.startswith("<") else held == wanted)
