"""One installation for the whole folder: starting it takes longer than most scenarios."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.airflow.installation import Installation, installed


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Airflow with its scheduler, on PostgreSQL."""
    with installed(tmp_path_factory.mktemp("airflow")) as found:
        yield found
