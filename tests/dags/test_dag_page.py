"""What Airflow's page of a DAG needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from lenke.runtime.tasks import build_dag

DAGS = sorted(path for path in (Path(__file__).resolve().parents[2] / "dags").glob("*.py") if path.stem != "link_ledger")


@pytest.mark.parametrize("file", DAGS, ids=lambda path: path.stem)
def test_default_args_hold_nothing_that_the_page_cannot_show(file: Path) -> None:
    """An asset among the default_args makes ``GET /dags/{id}/details`` answer 500: no schedule, no switch, no trigger form."""
    dag = build_dag(str(file), "doc")
    assert not {"inlets", "outlets"} & set(dag.default_args)
    # Neither the last task nor those that stand for the parts of a flow touch a ledger.
    assert all(task.inlets for task in dag.tasks if task.task_id != "finish" and ".with_" not in task.task_id)
