"""The plan: what a run will write, decided as data before anything is sent."""
