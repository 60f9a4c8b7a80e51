"""What tests of all kinds share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from time_machine import Traveller, travel


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """The clock of both the engine and the sandbox: it goes as ever, and jumps where a test says ``shift``."""
    with travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller
