"""PowerOffice GO and Shopify on a handful of records, before the first sync and after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.shopify_shop import Pair, paired


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Pair]:
    """Before the first sync."""
    with paired(tmp_path) as found:
        yield found


@pytest.fixture
def pair(fresh: Pair) -> Pair:
    """After the first sync."""
    fresh.engine.run()
    fresh.written()
    return fresh
