"""One property of a type at one place, read and written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lenke.core.converters.base import Place
from lenke.core.converters.registry import CONVERTERS
from lenke.core.mapping.model import Field, Options, Property, TypeName
from lenke.core.mapping.settings import Settings

D = Decimal


def place(type: TypeName, *, options: Options | None = None, other: Field | None = None, **field: Any) -> Place:
    here = Field(path="x", **field)
    wanted = Property(name="p", type=type, left=here, right=other or Field(path="y"), options=options or Options())
    return Place(wanted, here, "left", "custom_webshop", Settings(), {})


def get(at: Place, raw: Any, companion: Any = None) -> Any:
    return CONVERTERS[at.property.type].get(raw, at, companion)


def put(at: Place, value: Any, companion: Any = None, like: Any = None) -> Any:
    return CONVERTERS[at.property.type].put(value, at, companion, like)


GROSS, GROSS_4 = place("money", vat="shop"), place("money", vat="included", options=Options(scale=4))
