"""WooCommerce's texts: JSON behind rubbish, HTML entities, times without a zone."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import requests

from lenke.systems.jsontext import loads

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_START = re.compile(r"[\[{]")
_STARTS_TRIED = 50
_PARAGRAPHS = re.compile(r"\A<p>(?:(?!</?(?!br\b)[a-z]).)*?</p>(?:\s*<p>(?:(?!</?(?!br\b)[a-z]).)*?</p>)*\s*\Z", re.DOTALL | re.IGNORECASE)
_NOT_FOUND = 404


def readable(answer: requests.Response) -> str | None:
    """The JSON text in a reply, without a byte order mark, blank lines or PHP warnings in front of it; None where there is none.

    A 404 page of the web server is no fault that passes: its text is empty.
    """
    try:
        text = answer.content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return None
    if not text or text[0] in "[{":
        return text
    for place, found in enumerate(_START.finditer(text)):
        if place >= _STARTS_TRIED:
            break
        if _is_json(text[found.start() :]):
            return text[found.start() :]
    return "" if answer.status_code == _NOT_FOUND else None


def _is_json(text: str) -> bool:
    try:
        return isinstance(loads(text), (Mapping, list))
    except ValueError:
        return False


def unescaped(value: Any) -> Any:
    """``value`` with the HTML entities of all its texts resolved: WordPress keeps ``A & B`` as ``A &amp; B``."""
    if isinstance(value, str):
        return _ENTITY.sub(lambda found: html.unescape(found[0]), value) if "&" in value else value
    if isinstance(value, Mapping):
        return {key: unescaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unescaped(item) for item in value]
    return value


def unwrapped(text: Any) -> Any:
    """A description without the paragraphs that WordPress puts around plain text when it shows it; any other HTML stays."""
    if not isinstance(text, str) or not _PARAGRAPHS.match(text):
        return text
    inner = re.sub(r"</p>\s*<p>", "\n\n", text.strip()[3:-4], flags=re.IGNORECASE)
    return re.sub(r"<br\s*/?>\n?", "\n", inner, flags=re.IGNORECASE)


def moment(value: Any) -> datetime | None:
    """A ``..._gmt`` member: UTC without a zone; None where the shop has none (an account that WooCommerce never saved)."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) and value else None
    except ValueError:
        return None


def naive(at: datetime) -> str:
    """A moment as a filter takes it beside ``dates_are_gmt=true``: UTC, whole seconds, without a zone.

    With a zone WooCommerce would first turn it into the shop's own time, and then compare that with its UTC column.
    """
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()
