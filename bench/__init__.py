"""Measurements that are no tests: what the ledger costs, beside what it could cost at best. ``make bench``."""
