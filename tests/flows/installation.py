"""One installation of Lenke with its two sandbox systems, and copies of it that cost a moment instead of a first sync."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from time_machine import Traveller

import sandbox
from sandbox.running import Running
from tests.flows.harness import Harness
from tests.oracle.judge import Verdict, judge

SHOP, OFFICE = "custom_webshop", "poweroffice_go"
CUSTOMERS, PRODUCTS, ORDERS = "customer_to_customers", "product_to_product", "order_to_salesorders"
RIGHT = {CUSTOMERS: "Customers", PRODUCTS: "Products", ORDERS: "SalesOrders"}
LEFT = {CUSTOMERS: "Customer", PRODUCTS: "Product", ORDERS: "Order"}
# High enough never to be what a test waits for.
RATE = 5_000


@dataclass
class Installation:
    """A served sandbox and the engine beside it.

    :param touched: (system, entity, id) of records that the test edited, for the judge.
    """

    folder: Path
    systems: Running
    engine: Harness
    touched: set[tuple[str, str, str]] = field(default_factory=set)
    _seen: dict[str, int] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The sandbox's home."""
        return self.folder / "sandbox"

    def written(self) -> list[dict[str, Any]]:
        """The write requests that both systems carried out since this was last asked."""
        return [row for row in self.asked() if row["applied"]]

    def asked(self) -> list[dict[str, Any]]:
        """The write requests that reached either system since this was last asked, refused ones too."""
        rows: list[dict[str, Any]] = []
        for name in (SHOP, OFFICE):
            new = self.systems.audit(name, self._seen.get(name, 0))
            self._seen[name] = new[-1]["seq"] if new else self._seen.get(name, 0)
            rows += [{**row, "system": name} for row in new]
        return rows

    def edit(self, system: str, entity: str, id: str, fields: Mapping[str, Any]) -> None:
        """A person's edit."""
        self.touched.add((system, entity, id))
        self.systems.edit(system, entity, id, fields)

    def left(self, flow: str, id: str) -> dict[str, Any]:
        """The left record as it stands."""
        found = self.systems.record(SHOP, LEFT[flow], id)
        assert found is not None, f"{LEFT[flow]} {id} is gone"
        return found

    def right(self, flow: str, left_id: str) -> dict[str, Any]:
        """The right record that is linked with a left one."""
        found = self.systems.record(OFFICE, RIGHT[flow], self.engine.right_of(flow)[left_id])
        assert found is not None, f"the right record of {LEFT[flow]} {left_id} is gone"
        return found

    def judge(self) -> Verdict:
        """The independent judge's verdict, with what is parked now."""
        return judge(self.home, self.engine.all_parked(), touched=self.touched)

    def lag(self, seconds: float, clock: Traveller) -> None:
        """Let PowerOffice's reads lag, and tell its connection so; what was written before is past the lag then."""
        clock.shift(seconds)
        self.systems.lag(seconds)
        connection = self.engine.connections[OFFICE]
        lagging = {**connection, "extra": {**connection["extra"], "read_lag_seconds": seconds}}
        self.engine.connections = {**self.engine.connections, OFFICE: lagging}


@contextmanager
def installed(folder: Path, *, records: Mapping[str, Mapping[str, Sequence[Any]]] | None = None) -> Iterator[Installation]:
    """Serve the sandbox in ``folder`` (seeded where it is empty) with a fresh engine."""
    systems = sandbox.start(folder / "sandbox", seed=1, port_base=0, rate=RATE, records=records)
    try:
        found = Installation(folder, systems, Harness(folder / "lenke", systems.connections))
        found.asked()
        yield found
    finally:
        systems.stop()


@dataclass(frozen=True)
class Snapshot:
    """An installation that stands still: its files, and its ledger."""

    folder: Path
    state: Any

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Installation]:
        """The same installation once more, in a folder of its own."""
        shutil.copytree(self.folder / "sandbox", folder / "sandbox")
        shutil.copytree(self.folder / "lenke/ledger", folder / "lenke/ledger")
        with installed(folder) as copied:
            copied.engine.restore(self.state)
            yield copied
