"""The mapping: its language (model), its loader and checks, and how it is applied to records."""
