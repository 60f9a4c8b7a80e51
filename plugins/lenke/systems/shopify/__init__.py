"""Shopify's GraphQL Admin API, 2026-10: customers, product variants and orders of one shop."""
