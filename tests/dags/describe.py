"""Loads the DAGs and plugins as Airflow does and prints what they are, as JSON. A process of its own: what Airflow reads from its
environment is read once."""

from __future__ import annotations

import json
import sys
from typing import Any

from airflow import plugins_manager
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.configuration import conf


def _dag(dag: Any) -> dict[str, Any]:
    return {
        "file": dag.fileloc,
        "doc_md": dag.doc_md,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "paused": dag.is_paused_upon_creation,
        "schedule": type(dag.timetable).__name__,
        "waking": sorted(asset.name for asset in _assets(dag.timetable)),
        "params": dict(dag.params.dump()),
        "schemas": {name: dag.params.get_param(name).schema for name in dag.params},
        "help": {name: dag.params.get_param(name).description for name in dag.params},
        "tasks": {task.task_id: _task(task) for task in dag.tasks},
    }


def _assets(timetable: Any) -> list[Any]:
    condition = getattr(timetable, "asset_condition", None)
    return list(condition.objects) if condition is not None else []


def _task(task: Any) -> dict[str, Any]:
    return {
        "pool": task.pool,
        "retries": task.retries,
        "policy": type(task.retry_policy).__name__ if getattr(task, "retry_policy", None) else "",
        "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "upstream": sorted(task.upstream_task_ids),
        "mapped": bool(task.is_mapped),
        "owner": task.owner,
        "inlets": [one.name for one in task.inlets],
        "outlets": [f"{type(one).__name__} {one.name}" for one in task.outlets],
        "quiet": not getattr(task, "show_return_value_in_logs", True)
        or not getattr(task, "partial_kwargs", {}).get("show_return_value_in_logs", True),
    }


def main() -> None:
    """Print the description."""
    bag = DagBag(conf.get("core", "dags_folder"), bundle_name="dags-folder")
    plugins, _ = plugins_manager._get_plugins()
    folder = conf.get("core", "plugins_folder")
    strays = [name for name, module in sys.modules.items() if str(getattr(module, "__file__", "")).startswith(f"{folder}/lenke/")]
    print(
        json.dumps(
            {
                "errors": bag.import_errors,
                "dags": {name: _dag(dag) for name, dag in bag.dags.items()},
                "plugins": sorted(plugin.name for plugin in plugins if plugin.name),
                "plugin_errors": plugins_manager.get_import_errors() if hasattr(plugins_manager, "get_import_errors") else {},
                "strays": sorted(name for name in strays if name.split(".")[0] != "lenke"),
            },
            default=str,
        )
    )


if __name__ == "__main__":
    main()
