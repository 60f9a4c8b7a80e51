"""Makes the pools that tasks name."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lenke.local.api import Api
from lenke.local.dataflows import Dataflow, load
from lenke.local.places import Places
from lenke.runtime.pools import wanted


def create(api: Api, dataflows: Iterable[Dataflow]) -> None:
    """Create the pools that are missing; those that exist keep the slots a person gave them."""
    existing = {pool["name"] for pool in api.get("pools", limit=1000)["pools"]}
    for name, (slots, description) in wanted((one.dag_id, one.left, one.right) for one in dataflows).items():
        if name not in existing:
            api.post("pools", {"name": name, "slots": slots, "description": description, "include_deferred": False})


def as_json(places: Places) -> str:
    """Every pool in the form that ``airflow pools import`` reads."""
    pools = wanted((one.dag_id, one.left, one.right) for one in load(places.mappings))
    return json.dumps(
        {name: {"slots": slots, "description": text, "include_deferred": False} for name, (slots, text) in pools.items()}, indent=2
    )
