"""The environment of Airflow's processes: everything this installation needs, so that no airflow.cfg has to be edited."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from lenke.local.keys import USER, Keys
from lenke.local.places import Places
from lenke.local.ports import HOST

DIGEST_KEY = "AIRFLOW_CONN_LENKE_DIGEST_KEY"


def variables(
    places: Places, keys: Keys, *, database: str, port: int, connections: Mapping[str, str], inherited: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The whole environment for a child process.

    What is Lenke's own (folders, XCom backend, keys) always holds; a person's own ``AIRFLOW__...`` goes before the rest.

    :param database: SQLAlchemy URL of the metadata database.
    :param port: of the UI and API.
    :param connections: ``AIRFLOW_CONN_...`` variables of the sandbox systems.
    :param inherited: the environment to start from; this process's own if not given.
    """
    base = dict(os.environ if inherited is None else inherited)
    digest = {} if DIGEST_KEY in base else {DIGEST_KEY: json.dumps({"conn_type": "generic", "password": keys.digest})}
    return (
        _preferred(port)
        | base
        | _fixed(places, keys, port=port)
        | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database}
        | digest
        | dict(connections)
    )


def _fixed(places: Places, keys: Keys, *, port: int) -> dict[str, str]:
    url = f"http://{HOST}:{port}"
    return {
        "AIRFLOW_HOME": str(places.home),
        "AIRFLOW__LENKE__HOME": f"file://{places.lenke}",
        "LENKE_INCLUDE": str(places.include),
        "AIRFLOW__CORE__DAGS_FOLDER": str(places.dags),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(places.plugins),
        "AIRFLOW__CORE__XCOM_BACKEND": "lenke.runtime.xcom_backend.LenkeXCom",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__FERNET_KEY": keys.fernet,
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(keys.passwords),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": keys.signing,
        "AIRFLOW__API_AUTH__JWT_SECRET": keys.signing,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(places.logs),
    }


def _preferred(port: int) -> dict[str, str]:
    return {
        # The Test button of a connection is grey otherwise.
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__CORE__SENSITIVE_VAR_CONN_NAMES": "subscription_key,application_key",
        "AIRFLOW__CORE__PARALLELISM": str(max(8, 2 * (os.cpu_count() or 2))),
        # A task is a fork of the scheduler's worker: what was imported there, a task need not import (half of a short task's time).
        "AIRFLOW__CORE__LAZY_LOAD_PLUGINS": "False",
        "AIRFLOW__API__INSTANCE_NAME": "Lenke",
        "AIRFLOW__API__WORKERS": "1",
        # The scheduler's pause between two looks at the runs is most of a short task's time.
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        # A task's supervisor often notices the end of its task this much late, and holds one of the parallel slots
        # meanwhile (measured: 5 s for every second task with the default of 5).
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        # After an interrupted run its tasks are found soon, not after five minutes.
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "15",
    }
