"""A ledger that cannot be trusted stops its flow before any call to a system; a restore brings back what was last committed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lenke.core.errors import ConfigurationError, LedgerError
from lenke.runtime.ledger import maintenance, rekeying
from lenke.runtime.ledger.manifest import MANIFEST
from lenke.runtime.windows import Window
from tests.flows.harness import DELTA
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Installation
from tests.flows.mortal import KilledError, no_trip
from tests.flows.small import complaints
from tests.flows.stir import stir

EPOCH, BEFORE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
Harm = Callable[[Installation], None]


def rows(few: Installation) -> dict[str, str]:
    """The customers' ledger keys."""
    return few.engine.keys[(CUSTOMERS, 1)].rows


def segment(few: Installation) -> str:
    return next(key for key in rows(few) if key.startswith("seg."))


def lose_a_segment(few: Installation) -> None:
    del rows(few)[segment(few)]


def edit_a_segment(few: Installation) -> None:
    text = rows(few)[segment(few)]
    rows(few)[segment(few)] = text[:200] + ("A" if text[200] != "A" else "B") + text[201:]


def edit_the_manifest(few: Installation) -> None:
    rows(few)[MANIFEST] = rows(few)[MANIFEST].replace("2026-", "2025-", 1)


def spoil_the_manifest(few: Installation) -> None:
    rows(few)[MANIFEST] = "{}"


def lose_the_manifest(few: Installation) -> None:
    del rows(few)[MANIFEST]


def lose_all_keys(few: Installation) -> None:
    rows(few).clear()


def lose_all_keys_and_the_witness(few: Installation) -> None:
    rows(few).clear()
    few.engine.witnesses[CUSTOMERS].value = None


def restore_an_old_dump(few: Installation) -> None:
    old = few.engine.state()
    stir(few)
    few.engine.run()
    few.engine.restore(old)


def restore_an_old_dump_of_the_keys(few: Installation) -> None:
    witness = few.engine.witnesses[CUSTOMERS].value
    restore_an_old_dump(few)
    assert witness is not None
    few.engine.witnesses[CUSTOMERS].value = {**witness, "new": witness["new"] + 2}


def use_another_digest_key(few: Installation) -> None:
    few.engine.digest_key = b"x" * 32


HARMS: list[tuple[Harm, str]] = [
    (lose_a_segment, "lenke ledger restore"),
    (edit_a_segment, "lenke ledger restore"),
    (edit_the_manifest, "lenke ledger restore"),
    (spoil_the_manifest, "lenke ledger restore"),
    (lose_the_manifest, "lenke ledger restore"),
    (lose_all_keys, "lenke ledger restore"),
    (lose_all_keys_and_the_witness, "lenke ledger restore"),
    (restore_an_old_dump, "lenke ledger restore"),
    (restore_an_old_dump_of_the_keys, "lenke ledger restore"),
    (use_another_digest_key, "lenke_digest_key"),
]
IDS = [harm.__name__ for harm, _ in HARMS]


@pytest.mark.parametrize(("harm", "remedy"), HARMS, ids=IDS)
@pytest.mark.parametrize("flow", [CUSTOMERS, ORDERS], ids=["its flow", "a flow that refers to it"])
def test_stops_before_any_call(few: Installation, harm: Harm, remedy: str, flow: str) -> None:
    harm(few)
    few.asked()
    with pytest.raises(LedgerError, match=remedy):
        few.engine.run(flows=(flow,))
    assert few.engine.calls == 0
    assert few.asked() == []


