"""``lenke check``: every mapping, system description and settings file, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lenke.core.errors import ConfigurationError, LenkeError, MappingError
from lenke.core.mapping.model import SIDES, Dataflow
from lenke.core.ports import System, Traits
from lenke.local.places import Places

# A client needs a connection to be made, not to say what its entities can do.
_OFFLINE = {
    "host": "https://offline.invalid",
    "login": "-",
    "password": "-",
    "extra": {
        "subscription_key": "-",
        "token_url": "https://offline.invalid/token",
        "system_token": "-",
        "private_key": "-",
    },
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One file; ``problem`` is empty where it is right, else it names file, key path and remedy."""

    file: Path
    problem: str = ""


def check(places: Places) -> tuple[Finding, ...]:
    """Look at all of them; what one file lacks does not hide the others."""
    return tuple(_findings(places))


def _findings(places: Places) -> Iterator[Finding]:
    from lenke.core.mapping.load import load_dataflow
    from lenke.core.mapping.settings import load_settings
    from lenke.systems.described.load import load as load_description

    yield _tried(places.settings, load_settings)
    for path in sorted(places.systems.rglob("*.yaml")):
        yield _tried(path, load_description)
    mappings = sorted(places.mappings.glob("*.yaml"))
    for path in mappings:
        found = _tried(path, lambda mapping: _mapping(load_dataflow(mapping)))
        dag = places.dags / f"{path.stem}.py"
        if not found.problem and places.dags.is_dir() and not dag.exists():
            found = Finding(path, f"{path}: no DAG file {dag}; a mapping and its DAG file share one stem")
        yield found
    if not mappings:
        yield Finding(places.mappings, f"{places.mappings}: no mapping here; name the folder include/ in LENKE_INCLUDE")


def _mapping(dataflow: Dataflow) -> None:
    """What the mapping asks of its systems, against what they can do; nothing is sent."""
    from lenke.core.mapping.check import check_traits
    from lenke.core.mapping.names import name_of
    from lenke.systems.patience import Patience
    from lenke.systems.registry import client_for

    if dataflow.name != (name := name_of(dataflow.left, dataflow.right)):
        raise MappingError(dataflow.file, "dataflow", f"must be {name}: by the files' names each DAG tells who writes what it reads")
    for side in SIDES:
        client = client_for(dataflow.system(side), _OFFLINE, patience=Patience(first=0.0, longest=0.0))
        entities = {flow.entity(side).entity for flow in dataflow.flows}
        check_traits(dataflow, side, {entity: _traits(client, entity) for entity in entities})


def _traits(client: System, entity: str) -> Traits:
    """What an entity can do, as far as that is known before the system was ever asked.

    :raises ConfigurationError: the system has no such entity.
    """
    try:
        return client.traits(entity)
    except ConfigurationError:
        raise
    except LenkeError:
        return Traits(changes="walk")  # the least that any entity can do


def _tried(path: Path, load: Callable[[Path], object]) -> Finding:
    try:
        load(path)
    except ConfigurationError as error:
        return Finding(path, str(error))
    return Finding(path)
