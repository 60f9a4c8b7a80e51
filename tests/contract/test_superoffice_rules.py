"""What SuperOffice's client does that no other client has to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lenke.core.errors import AuthenticationError, ConfigurationError, RetriableError
from lenke.core.ports import LineWrite, Outcome, Record, Write
from lenke.systems.connection import Connection
from lenke.systems.registry import client_for
from lenke.systems.superoffice import credentials
from lenke.systems.superoffice.contacts import private
from lenke.systems.superoffice.settings import Settings
from sandbox import Running, start
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE
from tests.flows.superoffice_small import OFFICE, records


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with start(tmp_path / "home", systems=(OFFICE,), port_base=0, rate=0, records=records()) as served:
        yield served


@pytest.fixture
def client(running: Running) -> Iterator[Any]:
    opened = client_for(OFFICE, running.connections[OFFICE], patience=HASTE)
    yield opened
    opened.close()


def read(client: Any, entity: str, id: str) -> tuple[Record, dict[str, Any]]:
    (record,) = client.get(entity, [id])
    return record, json.loads(record.raw)


def update(client: Any, entity: str, id: str, fields: Mapping[str, Any], before: Mapping[str, Any] | None = None, **more: Any) -> Outcome:
    _, current = read(client, entity, id)
    outcome: Outcome = client.write(entity, [Write("w", "update", id, fields, before or {}, current, **more)])[0]
    return outcome


def agents(running: Running, since: int = 0) -> list[str]:
    return [row["path"].rpartition("/")[2] for row in running.audit(OFFICE, since)]


def test_a_moved_tenant_is_found_again_in_the_middle_of_work(client: Any, running: Running) -> None:
    assert read(client, "Contact", "101")[0].id == "101"
    running._system(OFFICE).move("online7")  # type: ignore[attr-defined]
    assert update(client, "Contact", "101", {"Department": "Salg"}).status == "done"
    assert len([row for row in running.audit(OFFICE) if row["verb"] == "update"]) == 1


def test_an_ended_ticket_is_renewed(client: Any, running: Running) -> None:
    client.tenant()
    running._system(OFFICE).expire_tokens()
    assert client.tenant() == running.connections[OFFICE]["login"]


def test_a_tenant_in_maintenance_is_tried_again_later(client: Any, running: Running) -> None:
    running._system(OFFICE).store.keep("state", "OfflineMaintenance")
    with pytest.raises(RetriableError) as caught:
        client.tenant()
    assert caught.value.delay == timedelta(minutes=10)


def test_a_refresh_token_opens_the_tenant_as_well(running: Running) -> None:
    meta = running._system(OFFICE).store.meta
    plain = running.connections[OFFICE]
    extra = {"client_id": meta("client_id"), "refresh_token": meta("refresh_token"), "sandbox": True}
    client = client_for(OFFICE, {**plain, "extra": extra}, patience=HASTE)
    assert client.tenant() == plain["login"]
    with pytest.raises(AuthenticationError):
        client_for(OFFICE, {**plain, "extra": extra | {"refresh_token": "wrong"}}, patience=HASTE).tenant()


def test_a_stranger_gets_no_credentials() -> None:
    def script(asked: Asked) -> Answer:
        return Answer({"IsRunning": True, "Api": "https://elsewhere.example/Cust1/api", "ValidUntil": "2036-01-01T00:00:00Z"})

    with Scripted(script) as server:
        plain = {"host": server.url, "login": "Cust1", "password": "p", "extra": {"system_token": "s", "private_key": "k"}}
        with pytest.raises(ConfigurationError, match="outside its own domain"):
            client_for(OFFICE, plain, patience=HASTE).tenant()


def test_a_jwt_that_the_environment_did_not_sign_is_refused(running: Running) -> None:
    import jwt

    key = running.connections[OFFICE]["extra"]["private_key"]
    forged = jwt.encode({credentials.TICKET_CLAIM: "7T:forged"}, key, algorithm="RS256", headers={"kid": "sandbox"})
    keys = running._system(OFFICE)._access.keys().body  # type: ignore[attr-defined]
    with pytest.raises(AuthenticationError, match="not signed"):
        credentials._ticket_of(forged, keys)
    with pytest.raises(AuthenticationError, match="not signed"):
        credentials._ticket_of("no jwt", keys)


def test_a_ticket_is_kept_for_six_hours_from_its_last_use() -> None:
    now = [0.0]
    asked: list[float] = []

    def ask() -> str:
        asked.append(now[0])
        return "7T:x"

    settings = Settings.of(Connection("https://online.superoffice.com", "Cust1", "p", {"system_token": "s", "private_key": "k"}))
    auth = credentials.SystemUser(settings, ask, clock=lambda: now[0])
    for hours in (0, 5, 10, 15.9, 22):
        now[0] = hours * 3600.0
        auth.headers()
    assert asked == [0.0, 22 * 3600.0]


def test_what_a_connection_lacks_is_named() -> None:
    with pytest.raises(ConfigurationError, match="extra system_token, extra private_key missing"):
        client_for(OFFICE, {"host": "https://sod.superoffice.com", "login": "Cust1", "password": "x"})


@pytest.mark.parametrize(
    ("contact", "is_person"),
    [
        ({"Name": "Kari Moen", "Persons": [{"Firstname": "Kari", "Lastname": "Moen"}]}, True),
        ({"Name": "Kari Moen", "OrgNr": "923609016", "Persons": [{"Firstname": "Kari", "Lastname": "Moen"}]}, False),
        ({"Name": "Moen Bygg", "Persons": [{"Firstname": "Kari", "Lastname": "Moen"}]}, False),
        ({"Name": "Kari Moen", "Persons": [{"Firstname": "Kari", "Lastname": "Moen"}, {"Firstname": "Ola", "Lastname": "Moen"}]}, False),
        ({"Name": "Kari Moen", "Persons": []}, False),
    ],
)
def test_a_private_person_is_a_company_of_one(contact: dict[str, Any], is_person: bool) -> None:
    assert private(contact)["IsPerson"] is is_person


def test_a_private_persons_name_is_not_the_contacts_to_change(client: Any) -> None:
    outcome = update(client, "Contact", "103", {"Name": "Kari Vik"})
    assert (outcome.status, "private person" in outcome.reason) == ("locked", True)


def test_a_persons_name_is_put_back_where_the_contact_moved(client: Any, running: Running) -> None:
    _, current = read(client, "Contact", "103")
    running.edit(OFFICE, "Contact", "103", {"Description": "Ny tekst"})
    fields = {"Private.Lastname": "Vik", "Description": "Vår tekst"}
    (outcome,) = client.write("Contact", [Write("w", "update", "103", fields, {"Description": ""}, current)])
    held = running.record(OFFICE, "Contact", "103")
    assert held is not None
    assert (outcome.status, held["Name"], held["Persons"][0]["Lastname"]) == ("moved", "Kari Moen", "Moen")
    done = update(client, "Contact", "103", {"Private.Lastname": "Vik"})
    assert done.record is not None
    assert json.loads(done.record.raw)["Private"] == {"IsPerson": True, "Firstname": "Kari", "Lastname": "Vik"}


def test_only_a_private_person_has_a_first_and_a_last_name(client: Any) -> None:
    assert update(client, "Contact", "101", {"Private.Lastname": "Vik"}).status == "moved"
    outcome = update(client, "Contact", "103", {"Private.Firstname": None})
    assert (outcome.status, "a first and a last name" in outcome.reason) == ("rejected", True)


@pytest.mark.parametrize(
    ("sale", "fields", "locked"),
    [
        ("501", {"Amount": 10}, "amount follows"),
        ("502", {"Quotealternative.Name": "x"}, "no quote"),
        ("504", {"Quotealternative.Name": "x"}, "accepted or likely"),
    ],
)
def test_what_a_sale_has_no_place_for_is_locked(client: Any, sale: str, fields: dict[str, Any], locked: str) -> None:
    outcome = update(client, "Sale", sale, fields)
    assert (outcome.status, locked in outcome.reason, outcome.partial) == ("locked", True, False)


def test_a_locked_offer_holds_back_itself_alone(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Sale", "501", {"Quoteversion.State": "Sent"})
    outcome = update(client, "Sale", "501", {"Heading": "Kan endres", "Quoteversion.Description": "Kan ikke"})
    assert (outcome.status, outcome.partial) == ("locked", True)
    _, sale = read(client, "Sale", "501")
    assert (sale["Heading"], sale["Quoteversion"]["Description"]) == ("Kan endres", "")


def test_a_locked_amount_holds_back_itself_alone(client: Any, running: Running) -> None:
    fields = {"Amount": 5, "Currency.Value": "EUR", "Heading": "Kan endres", "Quotealternative.DiscountPercent": 50}
    outcome = update(client, "Sale", "501", fields)
    assert (outcome.status, outcome.partial, "amount" in outcome.reason, "currency" in outcome.reason) == ("locked", True, True, True)
    _, sale = read(client, "Sale", "501")
    assert (sale["Heading"], sale["Amount"], sale["Currency"]["Value"]) == ("Kan endres", 100, "NOK")
    assert sale["Quotealternative"]["TotalPrice"] == pytest.approx(179.92)


def test_a_quote_without_a_chosen_alternative_takes_its_own_members(client: Any) -> None:
    assert update(client, "Sale", "504", {"Quote.PoNumber": "PO-8", "Quoteversion.ExpirationDate": None}).status == "done"
    _, sale = read(client, "Sale", "504")
    assert (sale["Quote"]["PoNumber"], sale["Quoteversion"]["ExpirationDate"]) == ("PO-8", None)


def test_a_first_address_is_added_replaced_and_taken_away(client: Any, running: Running) -> None:
    for value in ("22000000", "22000001", None):
        assert update(client, "Contact", "101", {"Phones.0.Value": value}).status == "done"
        held = running.record(OFFICE, "Contact", "101")
        assert held is not None
        assert [phone["Value"] for phone in held["Phones"]] == ([value] if value else [])


def test_an_address_that_somebody_added_meanwhile_is_not_joined_by_ours(client: Any, running: Running) -> None:
    _, current = read(client, "Contact", "101")
    running.edit(OFFICE, "Contact", "101", {"Phones.0.Value": "22000000"})
    (outcome,) = client.write("Contact", [Write("w", "update", "101", {"Phones.0.Value": "22000001"}, {}, current)])
    assert outcome.status == "moved"


def test_a_product_is_sent_back_whole(client: Any, running: Running) -> None:
    assert update(client, "Product", "2001", {"UnitListPrice": 12.5, "Description": None}).status == "done"
    held = running.record(OFFICE, "Product", "2001")
    assert held is not None
    assert (held["UnitListPrice"], held["Code"], held["VAT"], held["Description"]) == (12.5, "A-1", 25, "")


def test_a_price_that_the_connector_does_not_know_is_null(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Product", "2001", {"UnitMinimumPrice": -7.922816251426434e28})
    assert read(client, "Product", "2001")[1]["UnitMinimumPrice"] is None


def test_dates_that_mean_not_set_are_null(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Sale", "501", {"ReopenDate": "1760-01-01T00:00:00"})
    _, sale = read(client, "Sale", "501")
    assert (sale["ReopenDate"], sale["NextDueDate"], sale["Quoteversion"]["SentDate"]) == (None, None, None)


def test_a_sale_holds_its_offer(client: Any) -> None:
    _, sale = read(client, "Sale", "501")
    assert (sale["Quote"]["QuoteId"], sale["Quoteversion"]["State"], sale["Quotealternative"]["QuoteAlternativeId"]) == (
        3001,
        "Draft",
        5001,
    )
    assert [line["ProductId"] for line in sale["Quotelines"]] == ["2001", "2002"]
    assert "QuoteVersions" not in sale["Quote"]
    assert "QuoteAlternatives" not in sale["Quoteversion"]
    parts = ("Quote", "Quoteversion", "Quotealternative", "Quotelines")
    for without, held in (("502", ()), ("504", ("Quote", "Quoteversion"))):
        _, sale = read(client, "Sale", without)
        assert tuple(part for part in parts if part in sale) == held


def test_a_line_sold_abroad_is_the_shops_product_of_the_same_code(client: Any, running: Running) -> None:
    key = running.create(OFFICE, "Sale", {"Heading": "Export", "Number": "70090", "Currency.Value": "EUR", "Quote.PoNumber": "1"})
    line = LineWrite("create", None, {"ProductId": "2001", "Quantity": 1}, marker="lk-export")
    assert update(client, "Sale", key, {}, lines=(line,)).status == "done"
    _, sale = read(client, "Sale", key)
    assert [(line["ERPProductKey"], line["ProductId"], line["ERPQuoteLineKey"]) for line in sale["Quotelines"]] == [
        ("SUO_2003", "2001", "lk-export")
    ]
    other = LineWrite("create", None, {"ProductId": "2002", "Quantity": 1}, marker="lk-none")
    outcome = update(client, "Sale", key, {}, lines=(other,))
    assert (outcome.status, "price list in EUR" in outcome.reason) == ("rejected", True)


def test_a_line_is_drafted_recalculated_and_saved(client: Any, running: Running) -> None:
    line = LineWrite("create", None, {"ProductId": "2001", "Quantity": 3, "DiscountPercent": 10}, marker="lk-new")
    outcome = update(client, "Sale", "501", {}, lines=(line,))
    assert outcome.record is not None
    assert agents(running) == ["SaveQuoteLine", "SaveQuoteAlternative"]
    made = json.loads(outcome.record.raw)["Quotelines"][-1]
    assert (made["ERPQuoteLineKey"], made["TotalPrice"], made["UserValueOverride"]) == ("lk-new", 270, "DiscountPercent")
    again = update(client, "Sale", "501", {}, lines=(line,))
    assert again.status == "done"
    assert len(json.loads(again.record.raw)["Quotelines"]) == 3 if again.record else False


def test_a_line_that_moved_is_not_saved(client: Any, running: Running) -> None:
    running.edit_line(OFFICE, "Sale", "501", "SUO_2001#1", {"Quantity": 9})
    line = LineWrite("update", "6001", {"Quantity": 4}, {"Quantity": 2})
    outcome = update(client, "Sale", "501", {}, lines=(line,))
    assert outcome.status == "moved"
    assert "SaveQuoteLine" not in agents(running)


@pytest.mark.parametrize("state", ["Sent", "Sold", "Lost"])
def test_a_locked_version_is_named(client: Any, running: Running, state: str) -> None:
    running.edit(OFFICE, "Sale", "501", {"Quoteversion.State": state})
    outcomes = [update(client, "Sale", "501", {"Quotealternative.Name": "Ny"})]
    outcomes.append(update(client, "Sale", "501", {}, lines=(LineWrite("remove", "6001"),)))
    for outcome in outcomes:
        assert (outcome.status, outcome.reason) == ("locked", f"quote version is {state} in SuperOffice")
    assert update(client, "Sale", "501", {"Heading": "Ny tittel"}).status == "done"


def test_the_second_line_fails_and_the_first_is_told(client: Any, running: Running) -> None:
    good = LineWrite("update", "6001", {"Quantity": 4}, {"Quantity": 2})
    bad = LineWrite("create", None, {"ProductId": "9999", "Quantity": 1}, marker="lk-bad")
    outcome = update(client, "Sale", "501", {}, lines=(good, bad))
    assert (outcome.status, outcome.partial) == ("done", True)
    assert "new line 2" in outcome.reason


def test_a_walk_is_two_lists_and_tells_every_change_of_an_offer(client: Any, running: Running) -> None:
    before = {record.id: record.version for record in client.list("Sale")}
    calls = client.calls
    assert {record.id: record.version for record in client.list("Sale")} == before
    assert client.calls - calls == 2
    running.edit_line(OFFICE, "Sale", "501", "SUO_2001#1", {"Description": "Bare teksten"})
    after = {record.id: record.version for record in client.list("Sale")}
    assert {id for id in after if after[id] != before[id]} == {"501"}


def test_a_version_of_this_very_second_holds_for_one_read_only(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Sale", "501", {"Heading": "Nå"})
    first, second = (next(r.version for r in client.list("Sale") if r.id == "501") for _ in range(2))
    assert first != second


def test_pages_of_rows_that_share_a_key_lose_none(running: Running) -> None:
    plain = running.connections[OFFICE]
    running.edit(OFFICE, "Sale", "501", {"Quoteversion.State": "Draft"})
    running.edit(OFFICE, "Sale", "501", {"Quoteversion.State": "Draft"})
    client = client_for(OFFICE, {**plain, "extra": {**plain["extra"], "page_size": 4}}, patience=HASTE)
    assert [record.id for record in client.list("Sale")] == ["501", "502", "503", "504"]
    with pytest.raises(RetriableError, match="page_size"):
        list(client_for(OFFICE, {**plain, "extra": {**plain["extra"], "page_size": 2}}, patience=HASTE).list("Sale"))


def test_a_delta_overlaps_by_days_and_is_compared_here(client: Any, running: Running) -> None:
    running.edit(OFFICE, "Contact", "101", {"Department": "Salg"})
    since = datetime.now(UTC) - timedelta(seconds=30)
    assert [record.id for record in client.list("Contact", since=since)] == ["101"]
    assert list(client.list("Contact", since=datetime.now(UTC) + timedelta(minutes=1))) == []


def test_sales_are_not_made_by_us(client: Any) -> None:
    (outcome,) = client.write("Sale", [Write("w", "create", fields={"Heading": "x"})])
    assert outcome.status == "rejected"
