"""What a run's configuration may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from lenke.core.errors import ConfigurationError
from lenke.core.mapping.load import load_dataflow
from lenke.runtime.params import params, refuse_dropped, refuse_unknown

DATAFLOW = load_dataflow(Path(__file__).parents[3] / "include/mappings/superoffice_to_custom_webshop.yaml")


def test_a_misspelt_param_is_refused_and_never_becomes_a_run_that_writes() -> None:
    refuse_unknown(DATAFLOW, dict.fromkeys(params(DATAFLOW)))
    with pytest.raises(ConfigurationError, match=r"no param dryrun; there are dry_run, flows"):
        refuse_unknown(DATAFLOW, {"dryrun": True, "full": True})


def test_parts_are_shown_with_their_owner() -> None:
    labels = params(DATAFLOW)["flows"].schema["values_display"]
    assert labels["quoteline_to_order"] == "Quoteline to Order (part of sale_to_order)"


def test_a_configuration_that_airflow_does_not_pass_on_is_refused() -> None:
    defaults = {"dry_run": False, "flows": [], "full": False}
    refuse_dropped({}, defaults)
    refuse_dropped({"dry_run": True, "flows": ["sale_to_order"]}, defaults | {"dry_run": True, "flows": ["sale_to_order"]})
    with pytest.raises(ConfigurationError, match=r"given dry_run, dryrun, .*dag_run_conf_overrides_params"):
        refuse_dropped({"dry_run": True, "dryrun": True, "full": False}, defaults)
