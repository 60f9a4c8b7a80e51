"""A client of the sandbox shop as it is by default."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lenke.core.ports import System
from sandbox import Running
from tests.contract.woocommerce.desk import SYSTEM, opened


@pytest.fixture
def client(sandbox: Running) -> Iterator[System]:
    found = opened(sandbox)
    yield found
    found.close()
    for name, on in {"hpos": True, "pretty_permalinks": True, "lists_variations": True, "filters_dates": True, "batches": True}.items():
        sandbox.switch(SYSTEM, name, on=on)
    for name in ("php_warnings", "over_tls"):
        sandbox.switch(SYSTEM, name, on=False)
