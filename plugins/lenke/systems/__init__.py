"""The business systems: one folder each, over one shared session layer."""
