"""Where Lenke keeps its files: mappings and settings beside the DAGs, staging and journals in storage that workers share."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from airflow.sdk import ObjectStoragePath
from airflow.sdk.configuration import conf


def include() -> Path:
    """The folder ``include/`` of this installation: ``LENKE_INCLUDE``, else beside the DAGs folder."""
    if told := os.environ.get("LENKE_INCLUDE"):
        return Path(told)
    return Path(conf.get("core", "dags_folder")).parent / "include"


def home() -> ObjectStoragePath:
    """The storage for staging, journals, backups and reports: ``[lenke] home``, else ``lenke/`` in AIRFLOW_HOME."""
    default = f"file://{os.environ.get('AIRFLOW_HOME', Path('~/airflow').expanduser())}/lenke"
    return ObjectStoragePath(conf.get("lenke", "home", fallback=default))


def run_folder(dataflow: str, run_id: str) -> str:
    """A run's folder below staging, journal and reports: readable, and safe for every storage."""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in run_id)
    return f"{dataflow}/{safe if safe.strip('.') else f'_{safe}'}"  # dots alone would lead out of the folder


def run_key(run_id: str) -> str:
    """A run's part in journal keys: 12 hexadecimal characters."""
    return hashlib.sha256(run_id.encode()).hexdigest()[:12]
