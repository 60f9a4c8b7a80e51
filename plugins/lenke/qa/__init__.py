"""``lenke qa``: every dataflow's checklist, carried out by people's edits on the sandbox or on test tenants."""
