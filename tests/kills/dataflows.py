"""The dataflows that are swept: the package's, and two that make records in WooCommerce and SuperOffice, as none of those does."""

from __future__ import annotations

import shutil
from pathlib import Path

from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import Dataflow
from lenke.local.places import Places
from tests.flows.harness import ROOT

_BESIDE = Path(__file__).parent / "mappings"
_FOLDERS = (ROOT / "include/mappings", _BESIDE)
# Every file of a dataflow's DAG is this one, under another name.
_DAG = ROOT / "dags/custom_webshop_to_custom_erp.py"


def dataflow(name: str) -> Dataflow:
    """One of them."""
    return load_dataflow(next(path for folder in _FOLDERS if (path := folder / f"{name}.yaml").exists()))


def installation(folder: Path) -> Places:
    """An installation of all of them, below ``folder``."""
    places = Places(root=folder / "installation", home=folder / "airflow")
    if not places.root.exists():
        for name in ("dags", "include"):
            shutil.copytree(ROOT / name, places.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for path in sorted(_BESIDE.glob("*.yaml")):
            shutil.copy(path, places.mappings)
            shutil.copy(_DAG, places.dags / f"{path.stem}.py")
        places.plugins.symlink_to(ROOT / "plugins")
    places.make()
    return places
