"""What a task takes from its run's context before it does anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lenke.core.errors import ConfigurationError
from lenke.core.mapping.load import load_dataflow
from lenke.runtime import running

DATAFLOW = load_dataflow(Path(__file__).parents[3] / "include/mappings/custom_webshop_to_custom_erp.yaml")
FLOW = DATAFLOW.flows[0]


@pytest.mark.parametrize("pause", [f"{FLOW.name}:", f"{FLOW.name}: "])
def test_a_pause_of_a_record_that_names_none_is_refused(pause: str) -> None:
    """It would leave out the whole flow."""
    running._chosen(DATAFLOW, {"params": {"pause": [FLOW.name, f"{FLOW.name} : 42"]}})
    with pytest.raises(ConfigurationError, match="names no record"):
        running._chosen(DATAFLOW, {"params": {"pause": [pause]}})


class Told:
    """A task instance whose run has one XCom of ``link_resolve``."""

    def __init__(self, told: Any) -> None:
        self.told = told

    def xcom_pull(self, *, task_ids: str, key: str) -> Any:
        return self.told if (task_ids, key) == (f"{FLOW.name}.link_resolve", "braked") else None


@pytest.mark.parametrize(
    ("told", "extracted", "text"),
    [
        ({"read_at": "2026-11-01", "text": "brake"}, {"read_at": "2026-11-01"}, "brake"),
        ({"read_at": "2026-11-01", "text": "brake"}, {"read_at": "2026-11-02"}, ""),
        ({"read_at": "2026-11-01", "text": "brake"}, None, ""),
        (None, {"read_at": "2026-11-01"}, ""),
        ("brake, as an older version told it", {"read_at": "2026-11-01"}, ""),
    ],
)
def test_a_brake_counts_with_the_reads_that_it_was_said_of(told: Any, extracted: Any, text: str) -> None:
    assert running._braked({"ti": Told(told)}, FLOW, extracted) == text
