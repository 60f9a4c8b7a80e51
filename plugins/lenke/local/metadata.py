"""Airflow's database before Airflow runs: which connections it holds, and pausing what must not start."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

_CONNECTION = sa.table("connection", sa.column("conn_id"), sa.column("extra"), sa.column("is_extra_encrypted"))
_DAG = sa.table("dag", sa.column("dag_id"), sa.column("is_paused"))


def connections(url: str) -> list[tuple[str, str | None, bool | None]]:
    """conn_id, extra and is_extra_encrypted of every connection kept there."""
    with sa.create_engine(url).connect() as connection:
        return [(row.conn_id, row.extra, row.is_extra_encrypted) for row in connection.execute(sa.select(_CONNECTION))]


def pause(url: str, dag_ids: Collection[str]) -> None:
    """Pause DAGs that an earlier start may have unpaused, before a scheduler can start a run of theirs."""
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.update(_DAG).where(_DAG.c.dag_id.in_(list(dag_ids))).values(is_paused=True))
