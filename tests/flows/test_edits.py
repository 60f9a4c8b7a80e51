"""Edits on both sides are merged, conflicts are recorded, what moved is planned again, and then there is silence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lenke.core.mapping.model import Flow
from sandbox.seed.edits import Edit, edits
from tests.flows.installation import CUSTOMERS, OFFICE, SHOP, Installation
from tests.flows.people import carry_out, lost

EDITS = edits(1)
LEFT_EDITS = [edit for edit in EDITS if edit.kind == "left" and set(edit.fields) == {"phone"}]
RIGHT_EDITS = [edit for edit in EDITS if edit.kind == "right" and set(edit.fields) == {"WebsiteUrl"}]


@dataclass
class Meddlers:
    """People who edit ten targets, in the very property that is about to be written, between link_resolve and load."""

    installation: Installation
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, flow: Flow, _: Any) -> None:
        if flow.name != CUSTOMERS or self.values:
            return
        right = self.installation.engine.right_of(CUSTOMERS)
        for n, edit in enumerate(LEFT_EDITS[:5]):
            self.values[edit.id] = {"left": edit.fields["phone"].replace(" ", ""), "right": f"+47226000{n:02}"}
            self.installation.edit(OFFICE, "Customers", right[edit.id], {"PhoneNumber": self.values[edit.id]["right"]})
        for n, edit in enumerate(RIGHT_EDITS[:5]):
            self.values[edit.id] = {"left": f"https://midt-i-{n}.example.org", "right": edit.fields["WebsiteUrl"]}
            self.installation.edit(SHOP, "Customer", edit.id, {"website": self.values[edit.id]["left"]})


def same_property(edits: Sequence[Edit]) -> dict[str, dict[str, Any]]:
    """Left id to both sides' values of the customers that were edited on both sides in one property."""
    both: dict[str, dict[str, Any]] = {}
    for edit in edits:
        if edit.kind == "both_same":
            both.setdefault(edit.id, {})["left" if edit.system == SHOP else "right"] = sorted(map(str, edit.fields.values()))
    return both


def recorded(conflicts: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What a conflicts file holds, in the same form."""
    found: dict[str, dict[str, Any]] = {}
    for one in conflicts:
        assert (one["winner"], one["reason"]) == ("left", "policy left")
        for side in ("left", "right"):
            values = found.setdefault(one["left_id"], {}).setdefault(side, [])
            values.append(one[side])
            values.sort()
    return found


def plain(values: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Telephone numbers without blanks, as both sides' canonical value has them."""
    return {id: {side: [_dialled(text) for text in texts] for side, texts in both.items()} for id, both in values.items()}


def _dialled(text: str) -> str:
    return text.replace(" ", "") if text.startswith("+") else text


def survivors(moved: dict[str, dict[str, str]]) -> list[Edit]:
    """Edits that no conflict has decided against."""
    lost = {edit.id for edit in EDITS if edit.kind == "both_same"} | moved.keys()
    return [edit for edit in EDITS if not (edit.system == OFFICE and edit.id in lost)]


def test_everything_merges_and_then_there_is_silence(synced: Installation) -> None:
    parked = synced.engine.parked(CUSTOMERS)
    ids = carry_out(synced, EDITS)
    synced.engine.before_load = meddlers = Meddlers(synced)
    report = synced.engine.run()[CUSTOMERS]["report"]

    assert plain(same_property(EDITS)) == recorded(synced.engine.conflicts(CUSTOMERS))
    # One of the five people changed three properties of an address.
    assert report["conflicts"] == sum(len(edit.fields) for edit in EDITS if edit.kind == "both_same" and edit.system == SHOP)
    assert len(recorded(synced.engine.conflicts(CUSTOMERS))) == 5
    assert {id for id, (reason, _) in synced.engine.parked(CUSTOMERS).items() if reason == "moved"} == meddlers.values.keys()
    assert len(meddlers.values) == 10
    for edit in LEFT_EDITS[:5]:
        assert synced.right(CUSTOMERS, edit.id)["PhoneNumber"] == meddlers.values[edit.id]["right"]
    for edit in RIGHT_EDITS[:5]:
        assert synced.left(CUSTOMERS, edit.id)["website"] == meddlers.values[edit.id]["left"]

    synced.written()
    synced.engine.run()
    right = synced.engine.right_of(CUSTOMERS)
    assert {row["record_id"] for row in synced.written()} == {right[id] for id in meddlers.values}
    again = recorded(synced.engine.conflicts(CUSTOMERS))
    assert again == {id: {side: [value] for side, value in values.items()} for id, values in meddlers.values.items()}
    assert lost(synced, survivors(meddlers.values), ids) == []
    assert synced.judge().agreed
    assert synced.engine.parked(CUSTOMERS) == parked

    synced.engine.run()
    assert synced.engine.quiet()
    assert synced.asked() == []


def test_only_what_was_edited_is_sent(synced: Installation) -> None:
    edits = [edit for edit in EDITS if edit.kind in ("left", "right")]
    ids = carry_out(synced, edits)
    synced.engine.run()
    right = ids.records[CUSTOMERS]
    targets = {(OFFICE, right[edit.id]) if edit.system == SHOP else (SHOP, edit.id) for edit in edits}
    written = synced.written()
    assert {(row["system"], row["record_id"]) for row in written} == targets
    assert len(written) == len(targets)
    named = {"phone": "PhoneNumber", "website": "WebsiteUrl", "email": "EmailAddress", "invoice_email": "InvoiceEmailAddress"}
    for edit in edits:
        if edit.system == SHOP and set(edit.fields) <= set(named):
            row = next(row for row in written if row["record_id"] == right[edit.id])
            paths = {operation["path"].strip("/").lower() for operation in json.loads(row["body"])}
            assert paths == {named[name].lower() for name in edit.fields}
