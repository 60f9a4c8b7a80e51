"""Assets: who wrote what, and which DAGs that wakes.

An asset stands for an entity of a system as *one* dataflow writes it. A DAG waits for those of all other dataflows, so that a write
wakes whoever reads it, and never the one that wrote.
"""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import Asset

from lenke.core.mapping.model import SIDES, Dataflow, Flow, Side
from lenke.core.mapping.names import systems_of


def alias(dataflow: Dataflow, flow: Flow) -> str:
    """The alias that a flow's commit adds what it wrote to."""
    return f"lenke_written_{dataflow.name}_{flow.name}"


def written(dataflow: Dataflow, flow: Flow, side: Side) -> Asset:
    """What a flow has written on one side."""
    return _asset(dataflow.system(side), flow.entity(side).entity, dataflow.name)


def waking(dataflow: Dataflow, mappings: Path) -> list[Asset]:
    """The entities that a dataflow reads, as each other dataflow writes them, by name.

    :param mappings: the folder of the mapping files. Only their names are read, which tell both systems: a DAG file does not
        depend on what another dataflow's mapping holds.
    """
    read = {(dataflow.system(side), flow.entity(side).entity) for flow in dataflow.flows for side in SIDES}
    others = [path.stem for path in mappings.glob("*.yaml") if path.stem != dataflow.name]
    found = [_asset(system, entity, name) for name in others for system, entity in read if system in systems_of(name)]
    return sorted(found, key=lambda asset: asset.name)


def _asset(system: str, entity: str, dataflow: str) -> Asset:
    return Asset(name=f"lenke_{system}_{entity}_by_{dataflow}", uri=f"lenke://{system}/{entity}?by={dataflow}")
