"""The dataflows and flows of this installation by the names that a person gives them."""

from __future__ import annotations

from lenke.core.errors import ConfigurationError
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow, Flow
from lenke.runtime import places


def dataflows() -> list[Dataflow]:
    """Every mapping of the installation, by name."""
    return [load_dataflow(path) for path in sorted((places.include() / "mappings").glob("*.yaml"))]


def dataflow(name: str) -> Dataflow:
    """The mapping of that name; raises ConfigurationError, with the names that there are."""
    path = places.include() / "mappings" / f"{name}.yaml"
    if not path.exists():
        raise ConfigurationError(f"there is no dataflow {name}; there are {', '.join(one.name for one in dataflows())}")
    return load_dataflow(path)


def running(dataflow: Dataflow, flow: str) -> Flow:
    """The flow of that name, or the one that it is a part of; raises ConfigurationError, with the names that there are."""
    try:
        return dataflow.running(flow)
    except KeyError as error:
        known = ", ".join(name for one in dataflow.flows for name in (one.name, *one.parts))
        raise ConfigurationError(f"{dataflow.name} has no flow {flow}; there are {known}") from error
