"""The recheck list: what stays as it is, what waits, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lenke.core.links.conflicts import Policy
from lenke.core.links.digests import Digester
from lenke.core.links.rows import Link
from lenke.core.plan import recheck, uncertain
from lenke.core.plan.model import Action, LineAction, Parked, SideWrite
from tests.unit.core.plan.pairs_of_orders import FLOW, NOW, linked

PARKED = Parked("left", "1", "rejected", text="too long")
DIGESTER = Digester(b"k" * 32)


def test_same_entry_stays_the_same_row() -> None:
    old = recheck.entry(PARKED, None, NOW)
    assert recheck.entry(PARKED, old, NOW + timedelta(days=1)) is old
    assert recheck.entry(Parked("left", "1", "rejected", text="other"), old, NOW) is not old


def test_side_of_an_entry() -> None:
    assert recheck.key(recheck.entry(PARKED, None, NOW)) == ("left", "1")
    assert recheck.key(recheck.entry(Parked("right", "2", "deleted_edited"), None, NOW)) == ("right", "2")


def test_waits_grow() -> None:
    entry, waits = None, []
    for _ in range(6):
        entry = recheck.refused(PARKED, entry, NOW, seen=7)
        waits.append(entry.note["next_try"])
    hours = (1, 4, 24, 168, 168, 168)
    assert waits == [(NOW + timedelta(hours=hour)).isoformat() for hour in hours]


@pytest.mark.parametrize(
    ("seen", "hours", "waits"),
    [(7, 0, True), (8, 0, False), (7, 1, False), (0, 0, False)],
)
def test_refused_record_waits_while_it_is_as_it_was(seen: int, hours: int, waits: bool) -> None:
    entry = recheck.refused(PARKED, None, NOW, seen=7)
    assert recheck.must_wait(entry, seen, NOW + timedelta(hours=hours)) is waits


def test_lock_that_was_seen_in_planning_does_not_wait() -> None:
    assert not recheck.must_wait(recheck.entry(Parked("left", "1", "locked"), None, NOW), 7, NOW)
    assert not recheck.must_wait(None, 7, NOW)


def test_seen_tells_what_is_sent_and_to_what() -> None:
    one = SideWrite({"a": "1"}, {"a": 5}, "{}")
    others = [replace(one, values={"a": "2"}), replace(one, expected={"a": 6}), replace(one, lines=(LineAction("remove", "l"),))]
    digests = [recheck.seen(DIGESTER, write).seen for write in (one, *others, replace(one, current='{"open": true}'))]
    assert len(set(digests)) == 5
    assert recheck.seen(DIGESTER, replace(one, seen=9)).seen == digests[0]
    assert recheck.seen(DIGESTER, SideWrite()).seen == 0


def test_names_of_what_was_sent() -> None:
    write = SideWrite({"note": "secret"}, lines=(LineAction("update", "l", values={"quantity": "2"}), LineAction("remove", "m")))
    action = Action("u:L", "update", "L", "R", linked(), to_right=write)
    assert uncertain.sent(action) == {"right": ["note", "line quantity", "line quantity l", "line - m"], "pair": ["R"]}
    assert uncertain.sent(replace(action, old=linked())) == {"right": ["note", "line quantity", "line quantity l", "line - m"]}
    header, lines = uncertain.believing(Policy("hold"), {"right": uncertain.sent(action)["right"]})
    assert [(policy.teller("note"), policy.teller("quantity")) for policy in (header, lines)] == [("left", None), (None, "left")]
    own, other = (lines.of_line(Link("x", id)) for id in ("l", "m"))
    assert [policy.is_written("right", "quantity") for policy in (own, other)] == [True, False]
    assert (header.is_written("right", "note"), header.is_written("left", "note")) == (True, False)


def test_a_side_that_reckons_from_its_lines_is_remembered_though_a_line_was_only_removed() -> None:
    write = SideWrite(lines=(LineAction("remove", "m"),), reckon=True)
    assert uncertain.sent(Action("u:L", "update", "L", "R", linked(), old=linked(), to_right=write)) == {
        "right": ["line - m", uncertain.LINE]
    }
    assert SideWrite(reckon=True)


def test_names_of_all_that_a_create_sends() -> None:
    assert uncertain.all_names(FLOW) == ["note", "customer", "line sku", "line quantity"]


def test_what_was_sent_is_remembered_until_the_pair_is_decided() -> None:
    old = recheck.refused(PARKED, None, NOW, seen=7)
    old = type(old)(old.left, kind="recheck", note={**old.note, "sent": {"right": ["note"]}})
    assert recheck.entry(Parked("left", "1", "stale"), old, NOW).note["sent"] == {"right": ["note"]}
    assert "sent" not in recheck.entry(Parked("left", "1", "conflict"), old, NOW, doubt={}).note
    assert recheck.entry(Parked("left", "1", "conflict"), old, NOW, doubt={"left": ["name"]}).note["sent"] == {"left": ["name"]}


def test_gives_up_after_so_many_tries_and_waits_for_a_change_only() -> None:
    entry = recheck.refused(PARKED, None, NOW, seen=7, most=2)
    assert "given_up" not in entry.note
    entry = recheck.refused(PARKED, entry, NOW + timedelta(hours=2), seen=7, most=2)
    assert (entry.note["given_up"], entry.note["tries"], "next_try" in entry.note) == (True, 2, False)
    assert entry.note["first"] == NOW.isoformat()
    assert recheck.must_wait(entry, 7, NOW + timedelta(days=999))
    assert not recheck.must_wait(entry, 8, NOW)


def test_another_record_than_the_one_refused_before_begins_anew() -> None:
    entry = recheck.refused(PARKED, None, NOW, seen=7, most=2)
    assert recheck.refused(PARKED, entry, NOW, seen=8, most=2).note["tries"] == 1


def test_dismissal_lasts_while_the_same_is_refused() -> None:
    entry = recheck.refused(PARKED, None, NOW, seen=7)
    dismissed = replace(entry, note={**entry.note, "dismissed": {"left": "1"}})
    assert recheck.must_wait(dismissed, 7, NOW + timedelta(days=999))
    assert recheck.refused(PARKED, dismissed, NOW, seen=7).note["dismissed"] == {"left": "1"}
    assert "dismissed" not in recheck.refused(PARKED, dismissed, NOW, seen=8).note


def test_lost_answers_are_followed_up_at_once_before_they_wait() -> None:
    entry, waits = None, []
    for _ in range(8):
        entry = recheck.unknown("update", "1", entry, NOW, seen=7, sent={"right": ["note"]})
        waits.append(entry.note.get("next_try", "given up" if entry.note.get("given_up") else ""))
    hours = [(NOW + timedelta(hours=hour)).isoformat() for hour in (1, 4, 24, 168)]
    assert waits == ["", "", "", *hours, "given up"]
    assert entry is not None
    assert entry.note["sent"] == {"right": ["note"]}


def test_lost_answer_after_another_reason_is_the_first_of_its_kind() -> None:
    assert recheck.unknown("update", "1", recheck.refused(PARKED, None, NOW, seen=7), NOW, seen=7, sent={}).note["tries"] == 1


def test_digest_of_all_that_an_action_sends() -> None:
    one, two = (recheck.seen(DIGESTER, SideWrite({"a": text}, {"a": 5}, "{}")) for text in "12")
    found = {recheck.seen_of(one, two), recheck.seen_of(one, SideWrite()), recheck.seen_of(SideWrite(), SideWrite(), create=3)}
    assert len(found) == 3
    assert recheck.seen_of(SideWrite(), SideWrite(), create=3) == 3


@pytest.mark.parametrize(
    "write",
    [SideWrite({"name": "A"}), SideWrite(lines=(LineAction("remove", "m"),)), SideWrite()],
    ids=["another property", "only a line less", "the other side alone"],
)
def test_what_writes_without_an_answer_have_told_before_goes_along(write: SideWrite) -> None:
    action = Action("u:L", "update", "L", "R", linked(), old=linked(), told={"right": ("note", "name")}, to_right=write)
    names = uncertain.sent(action)["right"]
    assert names[:2] == ["note", "name"]
    assert len(set(names)) == len(names)


def test_what_was_told_of_another_pair_says_nothing_of_this_one() -> None:
    entry = recheck.unknown("update", "1", None, NOW, seen=7, sent={"right": ["note"], "pair": ["7"]})
    assert uncertain.told_of(entry, "7") == {"right": ["note"]}
    assert uncertain.told_of(entry, "8") == uncertain.told_of(None, "7") == {}


@pytest.mark.parametrize(
    ("reason", "is_begun", "is_in_doubt"),
    [
        ("unknown_outcome", False, False),
        ("closed_match", False, True),
        ("duplicate_match", False, True),
        ("invalid_value", True, True),
        ("conflict", True, True),
    ],
)
def test_a_release_ends_what_was_begun_or_may_have_been_made_only_where_it_is_listed_for_that(
    reason: str, is_begun: bool, is_in_doubt: bool
) -> None:
    """Who releases a record for something else was not asked what became of the write."""
    note = {"reason": reason, "since": NOW.isoformat(), "released": NOW.isoformat()}
    begun = Link("1", kind="recheck", note=note | {"sent": {"right": ["a"], uncertain.PAIR: ["7"]}})
    made = Link("1", kind="recheck", note=note | {"lost": "5", "lost_at": NOW.isoformat()})
    assert (uncertain.begun([begun], ()) == {"1": "7"}) is is_begun
    assert (recheck.in_doubt(made) is not None) is is_in_doubt
    later = recheck.entry(Parked("left", "1", "missing_required"), begun, NOW)
    assert ("sent" in later.note) is is_begun


def test_entries_of_records_whose_actions_were_not_carried_out_do_not_count() -> None:
    link, waits, other = Link("1", "2"), recheck.entry(PARKED, None, NOW), recheck.entry(replace(PARKED, id="3"), None, NOW)
    assert recheck.counting([link, waits, other], {"1"}) == [link, other]
    assert recheck.counting([link, waits, other], ()) == [link, waits, other]


def test_what_was_released_counts_though_its_action_was_not_carried_out() -> None:
    released = replace(recheck.entry(PARKED, None, NOW), note={"reason": "rejected", "released": NOW.isoformat()})
    assert recheck.counting([released], {"1"}) == [released]
