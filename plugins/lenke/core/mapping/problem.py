"""What is wrong with one record's value: as data on the record, or as the error of a value that cannot be written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from lenke.core.errors import LenkeError

ProblemCode = Literal["invalid_value", "missing_required"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One property that cannot be read or is missing; ``text`` is for a person and never holds the value."""

    property: str
    code: ProblemCode
    text: str


class PutProblem(LenkeError):  # noqa: N818 - a Problem, raised
    """A canonical value cannot be written to a side; park the record with the property named."""

    def __init__(self, property: str, code: ProblemCode, text: str) -> None:
        super().__init__(f"{property}: {code}: {text}")
        self.property = property
        self.code = code
        self.text = text


def dump(problems: Iterable[Problem]) -> str | None:
    """The ``problem`` cell of a canonical table: a JSON list, or None where nothing is wrong."""
    found = [asdict(problem) for problem in problems]
    return json.dumps(found, ensure_ascii=False) if found else None


def load(cell: str | None) -> list[Problem]:
    """The problems in a ``problem`` cell."""
    return [Problem(**item) for item in json.loads(cell)] if cell else []
