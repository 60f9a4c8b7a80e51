"""A few cells of the campaign: the hardest share, a fault of each sort, every system. All of them: ``make faults``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.campaign import Campaign, Cell
from tests.faults.cell import KINDS, Result
from tests.faults.table import markdown

BY_LABEL = {kind.label: kind for kind in KINDS}
CELLS = [
    ("custom_webshop", "reply dropped after the commit"),
    ("poweroffice_go", "429"),
    ("woocommerce", "HTML after the commit"),
    ("shopify", "429"),
    ("superoffice", "body cut short"),
    ("custom_erp", "answer after the timeout"),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    campaign = Campaign(tmp_path_factory.mktemp("faults"), seed="1")
    return {result.system: result for result in campaign.run([Cell(system, BY_LABEL[label], 0.5) for system, label in CELLS])}


@pytest.mark.parametrize("system", [system for system, _ in CELLS])
def test_one_clean_run_mends_everything(results: dict[str, Result], system: str) -> None:
    assert results[system].hits
    assert results[system].complaints == ()


def test_the_table_tells_what_is_broken(results: dict[str, Result]) -> None:
    told = list(results.values())
    assert "in all of them one clean run mended everything" in markdown(told)
    broken = replace(told[0], complaints=("a record is missing",), unknown=(("customer_to_customers", "7"),))
    table = markdown([broken, *told[1:]])
    assert "**1 wrong**" in table
    assert "customer_to_customers 7" in table
