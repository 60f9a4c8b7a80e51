"""What the lines of an edited order stand for: the order's metafield ``lenke.lines``, a list of notes in JSON.

An order edit can add a line at the variant's own price, take a per cent off it, or add an item of any price without a variant; none of
them takes a text, or attributes like those of an order that is made (:mod:`lenke.systems.shopify.order_lines`). So each such line has a
note with the same words as the attributes, and

    ``_title``    its text
    ``_variant``  the variant of an item that has none in Shopify
    ``_rate``     the rate of VAT, a fraction, that its price was reckoned with
    ``_taken``    the per cent that its discount takes off, which are in the price already

A note names its line (``id``). That of a line to be added is written before the edit is committed, when the line has no id yet: it says
``after``, the order's highest line id until then, and the ``variant``, or the ``item``'s text; the first later line of that kind is its.
So whatever became of the answer to a commit, a read tells what the order holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lenke.systems.jsontext import dumps, loads
from lenke.systems.paths import look, text_of

KEY = "lines"
TITLE, VARIANT, RATE, TAKEN = "_title", "_variant", "_rate", "_taken"

Json = Mapping[str, Any]
Note = Mapping[str, str]


def assigned(text: str | None, lines: Sequence[Json]) -> dict[str, Note]:
    """Line id to note.

    :param text: the metafield; one that is no list of notes, for people can edit it, says nothing.
    :param lines: all of the order's lines as Shopify tells them, those that were removed, too.
    """
    notes = parsed(text)
    found = {str(note["id"]): _words(note) for note in notes if note.get("id")}
    ordered = sorted(lines, key=number_of)
    for note in notes:
        if note.get("id") or not str(note.get("after") or "").isdecimal():
            continue
        after = int(note["after"])
        fits = (str(number_of(line)) for line in ordered if number_of(line) > after and _is_of(note, line))
        id = next((id for id in fits if id not in found), None)
        if id is not None:
            found[id] = _words(note)
    return found


def of_line(id: str, words: Note) -> dict[str, Any]:
    """The note of a line that is there."""
    return {"id": id, **words}


def of_new(after: str, words: Note, *, variant: str | None, item: str) -> dict[str, Any]:
    """The note of a line that is about to be added; ``item`` is its text where it has no ``variant``."""
    return {"after": after, **({"variant": variant} if variant else {"item": item}), **words}


def written(notes: Iterable[Json]) -> str:
    """The metafield's value."""
    return dumps(list(notes))


def parsed(text: str | None) -> list[Json]:
    """The notes in the metafield; none where it holds no list of them."""
    try:
        found = loads(text or "[]")
    except ValueError:
        return []
    return [note for note in found if isinstance(note, dict)] if isinstance(found, list) else []


def number_of(line: Json) -> int:
    """The digits of a line's global id."""
    return int(str(line["id"]).rpartition("/")[2])


def _words(note: Json) -> Note:
    return {name: str(value) for name, value in note.items() if name.startswith("_")}


def _is_of(note: Json, line: Json) -> bool:
    variant = text_of(look(line, "variant.legacyResourceId"))
    return variant == note["variant"] if note.get("variant") else variant is None and line.get("title") == note.get("item")
