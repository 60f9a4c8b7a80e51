"""Histories that once broke a law, cut down to the steps that matter."""

from __future__ import annotations

from typing import Any

from tests.laws.engine.machine import ChainEngine, Engine, GroupEngine, WalkedEngine
from tests.laws.engine.played import Drawn


def test_what_waits_is_not_forgotten_by_a_run_that_dies() -> None:
    """An order is told its status, and waits for its customer: the run dies between the two."""
    machine = Engine()
    machine.begin(lines=0, is_run=False, deletes=True)
    machine.create_order(data=Drawn("O4", "lc-1", []), where=0, lines=0)
    machine.create_order(data=Drawn("O5", "lc-1", []), where=0, lines=0)
    machine.create_order(data=Drawn("O6", "lc-1", []), where=0, lines=0)
    edits = Drawn("lc-1", "name", "lc-1", "name")
    machine.run_while_edited(data=edits, full=False, behind=False, kind="customers", where=0, clash=False)
    machine.create_customer(data=Drawn(), where=1, same=False, email=False, person=False)
    machine.merge(data=Drawn("rc-2", "rc-1"), where=1)
    machine.lock(data=Drawn("ro-2"), where=0)
    fates = ["done", "crash_settled"]
    machine.run_with_faults(
        data=Drawn(True, "lo-1", ("add", "add"), "A", "A"), where=0, full=False, behind=False, fates=fates, commit="done"
    )
    machine.check()


def test_a_read_older_than_the_one_before_is_no_edit() -> None:
    """The middle system shows an edit, and to the next run what was there before it."""
    machine = ChainEngine()
    machine.begin(lines=0, is_run=True, deletes=True)
    machine.run_with_faults(data=Drawn(False, "rc-1", "name"), where=1, full=False, behind=True, fates=["done"], commit="done")
    machine.run_with_faults(
        data=Drawn(True, "lo-1", ("add", "add"), "A", "A"), where=0, full=False, behind=False, fates=["done"], commit="done"
    )
    machine.run_with_faults(
        data=Drawn(True, "lo-1", ("add", "add"), "A", "A"), where=0, full=False, behind=True, fates=["lost_after"], commit="done"
    )
    machine.check()


def test_a_flow_that_takes_a_record_over_knows_when_it_was_last_written() -> None:
    """A person became a company just after the flow of persons had written to the right."""
    machine = GroupEngine()
    machine.begin(lines=0, is_run=False, deletes=True)
    edits = Drawn("lc-1", "email", "lc-1", "name", "lc-1", "name")
    machine.run_while_edited(data=edits, full=False, behind=False, kind="customers", where=0, clash=False)
    edits = Drawn("rc-1", "phone", "name", "name")
    machine.run_while_edited(data=edits, full=False, behind=False, kind="customers", where=0, clash=False)
    machine.flip(data=Drawn("lc-1"))
    machine.run_with_faults(
        data=Drawn(True, "lo-1", ("add", "add"), "A", "A"), where=0, full=False, behind=True, fates=["done"], commit="done"
    )
    machine.check()


def test_what_a_sibling_may_have_made_is_not_made_again() -> None:
    """The answer to a person's create was lost, and the person is a company by now."""
    machine = GroupEngine()
    machine.begin(lines=0, is_run=False, deletes=True)
    fates = ["done", "lost_before"]
    machine.run_with_faults(
        data=Drawn(True, "lo-1", ("add", "add"), "A", "A"), where=0, full=False, behind=False, fates=fates, commit="done"
    )
    machine.flip(data=Drawn("lc-1"))
    edits = Drawn("rc-1", "phone", "lc-1", "email", "lc-1", "name")
    machine.run_while_edited(data=edits, full=False, behind=True, kind="customers", where=0, clash=False)
    machine.check()


def test_a_link_that_only_a_dead_run_s_journal_has_is_taken_over() -> None:
    """A company was linked by a run that died before its commit, and is a person by the next one."""
    machine = GroupEngine()
    machine.begin(lines=0, is_run=False, deletes=False)
    machine.flip(data=Drawn("lc-1"))
    lines = Drawn(True, "lo-1", ("remove",))
    machine.run_with_faults(data=lines, where=0, full=False, behind=False, fates=["done", "crash_settled"], commit="done")
    machine.flip(data=Drawn("lc-1"))
    machine.run_refused(data=Drawn(False, "lc-1", "name"), where=0, behind=False)
    machine.check()


