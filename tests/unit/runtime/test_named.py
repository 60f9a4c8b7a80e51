"""A dataflow or flow that a person mistypes is told with the names that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lenke.core.errors import ConfigurationError
from lenke.local.places import Places
from lenke.runtime import plans
from lenke.runtime.ledger import maintenance

NAME = "custom_webshop_to_poweroffice_go"
ASK: list[Callable[[str, str], Any]] = [
    lambda dataflow, flow: plans.show(dataflow, flow, with_values=False),
    maintenance.desk,
    maintenance.parked,
]


@pytest.fixture(autouse=True)
def include(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LENKE_INCLUDE", str(Places().include))


@pytest.mark.parametrize("ask", ASK)
@pytest.mark.parametrize(
    ("dataflow", "flow", "said"),
    [
        (NAME, "customer_to_costumers", "has no flow customer_to_costumers; there are customer_to_customers, product_to_product"),
        (f"{NAME}x", "customer_to_customers", f"there is no dataflow {NAME}x; there are .*{NAME}"),
    ],
)
def test_a_mistyped_name_is_told_with_those_there_are(ask: Callable[[str, str], Any], dataflow: str, flow: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        ask(dataflow, flow)
