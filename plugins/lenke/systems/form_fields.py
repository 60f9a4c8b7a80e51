"""The fields that connection forms are made of (one ``form.py`` for each system), in the JSON Schema words that Airflow takes."""

from __future__ import annotations

from typing import Any

Field = dict[str, Any]


def text(label: str, description: str = "") -> Field:
    """An optional text."""
    return _field(label, {"type": ["string", "null"]}, description)


def secret(label: str, description: str = "") -> Field:
    """An optional text that the form hides and Airflow stores encrypted."""
    return _field(label, {"type": ["string", "null"], "format": "password"}, description)


def number(label: str, description: str) -> Field:
    """An optional number."""
    return _field(label, {"type": ["number", "null"]}, description)


def flag(label: str, description: str) -> Field:
    """An optional switch."""
    return _field(label, {"type": ["boolean", "null"]}, description)


def rate(default: str) -> Field:
    """Extra ``requests_per_second``; ``default`` says what holds where it is empty."""
    return number("Requests per second", f"Share the system's limit among what uses it. Empty: {default}.")


def read_lag(default: str) -> Field:
    """Extra ``read_lag_seconds``; ``default`` says what holds where it is empty."""
    return number("Read lag (seconds)", f"How much older than the last write a read may be. Empty: {default}.")


def _field(label: str, schema: Field, description: str) -> Field:
    return {"label": label, "schema": schema, **({"description": description} if description else {})}
