from pathlib import Path

import pytest

from lenke.core.errors import ConfigurationError, MappingError
from lenke.local import dataflows
from lenke.local.dataflows import Dataflow

FIVE = tuple(
    Dataflow(f"{left}_to_{right}", left, right, ("a",))
    for left, right in (
        ("custom_webshop", "custom_erp"),
        ("custom_webshop", "poweroffice_go"),
        ("poweroffice_go", "shopify"),
        ("superoffice", "custom_webshop"),
        ("woocommerce", "poweroffice_go"),
    )
)


def test_one_dataflow_is_one_level_and_one_deep() -> None:
    one = FIVE[1]
    assert dataflows.levels([one]) == ((one,),)
    assert dataflows.depth([one]) == 1


def test_levels_go_from_the_root_outwards_and_all_ends_come_last() -> None:
    assert [[d.dag_id for d in level] for level in dataflows.levels(FIVE)] == [
        ["superoffice_to_custom_webshop"],
        ["custom_webshop_to_poweroffice_go"],
        ["custom_webshop_to_custom_erp", "poweroffice_go_to_shopify", "woocommerce_to_poweroffice_go"],
    ]
    assert dataflows.depth(FIVE) == 3


def test_two_separate_trees_share_their_levels() -> None:
    apart = (FIVE[3], FIVE[2])
    assert dataflows.levels(apart) == (apart,) or dataflows.levels(apart) == ((FIVE[2], FIVE[3]),)
    assert dataflows.depth(apart) == 1


def test_nothing_to_run_has_no_levels() -> None:
    assert dataflows.levels([]) == ()
    assert dataflows.depth([]) == 0


def test_load_reads_names_and_order_of_flows(tmp_path: Path) -> None:
    (tmp_path / "b_to_c.yaml").write_text("left: b\nright: c\nflows: [{flow: two}, {flow: one, owner: two}]\n")
    assert dataflows.load(tmp_path) == (Dataflow("b_to_c", "b", "c", ("two", "one"), {"one": "two"}),)


def test_load_refuses_what_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no mapping"):
        dataflows.load(tmp_path)
    (tmp_path / "b.yaml").write_text("left: b\n")
    with pytest.raises(MappingError, match=r"b\.yaml"):
        dataflows.load(tmp_path)
