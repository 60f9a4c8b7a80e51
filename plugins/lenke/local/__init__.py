"""Lenke on one machine: ``make run``. Starts the sandbox and Airflow, follows the runs, and ends what it started."""
