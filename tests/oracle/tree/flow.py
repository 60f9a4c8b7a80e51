"""One flow as data: which facts of a pair are to agree, and by which a pair is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.oracle.tree.facts import Facts, Kind

Names = tuple[str, ...]


def every(_: Facts) -> bool:
    """All left records belong to the flow."""
    return True


def names(text: str) -> Names:
    """Fact names, parted by blanks; ``left=right`` where the two sides' names differ."""
    return tuple(text.split())


@dataclass(frozen=True)
class Flow:
    """A flow of a dataflow.

    :param keys: fact names (several joined: all of them) that tell a pair, the surest first; the marker comes before all.
    :param agree: fact names that are equal on both sides in the end; ``customer`` is translated through the customer flows' pairs.
    :param lines: the same for the lines, which are paired in their order; ``product`` is translated.
    :param only: whether a left record belongs to the flow.
    :param owner: the flow whose pairs it shares, for parts.
    :param to: flows of the dataflow that customers and products are translated through; all of that kind where empty.
    """

    dataflow: str
    name: str
    kind: Kind
    left: str
    right: str
    keys: tuple[Names, ...] = ()
    agree: Names = ()
    lines: Names = ()
    only: Callable[[Facts], bool] = every
    owner: str = ""

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.dataflow}.{self.name}"
