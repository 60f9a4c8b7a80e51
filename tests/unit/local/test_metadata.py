"""What Airflow's database tells before Airflow runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from lenke.core.errors import ConfigurationError
from lenke.local import metadata


def test_the_form_of_the_tables_is_that_of_their_migrations(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/airflow.db"
    assert metadata.revision(url) == ""
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('abc')"))
    assert metadata.revision(url) == "abc"


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not answer: OperationalError") as caught:
        metadata.revision("postgresql+psycopg2://me:secret@127.0.0.1:1/airflow")
    assert "secret" not in str(caught.value)
