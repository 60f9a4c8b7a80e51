"""The ledger's rows in the database put aside and put back, as an old dump would."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.airflow.installation import Installation

_OWN = "dag_id = 'link_ledger'"
# In the order in which they refer to each other.
_TABLES = {"dag_run": _OWN, "task_instance": _OWN, "xcom": _OWN, "asset_state_store": "true"}


@dataclass(frozen=True)
class Snapshot:
    """A copy of the ledger's rows in a schema of its own, and of the backup beside the database."""

    airflow: Installation
    name: str
    backup: Path

    @classmethod
    def take(cls, airflow: Installation, name: str, folder: Path) -> Snapshot:
        """Copy what is there now."""
        airflow.sql(f"CREATE SCHEMA {name}")
        for table, condition in _TABLES.items():
            airflow.sql(f"CREATE TABLE {name}.{table} AS SELECT * FROM public.{table} WHERE {condition}")
        shutil.copytree(airflow.places.lenke / "ledger", folder / name)
        return cls(airflow, name, folder / name)

    def put_back(self, *, backup: bool) -> None:
        """Make the database's rows what they were; ``backup`` also the files outside it, which a dump does not hold."""
        steps = [f"DELETE FROM public.{table} WHERE {condition}" for table, condition in reversed(_TABLES.items())]
        steps += [f"INSERT INTO public.{table} SELECT * FROM {self.name}.{table}" for table in _TABLES]
        self.airflow.sql("; ".join(steps))
        if backup:
            shutil.rmtree(self.airflow.places.lenke / "ledger", ignore_errors=True)
            shutil.copytree(self.backup, self.airflow.places.lenke / "ledger")
