"""A line that a person puts in the place of a removed one becomes the partner of another line, and what that one was given reaches it."""

from __future__ import annotations

import pytest

from tests.laws.engine.machine import ChainEngine
from tests.laws.engine.played import Drawn

REPLACED = (True, "ro-1", ("remove", "add"), "ro/l2", "A")


@pytest.fixture
def machine() -> ChainEngine:
    """Orders with two lines that look alike, linked over two dataflows."""
    made = ChainEngine()
    made.begin(lines=0, is_run=False, deletes=True)
    made.run_refused(data=Drawn(True, "lo-1", ("add", "add"), "A", "A"), behind=False, where=0)
    made.wait(seconds=4000)
    made.run_while_edited(data=Drawn(), full=False, behind=False, kind="customers", where=0, clash=True)
    return made


def test_a_line_was_a_partner_though_the_ledger_that_knew_it_was_lost(machine: ChainEngine) -> None:
    """The process died after it had sent the edit, the ledger was lost, and the order is locked by now."""
    machine.run_half_way(data=Drawn(*REPLACED), behind=False, fate="partial", where=1)
    drawn = Drawn(True, "lo-1", ("add", "edit"), "A", "lo/l2", "sku")
    machine.run_with_faults(data=drawn, where=0, full=False, behind=False, fates=["done", "crash_before"], commit="done")
    machine.lock(data=Drawn("ro-1"), where=0)
    machine.restore(where=0)
    machine.check()


def test_a_line_was_a_partner_though_the_order_that_it_came_from_is_gone(machine: ChainEngine) -> None:
    """The load stopped after it had sent the edit, and the order that the edit came from is deleted."""
    machine.run_that_dies(data=Drawn(*REPLACED), behind=False, done=0, fate="crash_before", where=1)
    drawn = Drawn(True, "lo-1", ("edit", "remove"), "lo/l2", "sku", "lo/l3")
    machine.run_whose_load_stops(data=drawn, behind=False, fates=["done", "lost_before"], flows=0, where=0)
    machine.delete(data=Drawn("lo-1"), kind="orders", where=0)
    machine.check()


def test_a_line_was_a_partner_of_one_whose_order_was_deleted_long_after() -> None:
    """A quantity is edited on one side, then on the other; and then the order that the second edit came from is deleted."""
    machine = ChainEngine()
    machine.begin(lines=2, is_run=False, deletes=True)
    machine.rest()
    machine.create_order(data=Drawn("O8", "lc-1", []), lines=0, where=0)
    machine.edit_line(data=Drawn("ro-1", "ro/l2", "quantity"), verb="edit", where=1)
    machine.rest()
    machine.edit_line(data=Drawn("lo-1", "lo/l2", "quantity"), verb="edit", where=0)
    machine.rest()
    machine.delete(data=Drawn("lo-1"), kind="orders", where=0)
    machine.check()
