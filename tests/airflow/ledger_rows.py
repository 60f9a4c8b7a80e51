"""The ledger as it lies in Airflow's ``xcom`` table, read by SQL and without any of the store's checks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lenke.core.links.rows import Link
from lenke.core.links.table import latest
from lenke.runtime.ledger.manifest import Manifest, parse
from lenke.runtime.ledger.segments import decode
from tests.airflow.installation import DAG, Installation


@dataclass(frozen=True)
class Ledger:
    """One flow's ledger, its newest generation."""

    airflow: Installation
    flow: str

    def texts(self) -> dict[str, str]:
        """Every key of the newest generation with its value."""
        found = self.airflow.sql(
            "SELECT run_id, key, value FROM xcom WHERE dag_id = 'link_ledger' AND run_id LIKE %s", f"{DAG}.{self.flow}.%"
        )
        newest = max((int(run.rpartition(".")[2]) for run, _, _ in found), default=0)
        return {key: value for run, key, value in found if int(run.rpartition(".")[2]) == newest}

    def manifest(self) -> Manifest:
        """The manifest of the newest generation."""
        return parse(self.texts()["manifest"])

    def links(self) -> list[Link]:
        """All live rows of the newest generation."""
        keys, manifest = self.texts(), self.manifest()
        return latest([decode(keys[segment.name]) for segment in manifest.segments], manifest.shape.width).links()

    def state(self) -> dict[str, Any]:
        """What a commit is: rows, cursor, tenants, properties; nothing that says where or how often it was stored."""
        manifest = self.manifest()
        return {
            "rows": sorted(json.dumps(_plain(link), sort_keys=True) for link in self.links()),
            "cursor": manifest.cursor,
            "tenants": manifest.tenants,
            "shape": manifest.shape,
            "key": manifest.key_id,
            "approved": manifest.approved,
            "open": manifest.open,
        }

    def journal(self) -> list[str]:
        """Names of journal keys of any generation."""
        found = self.airflow.sql(
            "SELECT key FROM xcom WHERE dag_id = 'link_ledger' AND run_id LIKE %s AND key LIKE 'j.%%'", f"{DAG}.{self.flow}.%"
        )
        return [key for (key,) in found]


def _plain(link: Link) -> dict[str, Any]:
    from dataclasses import asdict

    return {name: str(value) for name, value in asdict(link).items()}
