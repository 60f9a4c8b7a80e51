"""Answers of described systems that tell less than they should, or refuse a batch as a whole: each record has an outcome of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lenke.core.ports import Outcome, Write
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.test_dialect import client

SINGLE: dict[str, Any] = {
    "address": "/things",
    "create": {"method": "POST", "address": "/things", "record": "result"},
    "update": {"method": "PUT", "address": "/things/{id}", "record": "result"},
}
BATCH = {"address": "/batch", "create": "create", "update": "update"}
CODES = {"code": "code", "codes": {"busy": "locked", "old": "moved", "lost": "gone"}}
REFUSALS = [
    (409, None, "moved"),
    (412, None, "moved"),
    (423, None, "locked"),
    (404, None, "gone"),
    (410, None, "gone"),
    (400, "busy", "locked"),
    (400, "old", "moved"),
    (400, "lost", "gone"),
    (400, None, "rejected"),
]
BARE: list[Any] = [None, [], 7, "stored", {}, {"id": None}, {"id": True}, {"id": {"value": 1}}]


def written(folder: Path, url: str, entity: dict[str, Any], *writes: Write) -> dict[str, Outcome]:
    found = client(folder, url, entities={"Thing": entity}, errors=CODES)
    return {outcome.key: outcome for outcome in found.write("Thing", writes)}


@pytest.mark.parametrize(("status", "code", "outcome"), REFUSALS)
def test_a_batch_refused_as_a_whole_costs_only_the_record_that_it_was_refused_for(
    tmp_path: Path, status: int, code: str | None, outcome: str
) -> None:
    stored: list[str] = []

    def answer(asked: Asked) -> Answer:
        if "bad" in asked.body:
            return Answer({"code": code}, status)
        stored.append(json.loads(asked.body)["name"])
        return Answer({"result": {"id": "r1", "name": stored[-1]}})

    with Scripted(answer) as server:
        writes = [Write(name, "update", f"r{name}", {"name": name}) for name in ("one", "bad", "two")]
        found = written(tmp_path, server.url, {**SINGLE, "batch": BATCH}, *writes)
    assert {key: one.status for key, one in found.items()} == {"one": "done", "bad": outcome, "two": "done"}
    assert stored == ["one", "two"]


@pytest.mark.parametrize("bare", BARE)
def test_an_answer_without_the_record_leaves_that_one_unknown(tmp_path: Path, bare: Any) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer({"result": bare if "bad" in asked.body else {"id": "r1"}})

    with Scripted(answer) as server:
        writes = [Write(name, "create", None, {"name": name}) for name in ("one", "bad", "two")]
        found = written(tmp_path, server.url, SINGLE, *writes)
    assert {key: one.status for key, one in found.items()} == {"one": "done", "bad": "unknown", "two": "done"}


@pytest.mark.parametrize("bare", BARE)
def test_an_item_without_its_record_leaves_that_one_unknown(tmp_path: Path, bare: Any) -> None:
    def answer(asked: Asked) -> Answer:
        names = [row["name"] for row in json.loads(asked.body)["create"]]
        return Answer({"create": [{"status": 200, "data": bare if name == "bad" else {"id": name}} for name in names]})

    with Scripted(answer) as server:
        writes = [Write(name, "create", None, {"name": name}) for name in ("one", "bad", "two")]
        found = written(tmp_path, server.url, {**SINGLE, "batch": BATCH}, *writes)
    assert {key: (one.status, one.id) for key, one in found.items()} == {
        "one": ("done", "one"),
        "bad": ("unknown", None),
        "two": ("done", "two"),
    }
