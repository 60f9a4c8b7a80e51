"""References as each side is told them: the linked record's own id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lenke.core.links.references import Index
from lenke.core.links.rows import SIDES, Side
from lenke.core.mapping.model import Property
from lenke.core.plan.lines import LinePlan


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A reference that cannot be told yet: the property, and ``flow:id`` of the record that it waits for."""

    side: Side
    property: str
    waits_for: str


def header(indexes: Mapping[str, Index], properties: Iterable[Property], values: Mapping[Side, dict[str, str | None]]) -> list[Unlinked]:
    """Rewrite the references among ``values`` in place; those that are not linked stay and are reported.

    :param values: per side, property to canonical text.
    """
    missing: list[Unlinked] = []
    for spec in properties:
        for side, told in values.items():
            if spec.to is not None and spec.name in told:
                text = told[spec.name]
                try:
                    told[spec.name] = _told(indexes[spec.to], side, text)
                except KeyError:
                    missing.append(Unlinked(side, spec.name, f"{spec.to}:{text}"))
    return missing


def lines(indexes: Mapping[str, Index], properties: Iterable[Property], plan: LinePlan) -> Unlinked | None:
    """Rewrite the references of all line actions in place; the first that is not linked comes back."""
    specs = list(properties)
    for side in SIDES:
        actions = plan.actions(side)
        for position, action in enumerate(actions):
            values = dict(action.values)
            if missing := header(indexes, specs, {side: values}):
                return missing[0]
            actions[position] = replace(action, values=values)
    return None


def _told(index: Index, side: Side, text: str | None) -> str | None:
    return index.on_left(text) if side == "left" else index.on_right(text)
