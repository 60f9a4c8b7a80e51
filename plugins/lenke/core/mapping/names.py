"""A dataflow's name, which document, DAG file and mapping share: it tells both systems."""

from __future__ import annotations

_BETWEEN = "_to_"


def name_of(left: str, right: str) -> str:
    """The name of the dataflow from ``left`` to ``right``."""
    return f"{left}{_BETWEEN}{right}"


def systems_of(name: str) -> tuple[str, str]:
    """Left and right system of a dataflow, by its name."""
    left, _, right = name.partition(_BETWEEN)
    return left, right
