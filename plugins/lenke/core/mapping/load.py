"""Reads a mapping file into the model; every mistake is a MappingError with file, key path, line and remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from lenke.core.errors import MappingError
from lenke.core.mapping.check import check
from lenke.core.mapping.document import Entry, Readers, convert, parse, read
from lenke.core.mapping.model import Condition, Dataflow, EntitySide, Field, Flow, Scalar, Table, Where
from lenke.core.mapping.parts import composed


def load_dataflow(path: Path) -> Dataflow:
    """The checked mapping in ``path``; raises MappingError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(str(path), "", f"cannot be read: {type(error).__name__}") from None
    return loads_dataflow(text, str(path))


def loads_dataflow(text: str, file: str) -> Dataflow:
    """The checked mapping in ``text``; ``file`` is named in errors."""
    entry = parse(text, file)
    dataflow = read(entry, Dataflow, READERS)
    flows = tuple(_with_systems(flow, dataflow) for flow in dataflow.flows)
    dataflow = replace(dataflow, flows=flows, file=file, sections=flows)
    check(dataflow, entry)
    dataflow = replace(dataflow, flows=composed(flows))
    dataflow.ordered()
    return dataflow


def _with_systems(flow: Flow, dataflow: Dataflow) -> Flow:
    left, right = replace(flow.left, system=dataflow.left), replace(flow.right, system=dataflow.right)
    return replace(flow, left=left, right=right)


def _field(entry: Entry) -> Field:
    if _is_scalar(entry):
        return Field(path=_path(entry))
    field = read(entry, Field, {Table: _table})
    for key in ("path", "rate", "kind"):
        if getattr(field, key) is not None:
            _path(entry.at(key))
    return field


def _path(entry: Entry) -> str:
    text = convert(entry, str, {})
    if not all(text.split(".")) or text != text.strip():
        entry.fail("must be names joined by dots, as billing.city")
    return str(text)


def _table(entry: Entry) -> Table:
    pairs = tuple((key, value.scalar()) for key, value in entry.table())
    if not pairs:
        entry.fail("must hold at least one value")
    return Table(pairs)


def _condition(entry: Entry) -> Condition:
    words = str(convert(entry, str, {})).split()
    if len(words) == 1:
        return Condition(words[0])
    if len(words) != 2 or words[0] != "not":
        entry.fail("must be the name of a boolean property, or 'not' and such a name")
    return Condition(words[1], negated=True)


def _entity(entry: Entry) -> EntitySide:
    return EntitySide(convert(entry, str, {})) if _is_scalar(entry) else read(entry, EntitySide, {_WHERE: _where})


def _where(entry: Entry) -> tuple[Where, ...]:
    return tuple(Where(str(path), _values(value)) for path, value in entry.table())


def _values(entry: Entry) -> tuple[Scalar, ...]:
    if _is_scalar(entry):
        return (entry.scalar(),)
    return tuple(item.scalar() for item in entry.items())


def _is_scalar(entry: Entry) -> bool:
    return isinstance(entry.node, yaml.ScalarNode)


_WHERE = tuple[Where, ...]
READERS: Readers = {Field: _field, Condition: _condition, EntitySide: _entity, Table: _table}
