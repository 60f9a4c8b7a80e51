"""The pure core: mapping, links, merge and plan. No Airflow, no HTTP, no clock, no environment."""
