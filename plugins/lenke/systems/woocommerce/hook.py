"""WooCommerce's hook."""

from __future__ import annotations

from lenke.systems.hook import SystemHook


class WoocommerceHook(SystemHook):
    """Login is the consumer key, password the consumer secret of a key with read and write permissions."""

    system = "woocommerce"
    conn_name_attr = "woocommerce_conn_id"
    default_conn_name = "woocommerce"
    conn_type = "woocommerce"
    hook_name = "WooCommerce"
