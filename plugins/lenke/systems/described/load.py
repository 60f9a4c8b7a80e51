"""Reads a description and says of every mistake where it is and what would be right."""

from __future__ import annotations

import difflib
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml

from lenke.core.errors import MappingError
from lenke.core.mapping.yaml_text import compose
from lenke.systems.described.dialect import Dialect, Entity

_PLAIN: Mapping[type, str] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def load(path: Path) -> Dialect:
    """The description in ``path``; raises MappingError with file, key path and what would be right."""
    dialect: Dialect = _Reader(str(path)).read(Dialect, _tree(path), "")
    _consistent(dialect, str(path))
    return dialect


def _tree(path: Path) -> Any:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise MappingError(str(path), "", f"cannot be read ({error.strerror}); a described system needs it") from None
    except UnicodeDecodeError:
        raise MappingError(str(path), "", "cannot be read: it is no UTF-8") from None
    compose(text, str(path))
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        raise MappingError(str(path), f"line {line + 1}" if line is not None else "", "is no YAML") from None
    except (ValueError, TypeError, AttributeError, OverflowError):
        # PyYAML's own constructors, on a number of thousands of digits, a date that is none, a tag on the wrong text.
        raise MappingError(str(path), "", "holds a number or date that is none; quote it if it is text") from None


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file

    def read(self, kind: Any, value: Any, at: str) -> Any:
        """``value`` as ``kind``: a dataclass, a Mapping, a tuple, a union, a Literal or a plain type."""
        if is_dataclass(kind):
            return self._record(kind, value, at)
        origin, inner = get_origin(kind), get_args(kind)
        if origin is Literal:
            return self._choice(inner, value, at)
        if origin in (Union, types.UnionType):
            return self._either(inner, value, at)
        if origin is tuple:
            items = self._expect(list, value, at, "a list")
            return tuple(self.read(inner[0], item, f"{at}[{number}]") for number, item in enumerate(items))
        if origin is not None:
            items = self._expect(dict, value, at, "a mapping")
            return {str(key): self.read(inner[1], item, _below(at, str(key))) for key, item in items.items()}
        return self._plain(kind, value, at)

    def _record(self, kind: Any, value: Any, at: str) -> Any:
        given = self._expect(dict, value, at, "a mapping")
        known = {item.name: item for item in fields(kind)}
        for key in given:
            if key not in known:
                raise self._wrong(_below(at, str(key)), f"unknown key; {_near(str(key), known)}")
        missing = [name for name, item in known.items() if name not in given and _required(item)]
        if missing:
            raise self._wrong(_below(at, missing[0]), "is missing and needed")
        hints = get_type_hints(kind)
        return kind(**{key: self.read(hints[key], item, _below(at, key)) for key, item in given.items()})

    def _choice(self, choices: tuple[Any, ...], value: Any, at: str) -> Any:
        if value not in choices:
            raise self._wrong(at, f"must be one of {', '.join(map(str, choices))}")
        return value

    def _either(self, kinds: tuple[Any, ...], value: Any, at: str) -> Any:
        if value is None and type(None) in kinds:
            return None
        rest = [kind for kind in kinds if kind is not type(None)]
        fitting = [kind for kind in rest if kind in _PLAIN and type(value) is kind]
        return self.read((fitting or rest)[0], value, at)

    def _plain(self, kind: type, value: Any, at: str) -> Any:
        if kind is float and type(value) is int:
            return float(value)
        if type(value) is not kind:
            raise self._wrong(at, f"must be {_PLAIN[kind]}")
        return value

    def _expect(self, kind: type, value: Any, at: str, name: str) -> Any:
        if not isinstance(value, kind):
            raise self._wrong(at, f"must be {name}")
        return value

    def _wrong(self, at: str, problem: str) -> MappingError:
        return MappingError(self._file, at, problem)


def _below(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _near(key: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"


def _required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _consistent(dialect: Dialect, file: str) -> None:
    """What no single key can show: keys that need each other."""
    if dialect.auth.kind == "oauth2" and not dialect.auth.token_url:
        raise MappingError(file, "auth.token_url", "is missing and needed where kind is oauth2")
    if dialect.paging.kind in ("cursor", "next_url") and not dialect.paging.next:
        raise MappingError(file, "paging.next", f"is missing and needed where kind is {dialect.paging.kind}")
    if not dialect.entities:
        raise MappingError(file, "entities", "at least one is needed")
    for name, entity in dialect.entities.items():
        _consistent_entity(entity, file, f"entities.{name}")


def _consistent_entity(entity: Entity, file: str, at: str) -> None:
    if entity.modified and entity.modified.until and not entity.modified.since:
        raise MappingError(file, f"{at}.modified.since", "is missing and needed where until is given")
    if unknown := [path for path in entity.caseless if path not in entity.keys]:
        raise MappingError(file, f"{at}.caseless", f"{unknown[0]} is none of the entity's keys")
    for verb, call in (("update", entity.update), ("delete", entity.delete)):
        if call and "{id}" not in call.address:
            raise MappingError(file, f"{at}.{verb}.address", "must hold {id}")
    if entity.lines and not entity.lines.marker and (entity.create or entity.update):
        remedy = "name a field of a line that can hold 64 characters; without it a line whose answer was lost could be added twice"
        raise MappingError(file, f"{at}.lines.marker", f"is missing and needed: {remedy}")
    if entity.batch and not (entity.batch.create or entity.batch.update):
        raise MappingError(file, f"{at}.batch", "must name create, update or both")
    if entity.batch and entity.batch.update and not entity.update:
        raise MappingError(file, f"{at}.update", "is missing and needed: a batch that is refused as a whole is sent one by one")
    if entity.batch and entity.batch.create and not entity.create:
        raise MappingError(file, f"{at}.create", "is missing and needed: a batch that is refused as a whole is sent one by one")
