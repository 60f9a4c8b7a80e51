"""Decisions from the command line: what is refused and how, what is written down, and what the lists say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lenke.cli import app, installation
from lenke.core.errors import DecisionError, LedgerError
from lenke.core.links.rows import Link
from lenke.core.plan.decisions import Decision
from lenke.runtime.conflicts import Recorded
from lenke.runtime.ledger import decisions, told, waiting
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.desk import Desk
from lenke.runtime.ledger.manifest import Shape
from lenke.runtime.ledger.opened import Ledger
from lenke.runtime.ledger.store import Identity, Store
from tests.unit.core.plan.pairs_of_orders import DATAFLOW, FLOW
from tests.unit.runtime.ledger.test_store_segments import DictKeys, Note

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
SINCE = AT.isoformat()


class ChangingKeys(DictKeys):
    def change(self, key: str, make: Callable[[str | None], str]) -> None:
        self[key] = make(self.get(key))


def entry(id: str, reason: str, **note: Any) -> Link:
    return Link(id, kind="recheck", note={"reason": reason, "since": SINCE, **note})


NAMES = "note, customer, status, line sku, line quantity"
ROWS = [
    Link("1", "101"),
    Link("2", "102"),
    Link("3", "103", kind="tombstone", note={"side": "right", "reason": "deleted", "since": SINCE}),
    Link("4", "104", kind="tombstone", note={"side": "left", "reason": "deleted", "since": SINCE}),
    Link("", "104", kind="recheck", note={"reason": "deleted_edited", "property": "note", "properties": ["note"], "since": SINCE}),
    entry("1", "conflict", property="note", properties=["note", "line quantity"]),
    entry("2", "rejected", property="note", text="too long", tries=8, seen="7", given_up=True, first="2026-11-01T07:30:00+00:00"),
    entry("5", "missing_reference", property="customer", waits_for="customers:9"),
    entry("6", "rejected", tries=1, seen="7", next_try="2026-11-20T09:00:00+00:00"),
    entry("7", "missing_required", property="note", dismissed={"left": "1"}),
]


@dataclass
class Office:
    """A ledger in memory behind the real desk and the real lists."""

    ledger: Ledger
    keys: ChangingKeys
    values: list[Recorded] = field(default_factory=list)

    def desk(self, dataflow: str, flow: str) -> Desk:
        assert (dataflow, flow) == ("d", "orders")
        return Desk(DATAFLOW, FLOW, self.ledger, "cli", AT)

    def tell_parked(self, *_: object, with_dismissed: bool) -> list[str]:
        return list(told.parked(waiting.parked("orders", self.ledger), with_dismissed=with_dismissed))

    def tell_conflicts(self, *_: object, with_values: bool) -> list[str]:
        return list(told.conflicts(waiting.parked("orders", self.ledger), self.values, with_values=with_values))

    def tell_decisions(self, *_: object) -> list[str]:
        return list(told.decisions(waiting.taken(self.ledger)))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    keys, shape = ChangingKeys(), Shape(tuple((name, "0") for name in ("note", "customer", "status")))
    ledger = Store(Identity("d", "orders", shape, "k"), lambda _: keys, Note(), Backups(tmp_path)).open()
    ledger.commit(ROWS, at=AT)
    found = Office(ledger, keys)

    @contextmanager
    def maintenance(_: Path) -> Iterator[Any]:
        yield found

    monkeypatch.setattr(installation, "maintenance", maintenance)
    return found


def say(*arguments: str) -> str:
    """What a command prints, or the error that ``main`` prints instead."""
    done = CliRunner().invoke(app, ["ledger", *arguments])
    if isinstance(done.exception, DecisionError):
        return str(done.exception)
    return done.output.strip()


def taken(office: Office) -> list[Decision]:
    return decisions.read(office.keys, office.ledger.manifest.decisions)


def kept(office: Office) -> list[tuple[str, ...]]:
    found = [
        (one.kind, one.side, one.subject, one.right, one.property, one.winner)
        for one in decisions.read(office.keys, office.ledger.manifest.decisions)
    ]
    return [tuple(text for text in one if text) for one in found]


def test_release_says_what_the_next_run_does_and_is_written_once(office: Office) -> None:
    for _ in range(2):
        assert say("release", "d", "orders", "2", "3").splitlines() == [
            "d.orders: left 2 is tried again by the next run",
            "d.orders: left 3 may be matched and created again by the next run",
        ]
    assert kept(office) == [("release", "left", "2"), ("release", "left", "3")]
    assert {one.since for one in taken(office)} == {SINCE, ""}


def test_release_of_a_right_record(office: Office) -> None:
    assert say("release", "d", "orders", "104", "--right") == "d.orders: right 104 may be matched and created again by the next run"
    assert kept(office) == [("release", "right", "104")]


def test_bulk_by_reason(office: Office) -> None:
    assert len(say("release", "d", "orders", "--all", "--reason", "rejected").splitlines()) == 2
    assert kept(office) == [("release", "left", "2"), ("release", "left", "6")]
    says = say("dismiss", "d", "orders", "--all", "--reason", "locked")
    assert says == ("d.orders: nothing is parked for reason locked; there are conflict, deleted_edited, missing_reference, rejected")


@pytest.mark.parametrize("wrong", [[], ["2", "--all"], ["--all"], ["--reason", "rejected"], ["--all", "--reason", "x", "--right"]])
def test_neither_ids_nor_a_whole_reason(office: Office, wrong: list[str]) -> None:
    assert "name ids" in say("release", "d", "orders", *wrong)
    assert kept(office) == []


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["release", "d", "orders", "999"], "d.orders: nothing is parked or closed under left 999"),
        (["release", "d", "orders", "104"], "d.orders: nothing is parked or closed under left 104; right 104 is, though"),
        (["release", "d", "orders", "1"], "d.orders: left 1 is in conflict; choose with `lenke ledger choose` (note, line quantity)"),
        (["dismiss", "d", "orders", "3"], "d.orders: nothing is parked under left 3"),
        (["choose", "d", "orders", "1", "status", "left"], "d.orders: left 1 has no open conflict in status; open are note, line quantity"),
        (["choose", "d", "orders", "2", "note", "left"], "d.orders: left 2 has no open conflict in note"),
        (["choose", "d", "orders", "1", "nots", "left"], "d.orders has no property nots; there are " + NAMES),
        (["relink", "d", "orders", "999", "101"], "d.orders: the ledger knows no left 999"),
        (["pause", "d", "orders", "103", "--right"], "d.orders: the ledger knows no link of right 103"),
        (["unpause", "d", "orders"], "d.orders: the flow is not paused"),
        (["withdraw", "d", "orders", "abc"], "d.orders: there is no decision abc that waits for a run"),
    ],
)  # fmt: skip
def test_refused_with_what_would_be_right(office: Office, command: list[str], says: str) -> None:
    assert say(*command) == says
    assert kept(office) == []


def test_choose(office: Office) -> None:
    assert say("choose", "d", "orders", "1", "line quantity", "right").endswith(
        "the next run writes the right value of line quantity to the left side"
    )
    say("choose", "d", "orders", "1", "line quantity", "left")
    assert kept(office) == [("choose", "left", "1", "line quantity", "left")]
    assert "stays closed" in say("choose", "d", "orders", "4", "note", "left")
    assert "left alone until it matches" in say("choose", "d", "orders", "4", "note", "right")
    assert "Invalid value" in say("choose", "d", "orders", "1", "note", "middle")


def test_relink_names_the_links_that_it_closes(office: Office) -> None:
    assert say("relink", "d", "orders", "1", "102").splitlines() == [
        "d.orders: the next run links left 1 with right 102 as at a first link",
        "  the link of left 1 with right 101 is closed; right 101 is left alone",
        "  the link of left 2 with right 102 is closed; left 2 has none until it is released or relinked",
    ]
    assert "linked already" in say("relink", "d", "orders", "1", "101")
    assert kept(office) == [("relink", "left", "1", "102")]


def test_relink_tells_of_the_relink_that_it_replaces_and_of_an_id_that_nobody_has_seen(office: Office) -> None:
    say("relink", "d", "orders", "1", "102")
    lines = say("relink", "d", "orders", "1", "999").splitlines()
    assert "  the relink of left 1 with right 102, which no run has applied, is taken back" in lines
    assert any(line.startswith("  right 999 is new to the ledger") for line in lines)
    assert kept(office) == [("relink", "left", "1", "999")]


def test_a_pause_stands_on_the_list_and_waits_for_no_run(office: Office) -> None:
    say("pause", "d", "orders", "6")
    (line,) = [line for line in say("parked").splitlines() if line.startswith("orders: left 6")]
    assert line.endswith("| paused until it is unpaused")


def test_a_first_run_that_was_approved_before_waits_for_nothing(office: Office) -> None:
    office.ledger.commit([], at=AT, approved=True)
    assert office.desk("d", "orders").approve("first-run") == [
        "d.orders: its first writing run was approved before; nothing waits for that"
    ]
    assert kept(office) == []


def test_pause_and_unpause(office: Office) -> None:
    assert "left 1 is paused" in say("pause", "d", "orders", "101", "--right")
    assert "the flow is paused" in say("pause", "d", "orders")
    assert kept(office) == [("pause", "left", "1"), ("pause", "left")]
    assert "the flow goes on" in say("unpause", "d", "orders")
    assert "left 1 goes on" in say("unpause", "d", "orders", "1")
    assert kept(office) == []


def test_lists_tell_the_whole_reason_and_no_value(office: Office) -> None:
    say("release", "d", "orders", "6")
    lines = {line.split(" | ")[0]: line for line in say("parked").splitlines()}
    assert len(lines) == 5
    assert lines["orders: left 2 (right 102)"].endswith(
        "| rejected: the other system refused it; property note; too long | since 2026-11-01 07:30 UTC | sent 8 times "
        "| given up until it changes or is released"
    )
    assert lines["orders: left 5"].endswith(
        "it refers to a record that has no link yet; property customer; waits for customers 9 | since 2026-11-20 08:00 UTC"
    )
    assert lines["orders: left 6"].endswith("sent once | next try 2026-11-20 09:00 UTC | release is decided; the next run applies it")
    assert "orders: left 7" in say("parked", "--dismissed")


def test_conflicts_by_property_and_values_from_the_journal_only_when_asked(office: Office) -> None:
    office.values = [
        Recorded("new", "1", "note", "ours", "theirs", "none", "manual"),
        Recorded("old", "1", "note", "older", "theirs", "none", "manual"),
        Recorded("old", "1", "quantity", "1", "2", "left", "policy left", of_lines=True),
    ]
    shown = say("conflicts")
    assert [line.split(" | ")[:2] for line in shown.splitlines()] == [
        ["orders: right 104 (left 4)", "note"],
        ["orders: left 1 (right 101)", "note"],
        ["orders: left 1 (right 101)", "line quantity"],
    ]
    assert "ours" not in shown
    values = say("conflicts", "--values").splitlines()
    assert values[1].endswith("left 'ours', right 'theirs'")
    assert values[2].endswith("its values are in no journal any more")


def test_decisions_are_listed_taken_back_and_cleared_once_applied(office: Office) -> None:
    say("release", "d", "orders", "2", "3")
    (one, two) = taken(office)
    assert say("decisions", "d", "orders").splitlines()[0] == (
        f"{one.id} | release left 2 | cli, 2026-11-20 08:00 UTC | the next run applies it"
    )
    assert say("withdraw", "d", "orders", one.id) == f"d.orders: decision {one.id} is taken back"
    assert kept(office) == [("release", "left", "3")]
    office.ledger.commit([], at=AT, decided={two.id: "done"})
    assert say("decisions", "d", "orders").endswith("| done")
    assert "waits for a run" in say("withdraw", "d", "orders", two.id)
    say("pause", "d", "orders")
    assert kept(office) == [("pause", "left")]


def test_decisions_of_the_first_format_are_read(office: Office) -> None:
    office.keys["decisions"] = '[{"kind": "approve", "subject": "first-run", "at": "2026-11-20T08:00:00+00:00"}]'
    (one,) = taken(office)
    assert (one.kind, len(one.id)) == ("approve", 16)
    office.keys["decisions"] = "[1"
    with pytest.raises(LedgerError, match="cannot be read"):
        taken(office)


def test_several_decisions_are_written_together_or_not_at_all(office: Office) -> None:
    desk = office.desk("d", "orders")
    with pytest.raises(DecisionError):
        desk.together(lambda one: [*one.release(["2"]), *one.choose("1", "note", "left"), *one.relink("424242", "1")])
    assert taken(office) == []
    assert len(desk.together(lambda one: [*one.release(["2"]), *one.choose("1", "note", "left")])) == 2
    assert [(one.kind, one.subject) for one in taken(office)] == [("release", "2"), ("choose", "1")]
