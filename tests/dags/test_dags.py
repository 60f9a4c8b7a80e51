"""Every mapping has its DAG, and every DAG is what the design says: tasks, pools, retries, params, documentation."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import jsonschema
import pytest

from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import SIDES, Dataflow, Flow, Side
from lenke.local.places import REPOSITORY
from lenke.runtime import assets, pools
from tests.dags.conftest import Ask

pytestmark = pytest.mark.airflow
MAPPINGS = sorted((REPOSITORY / "include" / "mappings").glob("*.yaml"))
STEPS = ("extract", "map", "link_resolve", "load", "commit")
BUILT_IN_POOL = "default_pool"


@pytest.fixture(scope="module")
def found(ask: Ask) -> Any:
    return ask("describe.py")


@pytest.fixture(params=[path.stem for path in MAPPINGS])
def stem(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def dataflow(stem: str) -> Dataflow:
    return load_dataflow(REPOSITORY / "include" / "mappings" / f"{stem}.yaml")


@pytest.fixture
def dag(found: Any, stem: str) -> Any:
    return found["dags"][stem]


def test_no_file_fails_to_import(found: Any) -> None:
    assert found["errors"] == {}


def test_every_mapping_has_its_dag_and_every_dag_its_mapping(found: Any) -> None:
    assert set(found["dags"]) == {path.stem for path in MAPPINGS} | {"link_ledger"}
    files = {path.stem for path in (REPOSITORY / "dags").glob("*.py")}
    assert files == set(found["dags"])


def test_dag_id_file_and_mapping_share_one_stem(stem: str, dataflow: Dataflow, dag: Any) -> None:
    assert dag["file"] == str(REPOSITORY / "dags" / f"{stem}.py")
    assert dataflow.name == stem


def test_the_module_docstring_documents_the_dag(stem: str, dag: Any) -> None:
    assert len(dag["doc_md"].splitlines()) > 3
    assert f"include/mappings/{stem}.yaml" in dag["doc_md"]


def test_tags_name_both_systems(dataflow: Dataflow, dag: Any) -> None:
    assert set(dag["tags"]) == {"lenke", dataflow.left, dataflow.right}


def test_one_run_at_a_time_with_a_real_data_interval(dataflow: Dataflow, dag: Any) -> None:
    assert dag["max_active_runs"] == 1
    assert dag["catchup"] is False
    assert dataflow.schedule
    assert dag["schedule"] == ("AssetOrTimeSchedule" if dag["waking"] else "CronDataIntervalTimetable")


def test_it_is_woken_by_what_others_write_of_what_it_reads_and_by_nothing_else(dataflow: Dataflow, dag: Any) -> None:
    read = _entities(dataflow)
    others = [load_dataflow(path) for path in MAPPINGS if path.stem != dataflow.name]
    names = {
        assets.written(other, flow, side).name for other in others for flow, side in _places(other) if _entity(other, flow, side) in read
    }
    assert names <= set(dag["waking"]), "a write that it reads does not wake it"
    tails = {f"{system}_{entity}_by_{other.name}" for other in others for system, entity in read if system in (other.left, other.right)}
    assert set(dag["waking"]) == {f"lenke_{tail}" for tail in tails}
    assert not [name for name in dag["waking"] if name.endswith(f"_by_{dataflow.name}")], "it would wake itself"


def _places(dataflow: Dataflow) -> list[tuple[Flow, Side]]:
    return [(flow, side) for flow in dataflow.flows for side in SIDES]


def _entity(dataflow: Dataflow, flow: Flow, side: Side) -> tuple[str, str]:
    return dataflow.system(side), flow.entity(side).entity


def _entities(dataflow: Dataflow) -> set[tuple[str, str]]:
    return {_entity(dataflow, flow, side) for flow, side in _places(dataflow)}


def test_the_trigger_form_has_its_params(dag: Any) -> None:
    assert dag["params"] == {
        "dry_run": False, "flows": [], "full": False, "records": [], "pause": [], "since": None, "until": None,
        "window_by": "modified", "max_changes": None, "override_brake": None,
    }  # fmt: skip


def test_the_form_offers_the_flows_of_this_dataflow_with_their_entities(dataflow: Dataflow, dag: Any) -> None:
    schema = dag["schemas"]["flows"]
    assert schema["examples"] == schema["items"]["enum"] == [flow.name for flow in dataflow.sections]
    assert all(flow.left.entity in schema["values_display"][flow.name] for flow in dataflow.sections)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("full", "yes"), ("flows", ["no_such_flow"]), ("since", "yesterday"), ("max_changes", -1), ("max_changes", "ten"),
     ("window_by", "changed"), ("override_brake", "please"), ("records", [None])],
)  # fmt: skip
def test_the_form_refuses_a_wrong_value(dag: Any, name: str, wrong: Any) -> None:
    schema = dag["schemas"][name]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema, format_checker=jsonschema.FormatChecker())


def test_every_param_has_a_title_and_help(dag: Any) -> None:
    assert all(one["title"] and one["help"] for one in ({**dag["schemas"][name], "help": dag["help"][name]} for name in dag["params"]))


def test_each_flow_has_the_five_steps_in_order(dataflow: Dataflow, dag: Any) -> None:
    tasks = dag["tasks"]
    steps = {f"{flow.name}.{step}" for flow in dataflow.flows for step in STEPS}
    assert set(tasks) == steps | _parts(dataflow).keys() | {"finish"}
    for flow in dataflow.flows:
        names = [f"{flow.name}.{step}" for step in STEPS]
        for before, after in pairwise(names):
            assert before in tasks[after]["upstream"]
        assert [tasks[name]["mapped"] for name in names] == [False, False, False, True, False]


def _parts(dataflow: Dataflow) -> dict[str, Flow]:
    """The task that stands for each part, with the owner that it went with."""
    return {f"{part}.with_{flow.name}": flow for flow in dataflow.flows for part in flow.parts}


def test_every_flow_that_is_written_down_has_its_group(dataflow: Dataflow, dag: Any) -> None:
    assert {name.partition(".")[0] for name in dag["tasks"]} - {"finish"} == {flow.name for flow in dataflow.sections}
    for name, owner in _parts(dataflow).items():
        assert dag["tasks"][name]["upstream"] == [f"{owner.name}.commit"]


def test_a_flow_waits_for_those_it_refers_to_and_outlives_their_failure(dataflow: Dataflow, dag: Any) -> None:
    tasks, done = dag["tasks"], list[str]()
    for flow in dataflow.ordered():
        first = tasks[f"{flow.name}.extract"]
        assert first["trigger_rule"] == "all_done"
        assert first["upstream"] == ([f"{done[-1]}.commit"] if done else [])
        assert tasks[f"{flow.name}.commit"]["trigger_rule"] == "all_done"
        for target in flow.references:
            assert {one.name for one in dataflow.targets(target) if one != flow} <= set(done)
        done.append(flow.name)
    assert tasks["finish"]["trigger_rule"] == "all_done"
    assert tasks["finish"]["upstream"] == [f"{done[-1]}.commit"]


def test_set_up_makes_every_pool_that_a_task_names(dataflow: Dataflow, dag: Any) -> None:
    made = pools.wanted([(dataflow.name, dataflow.left, dataflow.right)])
    assert {task["pool"] for task in dag["tasks"].values()} <= made.keys() | {BUILT_IN_POOL}


def test_no_two_loads_of_any_dataflow_and_no_two_claims_of_one_go_at_a_time(dataflow: Dataflow, dag: Any) -> None:
    made = pools.wanted([(dataflow.name, dataflow.left, dataflow.right)])
    assert {dag["tasks"][f"{flow.name}.load"]["pool"] for flow in dataflow.flows} == {"lenke_writer"}
    (claiming,) = {dag["tasks"][f"{flow.name}.extract"]["pool"] for flow in dataflow.flows}
    assert claiming == f"{dataflow.name}_claim"
    assert made["lenke_writer"][0] == made[claiming][0] == 1


def test_every_step_is_retried_by_what_its_error_means(dataflow: Dataflow, dag: Any) -> None:
    steps = {name: task for name, task in dag["tasks"].items() if name not in {"finish", *_parts(dataflow)}}
    assert all(task["retries"] >= 3 and task["policy"] == "IntentRetryPolicy" for task in steps.values())
    assert dag["tasks"]["finish"]["retries"] == 0
    assert all(task["quiet"] for task in steps.values()), "a return value would be written into the log"


def test_the_witness_is_an_inlet_and_never_an_outlet(dataflow: Dataflow, dag: Any) -> None:
    for name, task in dag["tasks"].items():
        if name not in {"finish", *_parts(dataflow)}:  # these touch no ledger
            assert f"lenke_ledger_{dataflow.name}" in task["inlets"], name
        assert all(outlet.startswith("AssetAlias ") for outlet in task["outlets"]), f"{name}: a static outlet emits on every success"
    assert [name for name, task in dag["tasks"].items() if task["outlets"]] == [
        name for name in dag["tasks"] if name.endswith(".commit")
    ]  # fmt: skip


def test_the_ledger_dag_is_paused_and_says_why(found: Any) -> None:
    ledger = found["dags"]["link_ledger"]
    assert ledger["paused"] is True
    assert ledger["doc_md"].startswith("Do not unpause")
    assert ledger["schedule"] == "NullTimetable"
    assert list(ledger["tasks"]) == ["links"]


def test_airflow_loads_our_one_plugin_and_no_other_module(found: Any) -> None:
    assert "lenke" in found["plugins"]
    assert found["plugin_errors"] == {}
    assert found["strays"] == [], "plugins/.airflowignore does not hide lenke/: its modules were imported under their bare names"