def maintained(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the maintenance work on this installation's ledgers."""
    monkeypatch.setattr(maintenance, "is_loading", lambda _: False)
    monkeypatch.setattr(
        maintenance,
        "_store",
        lambda _, flow: few.engine.flow_run(few.engine.dataflow.flow(flow), DELTA, {}, {}).store(few.engine.dataflow.flow(flow)),
    )


@pytest.mark.parametrize(("harm", "_"), [one for one in HARMS if one[0] is not use_another_digest_key], ids=IDS[:-1])
def test_restore_brings_back_the_last_committed_state(few: Installation, harm: Harm, _: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = few.engine.links(CUSTOMERS)
    was = few.engine.manifest(CUSTOMERS)
    harm(few)
    maintained(few, monkeypatch)
    damaged = [CUSTOMERS, PRODUCTS, ORDERS] if "dump" in harm.__name__ else [CUSTOMERS]
    for flow in damaged:
        maintenance.restore(few.engine.dataflow.name, flow)
    if "dump" not in harm.__name__:
        assert few.engine.links(CUSTOMERS) == before
        assert few.engine.manifest(CUSTOMERS).cursor == was.cursor
    few.asked()
    few.engine.run()
    assert few.asked() == []
    assert complaints(few) == []
    assert few.engine.quiet()


@pytest.mark.parametrize("lost", ["journal", "commit"])
def test_after_a_restore_that_lacks_what_was_written_everything_is_read_before_an_interval(
    few: Installation, lost: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, right = min(few.engine.right_of(ORDERS).items())
    lines = len(few.right(ORDERS, order)["SalesOrderLines"])
    shutil.copytree(few.home.parent / "lenke/ledger", tmp_path / "older")
    few.systems.edit_line(SHOP, "Order", order, None, {"kind": "fee", "description": "Gebyr", "quantity": "1", "unit_price": "49.00"})
    if lost == "journal":
        _die_once_written(few)
    else:
        few.engine.run(flows=(ORDERS,))
    assert len(few.right(ORDERS, order)["SalesOrderLines"]) == lines + 1
    maintained(few, monkeypatch)
    maintenance.restore(few.engine.dataflow.name, ORDERS, tmp_path / "older" if lost == "commit" else None)
    part = Window("interval", EPOCH, BEFORE, by="created", moves_cursor=False, backfill=True)  # brings the webshop's side alone
    with pytest.raises(LedgerError, match="reads everything once"):
        few.engine.run(part, flows=(ORDERS,))
    few.engine.run(flows=(ORDERS,))
    few.engine.run(part, flows=(ORDERS,))
    assert len(few.right(ORDERS, order)["SalesOrderLines"]) == lines + 1
    assert few.engine.right_of(ORDERS)[order] == right
    assert complaints(few) == []


def _die_once_written(few: Installation) -> None:
    """The orders' run dies as soon as PowerOffice has been written to."""
    few.asked()

    def trip(place: str) -> None:
        if few.asked():
            dead.append(place)
        if dead:
            raise KilledError(place)

    dead: list[str] = []
    few.engine.trip = trip
    with pytest.raises(KilledError):
        few.engine.run(flows=(ORDERS,))
    few.engine.trip = no_trip


def rekeyed(few: Installation, *, without_journal: bool = False) -> list[str]:
    """Take all ledgers over to another key."""
    use_another_digest_key(few)
    stores = [few.engine.flow_run(flow, DELTA, {}, {}).store(flow) for flow in few.engine.dataflow.flows]
    return rekeying.rekey(stores, without_journal=without_journal)


def test_under_another_digest_key_the_links_go_on_and_nothing_is_written(few: Installation) -> None:
    before = {flow: few.engine.right_of(flow) for flow in (CUSTOMERS, PRODUCTS, ORDERS)}
    assert [line.split(":")[0].rpartition(".")[2] for line in rekeyed(few)] == [CUSTOMERS, PRODUCTS, ORDERS]
    few.asked()
    few.engine.run()
    assert few.asked() == []
    assert {flow: few.engine.right_of(flow) for flow in before} == before
    assert few.engine.quiet()
    stir(few)
    few.engine.run()
    assert complaints(few) == []


def test_an_edit_that_was_under_way_is_decided_as_at_a_first_link(few: Installation) -> None:
    left = min(few.engine.right_of(CUSTOMERS))
    few.systems.edit(SHOP, "Customer", left, {"phone": "+4790000001"})
    rekeyed(few)
    few.engine.run(flows=(CUSTOMERS,))
    assert few.right(CUSTOMERS, left)["PhoneNumber"] == "+4790000001"
    told = [(one["property"], one["left"], one["winner"]) for one in few.engine.conflicts(CUSTOMERS)]
    assert told == [("phone", "+4790000001", "left")]


def test_a_journal_that_needs_the_former_key_is_not_dropped_unasked(few: Installation) -> None:
    order = min(few.engine.right_of(ORDERS))
    few.systems.edit_line(SHOP, "Order", order, None, {"kind": "fee", "description": "Gebyr", "quantity": "1", "unit_price": "49.00"})
    _die_once_written(few)
    lines = len(few.right(ORDERS, order)["SalesOrderLines"])
    before = dict(rows(few))
    with pytest.raises(LedgerError, match="lost-key"):
        rekeyed(few)
    assert rows(few) == before
    rekeyed(few, without_journal=True)
    few.engine.run(flows=(ORDERS,))
    assert len(few.right(ORDERS, order)["SalesOrderLines"]) == lines
    assert complaints(few) == []


def test_restore_while_a_task_runs_is_refused(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "is_loading", lambda _: True)
    before = few.engine.state()
    with pytest.raises(LedgerError, match="pause the DAG"):
        maintenance.restore(few.engine.dataflow.name, CUSTOMERS)
    assert few.engine.state() == before


def test_a_lost_witness_alone_is_made_good_by_the_backup(few: Installation) -> None:
    few.engine.witnesses[CUSTOMERS].value = None
    few.engine.run()
    assert few.asked() == []
    assert complaints(few) == []


@pytest.mark.parametrize(("system", "meta"), [(SHOP, "shop_id"), (OFFICE, "client_id")])
def test_another_tenant_stops_the_run(few: Installation, system: str, meta: str) -> None:
    few.systems._sites[system].system.store.keep(meta, "11111111-2222-3333-4444-555555555555")
    before = few.engine.sets
    with pytest.raises(ConfigurationError, match="another tenant"):
        few.engine.run()
    assert few.asked() == []
    assert few.engine.sets == before
    assert all(isinstance(error, ConfigurationError) for error in few.engine.errors.values())


def test_a_sandbox_is_never_mixed_with_a_real_system(few: Installation) -> None:
    real = {**few.engine.connections[OFFICE], "extra": {**few.engine.connections[OFFICE]["extra"], "sandbox": False}}
    few.engine.connections = {**few.engine.connections, OFFICE: real}
    with pytest.raises(ConfigurationError, match="never mixed"):
        few.engine.run()
    assert few.engine.calls == 0
