"""The XCom backend: the net below staging. A frame that is returned all the same never reaches the metadata database."""

from __future__ import annotations

import uuid
from typing import Any

import pandas as pd
import pyarrow as pa
from airflow.sdk.bases.xcom import BaseXCom

_MARK = "__lenke_frame__"


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
        value = BaseXCom.deserialize_value(result)
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
