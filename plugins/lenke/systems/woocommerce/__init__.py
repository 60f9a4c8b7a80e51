"""WooCommerce, REST wc/v3: customers, products with their variations, and orders of a web shop."""
