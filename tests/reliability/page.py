"""docs/reliability.md: each campaign writes its own table between two comments; the rest of the page is written by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


def write(campaign: str, table: str, *, seed: str, page: Path = PAGE) -> None:
    """Replace a campaign's table.

    :param campaign: ``laws``, ``kill-sweep`` or ``faults``.
    :param table: Markdown; the date and the seed are put below it.
    :raises ValueError: the page has no place for the campaign.
    """
    begin, end = f"<!-- {campaign}: begin -->", f"<!-- {campaign}: end -->"
    text = page.read_text(encoding="utf-8")
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not place.search(text):
        raise ValueError(f"{page.name} has no lines {begin} and {end}")
    made = f"{begin}\n{table.strip()}\n\n`make {campaign}` on {datetime.now(UTC):%Y-%m-%d}, seed {seed}.\n{end}"
    page.write_text(place.sub(lambda _: made, text), encoding="utf-8")
