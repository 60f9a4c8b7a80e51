"""docs/bench.md in sections, each written by a bench of its own."""

from __future__ import annotations

import re
from pathlib import Path

_MARK = re.compile(r"^<!-- section: (\w+) -->\n", re.MULTILINE)
FIRST = "ledger"


def put(page: Path, name: str, text: str) -> None:
    """Replace one section of the page, or add it at the end; the others stay. What stands before any mark is the first one."""
    held = sections(page.read_text(encoding="utf-8") if page.exists() else "")
    held[name] = text.strip() + "\n"
    page.write_text("\n".join(told if key == FIRST else f"<!-- section: {key} -->\n{told}" for key, told in held.items()), encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """The page's sections by name, in their order."""
    first, *rest = _MARK.split(text)
    held = {FIRST: first.strip() + "\n"}
    return held | {name: told.strip() + "\n" for name, told in zip(rest[::2], rest[1::2], strict=True)}
