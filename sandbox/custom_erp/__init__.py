"""A custom ERP whose REST dialect has nothing in common with the webshop's."""

from sandbox.custom_erp.server import CustomErp

__all__ = ["CustomErp"]
