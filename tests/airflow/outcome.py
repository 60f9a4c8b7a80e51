"""What must hold in both systems and the ledger once a run that was disturbed has come to its end."""

from __future__ import annotations

from tests.airflow.installation import FLOWS
from tests.airflow.ledger_rows import Ledger
from tests.airflow.small import OFFICE, SHOP
from tests.airflow.world import WRITES, World

ENTITIES = {"Customer": "Customers", "Product": "Products", "Order": "SalesOrders"}
# What no two records of one left record can differ in; PowerOffice products have no field for a marker.
UNIQUE = {"Customers": "ExternalImportReference", "Products": "Code", "SalesOrders": "ExternalImportReference"}
LINE_PRODUCTS = ("FRAKT", "GEBYR", "AVRUND")


def nothing_doubled_or_lost(found: World) -> None:
    """One right record and one link for each left record, no journal left, and nothing for the next run to write."""
    for flow, (left, right) in zip(FLOWS, ENTITIES.items(), strict=True):
        ours = found.systems.records(SHOP, left)
        theirs = [one for one in found.systems.records(OFFICE, right) if one.get("Code") not in LINE_PRODUCTS]
        assert len({one[UNIQUE[right]] for one in theirs}) == len(theirs), f"{right}: a record was created twice"
        assert len(theirs) == len(ours), f"{right}: {len(theirs)} records for {len(ours)}"
        links = [link for link in Ledger(found.airflow, flow).links() if link.kind == "link" and not link.parent]
        assert len(links) == len(ours), flow
        assert Ledger(found.airflow, flow).journal() == [], f"{flow}: journal keys were left"
        assert Ledger(found.airflow, flow).manifest().open is None
    writes, again = found.writes(), found.run()
    assert again.state == "success"
    assert again.sum(*WRITES) == 0
    assert found.writes() == writes
