"""Partners that the ERP has already, keyed in another form than the shop's: the same ones on the first run and on any later one."""

from __future__ import annotations

from typing import Any

import pytest
from time_machine import Traveller

from lenke.runtime.windows import Window
from sandbox.site import Answer
from sandbox.wire import Request
from tests.flows.custom_erp.pair import CUSTOMERS, ERP, SHOP, Pair

PERSON = {"type": "person", "first_name": "Kari", "last_name": "Nordmann", "email": "kari.nordmann@example.org"}
FIRM = {"type": "company", "company_name": "Fjord AS", "org_number": "974760673"}
KARI = {"category": "private", "givenName": "Kari", "familyName": "Nordmann"}
FJORD = {"category": "business", "name": "Fjord AS"}
# What the ERP holds, and who comes to the shop.
HELD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "capitals": ({**KARI, "eMail": "Kari.Nordmann@Example.org"}, PERSON),
    "letters": ({**FJORD, "registrationNo": "NO974760673MVA"}, FIRM),
}


def forgotten(pair: Pair, clock: Traveller) -> None:
    """Runs until no delta reaches back to what the ERP has."""
    for _ in range(2):
        clock.shift(3600)
        pair.engine.run()
    clock.shift(3600)


def partners(pair: Pair, held: dict[str, Any]) -> list[str]:
    """The partners of that name."""
    name = {path: held[path] for path in ("familyName", "name") if path in held}
    return [row["partnerId"] for row in pair.systems.records(ERP, "Customer") if all(row[path] == text for path, text in name.items())]


@pytest.mark.parametrize("kind", HELD)
@pytest.mark.parametrize("first", [True, False])
def test_who_is_there_is_not_made_again(pair: Pair, clock: Traveller, kind: str, first: bool) -> None:
    held, comes = HELD[kind]
    right = pair.systems.create(ERP, "Customer", held)
    if not first:
        forgotten(pair, clock)
    left = pair.systems.create(SHOP, "Customer", comes)
    pair.engine.run()
    assert pair.engine.right_of(CUSTOMERS)[left] == right
    assert partners(pair, held) == [right]


def test_two_forms_of_one_address_are_no_guess(pair: Pair, clock: Traveller) -> None:
    both = [
        pair.systems.create(ERP, "Customer", {**KARI, "eMail": email})
        for email in ("kari.nordmann@example.org", "KARI.nordmann@example.org")
    ]
    forgotten(pair, clock)
    left = pair.systems.create(SHOP, "Customer", PERSON)
    pair.engine.run()
    assert pair.engine.parked(CUSTOMERS)[left][0] == "ambiguous_match"
    assert partners(pair, KARI) == both


def test_what_else_changed_in_the_erp_waits_for_its_own_run(pair: Pair, clock: Traveller) -> None:
    """The list is compared, and what was not asked for is left alone."""
    forgotten(pair, clock)
    known = pair.first(CUSTOMERS, type="person")
    pair.systems.edit(ERP, "Customer", pair.right_id(CUSTOMERS, known), {"remark": "Ny merknad"})
    left = pair.systems.create(SHOP, "Customer", PERSON)
    pair.engine.run(Window("records", records=(left,), moves_cursor=False))
    assert left in pair.engine.right_of(CUSTOMERS)
    assert pair.left(CUSTOMERS, known)["note"] != "Ny merknad"
    pair.engine.run()
    assert pair.left(CUSTOMERS, known)["note"] == "Ny merknad"


def test_the_whole_list_is_read_for_new_records_only(pair: Pair, clock: Traveller) -> None:
    forgotten(pair, clock)
    lists: list[str] = []

    def watch(request: Request, answer: Answer) -> None:
        name = request.path.rpartition("/")[2]
        if request.method == "GET" and name in ("partners", "articles", "sales-orders") and not request.query.keys() - {"limit", "cursor"}:
            lists.append(name)

    pair.systems.watch(ERP, watch, sleep=lambda seconds: None)
    known = pair.first(CUSTOMERS, type="person")
    pair.systems.edit(SHOP, "Customer", known, {"note": "Ny merknad"})
    pair.engine.run()
    assert lists == []
    pair.systems.create(SHOP, "Customer", PERSON)
    pair.engine.run()
    assert lists == ["partners"]
