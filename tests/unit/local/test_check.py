"""``lenke check`` of what no single file can show."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lenke.local.check import check
from lenke.local.places import REPOSITORY, Places


@pytest.mark.parametrize(
    ("pause", "said"),
    [
        ("flows: [custom_webshop_to_custom_erp.order_to_order]", ""),
        ("flows: [custom_webshop_to_custom_erp.orders]", "has the flows customer_to_customer, product_to_product, order_to_order"),
        ('records: {no_such.flow: ["1"]}', "there is no dataflow no_such"),
    ],
)
def test_a_pause_of_what_is_not_there_is_found(tmp_path: Path, pause: str, said: str) -> None:
    shutil.copytree(REPOSITORY / "include", tmp_path / "include")
    shutil.copytree(REPOSITORY / "dags", tmp_path / "dags")
    settings = tmp_path / "include" / "settings.yaml"
    settings.write_text(f"pause: {{{pause}}}\n")
    (found,) = [one for one in check(Places(root=tmp_path)) if one.file == settings]
    assert said in found.problem
    assert bool(found.problem) is bool(said)
