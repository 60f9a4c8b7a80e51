"""Text from other systems made safe to show: on a terminal, in a log line, in a message."""

from __future__ import annotations

import re

# Control characters (a terminal obeys them), line ends, half surrogate pairs, and what turns the direction of the text around it.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def printable(text: str) -> str:
    r"""``text`` in one line, with every character that is not to be obeyed spelled out (``\x1b``, ``\n``, ``\u202e``)."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_spelled, text)


def printable_lines(text: str) -> str:
    """The same for text of several lines that are meant to be lines."""
    return "\n".join(map(printable, text.split("\n")))


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
