"""The pages' own index: SQLite files beside the API server, made from the ledger's export and the runs' files, at any time anew."""
