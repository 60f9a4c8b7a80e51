"""Links: which records belong together and what both sides last agreed on."""
