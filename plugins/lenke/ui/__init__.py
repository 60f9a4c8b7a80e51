"""Lenke's pages in Airflow's UI: a FastAPI app of its own, mounted by ``lenke_plugin.py``."""
