"""WooCommerce's hook."""

from __future__ import annotations

from lenke.core.ports import System
from lenke.systems.hook import SystemHook
from lenke.systems.woocommerce.client import WooCommerceClient


class WoocommerceHook(SystemHook):
    """Login is the consumer key, password the consumer secret of a key with read and write permissions."""

    system = "woocommerce"
    conn_name_attr = "woocommerce_conn_id"
    default_conn_name = "woocommerce"
    conn_type = "woocommerce"
    hook_name = "WooCommerce"

    def prove(self, client: System) -> str:
        """A key that may only read opens the shop as well, until the first write."""
        tenant = super().prove(client)
        if isinstance(client, WooCommerceClient):
            client.prove_writable()
        return tenant
