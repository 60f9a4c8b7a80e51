"""Lenke's one Airflow plugin."""

import importlib
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from airflow import settings
from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from lenke.runtime.deadlines import RunMade
from lenke.ui.entry import Pages

PREFIX = "/lenke"
# Airflow itself may live below a path of its server.
_ROOT = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


class LenkePlugin(AirflowPlugin):
    """Registers what Airflow loads by plugin: the pages with their entry and their tab on each DAG, and what deadlines count from."""

    name = "lenke"
    fastapi_apps = [{"app": Pages(), "url_prefix": PREFIX, "name": "Lenke"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {"name": "Lenke", "href": f"{_ROOT}{PREFIX}/", "url_route": "lenke", "destination": "nav", "category": "browse"},
        {"name": "Lenke", "href": f"{_ROOT}{PREFIX}/{{DAG_ID}}/", "url_route": "lenke-dag", "destination": "dag"},
    ]
    deadline_references = [RunMade]  # noqa: RUF012

    @classmethod
    def on_load(cls, *args: Any, **kwargs: Any) -> None:
        """Import what every task needs where plugins are loaded at a process's start: its tasks are forks, and then import nothing."""
        if not settings.LAZY_LOAD_PLUGINS:
            with suppress(ImportError):  # each DAG tells of it; the pages do not need it
                importlib.import_module("lenke.runtime.tasks")
