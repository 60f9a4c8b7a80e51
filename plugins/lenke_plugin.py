"""Lenke's one Airflow plugin."""

from airflow.plugins_manager import AirflowPlugin


class LenkePlugin(AirflowPlugin):
    """Registers what Airflow loads by plugin."""

    name = "lenke"
