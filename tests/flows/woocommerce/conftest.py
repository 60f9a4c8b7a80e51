"""The shop and its accounts after the first sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.woocommerce.shop import Pair, paired


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with paired(tmp_path) as found:
        found.engine.run()
        found.written()
        yield found
