"""A pause holds wherever its record goes within an exclusive group, until it is taken back where it was taken."""

from __future__ import annotations

import pytest

from tests.flows.harness import Harness
from tests.flows.installation import OFFICE, SHOP, Installation
from tests.flows.parted import COMPANIES, PERSONS, flip, quiet, some

NEW = "https://ikke-ennaa.example"
OTHER = {PERSONS: (COMPANIES, "company"), COMPANIES: (PERSONS, "person")}


def there(shop: Installation, right: str) -> tuple[str | None, bool]:
    found = shop.systems.record(OFFICE, "Customers", right)
    assert found is not None
    return found["WebsiteUrl"], found["IsPerson"]


def runs(engine: Harness) -> None:
    for _ in range(2):
        engine.run()


@pytest.mark.parametrize("was", [PERSONS, COMPANIES])
def test_a_linked_record_that_changes_its_flow_stays_paused(shop: Installation, was: str) -> None:
    becomes, kind = OTHER[was]
    left, right = some(shop, was), shop.engine.right_of(was)[some(shop, was)]
    before = there(shop, right)
    shop.engine.desk(was).pause([left])
    shop.edit(SHOP, "Customer", left, {"website": NEW})
    flip(shop, left, kind)
    shop.asked()
    runs(shop.engine)
    assert (there(shop, right), shop.asked()) == (before, [])
    assert f"in the flow {was}; unpause it there" in shop.engine.waiting(becomes)[left].words

    shop.engine.desk(was).unpause([left])
    runs(shop.engine)
    assert there(shop, right) == (NEW, kind == "person")
    assert shop.engine.right_of(becomes)[left] == right
    assert shop.engine.waiting(was) == shop.engine.waiting(becomes) == {}
    assert quiet(shop)


def test_a_record_that_was_never_linked_stays_paused(shop: Installation) -> None:
    new = shop.systems.create(SHOP, "Customer", {"type": "company", "email": "ny@example.org"})
    shop.engine.run()
    shop.engine.desk(COMPANIES).pause([new])
    flip(shop, new, "person")
    shop.asked()
    runs(shop.engine)
    assert shop.asked() == []
    assert shop.engine.parked(PERSONS)[new][0] == "paused"

    shop.engine.desk(COMPANIES).unpause([new])
    runs(shop.engine)
    assert new in shop.engine.right_of(PERSONS)
    assert shop.engine.waiting(PERSONS) == shop.engine.waiting(COMPANIES) == {}


def test_a_pause_by_a_param_of_the_run_goes_with_the_record(shop: Installation) -> None:
    left, right = some(shop, PERSONS), shop.engine.right_of(PERSONS)[some(shop, PERSONS)]
    before = there(shop, right)
    flip(shop, left, "company")
    shop.engine.run(options={"pause": [f"{PERSONS}:{left}"]})
    assert there(shop, right) == before
    runs(shop.engine)
    assert there(shop, right) == (before[0], False)
