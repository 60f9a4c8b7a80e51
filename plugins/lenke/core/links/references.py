"""References between flows: a record's id on one side, told as the id of its linked record on the other.

On both sides a reference is compared as the *left* id. A right id without a link becomes ``right:<id>``, which can never
equal a left id and never be written to the left. ``@freight`` and its like (constants of the installation) pass unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from lenke.core.links.rows import KINDS, Table

UNLINKED = "right:"


@dataclass(frozen=True)
class Index:
    """Left id to right id over the flows that a reference may name, and back."""

    to_right: Mapping[str, str]
    to_left: Mapping[str, str]

    @classmethod
    def of(cls, tables: Iterable[Table]) -> Index:
        """The header links of some ledgers."""
        to_right: dict[str, str] = {}
        for table in tables:
            frame = table.rows.select(["kind", "left", "right", "parent"]).to_pandas()
            headers = frame[(frame["kind"] == KINDS.index("link")) & (frame["parent"] == "")]
            to_right.update(zip(headers["left"], headers["right"], strict=True))
        return cls(to_right, {right: left for left, right in to_right.items()})

    def as_left(self, texts: pd.Series) -> pd.Series:
        """Right ids as left ids."""
        return texts.map(self._left, na_action="ignore")

    def _left(self, text: str) -> str:
        if text.startswith("@"):
            return text
        return self.to_left.get(text, UNLINKED + text)

    def on_right(self, text: str | None) -> str | None:
        """A canonical reference as the right side is told it; KeyError where it is not linked."""
        if text is None or text.startswith("@"):
            return text
        return text.removeprefix(UNLINKED) if text.startswith(UNLINKED) else self.to_right[text]

    def on_left(self, text: str | None) -> str | None:
        """A canonical reference as the left side is told it; KeyError where it is not linked."""
        if text is not None and text.startswith(UNLINKED):
            raise KeyError(text)
        return text
