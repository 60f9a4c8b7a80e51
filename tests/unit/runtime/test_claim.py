"""One run at a time per flow."""

from __future__ import annotations

import pytest

from lenke.core.errors import BusyError, FatalError
from lenke.runtime.ledger import claim


class Held:
    def __init__(self, run: str = "") -> None:
        self.run = run

    def get(self) -> str:
        return self.run

    def set(self, run_id: str) -> None:
        self.run = run_id


@pytest.mark.parametrize(("holder", "active"), [("", False), ("mine", True), ("other", False)])
def test_a_free_own_or_abandoned_claim_is_taken(holder: str, *, active: bool) -> None:
    held = Held(holder)
    claim.take(held, "mine", is_active=lambda _: active)
    assert held.run == "mine"


def test_an_active_run_keeps_its_claim_and_is_named() -> None:
    held = Held("other")
    with pytest.raises(BusyError, match="other"):
        claim.take(held, "mine", is_active=lambda _: True)
    assert held.run == "other"


@pytest.mark.parametrize("holder", ["", "other"])
def test_old_reads_are_refused(holder: str) -> None:
    with pytest.raises(FatalError, match="extract"):
        claim.require(Held(holder), "mine")


@pytest.mark.parametrize(("holder", "after"), [("mine", ""), ("other", "other")])
def test_only_the_own_claim_is_given_back(holder: str, after: str) -> None:
    held = Held(holder)
    claim.release(held, "mine")
    assert held.run == after
