"""What Airflow's connection form shows for Lenke's connection types (entry point ``apache_airflow_provider``)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from lenke.systems.registry import SYSTEMS


def get_provider_info() -> dict[str, Any]:
    """The provider's metadata in Airflow's form: each system's ``FORM`` (``lenke.systems.<system>.form``)."""
    return {
        "package-name": "lenke",
        "name": "Lenke",
        "description": "Two-way sync of business systems.",
        "connection-types": [import_module(f"lenke.systems.{system}.form").FORM for system in SYSTEMS],
    }