def test_a_flow_that_takes_a_record_over_knows_what_was_sent_without_an_answer() -> None:
    """The code that came from the right has the left's form by then, which is no edit."""
    machine = GroupEngine()
    machine.begin(lines=0, is_run=True, deletes=False)
    edits = Drawn("lc-1", "name", "name", "code")
    machine.run_while_edited(data=edits, full=False, behind=False, kind="customers", where=1, clash=False)
    machine.run_half_way(data=Drawn(True, "lo-1", ("remove",)), where=0, behind=False, fate="lost_after")
    machine.flip(data=Drawn("lc-1"))
    machine.check()


def test_a_read_older_than_the_one_that_a_record_was_created_from_is_no_edit() -> None:
    """The middle system's customer is read with its telephone number, created so, and then read as it was before."""
    machine = ChainEngine()
    machine.begin(lines=0, is_run=False, deletes=False)
    lines = Drawn(True, "lo-1", ("remove",))
    machine.run_with_faults(data=lines, where=0, full=False, behind=False, fates=["done"], commit="done")
    edits = Drawn("rc-1", "phone", "name", "name")
    machine.run_while_edited(data=edits, full=False, behind=False, kind="customers", where=0, clash=False)
    machine.backfill(start=0, share=38, behind=True)
    machine.check()


def test_a_line_that_was_created_with_its_record_is_no_new_one_beside_an_older_read() -> None:
    """The answer to an order's create was lost, and the next read shows the order as it was before its line."""
    machine = ChainEngine()
    machine.begin(lines=0, is_run=False, deletes=False)
    machine.rest()
    machine.create_order(data=Drawn("O4", "rc-1", []), where=1, lines=0)
    machine.create_customer(data=Drawn(), where=0, same=False, email=False, person=False)
    machine.save(data=Drawn("lc-1"), kind="customers", where=0)
    changes = Drawn(True, "ro-2", ("add", "edit"), "A", "ro/l3", "sku")
    machine.run_half_way(data=changes, where=1, behind=False, fate="lost_after")
    edits = Drawn("ro-1", "customer", "rc-1", True, "edit", True, "edit")
    machine.run_while_edited(data=edits, full=False, behind=True, kind="orders", where=0, clash=False)
    machine.check()


def test_a_refusal_by_the_flow_that_had_a_record_does_not_forget_what_was_sent() -> None:
    """A conflict was written without an answer, then refused; the person is a company by now."""
    machine = GroupEngine()
    machine.begin(lines=0, is_run=False, deletes=False)
    machine.rest()
    machine.run_while_edited(data=Drawn("lc-1", "code"), behind=False, clash=True, full=False, kind="customers", where=1)
    machine.run_half_way(data=Drawn(False, "rc-1", "name"), behind=False, fate="lost_after", where=1)
    machine.restore(where=0)
    machine.run_refused(data=Drawn(False, "lc-1", "name"), behind=False, where=0)
    machine.flip(data=Drawn("lc-1"))
    machine.check()


def test_a_line_that_was_added_and_edited_is_not_put_back_by_a_read_of_before() -> None:
    """The middle system shows a new line, and to the next run what the line was before it was edited."""
    machine = ChainEngine()
    machine.begin(lines=0, is_run=False, deletes=False)
    machine.rest()
    edits = Drawn(True, "ro-1", ("add", "edit"), "A", "ro/l2", "sku")
    machine.run_with_faults(data=edits, behind=False, commit="done", fates=["done"], full=False, where=1)
    machine.edit_line(data=Drawn("ro-1", "ro/l2", "sku"), verb="edit", where=1)
    edits = Drawn("rc-1", "name", "name", "name")
    machine.run_while_edited(data=edits, behind=False, clash=False, full=False, kind="customers", where=0)
    machine.run_half_way(data=Drawn(False, "lc-1", "name"), behind=True, fate="lost_after", where=0)
    machine.check()


