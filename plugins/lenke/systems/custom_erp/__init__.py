"""The custom ERP: a described system (include/systems/custom_erp.yaml)."""
