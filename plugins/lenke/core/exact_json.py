"""JSON numbers as they were sent: exact, and never the reason why the records around them cannot be read.

What no type can hold - ``NaN`` and ``Infinity``, which are not JSON but are sent, and exponents beyond every number - becomes a
:class:`~decimal.Decimal` that is not finite; the property that holds it parks its record.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

# Python refuses to make an int of more digits than this.
_DIGITS = 4300


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= _DIGITS else Decimal(text)


def _fraction(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


DECODER = json.JSONDecoder(parse_float=_fraction, parse_int=_whole, parse_constant=Decimal)
