"""The gate that every YAML file passes: plain data of a sane size. PyYAML's safe loader makes no objects, but it can be kept busy.

A few aliases of aliases stand for more values than there is memory, and brackets in brackets end the interpreter's stack: both are
refused, and so is every tag that stands for anything but plain data.
"""

from __future__ import annotations

from typing import NoReturn

import yaml

from lenke.core.errors import MappingError

LARGEST = 1_000_000
_MOST_VALUES = 200_000
_TAGS = frozenset({"null", "bool", "int", "float", "str", "seq", "map", "timestamp", "merge", "value"})


def compose(text: str, file: str, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> yaml.Node | None:
    """The text's outermost node, None where there is none; raises MappingError with the line and the remedy."""
    if len(text) > LARGEST:
        raise MappingError(file, "", f"is larger than {LARGEST} characters; no such file needs that many")
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}" if mark else ""
        raise MappingError(file, line, f"is not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError:
        raise MappingError(file, "", "is not valid YAML: it holds a character that YAML forbids") from None
    except RecursionError:
        raise MappingError(file, "", "is nested too deeply; write lists and mappings a few levels deep") from None
    if node is not None:
        _Count(file).of(node)
    return node


class _Count:
    """How many values a node stands for once its aliases are written out."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._known: dict[int, int] = {}
        self._open: set[int] = set()

    def of(self, node: yaml.Node) -> int:
        if id(node) in self._open:
            self._fail(node, "an alias stands inside what it names; write the value out")
        if id(node) not in self._known:
            self._refuse_tag(node)
            self._open.add(id(node))
            count = 1 + sum(self.of(inner) for inner in _inner(node))
            self._open.remove(id(node))
            if count > _MOST_VALUES:
                self._fail(node, f"its aliases stand for more than {_MOST_VALUES} values; write out what is meant")
            self._known[id(node)] = count
        return self._known[id(node)]

    def _refuse_tag(self, node: yaml.Node) -> None:
        prefix, _, tag = node.tag.rpartition(":")
        if prefix != "tag:yaml.org,2002" or tag not in _TAGS:
            self._fail(node, "has a tag that makes something else than plain data; remove it")

    def _fail(self, node: yaml.Node, problem: str) -> NoReturn:
        raise MappingError(self._file, f"line {node.start_mark.line + 1}", problem)


def _inner(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
