"""One property of a checklist, and how a person's edit of it looks on each side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lenke.core.links.rows import Side
from lenke.core.mapping.apply import Constants, PutProblem, put
from lenke.core.mapping.model import Dataflow, Flow, Property
from lenke.core.mapping.settings import Settings
from lenke.qa.pairs import Values


@dataclass(frozen=True)
class Item:
    """A property of a flow as written down.

    :param section: the flow that lists it; :param flow: the one that carries it (the section, or its owner).
    :param is_line: it belongs to the flow's lines.
    """

    section: str
    flow: Flow
    spec: Property
    is_line: bool

    @property
    def properties(self) -> tuple[Property, ...]:
        """The properties that it stands among."""
        return self.flow.lines.properties if self.is_line and self.flow.lines else self.flow.properties


def items(dataflow: Dataflow, section: str) -> list[Item]:
    """The properties of a flow as written, header before lines."""
    flow = dataflow.running(section)
    lines = flow.lines.properties if flow.lines and (flow.lines.part or flow.name) == section else ()
    header = [Item(section, flow, spec, is_line=False) for spec in flow.properties if (spec.part or flow.name) == section]
    return header + [Item(section, flow, spec, is_line=True) for spec in lines]


@dataclass(frozen=True)
class Pen:
    """Turns canonical texts into a side's fields.

    :param on_right: (reference target, left id) to right id.
    """

    settings: Settings
    constants: Constants
    on_right: Any

    def fields(self, item: Item, side: Side, texts: Mapping[str, str | None], own: Values | None, other: Values | None) -> dict[str, Any]:
        """Dotted path to JSON value on ``side``, also of a property that Lenke itself never writes there.

        :param own: what the side holds now, None for a new record or line.
        :raises PutProblem: the side cannot hold a value.
        """
        base = own or other
        whole = {**(base.texts if base else {}), **texts}
        told = {name: self._there(item.properties, name, side, text) for name, text in texts.items()}
        written = put(
            tuple(_open(spec) if spec.name in texts else spec for spec in item.properties),
            side,
            {name: text for name, text in told.items() if not _is_day_of_instant(item.properties, name, side)},
            whole=whole,
            current=own.raw if own else None,
            source=other.raw if other else None,
            settings=self.settings,
            system=item.flow.entity(side).system,
            constants=self.constants,
        )
        for spec in item.properties:
            if spec.name in texts and _is_day_of_instant(item.properties, spec.name, side):
                field = spec.field(side)
                assert field is not None
                written[field.path] = f"{texts[spec.name]}T10:00:00Z"
        return written

    def can_hold(self, item: Item, side: Side, text: str, own: Values, other: Values) -> bool:
        """Whether Lenke could write the text to ``side``."""
        if not item.spec.travels_to(side):
            return True
        try:
            return bool(self.fields(item, side, {item.spec.name: text}, own, other))
        except (PutProblem, KeyError):
            return False

    def _there(self, properties: tuple[Property, ...], name: str, side: Side, text: str | None) -> str | None:
        spec = next(one for one in properties if one.name == name)
        if spec.to is None or side == "left" or text is None or text.startswith("@"):
            return text
        return str(self.on_right(spec.to, text))


def _open(spec: Property) -> Property:
    return replace(spec, direction="two_way", required=None)


def _is_day_of_instant(properties: tuple[Property, ...], name: str, side: Side) -> bool:
    """A person can change the moment whose day alone travels."""
    spec = next(one for one in properties if one.name == name)
    field = spec.field(side)
    return spec.type == "date" and field is not None and field.form == "instant"


def with_what_it_needs(item: Item, text: str, own: Values, make: Any) -> dict[str, str | None]:
    """The edit of a property; of one that says what else counts, with what is required then and missing."""
    found: dict[str, str | None] = {item.spec.name: text}
    if item.spec.type != "boolean":
        return found
    for spec in item.properties:
        counts = spec.when and spec.when.property == item.spec.name and spec.when.holds(truth=text == "true")
        if counts and spec.required and own.texts.get(spec.name) is None:
            found[spec.name] = make(spec)
    return found
