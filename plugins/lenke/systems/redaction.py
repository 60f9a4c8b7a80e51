"""What a system says, without what it must not repeat: secrets, and the values of people's records."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lenke.core.printable import printable

_LONGEST = 300
_SEARCHED = 4000
_RECOGNISED = 20
_E_MAIL = re.compile(r"[^\s@<>'\"(),;:=&?/]+(?:@|%40)[^\s@<>'\"(),;:&?/]+")
_QUERY = re.compile(r"\?[^\s\"']+")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"|«([^»]*)»")
_DIGITS = re.compile(r"\+?\d(?:[ .-]?\d){5,}")


def redact(text: str, *, values: Iterable[str] = (), names: frozenset[str] = frozenset()) -> str:
    """``text`` with e-mails, queries, credentials, long numbers and quoted values blotted out, at most 300 characters.

    :param values: texts that must not appear (secrets, the values that were sent); shorter than 3 characters are left.
    :param names: quoted words that may stay: property names.
    """
    text = _without(text, sorted({value for value in values if len(value) > 2 and value not in names}, key=len, reverse=True))
    text = _E_MAIL.sub("***", text)
    text = _QUERY.sub("?***", text)
    text = _BEARER.sub(r"\1 ***", text)
    text = _QUOTED.sub(lambda found: found[0] if (found[1] or found[2] or found[3]) in names else "'***'", text)
    text = _DIGITS.sub("***", printable(" ".join(text.split())))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _without(text: str, values: list[str]) -> str:
    """The beginning of ``text`` without ``values``.

    A page of megabytes is not searched through, for that takes hours; and a value too long to be told is recognised by its beginning:
    the text ends there.
    """
    text, rest = text[:_SEARCHED], text[_SEARCHED:]
    for value in values:
        if len(value) > _LONGEST:
            text = re.split(re.escape(value[:_RECOGNISED]), text, maxsplit=1, flags=re.IGNORECASE)[0]
        else:
            text = re.sub(re.escape(value), "***", text, flags=re.IGNORECASE)
    # What the cut went through may have been the first part of a value.
    return text[:-_LONGEST] if rest else text


def private_values(body: Any) -> Iterator[str]:
    """Every text that a request's body holds as a value; the names in a JSON Patch (``op``, ``path``) are none."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, Mapping):
        for key, value in body.items():
            if key not in ("op", "path"):
                yield from private_values(value)
    elif isinstance(body, (list, tuple)):
        for value in body:
            yield from private_values(value)


class _WithoutQuery(logging.Filter):
    """urllib3 logs each request's path at debug level; the query may hold an e-mail."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_QUERY.sub("?***", item) if isinstance(item, str) else item for item in record.args)
        return True


def quiet_queries() -> None:
    """Keep query strings, and what signing is done with, out of the libraries' debug logs, once per process."""
    for name in ("oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.INFO)  # both tell whole addresses, queries and the consumer key
    logger = logging.getLogger("urllib3.connectionpool")
    if not any(isinstance(item, _WithoutQuery) for item in logger.filters):
        logger.addFilter(_WithoutQuery())
