"""Lenke's one Airflow plugin."""

from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from lenke.ui.entry import Pages

PREFIX = "/lenke"
# Airflow itself may live below a path of its server.
_ROOT = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


class LenkePlugin(AirflowPlugin):
    """Registers what Airflow loads by plugin: the pages, their entry in the navigation, and their tab on each DAG."""

    name = "lenke"
    fastapi_apps = [{"app": Pages(), "url_prefix": PREFIX, "name": "Lenke"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {"name": "Lenke", "href": f"{_ROOT}{PREFIX}/", "url_route": "lenke", "destination": "nav", "category": "browse"},
        {"name": "Lenke", "href": f"{_ROOT}{PREFIX}/{{DAG_ID}}/", "url_route": "lenke-dag", "destination": "dag"},
    ]
