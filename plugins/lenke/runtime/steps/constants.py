"""What the installation's settings name, as ids of the system that holds it: line products, sales accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lenke.core.converters.references import LINE_PRODUCTS
from lenke.core.links.rows import OTHER, SIDES, Side
from lenke.core.mapping.columns import parse_object, raw_at
from lenke.core.mapping.model import Flow, Lookup, Property
from lenke.runtime.flow_run import FlowRun


def constants(run: FlowRun) -> dict[str, dict[str, str]]:
    """By table of the settings: its keys (kinds of line, VAT per cents) with the ids of the records that they name.

    A key whose record is not there is left out; only the tables that the flow needs are looked up.
    """
    found: dict[str, dict[str, str]] = {lookup.table: _looked_up(run, side, lookup) for side, lookup in _lookups(run.flow)}
    if (told := _line_products(run)) is not None:
        side, products = told
        code = products.property(products.match[0].properties[0]).field(side)
        assert code is not None
        found[LINE_PRODUCTS] = _ids(run, side, products.entity(side).entity, code.path, run.settings.line_products)
    return found


def _lookups(flow: Flow) -> Iterator[tuple[Side, Lookup]]:
    for spec in _properties(flow):
        for side in SIDES:
            if (field := spec.field(side)) is not None and field.lookup is not None:
                yield side, field.lookup


def _properties(flow: Flow) -> tuple[Property, ...]:
    return flow.properties + (flow.lines.properties if flow.lines else ())


def _looked_up(run: FlowRun, side: Side, lookup: Lookup) -> dict[str, str]:
    table = {key: str(value) for key, value in getattr(run.settings, lookup.table).items()}
    return _ids(run, side, lookup.entity, lookup.key, table)


def _line_products(run: FlowRun) -> tuple[Side, Flow] | None:
    """The side without kinds of order lines and the flow whose records stand for them there, where the flow has such lines."""
    for spec in run.flow.lines.properties if run.flow.lines else ():
        for side in SIDES:
            field = spec.field(side)
            if spec.to is not None and field is not None and field.kind is not None:
                return OTHER[side], run.dataflow.targets(spec.to)[0]
    return None


def _ids(run: FlowRun, side: Side, entity: str, path: str, table: Mapping[str, str]) -> dict[str, str]:
    """Key of the table to the id of the record whose ``path`` holds the value that stands there."""
    records = run.system(side).find(entity, path, list(table.values()))
    ids = {str(raw_at(parse_object(record.raw), path)): record.id for record in records}
    return {key: ids[value] for key, value in table.items() if value in ids}
