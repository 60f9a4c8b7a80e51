"""Airflow's database before Airflow runs: which connections it holds, and pausing what must not start."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from lenke.core.errors import ConfigurationError

_CONNECTION = sa.table("connection", sa.column("conn_id"), sa.column("extra"), sa.column("is_extra_encrypted"))
_VERSION = sa.table("alembic_version", sa.column("version_num"))
_DAG = sa.table("dag", sa.column("dag_id"), sa.column("is_paused"))


def revision(url: str) -> str:
    """Which form the tables have, by the migrations that made it; "" where there are none.

    :raises ConfigurationError: the database does not answer.
    """
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table(_VERSION.name):
                return ""
            return " ".join(sorted(connection.execute(sa.select(_VERSION.c.version_num)).scalars()))
    except sa.exc.SQLAlchemyError as error:
        place = sa.make_url(url).render_as_string(hide_password=True)
        raise ConfigurationError(f"Airflow's database {place} does not answer: {type(error).__name__}") from error


def connections(url: str) -> list[tuple[str, str | None, bool | None]]:
    """conn_id, extra and is_extra_encrypted of every connection kept there."""
    with sa.create_engine(url).connect() as connection:
        return [(row.conn_id, row.extra, row.is_extra_encrypted) for row in connection.execute(sa.select(_CONNECTION))]


def pause(url: str, dag_ids: Collection[str]) -> None:
    """Pause DAGs that an earlier start may have unpaused, before a scheduler can start a run of theirs."""
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.update(_DAG).where(_DAG.c.dag_id.in_(list(dag_ids))).values(is_paused=True))
