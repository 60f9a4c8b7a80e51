"""A custom webshop with the REST dialect that Lenke's described systems start from."""

from sandbox.custom_webshop.server import CustomWebshop

__all__ = ["CustomWebshop"]
