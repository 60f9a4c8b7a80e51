"""The XCom backend: the net below staging. A frame that is returned all the same never reaches the metadata database."""

from __future__ import annotations

import uuid
from typing import Any

import pandas as pd
import pyarrow as pa
from airflow.sdk.bases.xcom import BaseXCom

_MARK = "__lenke_frame__"
DAG_ID = "link_ledger"


class LenkeXCom(BaseXCom):
    """Stores frames as Parquet in staging and a URI in the row; everything else as Airflow does."""

    @staticmethod
    def serialize_value(
        value: Any,
        *,
        key: str | None = None,
        task_id: str | None = None,
        dag_id: str | None = None,
        run_id: str | None = None,
        map_index: int | None = None,
    ) -> Any:
        """The value as it is stored in the row."""
        if isinstance(value, pd.DataFrame | pa.Table):
            value = {_MARK: _stage(value, dag_id or "", run_id or "")}
        return BaseXCom.serialize_value(value, key=key, task_id=task_id, dag_id=dag_id, run_id=run_id, map_index=map_index)

    @staticmethod
    def deserialize_value(result: Any) -> Any:
        """The value as the task gave it; a frame comes back as a pandas frame."""
        return _opened(BaseXCom.deserialize_value(result))


def beside(other: type[BaseXCom]) -> type[LenkeXCom]:
    """A backend for an installation that has one already: frames and the ledger as Lenke needs them, all else as ``other`` does.

    The ledger's rows stay in the metadata database, where the command line and the ledger's checks look for them.
    """

    class Beside(LenkeXCom):
        @staticmethod
        def serialize_value(value: Any, *, dag_id: str | None = None, **where: Any) -> Any:
            ours = dag_id == DAG_ID or isinstance(value, pd.DataFrame | pa.Table)
            return (LenkeXCom if ours else other).serialize_value(value, dag_id=dag_id, **where)

        @staticmethod
        def deserialize_value(result: Any) -> Any:
            return _opened(other.deserialize_value(result))

        @classmethod
        def purge(cls, xcom: Any, *more: Any) -> None:
            other.purge(xcom, *more)

    return Beside


def _opened(value: Any) -> Any:
    """A frame for the mark that stands for it; any other value as it is."""
    if isinstance(value, dict) and _MARK in value:
        from lenke.runtime import staging

        return staging.read(value[_MARK]).to_pandas()
    return value


def _stage(frame: pd.DataFrame | pa.Table, dag_id: str, run_id: str) -> Any:
    from lenke.runtime import places, staging

    table = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
    folder = places.run_folder(dag_id or "unknown", run_id or "unknown")
    return staging.write(table, places.home() / "staging" / folder / f"xcom-{uuid.uuid4().hex}.parquet")


def require_backend() -> None:
    """Refuse to work where frames would be stored in the metadata database."""
    from airflow.sdk.execution_time.xcom import XCom

    from lenke.core.errors import ConfigurationError

    if not issubclass(XCom, LenkeXCom):
        raise ConfigurationError(
            f"[core] xcom_backend is {XCom.__module__}.{XCom.__name__}; set it to lenke.runtime.xcom_backend.LenkeXCom or a subclass of it"
        )
