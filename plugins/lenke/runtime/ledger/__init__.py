"""The ledger: a flow's links, tombstones, recheck list, cursor and journal, kept in Airflow's ``xcom`` table."""
