"""Sandbox for both systems of a dataflow, or real ones for both: never mixed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from cryptography.fernet import Fernet, InvalidToken

from lenke.local.dataflows import Dataflow

Kind = Literal["real", "sandbox"]
PREFIX = "AIRFLOW_CONN_"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one dataflow runs on.

    :param on: ``sandbox``, ``real``, or ``nothing``: the dataflow stays paused.
    :param missing: for ``nothing``: the connection ids that are not there.
    """

    dataflow: Dataflow
    on: Literal["sandbox", "real", "nothing"]
    missing: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The decision, for a person."""
        if self.on == "nothing":
            names = " and ".join(f"{name} ({variable(name)})" for name in self.missing)
            return f"{self.dataflow.dag_id} stays paused: connection {names} is missing, and real and sandbox systems are never mixed"
        return f"{self.dataflow.dag_id} runs on {'the sandbox' if self.on == 'sandbox' else 'real systems'}"


def decide(dataflow: Dataflow, found: Mapping[str, Kind], ids: Mapping[str, str]) -> Decision:
    """Judge one dataflow.

    :param found: connection id to kind, for the connections that a person has set up.
    :param ids: system to connection id, where the two differ.
    """
    names = [ids.get(system, system) for system in (dataflow.left, dataflow.right)]
    # real | real -> real;  real | sandbox or none -> nothing;  sandbox or none | sandbox or none -> sandbox
    if all(found.get(name) == "real" for name in names):
        return Decision(dataflow, "real")
    if any(found.get(name) == "real" for name in names):
        return Decision(dataflow, "nothing", tuple(name for name in names if found.get(name) != "real"))
    return Decision(dataflow, "sandbox")


def from_environment(environment: Mapping[str, str]) -> dict[str, Kind]:
    """The connections among the environment's variables, by id (lower case)."""
    return {
        name.removeprefix(PREFIX).lower(): _kind(text) for name, text in environment.items() if name.startswith(PREFIX) and text.strip()
    }


def _kind(text: str) -> Kind:
    return "sandbox" if _marked(_extra(text)) else "real"


def _extra(text: str) -> Any:
    """The extra of a connection in Airflow's JSON or URI form."""
    if not text.lstrip().startswith("{"):
        query = parse_qs(urlsplit(text).query)
        whole = query.get("__extra__")
        return whole[0] if whole else {key: values[0] for key, values in query.items()}
    try:
        return json.loads(text).get("extra")
    except ValueError:
        return None


def _marked(extra: Any) -> bool:
    if isinstance(extra, str):
        try:
            extra = json.loads(extra)
        except ValueError:
            return False
    return isinstance(extra, dict) and str(extra.get("sandbox", "")).lower() in ("true", "1")


def from_rows(rows: Sequence[tuple[str, str | None, bool | None]], fernet: str) -> dict[str, Kind]:
    """The connections kept in Airflow's database.

    :param rows: conn_id, extra, is_extra_encrypted.
    """
    return {
        name: "sandbox" if _marked(_decrypted(extra, encrypted=bool(hidden), fernet=fernet)) else "real" for name, extra, hidden in rows
    }


def _decrypted(extra: str | None, *, encrypted: bool, fernet: str) -> str | None:
    if not extra or not encrypted:
        return extra
    try:
        return Fernet(fernet).decrypt(extra.encode()).decode()
    except InvalidToken:
        return None


def variable(name: str) -> str:
    """The environment variable that holds a connection."""
    return f"{PREFIX}{name.upper()}"


def sandbox_variables(described: Mapping[str, Any], systems: Collection[str], ids: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that point ``systems`` at the sandbox.

    :param described: the sandbox's sandbox.json.
    """
    return {variable(ids.get(system, system)): json.dumps(described[system]["connection"]) for system in systems}
