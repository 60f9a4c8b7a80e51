"""Canonical types: what both sides' values of a property are compared as.

One module per family; :mod:`lenke.core.converters.registry` knows them by the type's name in a mapping.
"""
