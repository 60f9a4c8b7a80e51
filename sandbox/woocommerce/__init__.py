"""A WooCommerce shop as a sandbox system."""

from sandbox.woocommerce.server import WooCommerce

__all__ = ["WooCommerce"]
