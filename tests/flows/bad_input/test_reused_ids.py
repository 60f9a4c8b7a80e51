"""A system that gives the id of a deleted record to another one: the new record is nobody's continuation."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

from lenke.runtime.windows import Window
from tests.flows.installation import CUSTOMERS, OFFICE, RIGHT, SHOP, Installation

FULL = Window("full")
STRANGER: dict[str, Any] = {
    "type": "company",
    "company_name": "En helt annen AS",
    "first_name": None,
    "last_name": None,
    "email": "post@annen.example.org",
    "phone": "+4722700999",
    "org_number": None,
    "website": "https://annen.example.org",
    "customer_number": 4711999,
}


def put_stranger(few: Installation, id: str, like: dict[str, Any]) -> None:
    """Another customer under a known id, as a database that counts anew after a restore makes them."""
    now = datetime.now(UTC).isoformat()
    body = copy.deepcopy(like) | STRANGER | {"created_at": now, "updated_at": now, "external_ref": None}
    records = few.systems._sites[SHOP].system.store
    with records.transaction():
        records.put("Customer", id, body, modified=datetime.now(UTC))


def test_after_a_deletion_that_was_seen_the_new_record_changes_and_makes_nothing(few: Installation) -> None:
    """The tombstone bars its ids until a person releases them; until then it is on the list with the reason."""
    few.engine.run()
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    like, before = few.left(CUSTOMERS, left), copy.deepcopy(few.systems.record(OFFICE, RIGHT[CUSTOMERS], right))
    count = len(few.systems.records(OFFICE, RIGHT[CUSTOMERS]))
    for order in [one for one in few.systems.records(SHOP, "Order") if str(one["customer_id"]) == left]:
        few.systems.delete(SHOP, "Order", str(order["id"]))
    few.systems.delete(SHOP, "Customer", left)
    few.engine.run(FULL)
    assert left not in few.engine.right_of(CUSTOMERS)

    put_stranger(few, left, like)
    few.engine.run(FULL)
    few.engine.run()
    assert few.systems.record(OFFICE, RIGHT[CUSTOMERS], right) == before
    assert len(few.systems.records(OFFICE, RIGHT[CUSTOMERS])) == count
    assert [link.kind for link in few.engine.links(CUSTOMERS) if link.left == left and link.right == right] == ["tombstone"]
    (waiting,) = [link for link in few.engine.links(CUSTOMERS) if link.kind == "recheck"]
    assert waiting.left == left
    assert "there again" in waiting.note["text"]


def test_without_one_it_reads_as_an_edit_and_what_was_there_is_kept(few: Installation) -> None:
    """Nothing tells it from a person who edits every field; the journal holds what the other side had."""
    few.engine.run()
    left, right = min(few.engine.right_of(CUSTOMERS).items())
    before = copy.deepcopy(few.systems.record(OFFICE, RIGHT[CUSTOMERS], right)) or {}
    put_stranger(few, left, few.left(CUSTOMERS, left))
    few.engine.run()
    now = few.systems.record(OFFICE, RIGHT[CUSTOMERS], right) or {}
    assert now["EmailAddress"] == STRANGER["email"]
    files = (few.folder / "lenke/journal").rglob("before-*.json")
    images = [image for file in files for image in json.loads(file.read_text())["images"] if image["side"] == "right"]
    kept = {path: value for image in images for one in image["properties"].values() for path, value in one["before"].items()}
    flat = {name: before[name] for name in kept if "." not in name}
    assert {"EmailAddress", "PhoneNumber", "ExternalNumber"} <= flat.keys()
    assert {name: kept[name] for name in flat} == flat
