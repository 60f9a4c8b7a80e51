"""What a person's decisions make of a ledger, before any plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from lenke.core.links.rows import Link, Side
from lenke.core.links.table import table
from lenke.core.plan import decided
from lenke.core.plan.build import build
from lenke.core.plan.decided import Applied
from lenke.core.plan.decisions import Decision, paused, with_new
from lenke.core.plan.model import Plan
from tests.unit.core.plan.pairs_of_orders import NOW, WIDTH, Case, base, kinds, line_base, line_link, linked, order

AT = NOW.isoformat()


def decision(kind: str, subject: str, **more: str) -> Decision:
    return Decision(kind, subject, AT, **more).named()  # type: ignore[arg-type]


def entry(id: str, reason: str, *, side: Side = "left", **note: object) -> Link:
    own = {"left": id} if side == "left" else {"left": "", "right": id}
    return Link(**own, kind="recheck", note={"reason": reason, "since": AT, **note})  # type: ignore[arg-type]


def tombstone(side: str = "right", left: str = "L", right: str = "R") -> Link:
    return linked(left, right, kind="tombstone", note={"side": side, "reason": "deleted", "since": AT})


def apply(
    ledger: Sequence[Link], *taken: Decision, left: Sequence[str] = ("L", "M"), right: Sequence[str] = ("R", "S"), elsewhere: str = ""
) -> Applied:
    recheck = {("left", row.left) if row.left else ("right", row.right): row for row in ledger if row.kind == "recheck"}
    present: dict[Side, Sequence[str]] = {"left": left, "right": right}
    return decided.apply(taken, table(ledger, WIDTH), recheck, present, now=NOW, elsewhere={elsewhere})


def rows(applied: Applied) -> set[tuple[str, str, str]]:
    return {(row.kind, row.left, row.right) for row in applied.table.links()}


def former(applied: Applied) -> tuple[str, ...]:
    """The right ids that the one linked left record L had before."""
    return next(row.former for row in applied.table.links() if (row.kind, row.left) == ("link", "L"))


def plan(case: Case, *taken: Decision) -> Plan:
    """The plan of a case under decisions."""
    present = {"left": set(case.left), "right": set(case.right)}
    recheck = case.context().recheck
    found = decided.apply(taken, table(case.ledger, WIDTH), recheck, present, now=case.now)  # type: ignore[arg-type]
    context = replace(case.context(), recheck=found.recheck, decided=found.decided)
    return build(found.table, case.read("left", case.left), case.read("right", case.right), context)


def test_same_decision_is_taken_once_and_a_contrary_one_replaces_it() -> None:
    left, right = (decision("choose", "L", property="note", winner=side) for side in ("left", "right"))
    assert with_new([left], [replace(left, at="later", who="kari", id="")]) == [left]
    assert with_new([left], [right]) == [right]
    assert with_new([decision("release", "L")], [decision("dismiss", "L")]) == [decision("dismiss", "L")]
    assert with_new([decision("release", "L")], [decision("release", "L", side="right")])[1].side == "right"
    assert with_new([decision("relink", "L", right="S")], [decision("relink", "M", right="S")]) == [decision("relink", "M", right="S")]
    assert paused([decision("pause", ""), decision("pause", "L"), decision("release", "M")]) == {"", "L"}


def test_ids_of_decisions_tell_them_apart() -> None:
    one = decision("release", "L")
    assert len(one.id) == 16
    assert one.named() == one
    assert decision("release", "M").id != one.id


def test_without_decisions_the_ledger_is_the_very_same() -> None:
    ledger = table([linked()], WIDTH)
    assert decided.apply([], ledger, {}, {"left": (), "right": ()}, now=NOW).table is ledger


def test_released_tombstone_goes_with_what_waited_because_of_it() -> None:
    applied = apply([tombstone(), entry("L", "deleted_edited")], one := decision("release", "L"))
    assert rows(applied) == set()
    assert applied.decided.outcomes == {one.id: "done"}
    by_right = apply([tombstone("left"), entry("R", "deleted_edited", side="right")], decision("release", "R", side="right"))
    assert rows(by_right) == set()


def test_released_entry_forgets_its_tries() -> None:
    old = entry("L", "rejected", tries=8, seen="7", given_up=True, dismissed={}, property="note")
    applied = apply([old], decision("release", "L"))
    (row,) = applied.table.links()
    assert set(row.note) == {"reason", "since", "property", "released"}
    assert applied.decided.released == {"L"}


def test_uncertain_write_is_released_only_as_the_person_saw_it() -> None:
    old = entry("L", "unknown_outcome", tries=1, seen="7")
    stale = apply([old], one := decision("release", "L", since="before"))
    assert stale.decided.outcomes == {one.id: "it was sent again meanwhile; look again"}
    assert stale.decided.rows == ()
    assert apply([old], decision("release", "L", since=AT)).decided.released == {"L"}


def test_nothing_to_release_or_dismiss() -> None:
    one, two = decision("release", "L"), decision("dismiss", "L")
    assert apply([linked()], one, two).decided.outcomes == {one.id: "nothing is parked any more", two.id: "nothing is parked any more"}


def test_relink_closes_the_old_links_of_both() -> None:
    ledger = [linked("L", "R"), line_link("l1", "r1", "A", "1"), linked("M", "S"), entry("M", "conflict"), entry("L", "conflict")]
    applied = apply(ledger, decision("relink", "L", right="S"))
    assert rows(applied) == {("link", "L", "S"), ("tombstone", "M", "S")}
    (link,) = (row for row in applied.table.links() if row.kind == "link")
    assert set(link.base) == {0}


def test_relink_remembers_what_the_left_record_was_linked_with() -> None:
    once = apply([linked("L", "R"), linked("M", "S")], decision("relink", "L", right="S"))
    twice = apply(once.table.links(), decision("relink", "L", right="T"), right=("R", "S", "T"))
    back = apply(twice.table.links(), decision("relink", "L", right="R"), right=("R", "S", "T"))
    assert [former(one) for one in (once, twice, back)] == [("R",), ("R", "S"), ("S", "T")]
    assert former(apply([tombstone()], decision("relink", "L", right="S"))) == ("R",)


def test_relink_crosswise_leaves_no_tombstone() -> None:
    applied = apply([linked("L", "R"), linked("M", "S")], decision("relink", "L", right="S"), decision("relink", "M", right="R"))
    assert rows(applied) == {("link", "L", "S"), ("link", "M", "R")}


def test_relink_takes_away_tombstones_of_both() -> None:
    assert rows(apply([tombstone(), tombstone("left", "M", "S")], decision("relink", "L", right="S"))) == {("link", "L", "S")}


def test_relink_once_more_keeps_what_was_agreed_since() -> None:
    one = decision("relink", "L", right="S")
    after = apply([linked("L", "S"), linked("M", "S")], one)
    assert rows(after) == {("link", "L", "S"), ("tombstone", "M", "S")}
    assert next(row for row in after.table.links() if row.kind == "link").base == base("o")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"left": ()}, "left L is no record of this flow, or not there"),
        ({"right": ("R",)}, "right S is no record of this flow, or not there"),
        ({"elsewhere": "S"}, "right S is linked in another flow of its group"),
    ],
)
def test_relink_of_what_is_not_there_changes_nothing(where: dict[str, object], says: str) -> None:
    one = decision("relink", "L", right="S")
    applied = apply([linked()], one, **where)  # type: ignore[arg-type]
    assert applied.decided.outcomes == {one.id: says}
    assert rows(applied) == {("link", "L", "R")}


def test_chosen_side_of_a_conflict_is_carried() -> None:
    case = Case([linked()], {"L": order("left")}, {"R": order("right")})
    case.policy = replace(case.policy, on_link="hold")
    case.ledger = [linked(at=(0, *base("o")[1:])), entry("L", "conflict", property="note", properties=["note"])]
    assert plan(case).actions == []
    for side in ("left", "right"):
        found = plan(case, one := decision("choose", "L", property="note", winner=side))
        (action,) = found.actions
        assert (action.to_right.values, action.to_left.values) == (({"note": "left"}, {}) if side == "left" else ({}, {"note": "right"}))
        assert found.choices == {one.id: "L"}
        assert [(conflict.winner, conflict.reason) for _, conflict in found.conflicts] == [(side, "a person chose")]


def test_choice_without_a_conflict_is_used_up() -> None:
    case = Case([linked()], {"L": order("o")}, {"R": order("o")})
    found = plan(case, one := decision("choose", "L", property="note", winner="left"))
    assert (found.actions, found.choices, found.decided) == ([], {}, {one.id: "no conflict is open any more"})


def test_choice_waits_where_a_side_was_not_read() -> None:
    case = Case([linked()], {"L": order("left")}, {}, complete=False)
    found = plan(case, decision("choose", "L", property="note", winner="left"))
    assert (found.choices, found.decided) == ({}, {})


@pytest.mark.parametrize(("gone", "winner"), [("left", "left"), ("left", "right"), ("right", "left"), ("right", "right")])
def test_line_deleted_on_one_side_and_edited_on_the_other(gone: str, winner: str) -> None:
    """The side that took it away: it goes on the other, too. The side that edited it: it is made again."""
    lines = {"left": {"l1": ("A", "1"), "l2": ("B", "2")}, "right": {"r1": ("A", "1"), "r2": ("B", "2")}}
    other = "right" if gone == "left" else "left"
    del lines[gone][f"{gone[0]}2"]
    lines[other][f"{other[0]}2"] = ("B", "9")
    case = Case(
        [linked(), line_link("l1", "r1", "A", "1"), line_link("l2", "r2", "B", "2")],
        {"L": order("o", lines=lines["left"])},
        {"R": order("o", lines=lines["right"])},
    )
    before = plan(case)
    assert before.actions == []
    assert before.parked[0].properties == ("line quantity",)
    (action,) = plan(case, decision("choose", "L", property="line quantity", winner=winner)).actions
    verbs = {side: [line.verb for line in getattr(action, f"to_{side}").lines] for side in ("left", "right")}
    if winner == gone:
        assert verbs == {gone: [], other: ["remove"]}
        (line,) = getattr(action, f"to_{other}").lines
        assert line.expected["quantity"] == line_base("B", "9")[1]
    else:
        assert verbs == {gone: ["create"], other: []}
        # A row of the left line's key is replaced by that of the line to come; under another left id the old one goes.
        assert [row.left for row in action.lines if row.kind == "dropped"] == (["l2"] if gone == "left" else [])


@pytest.mark.parametrize("winner", ["left", "right"])
def test_closed_link_whose_survivor_was_edited(winner: str) -> None:
    case = Case([tombstone(), entry("L", "deleted_edited")], {"L": order("edited")})
    assert [one.reason for one in plan(case).parked] == ["deleted_edited"]
    found = plan(case, one := decision("choose", "L", property="note", winner=winner))
    if winner == "left":
        assert [action.verb for action in found.actions] == ["create"]
        assert found.decided == {one.id: "done"}
        return
    assert found.actions == []
    assert found.choices == {one.id: "L"}
    assert kinds(found)[-1] == ("settled", "L")
    case.ledger = [row for row in found.rows if row.kind == "tombstone"]
    again = plan(case)
    assert (again.actions, again.rows, again.parked) == ([], [], [])


def test_link_that_a_person_closed_bars_without_a_conflict() -> None:
    closed = linked(kind="tombstone", note={"side": "", "reason": "relinked", "since": AT})
    found = plan(Case([closed], {"L": order("edited")}, {"R": order("edited, too")}))
    assert (found.actions, found.rows, found.parked, found.conflicts) == ([], [], [], [])


def test_paused_records_are_parked_as_they_are() -> None:
    case = Case([linked()], {"L": order("edited"), "M": order("new")}, {"R": order("o")})
    found = plan(case, decision("pause", "L"), decision("pause", "M"))
    assert found.actions == []
    assert {(one.id, one.reason) for one in found.parked} == {("L", "paused"), ("M", "paused")}
    case.ledger = [*case.ledger, entry("L", "rejected", tries=2, seen="7", text="too long")]
    again = plan(case, decision("pause", "L"), decision("pause", "M"))
    assert {(one.id, one.reason) for one in again.parked} == {("L", "rejected"), ("M", "paused")}
    assert not any(row.left == "L" for row in again.rows)


def test_paused_link_is_not_closed() -> None:
    case = Case([linked()], {"L": order("o")}, gone={"right": {"R": "deleted"}})
    assert kinds(plan(case)) == [("tombstone", "L")]
    assert not any(kind == "tombstone" for kind, _ in kinds(plan(replace(case, left={"L": order("x")}), decision("pause", "L"))))


def test_dismissed_until_it_changes() -> None:
    case = Case([linked(at=(0, *base("o")[1:])), entry("L", "conflict")], {"L": order("left")}, {"R": order("right")})
    first = plan(case, one := decision("dismiss", "L"))
    assert first.decided == {one.id: "done"}
    (row,) = (row for row in first.rows if row.kind == "recheck")
    assert set(row.note["dismissed"]) == {"left", "right"}
    case.ledger = [case.ledger[0], row]
    assert plan(case).rows == []
    assert plan(replace(case, now=NOW + timedelta(days=1))).rows == []
    changed = plan(replace(case, right={"R": order("right", status="paid")}))
    assert ["dismissed" in row.note for row in changed.rows if row.kind == "recheck"] == [False]


def test_open_conflict_is_recorded_again_before_the_journal_forgets_it() -> None:
    case = Case([linked(at=(0, *base("o")[1:]))], {"L": order("left")}, {"R": order("right")})
    first = plan(case)
    assert first.recorded == set()
    (row,) = (row for row in first.rows if row.kind == "recheck")
    case.ledger = [case.ledger[0], row]
    assert plan(case).recorded == {"L"}
    later = plan(replace(case, now=NOW + timedelta(days=15)))
    assert later.recorded == set()
    (again,) = later.rows
    case.ledger = [case.ledger[0], again]
    assert plan(replace(case, now=NOW + timedelta(days=16))).recorded == {"L"}
    other = plan(replace(case, left={"L": order("another")}))
    assert other.recorded == set()
