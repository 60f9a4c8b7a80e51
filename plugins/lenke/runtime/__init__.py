"""The Airflow shell: tasks, XCom backend, ledger, windows, staging and retry policy."""
