"""The five steps of a flow as plain functions over a :class:`lenke.runtime.flow_run.FlowRun`; ``tasks.py`` wraps them for Airflow."""
