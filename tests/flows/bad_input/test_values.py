"""A value that a property cannot hold parks its record with the property named; nothing of it is lost, and nobody else waits for it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator

import pytest
from requests import PreparedRequest, Response

from tests.flows.bad_input.spelled import PHONE, change_phone, falls_silent, hold, phone, placeholder, spell
from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, SHOP, Installation
from tests.flows.small import complaints
from tests.flows.strange import change_replies

TEN_MB = "x" * 10_000_000
Case = tuple[str, str, str, str]
# Flow, path on that side, the JSON text that stands there, the property that is named.
LEFT_VALUES: dict[str, Case] = {
    "a word for a number": (CUSTOMERS, "customer_number", '"sju"', "customer_number"),
    "1e308": (CUSTOMERS, "customer_number", "1e308", "customer_number"),
    "an exponent beyond all": (CUSTOMERS, "customer_number", "1e99999999999999999999", "customer_number"),
    "six thousand digits": (CUSTOMERS, "customer_number", "9" * 6000, "customer_number"),
    "NaN": (CUSTOMERS, "customer_number", "NaN", "customer_number"),
    "Infinity": (CUSTOMERS, "customer_number", "-Infinity", "customer_number"),
    "NUL": (CUSTOMERS, "website", '"https://a\\u0000b.example"', "website"),
    "half a surrogate pair": (CUSTOMERS, "website", '"https://\\ud83d.example"', "website"),
    "a list for a text": (CUSTOMERS, "website", '["https://a.example"]', "website"),
    "a word that no table has": (CUSTOMERS, "type", '"robot"', "is_person"),
    "ten megabytes where 200 characters fit": (CUSTOMERS, "billing.line1", f'"{TEN_MB}"', "address_line_1"),
    "ten megabytes of e-mail": (CUSTOMERS, "email", f'"{TEN_MB}@x.example"', "email"),
    "the year 0": (ORDERS, "delivery_date", '"0000-01-01"', "delivery_date"),
    "the year 10000": (ORDERS, "delivery_date", '"10000-01-01"', "delivery_date"),
    "the last second of 9999": (ORDERS, "ordered_at", '"9999-12-31T23:59:59Z"', "order_date"),
    "the 30th of February": (ORDERS, "delivery_date", '"2026-02-30"', "delivery_date"),
    "lines that are no list": (ORDERS, "lines", '{"id": 1}', "lines"),
    "1e308 in a line": (ORDERS, "lines.0.quantity", '"1e308"', "quantity"),
    "a line without an id": (ORDERS, "lines.0.id", "null", "id"),
}
RIGHT_VALUES: dict[str, Case] = {
    "NaN": (CUSTOMERS, "ExternalNumber", "NaN", "customer_number"),
    "NUL": (CUSTOMERS, "WebsiteUrl", '"https://a\\u0000b.example"', "website"),
    "no country": (CUSTOMERS, "MailAddress.CountryCode", '"Atlantis"', "country"),
    "perhaps": (CUSTOMERS, "IsPerson", '"perhaps"', "is_person"),
}


def rounds(few: Installation, cases: dict[str, Case]) -> Iterator[dict[str, str]]:
    """Cases with a record each, as many at once as there are records; the last customer is nobody's."""
    waiting = dict(cases)
    while waiting:
        free = {flow: sorted(few.engine.right_of(flow))[: -1 if flow == CUSTOMERS else None] for flow in (CUSTOMERS, ORDERS)}
        now = {case: free[flow].pop(0) for case, (flow, *_) in waiting.items() if free[flow]}
        yield now
        waiting = {case: how for case, how in waiting.items() if case not in now}


def both_sides(few: Installation, cases: dict[str, Case], where: dict[str, str]) -> list[object]:
    """The spoilt records and their other sides as they stand."""
    return copy.deepcopy([(few.left(cases[case][0], left), few.right(cases[case][0], left)) for case, left in where.items()])


@pytest.mark.parametrize(("system", "cases"), [(SHOP, LEFT_VALUES), (OFFICE, RIGHT_VALUES)], ids=[SHOP, OFFICE])
def test_it_parks_its_own_record_and_no_other(
    few: Installation, monkeypatch: pytest.MonkeyPatch, system: str, cases: dict[str, Case]
) -> None:
    good = max(few.engine.right_of(CUSTOMERS))
    spell(monkeypatch, system, {case: text for case, (_, _, text, _) in cases.items()})
    for turn, where in enumerate(rounds(few, cases)):
        old = {case: hold(few, system, cases[case][0], left, cases[case][1], placeholder(case)) for case, left in where.items()}
        change_phone(few, good, f"{PHONE[:-1]}{turn}")
        before = both_sides(few, cases, where)
        few.engine.run()
        assert phone(few, good) == f"{PHONE[:-1]}{turn}"
        parked = {case: few.engine.parked(cases[case][0]).get(left, ("", ""))[1] for case, left in where.items()}
        assert parked == {case: cases[case][3] for case in where}
        assert both_sides(few, cases, where) == before
        for case, left in where.items():
            hold(few, system, cases[case][0], left, cases[case][1], old[case])

    few.engine.run()
    assert falls_silent(few)
    assert few.engine.all_parked() == set()
    assert not any(few.engine.parked(flow) for flow in (CUSTOMERS, ORDERS))
    assert complaints(few) == []


TEXTS = {
    "right to left": "שלום \u202eעולם\u202c مرحبا",
    "a formula": '=HYPERLINK("http://evil.example","Klikk")',
    "a script and a template": "<script>alert(1)</script> {{ conn.shopify.password }} ${jndi:ldap://x} %s {0}",
    "what a terminal obeys": "\x1b]0;eier\x07\x1b[2Jnavn",
    "lines that look like headers": "a\nSet-Cookie: b=c\n\nd '; DROP TABLE xcom; -- ../../etc/passwd",
    "ten megabytes": TEN_MB,
}


def test_a_strange_text_is_carried_as_it_is_and_means_nothing_on_the_way(few: Installation) -> None:
    left = dict(zip(TEXTS, sorted(few.engine.right_of(CUSTOMERS)), strict=True))
    for case, id in left.items():
        few.edit(SHOP, "Customer", id, {"website": TEXTS[case]})
    few.engine.run()
    assert [case for case, id in left.items() if few.right(CUSTOMERS, id)["WebsiteUrl"] != TEXTS[case]] == []
    assert falls_silent(few)
    assert few.engine.all_parked() == set()
    largest = max(len(str(row)) for keys in few.engine.keys.values() for row in keys.rows.values())
    assert largest < 100_000, "values are in no row of the ledger"


def test_a_page_of_megabytes_in_place_of_an_answer_says_little_and_soon(few: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: PreparedRequest, reply: Response) -> None:
        if request.method == "PATCH":
            reply.status_code = 400
            reply._content = json.dumps({"title": f"{TEN_MB} hemmelig@x.example"}).encode()

    left = min(few.engine.right_of(CUSTOMERS))
    change_phone(few, left)
    change_replies(monkeypatch, OFFICE, refuse)
    few.engine.run()
    (link,) = [link for link in few.engine.links(CUSTOMERS) if link.kind == "recheck"]
    assert link.left == left
    assert len(str(link.note)) < 1000
