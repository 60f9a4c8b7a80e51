"""A YAML file whose every value knows its key path and line, and its strict reading into frozen dataclasses.

Plain ``yes``, ``no``, ``on`` and dates stay text (as in YAML 1.2), so that ``NO`` is Norway; a key written twice is an error.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import yaml

from lenke.core.errors import MappingError
from lenke.core.mapping.yaml_text import compose

T = TypeVar("T")


class _Loader(yaml.SafeLoader):
    """Knows null, true and false, decimal integers and decimal fractions; everything else is text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - declared so by PyYAML


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)


# Longer ones are nobody's: Python, for one, refuses to read thousands of digits.
_NUMBER = re.compile(r"[-+]?[0-9]{1,100}(?:\.[0-9]{1,100})?", re.ASCII)


def close_to(word: str, known: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """``did you mean 'x'? (known: x, y)`` for a message about an unknown word."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}(known: {', '.join(names)})"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a YAML file: its node, its key path and its file."""

    node: yaml.Node
    path: str
    file: str

    @property
    def line(self) -> int:
        """The line, counted from 1, where the value begins."""
        return int(self.node.start_mark.line) + 1

    def fail(self, problem: str) -> NoReturn:
        """Raise MappingError for this place."""
        raise MappingError(self.file, f"{self.path}:line {self.line}" if self.path else f"line {self.line}", problem)

    def members(self) -> dict[str, Entry]:
        """The members of a mapping by their key's text; fails for anything else and for a key written twice."""
        return {str(_plain(key)): entry for key, entry in self._pairs()}

    def table(self) -> list[tuple[Any, Entry]]:
        """The members of a mapping with their keys as typed scalars."""
        return [(_plain(key), entry) for key, entry in self._pairs()]

    def _pairs(self) -> list[tuple[yaml.ScalarNode, Entry]]:
        if not isinstance(self.node, yaml.MappingNode):
            self.fail(f"must be a mapping (key: value), not {_kind(self.node)}")
        pairs: dict[str, tuple[yaml.ScalarNode, Entry]] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fail("a key must be a plain word")
            entry = Entry(value, f"{self.path}.{key.value}" if self.path else key.value, self.file)
            if key.value in pairs:
                Entry(key, entry.path, self.file).fail("this key is written twice; keep one")
            pairs[key.value] = (key, entry)
        return list(pairs.values())

    def items(self) -> list[Entry]:
        """The items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail(f"must be a list, not {_kind(self.node)}")
        return [Entry(item, f"{self.path}[{n}]", self.file) for n, item in enumerate(self.node.value)]

    def scalar(self) -> Any:
        """Text, whole number, Decimal, boolean or None."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.fail(f"must be a single value, not {_kind(self.node)}")
        return _plain(self.node)

    def at(self, *keys: str | int) -> Entry:
        """The entry under these keys, or the nearest one above it where a key is not written."""
        entry = self
        for key in keys:
            try:
                entry = entry.items()[key] if isinstance(key, int) else entry.members()[key]
            except (MappingError, KeyError, IndexError):
                return entry
        return entry


def parse(text: str, file: str) -> Entry:
    """The file's outermost value; raises MappingError where it is not YAML or empty."""
    node = compose(text, file, _Loader)
    if node is None:
        raise MappingError(file, "", "is empty")
    return Entry(node, "", file)


Readers = Mapping[Any, Callable[[Entry], Any]]


def read(entry: Entry, shape: type[T], readers: Readers) -> T:
    """``entry`` as ``shape``, a dataclass; ``readers`` are the classes with a notation of their own."""
    known = _keys(cast("type", shape))
    members = entry.members()
    for key, value in members.items():
        if key not in known:
            value.fail(f"unknown key {key!r}; {close_to(key, list(known))}")
    for key, (attribute, _) in known.items():
        if key not in members and attribute.default is MISSING and attribute.default_factory is MISSING:
            entry.fail(f"misses the key {key!r}")
    return shape(**{known[key][0].name: convert(value, known[key][1], readers) for key, value in members.items()})


def convert(entry: Entry, hint: Any, readers: Readers) -> Any:
    """``entry`` as the type hint ``hint``: a dataclass, text, whole number, boolean, Literal, tuple, mapping or one of them or None."""
    origin = get_origin(hint)
    if hint in readers:
        return readers[hint](entry)
    if is_dataclass(hint) and isinstance(hint, type):
        return read(entry, hint, readers)
    if origin in (Union, types.UnionType):
        return _optional(entry, hint, readers)
    if origin is tuple:
        return tuple(convert(item, get_args(hint)[0], readers) for item in entry.items())
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: convert(value, get_args(hint)[1], readers) for key, value in entry.members().items()}
    if origin is Literal:
        return _choice(entry, get_args(hint))
    return _simple(entry, hint)


def _optional(entry: Entry, hint: Any, readers: Readers) -> Any:
    inner = [choice for choice in get_args(hint) if choice is not types.NoneType]
    if len(inner) > 1:
        return entry.scalar()
    if isinstance(entry.node, yaml.ScalarNode) and entry.scalar() is None:
        return None
    return convert(entry, inner[0], readers)


def _choice(entry: Entry, choices: tuple[str, ...]) -> str:
    value = entry.scalar()
    if value not in choices:
        entry.fail(f"cannot be {value!r}; {close_to(str(value), list(choices))}")
    return str(value)


_NAMES = {str: "text (quote it if it looks like a number)", int: "a whole number", bool: "true or false"}


def _simple(entry: Entry, hint: Any) -> Any:
    value = entry.scalar()
    if hint is Decimal and type(value) is int:
        return Decimal(value)
    if type(value) is not hint:
        entry.fail(f"must be {_NAMES.get(hint, 'a number')}, not {value!r}")
    if value == "":
        entry.fail("must not be empty")
    return value


@cache
def _keys(shape: type) -> dict[str, tuple[Field[Any], Any]]:
    hints = get_type_hints(shape)
    found = {f.metadata.get("key", f.name): (f, hints[f.name]) for f in fields(shape)}
    return {key: pair for key, pair in found.items() if key is not None}


def _plain(node: yaml.ScalarNode) -> Any:
    tag = node.tag.rpartition(":")[2]
    if tag == "null":
        return None
    if tag == "bool":
        return node.value.lower() == "true"
    if tag in ("int", "float") and _NUMBER.fullmatch(node.value):
        return int(node.value) if tag == "int" and node.value.lstrip("-+").isdecimal() else Decimal(node.value)
    return str(node.value)  # what a tag calls a number and is none is told of as the text that it is


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return "a single value"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
