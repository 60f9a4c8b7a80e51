"""JSON text in which every number stays as it was sent.

The standard decoder turns ``129.90`` into a binary float and so loses digits; here decimals become
:class:`~decimal.Decimal`, integers of any size stay whole, and a record can be cut out of a reply as its own text. A number that is none
(``NaN``, :mod:`lenke.core.exact_json`) is read, so that it spoils its own record only; it is never sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lenke.core.exact_json import DECODER

TOO_DEEP = "it is nested too deeply"
_SPELLED_OUT = 5000
_SPACE = re.compile(r"[ \t\r\n]*")


def loads(text: str) -> Any:
    """The value of a JSON text; raises ValueError where it is cut short, nested too deeply or no JSON."""
    try:
        return DECODER.decode(text)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def dumps(value: Any, *, finite: bool = True) -> str:
    """JSON text of ``value``, compact and in ASCII; decimals are written with the digits they hold.

    :param finite: False for what was read and goes to no system: a number that is none stays as it came.
    :raises ValueError: a number is none, or ``value`` is nested too deeply.
    """
    try:
        return _text(value, finite=finite)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def _text(value: Any, *, finite: bool) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(key))}:{_text(item, finite=finite)}" for key, item in value.items()) + "}"
    if isinstance(value, Decimal):
        if finite and not value.is_finite():
            raise ValueError("JSON has no infinite numbers")
        # An exponent may stand for more digits than there is memory.
        return format(value, "f") if not value.is_finite() or abs(value.adjusted()) < _SPELLED_OUT else str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(_text(item, finite=finite) for item in value) + "]"
    return json.dumps(value, allow_nan=False)


def elements(text: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each element of the array at dotted ``path`` as (its own text, its value).

    Raises ValueError where the text is cut short, or holds no array there.
    """
    keys = path.split(".") if path else []
    at = _descend(text, keys)
    if text[at : at + 1] != "[":
        raise ValueError(f"no array at {path or 'the top'}")
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        value, end = _decoded(text, at)
        yield text[at:end], value
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise ValueError("the array is cut short")
    _close(text, at + 1, len(keys))


def part(text: str, path: str = "") -> str:
    """The text of the value at dotted ``path``; raises ValueError where there is none."""
    at = _descend(text, path.split(".") if path else [])
    return text[at : _decoded(text, at)[1]]


def _decoded(text: str, at: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, at)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _descend(text: str, keys: Sequence[str]) -> int:
    at = _skip(text, 0)
    for key in keys:
        at = _member(text, at, key)
    return at


def _member(text: str, at: int, wanted: str) -> int:
    if text[at : at + 1] != "{":
        raise ValueError(f"no object that could hold {wanted}")
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        key, at = _decoded(text, at)
        at = _skip(text, _expect(text, at, ":"))
        if key == wanted:
            return at
        _, at = _decoded(text, at)
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
    raise ValueError(f"no member {wanted}")


def _close(text: str, at: int, depth: int) -> None:
    """Raise ValueError unless the ``depth`` objects around ``at`` are whole and nothing follows them."""
    for _ in range(depth):
        at = _skip(text, at)
        while text[at : at + 1] == ",":
            _, at = _decoded(text, _skip(text, at + 1))
            _, at = _decoded(text, _skip(text, _expect(text, at, ":")))
            at = _skip(text, at)
        at = _expect(text, at, "}")
    if _skip(text, at) != len(text):
        raise ValueError("the text is cut short, or goes on after its end")


def _expect(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"expected {sign}")
    return at + 1
