"""How long the machines run: LENKE_LAWS=quick (default), long (a night) or any number of examples."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = {"quick": 60, "long": 20_000}


def chosen(*, examples: int | None = None) -> settings:
    """The settings of one machine; a failure prints the blob that repeats it."""
    name = os.environ.get("LENKE_LAWS", "quick")
    return settings(
        max_examples=examples or EXAMPLES.get(name) or int(name),
        stateful_step_count=25,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
