"""``include/qa/<dataflow>.yaml``: why an edit of a property does not cross, with the vendor's fact, and where a person enters it.

::

    reasons:
      - {flow: order_to_salesorders, property: accounting_number, edit: right, reason: ..., fact: "PowerOffice GO: Sales orders"}
    entered:
      - {flow: product_to_product, property: stock, side: right, path: StockOnHand}
    examples:
      - {flow: order_to_order, property: accounting_status, values: [draft, confirmed]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lenke.core.links.rows import Side
from lenke.core.mapping.document import close_to, parse, read
from lenke.core.mapping.model import Dataflow
from lenke.qa.item import items


@dataclass(frozen=True, slots=True)
class Reason:
    """Why edits of one side (or of both) do not cross.

    :param fact: system and section of the vendor's documentation; :param edit: the side whose edits stay where they are.
    """

    flow: str
    property: str
    reason: str
    fact: str
    edit: Literal["left", "right", "both"] = "both"


NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Entered:
    """The path that a person edits, where the record shows the property elsewhere; ``nobody`` where the system gives it by itself.

    :param values: canonical text to what is entered, where that is another value, too.
    """

    flow: str
    property: str
    side: Literal["left", "right"]
    path: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """Canonical texts that both systems take, where neither type nor table says what they are."""

    flow: str
    property: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reasons:
    """The whole file; a dataflow without one has no reasons."""

    reasons: tuple[Reason, ...] = ()
    entered: tuple[Entered, ...] = ()
    examples: tuple[Example, ...] = ()

    def of(self, flow: str, property: str, side: Side) -> str:
        """The reason with its fact, or "" where none is given."""
        found = next((one for one in self.reasons if (one.flow, one.property) == (flow, property) and one.edit in (side, "both")), None)
        return f"{found.reason} (vendor note: {_cited(found.fact)})" if found else ""

    @property
    def entries(self) -> dict[tuple[str, str, Side], Entered]:
        """What is entered elsewhere, by (flow, property, side)."""
        return {(one.flow, one.property, one.side): one for one in self.entered}

    @property
    def values(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """(flow, property) to the values to try first."""
        return {(one.flow, one.property): one.values for one in self.examples}


def _cited(fact: str) -> str:
    """``Shopify: Orders`` as file and section of the note on that vendor."""
    told = (one.partition(":") for one in fact.split(";"))
    return "; ".join(f"{system.strip().lower().replace(' ', '_')}.md, section {section.strip()}" for system, _, section in told)


def load_reasons(path: Path, dataflow: Dataflow) -> Reasons:
    """The file's reasons; raises MappingError with the key's place where one names what the mapping does not have."""
    if not path.exists():
        return Reasons()
    entry = parse(path.read_text(encoding="utf-8"), str(path))
    found = read(entry, Reasons, {})
    for key, n, flow, property in _named(found):
        known = {section.name: [item.spec.name for item in items(dataflow, section.name)] for section in dataflow.sections}
        if flow not in known:
            entry.at(key, n, "flow").fail(f"unknown flow {flow!r}; {close_to(flow, list(known))}")
        if property not in known[flow]:
            entry.at(key, n, "property").fail(f"unknown property {property!r}; {close_to(property, known[flow])}")
    return found


def _named(reasons: Reasons) -> Iterator[tuple[str, int, str, str]]:
    yield from (("reasons", n, one.flow, one.property) for n, one in enumerate(reasons.reasons))
    yield from (("entered", n, one.flow, one.property) for n, one in enumerate(reasons.entered))
    yield from (("examples", n, one.flow, one.property) for n, one in enumerate(reasons.examples))
