from pathlib import Path
from typing import Any, cast

import pyarrow as pa
from airflow.sdk import ObjectStoragePath

from lenke.runtime import records, staging
from lenke.runtime.steps.extract import Extracted


def _extracted(folder: Path, *ids: str) -> Extracted:
    staged: Any = staging.write(
        pa.table({"id": list(ids)}, schema=pa.schema([("id", pa.string())])), ObjectStoragePath(f"file://{folder}/left.parquet")
    )
    return cast(Extracted, {"left": staged})


def test_ids_that_the_left_side_did_not_bring_are_named(tmp_path: Path) -> None:
    extracted = _extracted(tmp_path, "1", "2")
    assert records.unknown(["2", "3"], extracted) == ["3"]
    assert records.unknown([], extracted) == []


def test_an_id_belongs_to_one_of_the_flows_and_only_one_that_none_has_is_wrong() -> None:
    assert records.nowhere([["1", "3"], ["2", "3"]]) == ["3"]
    assert records.nowhere([["1"]]) == ["1"]
    assert records.nowhere([]) == []
