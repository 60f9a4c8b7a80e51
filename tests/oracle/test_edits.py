"""The edit scripts are the same each time and edit only what can be edited and synced."""

from __future__ import annotations

from collections import Counter

import phonenumbers

from sandbox.seed import build
from sandbox.seed.edits import edits

SHOP, OFFICE = "custom_webshop", "poweroffice_go"


def test_same_number_gives_same_edits() -> None:
    assert edits(1) == edits(1)
    assert edits(1) != edits(2)


def test_counts() -> None:
    counted = Counter((edit.kind, edit.system) for edit in edits(1))
    assert counted[("left", SHOP)] == counted[("right", OFFICE)] == 50
    assert counted[("both_apart", SHOP)] == counted[("both_apart", OFFICE)] == 20
    assert counted[("both_same", SHOP)] == counted[("both_same", OFFICE)] == 5
    lines = [(edit.kind, edit.system) for edit in edits(1) if edit.line]
    assert len(lines) == 30
    assert set(Counter(lines).values()) == {5}


def test_each_record_is_edited_for_one_reason() -> None:
    kinds: dict[str, set[str]] = {}
    for edit in edits(1):
        kinds.setdefault(edit.id, set()).add(edit.kind)
    assert all(len(kind) == 1 for kind in kinds.values())
    assert len(kinds) == 50 + 50 + 20 + 5 + 30


def test_only_records_that_will_be_linked_are_edited() -> None:
    seed = build(1)
    parked = {key for _, key in seed.parked()}
    locked = {order["ImportedOrderNo"] for order in seed.records[OFFICE]["SalesOrders"] if order["SalesOrderStatus"] == "Confirmed"}
    orders = {str(order["id"]): order for order in seed.records[SHOP]["Order"]}
    for edit in edits(1):
        assert edit.id not in parked
        assert not edit.line or orders[edit.id]["number"] not in locked


def test_both_apart_touches_different_properties_and_both_same_one() -> None:
    same = {
        "phone": "PhoneNumber",
        "billing.line1": "MailAddress.AddressLine1",
        "website": "WebsiteUrl",
        "invoice_email": "InvoiceEmailAddress",
        "billing.city": "MailAddress.City",
        "billing.postal_code": "MailAddress.ZipCode",
        "billing.line2": "MailAddress.AddressLine2",
        "email": "EmailAddress",
    }
    left = {edit.id: edit for edit in edits(1) if edit.system == SHOP}
    for edit in edits(1):
        if edit.system == OFFICE and edit.kind in ("both_apart", "both_same"):
            named = {same[name] for name in left[edit.id].fields}
            assert (named == set(edit.fields)) if edit.kind == "both_same" else not named & set(edit.fields)


def test_edited_phones_are_valid() -> None:
    phones = [value for edit in edits(1) for name, value in edit.fields.items() if name.lower().startswith("phone")]
    assert len(phones) > 10
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone, "NO")) for phone in phones)


def test_line_edits_name_lines_that_are_there() -> None:
    orders = {str(order["id"]): order for order in build(1).records[SHOP]["Order"]}
    for edit in edits(1):
        if edit.line and edit.line.line_id:
            line = next(line for line in orders[edit.id]["lines"] if str(line["id"]) == edit.line.line_id)
            assert line["position"] == edit.line.position