def test_what_a_first_link_filled_without_an_answer_is_no_difference() -> None:
    """The left customer was told the code of the right one that it matches, and holds it in its own form."""
    machine = WalkedEngine()
    machine.begin(lines=0, is_run=True, deletes=False)
    machine.create_customer(data=Drawn(), where=1, same=False, email=False, person=False)
    machine.run_with_faults(data=Drawn(False, "lc-1", "name"), where=0, full=False, behind=False, fates=["done"], commit="done")
    machine.run_refused(data=Drawn(False, "rc-2", "email"), where=1, behind=False)
    edits = Drawn("rc-2", "code", "lc-1", "name")
    machine.run_while_edited(data=edits, full=False, behind=False, kind="customers", where=0, clash=False)
    machine.create_customer(data=Drawn("emai7"), where=0, same=True, email=True, person=False)
    machine.run_half_way(data=Drawn(True, "lo-1", ("remove",)), where=0, behind=False, fate="lost_after")
    machine.check()


def test_a_flow_that_takes_a_record_over_does_not_forget_what_it_sent_without_an_answer() -> None:
    """The person is a company by now, its edit was sent twice and lost, and its date is long past."""
    machine = GroupEngine()
    machine.begin(lines=0, is_run=True, deletes=False)
    machine.flip(data=Drawn("lc-1"))
    machine.run_half_way(data=Drawn(False, "lc-1", "name"), behind=False, fate="lost_before", where=0)
    machine.create_customer(data=Drawn(), where=0, same=False, email=False, person=False)
    machine.run_half_way(data=Drawn(True, "lo-1", ("remove",)), behind=False, fate="lost_before", where=0)
    machine.check()


def test_an_edit_that_was_sent_without_an_answer_can_be_taken_back() -> None:
    """Two orders change their numbers, which comes to one of them before the run dies, and change them back."""
    machine = ChainEngine()
    machine.begin(lines=0, is_run=True, deletes=False)
    machine.create_customer(data=Drawn(), where=0, same=False, email=False, person=False)
    machine.create_order(data=Drawn("O6", "lc-1", []), where=0, lines=0)
    machine.run_that_dies(data=Drawn(False, "lc-1", "name"), where=0, behind=False, done=0, fate="crash_before")
    machine.rename(data=Drawn("lo-1", "lo-2"), kind="orders", where=0)
    machine.run_refused(data=Drawn(False, "lc-1", "name"), where=0, behind=False)
    machine.run_that_dies(data=Drawn(False, "lc-1", "name"), where=0, behind=False, done=0, fate="crash_sent")
    machine.rename(data=Drawn("lo-1", "lo-2"), kind="orders", where=0)
    machine.check()


def test_what_is_taken_back_after_the_journal_was_lost_may_come_again() -> None:
    """The write had no answer, and the ledger that told of it was restored: nothing tells its echo from an edit."""
    machine = Engine()
    machine.begin(lines=0, is_run=False, deletes=False)
    machine.run_as_planned(full=False)
    machine.run_that_dies(behind=False, data=Drawn(False, "lc-1", "name"), done=0, fate="crash_sent", where=0)
    machine.restore(where=0)
    machine.take_back(data=Drawn("lc-1", "", "name"), kind="customers", where=0)
    machine.check()


def test_a_conflict_of_a_first_link_that_came_to_nothing_was_told() -> None:
    """Its update had no answer, and its record found another partner by the e-mail that was edited in between."""
    machine = ChainEngine()
    machine.begin(lines=0, is_run=False, deletes=False)
    machine.run_while_edited(data=Drawn(), full=False, behind=True, kind="customers", where=0, clash=True)
    machine.create_customer(data=Drawn(), email=False, person=False, same=False, where=0)
    machine.merge(data=Drawn("lc-1", "lc-1"), where=0)
    machine.create_customer(data=Drawn("Mail2"), email=True, person=False, same=True, where=2)
    machine.create_customer(data=Drawn("Mail2"), email=True, person=False, same=True, where=0)
    machine.create_customer(data=Drawn(), email=False, person=False, same=False, where=0)
    machine.run_with_faults(data=Drawn(False, "lc-1", "email"), where=0, full=False, behind=False, fates=["done"], commit="done")
    machine.run_with_faults(data=Drawn(False, "tc-1", "name"), where=5, full=False, behind=True, fates=["lost_after"], commit="done")
    machine.check()


