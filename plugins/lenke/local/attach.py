"""Airflow's database for a command other than ``lenke run``: the running one, the stopped one started for a moment, or a person's own."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from lenke.core.errors import ConfigurationError
from lenke.local import connections, environment, keys
from lenke.local.database import Cluster
from lenke.local.lock import Lock
from lenke.local.places import Places
from lenke.local.processes import ProcessError, Processes, end_stale

_HOME, _DATABASE = "AIRFLOW_HOME", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_PORT = 8080


@contextmanager
def attached(places: Places) -> Iterator[Mapping[str, str]]:
    """The environment in which Airflow finds its database, and the database running as long as the context lasts.

    An environment that already names an Airflow (``AIRFLOW_HOME``) is left as it is: then that one is meant. One that names a database
    alone is that of a ``lenke run`` on it, if there was one here. Raises ConfigurationError where there is none at all.
    """
    own = os.environ.get(_DATABASE, "")
    if own and _HOME not in os.environ and places.keys.exists():
        yield environment.variables(places, keys.load(places.keys), database=own, port=_PORT, connections=_sandbox(places))
        return
    if own or _HOME in os.environ:
        yield os.environ
        return
    if not (places.postgres / "data").is_dir():
        message = f"there is no state in {places.home} yet: `make run` first, or set AIRFLOW_HOME for an Airflow of your own"
        raise ConfigurationError(message)
    secrets = keys.load(places.keys)
    cluster = Cluster(places.postgres, secrets.database)
    variables = environment.variables(places, secrets, database=cluster.url, port=_PORT, connections=_sandbox(places))
    if cluster.answers():
        yield variables
        return
    with Lock(places.lock):
        end_stale(places)
        with Processes(places) as children:
            cluster.initialise()
            children.start("postgres", cluster.command, environment=os.environ, signal=signal.SIGINT)
            if not cluster.wait():
                message = f"PostgreSQL does not start: see {children.log('postgres')}"
                raise ProcessError(message)
            yield variables


def _sandbox(places: Places) -> dict[str, str]:
    described = places.sandbox / "sandbox.json"
    if not described.exists():
        return {}
    systems = json.loads(described.read_text(encoding="utf-8"))
    own = connections.from_environment(os.environ)
    return connections.sandbox_variables(systems, [name for name in systems if name not in own], {})
