"""A process dies while it carries out what a person decided: the next run, or the retry, does it once and all of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from lenke.core.mapping.load import loads_dataflow
from lenke.core.mapping.model import Dataflow
from lenke.runtime.windows import Window
from tests.flows.deciding import LEFT_SITE, MANUAL, RIGHT_SITE, TEXT, WEBSITE
from tests.flows.harness import MAPPING
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation, Snapshot
from tests.flows.mortal import KilledError, Trip, no_trip
from tests.flows.small import complaints

FEWEST = 8


def swap(few: Installation) -> dict[str, str]:
    """Two customers are linked crosswise; PowerOffice takes a customer's number once only, so a person frees both."""
    (one, right_one), (two, right_two) = sorted(few.engine.right_of(CUSTOMERS).items())[:2]
    for n, right in enumerate((right_one, right_two)):
        few.edit(OFFICE, "Customers", right, {"ExternalNumber": 900001 + n})
    few.engine.desk(CUSTOMERS).relink(one, right_two)
    few.engine.desk(CUSTOMERS).relink(two, right_one)
    return {one: right_two, two: right_one}


def is_swapped(few: Installation, pairs: dict[str, str]) -> bool:
    linked = few.engine.right_of(CUSTOMERS).items() >= pairs.items()
    return linked and all(few.right(CUSTOMERS, id)["EmailAddress"] == few.left(CUSTOMERS, id)["email"] for id in pairs)


def choose(few: Installation) -> dict[str, str]:
    """Both sides edited one property, and the right side's value is chosen."""
    customer = min(few.engine.right_of(CUSTOMERS))
    few.engine.run()
    few.edit(SHOP, "Customer", customer, {"website": LEFT_SITE})
    few.edit(OFFICE, "Customers", few.engine.right_of(CUSTOMERS)[customer], {"WebsiteUrl": RIGHT_SITE})
    few.engine.run()
    few.engine.desk(CUSTOMERS).choose(customer, "website", "right")
    return {customer: RIGHT_SITE}


def is_chosen(few: Installation, sites: dict[str, str]) -> bool:
    return all(few.left(CUSTOMERS, id)["website"] == few.right(CUSTOMERS, id)["WebsiteUrl"] == site for id, site in sites.items())


def release(few: Installation) -> dict[str, str]:
    """An order that was deleted in PowerOffice is to be made again."""
    order, right = min(few.engine.right_of(ORDERS).items())
    few.systems.delete(OFFICE, "SalesOrders", right)
    few.engine.run()
    few.engine.desk(ORDERS).release([order])
    return {order: right}


def is_released(few: Installation, former: dict[str, str]) -> bool:
    few.engine.run(flows=(ORDERS,))  # the number of the new order goes back over that of the old one
    return complaints(few, (ORDERS,)) == [] and all(few.engine.right_of(ORDERS)[id] != right for id, right in former.items())


@dataclass(frozen=True)
class Work:
    """A decision, the flow that carries it out, and whether it is carried out, by what the decision said of itself."""

    flow: str
    decide: Callable[[Installation], dict[str, str]]
    is_done: Callable[[Installation, dict[str, str]], bool]
    mapping: str = TEXT

    @property
    def dataflow(self) -> Dataflow:
        return loads_dataflow(self.mapping, str(MAPPING))


WORKS = {
    "relink": Work(CUSTOMERS, swap, is_swapped),
    "choose": Work(CUSTOMERS, choose, is_chosen, TEXT.replace(WEBSITE, MANUAL, 1)),
    "release": Work(ORDERS, release, is_released),
}


@pytest.mark.parametrize(("kind", "revives"), [("relink", False), ("choose", False), ("release", False), ("release", True)], ids=str)
def test_a_decision_is_carried_out_once_wherever_its_run_dies(kind: str, revives: bool, small_run: Snapshot, tmp_path: Path) -> None:
    work = WORKS[kind]
    decided, told = _decided(work, small_run, tmp_path / "decided")
    for at in count(1):
        with decided.copy(tmp_path / str(at)) as few:
            few.engine.dataflow = work.dataflow
            trip = Trip(at)
            few.engine.trip, few.engine.revives = trip, revives
            with suppress(KilledError):
                few.engine.run(flows=(work.flow,))
            few.engine.trip, few.engine.revives = no_trip, False
            if not trip.is_dead:
                assert at > FEWEST, "there are fewer places to die at than a run has"
                return
            assert _after(few, work, told) == [], f"died at {at} {trip.passed[-1]}"


def _decided(work: Work, small_run: Snapshot, folder: Path) -> tuple[Snapshot, dict[str, str]]:
    with small_run.copy(folder) as few:
        few.engine.dataflow = work.dataflow
        told = work.decide(few)
        return Snapshot(folder, few.engine.state()), told


def _after(few: Installation, work: Work, told: dict[str, str]) -> list[str]:
    """What is wrong after two more runs, the second of which ends what waited for the first."""
    for _ in range(2):
        few.engine.run(flows=(work.flow,))
    found = [] if work.is_done(few, told) else ["it is not done"]
    found += [f"{one} waits" for one, how in few.engine.decided(work.flow).items() if not how]
    found += few.engine.journal_keys() + [f"parked: {one}" for one in few.engine.parked(work.flow)]
    few.asked()
    few.engine.run(Window("full"), flows=(work.flow,))
    return found + [f"echo: {row['method']} {row['path']} {row['body']}" for row in few.asked()]
