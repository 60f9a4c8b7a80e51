"""What the tasks reach through Airflow: connections as clients, ledger keys as XComs, witnesses as asset state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from airflow.sdk import Asset, BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

from lenke.core.errors import ConfigurationError, RetriableError
from lenke.core.links.digests import Digester
from lenke.core.mapping.settings import Settings, load_settings
from lenke.core.ports import System
from lenke.runtime import places
from lenke.runtime.flow_run import Access
from lenke.runtime.ledger.keys import XComKeys, run_id
from lenke.systems.registry import hook_class

DIGEST_KEY = "lenke_digest_key"


def ledger_asset(dataflow: str) -> Asset:
    """The asset whose state holds the witnesses of a dataflow's ledgers; tasks have it as inlet only, so it never wakes a DAG."""
    return Asset(name=f"lenke_ledger_{dataflow}", uri=f"lenke://ledger/{dataflow}")


class AssetWitness:
    """A flow's witness in the asset state store."""

    def __init__(self, states: Any, dataflow: str, flow: str) -> None:
        self._state, self._flow = states[ledger_asset(dataflow)], flow

    def get(self) -> dict[str, int] | None:
        """Generation and sequences of the last commit, or None before the first."""
        stored = self._state.get(self._flow)
        return None if stored is None else {str(name): int(value) for name, value in json.loads(stored).items()}

    def set(self, value: Mapping[str, int]) -> None:
        """Store it."""
        self._state.set(self._flow, json.dumps(dict(value)))


class AssetClaim:
    """A flow's claim in the asset state store, beside its witness."""

    def __init__(self, states: Any, dataflow: str, flow: str) -> None:
        self._state, self._key = states[ledger_asset(dataflow)], f"claim.{flow}"

    def get(self) -> str:
        """The run that has the flow, or ""."""
        return str(self._state.get(self._key, ""))

    def set(self, run_id: str) -> None:
        """Store it."""
        self._state.set(self._key, run_id)


@contextmanager
def opened(system: str) -> Iterator[System]:
    """A system's client outside a task, on the connection that the tasks use.

    :raises ConfigurationError: there is no such connection.
    """
    connection_id = load_settings(places.include() / "settings.yaml").connections.get(system, system)
    _connection(connection_id, system)
    client: System = hook_class(system)(connection_id).get_conn()
    try:
        yield client
    finally:
        client.close()


class Connected:
    """The systems by the connections that the settings name, each client made when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients: dict[str, System] = {}

    def client(self, system: str) -> System:
        """A system's client; a second call gives the same one."""
        if system not in self._clients:
            _connection(self._id(system), system)
            self._clients[system] = hook_class(system)(self._id(system)).get_conn()
        return self._clients[system]

    def is_sandbox(self, system: str) -> bool:
        """Whether its connection carries the sandbox mark."""
        mark = _connection(self._id(system), system).extra_dejson.get("sandbox")
        return str(mark).lower() in ("true", "1")  # as text, "false" is no mark

    def close(self) -> None:
        """End every session."""
        for client in self._clients.values():
            client.close()

    def _id(self, system: str) -> str:
        return self._settings.connections.get(system, system)


def airflow_access(dataflow: str, settings: Settings, context: Mapping[str, Any]) -> Access:
    """Access of a running task."""
    connected = Connected(settings)
    return Access(
        connected.client,
        connected.is_sandbox,
        lambda flow, generation: XComKeys(run_id(dataflow, flow, generation)),
        lambda flow: AssetWitness(context["asset_state_store"], dataflow, flow),
        lambda flow: AssetClaim(context["asset_state_store"], dataflow, flow),
        lambda run: is_active(context, dataflow, run),
    )


def is_active(context: Mapping[str, Any], dataflow: str, run: str) -> bool:
    """Whether another run of a dataflow is queued or running.

    :raises RetriableError: Airflow does not say.
    """
    try:
        state = context["ti"].get_dagrun_state(dataflow, run)
    except AirflowRuntimeError as error:
        detail = error.error.detail or {}
        if detail.get("status_code") == 404:
            return False  # the run was deleted
        raise RetriableError(f"the state of run {run} could not be read ({detail.get('status_code', 'no answer')})") from error
    return str(getattr(state, "value", state)) in ("queued", "running")


def digester() -> Digester:
    """Digests under the secret of connection ``lenke_digest_key`` (its password: at least 32 hexadecimal characters)."""
    secret = _connection(DIGEST_KEY, "the ledger's digests").password or ""
    try:
        key = bytes.fromhex(secret)
    except ValueError:
        key = b""
    if not 16 <= len(key) <= 64:
        raise ConfigurationError(
            f"connection {DIGEST_KEY}: the password must be 32 to 128 hexadecimal characters; `lenke run` makes one by itself"
        )
    return Digester(key)


def _connection(id: str, what: str) -> Any:
    try:
        return BaseHook.get_connection(id)
    except AirflowNotFoundException as error:
        raise ConfigurationError(
            f"there is no connection {id} for {what}; add it under Admin > Connections or as AIRFLOW_CONN_{id.upper()} "
            "(a sandbox has its own while `make run` is open)"
        ) from error
