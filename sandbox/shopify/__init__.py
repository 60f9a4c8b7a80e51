"""A Shopify shop: the GraphQL Admin API as far as Lenke speaks it.

The store keeps ``Customer``, ``Product``, ``ProductVariant`` (beside its product, with its inventory item inside), ``Order`` (with its
lines inside) and ``MetafieldDefinition``, by numeric id. Bodies hold the members that the API serves; metafields as ``namespace: {key:
value}``.
"""

from sandbox.shopify.server import Shopify

__all__ = ["Shopify"]