def test_a_flow_waits_for_what_became_of_a_siblings_lost_update() -> None:
    """A person whose edit was lost on its way became a company; the next run of companies can not yet tell what came of it."""
    machine = GroupEngine()
    machine.begin(lines=0, is_run=False, deletes=True)
    machine.flip(data=Drawn("lc-1"))
    machine.create_customer(data=Drawn(), where=0, same=False, email=False, person=True)
    machine.rest()
    machine.run_with_faults(
        data=Drawn(False, "lc-2", "name"), where=0, full=False, behind=False, fates=["lost_before"], commit="crash_uncommitted"
    )
    machine.flip(data=Drawn("lc-2"))
    machine.edit(data=Drawn("lc-1", "name"), kind="customers", where=0, empty=0)
    machine.run_as_planned(full=False)
    machine.check()


def test_an_edited_line_of_which_nothing_was_agreed_on_is_no_reason_to_try_for_ever() -> None:
    """Writes that died left a line's link without a base; its partner was removed then, and the line edited."""
    machine = GroupEngine()
    machine.begin(lines=2, is_run=True, deletes=True)

    def run(*drawn: Any, where: int = 0, behind: bool = False, fates: tuple[str, ...] = ("done",)) -> None:
        machine.run_with_faults(data=Drawn(*drawn), where=where, full=False, behind=behind, fates=list(fates), commit="done")

    customer = (False, "lc-1", "name")
    run(True, "lo-1", ("add", "edit"), "A", "lo/l2", "sku", fates=("crash_sent",))
    run(True, "ro-1", ("remove", "add"), "ro/l3", "A", where=1)
    run(True, "lo-1", ("add", "add"), "A", "A")
    run(*customer)
    run(False, "rc-1", "name", where=3, behind=True)
    run(False, "lc-1", "email", fates=("done", "done", "done", "crash_before"))
    run(True, "lo-1", ("add", "edit"), "A", "lo/l5", "sku")
    for _ in range(3):
        run(*customer)
    run(True, "ro-1", ("edit", "remove"), "ro/l6", "quantity", "ro/l2", where=1, behind=True, fates=("crash_before",))
    run(False, "rc-1", "name", where=5)
    run(True, "ro-1", ("remove", "add"), "ro/l4", "A", where=5)
    for _ in range(2):
        run(*customer)
    run(True, "ro-1", ("edit", "remove"), "ro/l5", "sku", "ro/l6", where=3, behind=True)
    run(True, "lo-1", ("edit", "remove"), "lo/l5", "quantity", "lo/l2")
    machine.check()


def test_what_an_earlier_lost_write_told_is_not_forgotten_by_a_later_one() -> None:
    """Both sides were alike in the currency when the second update went; neither of its answers came, and the currency is put back."""
    machine = WalkedEngine()
    machine.begin(lines=0, is_run=False, deletes=True)
    machine.rest()
    machine.edit(data=Drawn("lc-1", "currency"), kind="customers", where=0, empty=0)
    machine.run_half_way(data=Drawn(False, "lc-1", "name"), behind=False, fate="lost_after", where=0)
    machine.restore(where=0)
    machine.run_with_faults(data=Drawn(False, "lc-1", "name"), where=0, full=False, behind=False, fates=["lost_before"], commit="done")
    machine.take_back(data=Drawn("lc-1", "", "currency"), kind="customers", where=0)
    machine.check()


def test_a_value_put_back_before_anybody_read_what_stood_there_is_no_edit() -> None:
    """The load found its target edited, and before the next run it is as it was: the other side's edit goes."""
    machine = ChainEngine()
    machine.begin(lines=0, is_run=False, deletes=True)
    machine.run_while_edited(data=Drawn("ro-1", False, "customer", "rc-1"), full=False, behind=True, kind="orders", where=1, clash=False)
    machine.edit(data=Drawn("rc-1", "name"), kind="customers", where=1, empty=0)
    machine.run_half_way(data=Drawn(False, "lc-1", "name"), behind=True, fate="partial", where=0)
    machine.take_back(data=Drawn("rc-1", "", "name"), kind="customers", where=1)
    machine.check()


def test_who_never_heard_of_a_record_that_it_made_may_make_it_anew_though_another_dataflow_has_linked_it() -> None:
    """The create had no answer, the next dataflow linked what it made, and a person deleted that."""
    machine = ChainEngine()
    machine.begin(lines=0, is_run=False, deletes=True)
    machine.run_that_dies(data=Drawn(False, "lc-1", "name"), behind=False, done=0, fate="crash_sent", where=0)
    machine.run_half_way(data=Drawn(False, "rc-1", "name"), behind=False, fate="partial", where=1)
    machine.delete(data=Drawn("rc-1"), kind="customers", where=1)
    machine.check()
