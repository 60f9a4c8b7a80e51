"""How far raw forms of a value may lie from its canonical text: a look-up by that text finds them all, or it is not trusted."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.core.converters.registry import CONVERTERS
from lenke.core.mapping.model import Field, Options, Property
from lenke.core.ports import Spelling

NUMBER, TEXT, PLAIN = Field(path="p", as_="number"), Field(path="p", as_="string"), Field(path="p")
CASES = [
    ("integer", PLAIN, {}, Spelling.ONE),
    ("integer", TEXT, {}, Spelling.ANY),
    ("string", NUMBER, {}, Spelling.ONE),
    ("string", PLAIN, {}, Spelling.BLANK),
    ("string", PLAIN, {"digits": True}, Spelling.ANY),
    ("email", PLAIN, {}, Spelling.CASE),
    ("phone", PLAIN, {}, Spelling.ANY),
    ("reference", PLAIN, {}, Spelling.ANY),
]


@pytest.mark.parametrize(("type", "field", "options", "spelling"), CASES)
def test_spelling(type: Any, field: Field, options: dict[str, Any], spelling: Spelling) -> None:
    spec = Property(name="key", type=type, left=field, right=field, options=Options(**options))
    assert CONVERTERS[type].spelling(spec, field) is spelling


def test_forms_that_are_overlooked_include_the_nearer_ones() -> None:
    assert Spelling.ONE < Spelling.BLANK < Spelling.CASE < Spelling.ANY
