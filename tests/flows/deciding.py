"""What the tests of decisions share: a property that a person decides, a right record that is deleted, and silence after."""

from __future__ import annotations

from lenke.runtime.windows import Window
from tests.flows.harness import MAPPING
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, Installation

FULL = Window("full")
TEXT = MAPPING.read_text(encoding="utf-8")
WEBSITE = "- {property: website, type: string, left: website, right: WebsiteUrl}"
MANUAL = WEBSITE.replace("WebsiteUrl}", "WebsiteUrl, conflict: manual}")
LEFT_SITE, RIGHT_SITE = "https://venstre.example.org", "https://hoyre.example.org"


def silent(few: Installation, flow: str = CUSTOMERS) -> None:
    """The next runs, a full one too, write nothing, in the systems or in the ledger."""
    few.asked()
    few.engine.run(flows=(flow,))
    assert few.engine.quiet(flows=(flow,))
    assert few.engine.quiet(window=FULL, flows=(flow,))
    assert few.asked() == []


def delete_right(few: Installation, order: str) -> None:
    few.systems.delete(OFFICE, "SalesOrders", few.engine.right_of(ORDERS)[order])
    few.engine.run()
