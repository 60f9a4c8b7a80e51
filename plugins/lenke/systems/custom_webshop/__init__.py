"""The custom webshop: described in include/systems/custom_webshop.yaml."""
