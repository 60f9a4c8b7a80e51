"""Where include/ is: the folder of mappings, system descriptions and settings beside dags/ and plugins/."""

from __future__ import annotations

import os
from pathlib import Path

from lenke.core.errors import ConfigurationError

_ROOT = Path(__file__).resolve().parents[3]
_chosen: list[Path] = []


def use(folder: Path | None) -> None:
    """Read from ``folder`` from now on (a DAG bundle's own include/, say); None goes back to the usual places."""
    _chosen[:] = [] if folder is None else [folder]


def include_dir() -> Path:
    """The folder given to :func:`use`, else LENKE_INCLUDE, else include/ beside the plugins folder that holds this package.

    Raises ConfigurationError where it is none of these.
    """
    named = os.environ.get("LENKE_INCLUDE")
    folder = _chosen[0] if _chosen else Path(named) if named else _ROOT / "include"
    if not folder.is_dir():
        raise ConfigurationError(f"include folder {folder} does not exist; name it in the environment variable LENKE_INCLUDE")
    return folder


def description(system: str) -> Path:
    """The file that describes ``system``."""
    return include_dir() / "systems" / f"{system}.yaml"
