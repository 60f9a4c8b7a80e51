"""The sandbox holds the seed as it is, and the edits can be made in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import sandbox
from sandbox.seed import build, record_id
from sandbox.seed.edits import edits
from tests.oracle.databases import read
from tests.oracle.editing import make
from tests.oracle.judge import judge
from tests.oracle.perfect import write_home

SYSTEMS = ("custom_webshop", "poweroffice_go")


def bare(value: Any) -> Any:
    """Without nulls, and without objects that hold nothing else: a server may serve a missing member as null."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = {name: bare(member) for name, member in value.items()}
    return {name: member for name, member in members.items() if member is not None and member != {}}


def test_holds_the_seed_as_it_is(tmp_path: Path) -> None:
    with sandbox.start(tmp_path, seed=1, port_base=0):
        pass
    seed = build(1)
    for system in SYSTEMS:
        stored = read(tmp_path / f"{system}.sqlite")
        for entity, bodies in seed.records[system].items():
            assert {record_id(system, entity, body): bare(body) for body in bodies} == {
                key: bare(body) for key, body in stored.of(entity).items()
            }


def test_edits_can_be_made_and_the_judge_sees_each(tmp_path: Path) -> None:
    seed = build(1)
    (tmp_path / "made").mkdir()
    write_home(tmp_path / "made", seed)
    synced = {system: read(tmp_path / "made" / f"{system}.sqlite").live for system in SYSTEMS}
    records = {system: {entity: list(bodies.values()) for entity, bodies in live.items()} for system, live in synced.items()}
    home = tmp_path / "served"
    with sandbox.start(home, port_base=0, records=records) as running:
        before = judge(home, seed.parked())
        assert before.agreed, before.report()
        make(running, edits(1), before.right_ids)
        after = judge(home, seed.parked())
    differing = {found.id for found in after.disagreements}
    assert differing == {edit.id for edit in edits(1)}
    assert Counter(found.entity for found in after.disagreements)["Order"] >= 30
