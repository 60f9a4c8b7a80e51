from pathlib import Path

from lenke.core.mapping.load import load_dataflow
from lenke.runtime import assets, pools

MAPPING = """
dataflow: {name}
left: {left}
right: {right}
flows:
  - flow: customers
    left: Customer
    right: Person
    properties: [{{property: name, type: string, left: name, right: name}}]
"""
ALL = (("a", "b"), ("b", "c"), ("x", "y"))


def _mappings(folder: Path) -> Path:
    for left, right in ALL:
        name = f"{left}_to_{right}"
        (folder / f"{name}.yaml").write_text(MAPPING.format(name=name, left=left, right=right))
    return folder


def test_a_dataflow_is_woken_by_what_others_write_of_what_it_reads(tmp_path: Path) -> None:
    dataflow = load_dataflow(_mappings(tmp_path) / "a_to_b.yaml")
    assert [asset.name for asset in assets.waking(dataflow, tmp_path)] == ["lenke_b_Person_by_b_to_c"]


def test_what_it_writes_itself_is_another_asset(tmp_path: Path) -> None:
    dataflow = load_dataflow(_mappings(tmp_path) / "a_to_b.yaml")
    own = {assets.written(dataflow, dataflow.flows[0], side).name for side in ("left", "right")}
    assert own == {"lenke_a_Customer_by_a_to_b", "lenke_b_Person_by_a_to_b"}
    assert not own & {asset.name for asset in assets.waking(dataflow, tmp_path)}


def test_nobody_wakes_a_dataflow_that_shares_no_system(tmp_path: Path) -> None:
    assert assets.waking(load_dataflow(_mappings(tmp_path) / "x_to_y.yaml"), tmp_path) == []


def test_one_slot_for_all_loads_and_one_for_the_claims_of_each_dataflow() -> None:
    slots = {name: count for name, (count, _) in pools.wanted([("a_to_b", "a", "b"), ("b_to_c", "b", "c")]).items()}
    assert slots == {"lenke_writer": 1, "a_to_b_claim": 1, "b_to_c_claim": 1, "a": 4, "b": 4, "c": 4}
