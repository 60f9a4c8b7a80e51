"""The pages' routes, a module each."""
