"""What ``lenke plan`` prints of an action."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from airflow.sdk import ObjectStoragePath

from lenke.core.links.conflicts import Conflict
from lenke.core.links.rows import Link
from lenke.core.plan.model import Action, SideWrite
from lenke.runtime import places, plans, staging

CONFLICTS = (
    Conflict("phone", "+4722700101", "+4722700202", "left", "policy left"),
    Conflict("quantity", "1", "2", "none", "manual", of_lines=True),
)
ACTION = Action(
    key="u:7", verb="update", left="7", right="9", link=Link("7", "9"), to_right=SideWrite({"phone": "+4722700101"}), conflicts=CONFLICTS
)


@pytest.mark.parametrize(
    ("with_values", "lines"),
    [
        (
            False,
            [
                "update right: left 7, right 9: phone",
                "  conflict in phone; left wins (policy left)",
                "  conflict in line quantity; a person must choose (manual)",
            ],
        ),
        (
            True,
            [
                "update right: left 7, right 9: phone='+4722700101'",
                "  conflict in phone: left '+4722700101', right '+4722700202'; left wins (policy left)",
                "  conflict in line quantity: left '1', right '2'; a person must choose (manual)",
            ],
        ),
    ],
)
def test_an_action_is_told_with_its_conflicts(with_values: bool, lines: list[str]) -> None:
    assert list(plans._lines(ACTION, with_values=with_values)) == lines


def test_the_heading_has_the_runs_own_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "home", lambda: ObjectStoragePath(f"file://{tmp_path}"))
    run = "scheduled__2026-11-27T00:00:00+00:00"
    folder = places.run_folder("a_to_b", run)
    plan = places.home() / "staging" / folder / "customers" / "plan.parquet"
    staging.write_bytes(plan, b"")
    assert plans._heading(plan, "a_to_b", "customers", 1).endswith(": 1 record; not carried out yet")
    report = tmp_path / "reports" / folder / "customers.json"
    staging.write_json(ObjectStoragePath(f"file://{report}"), {"run": run, "state": "failed"})
    assert plans._heading(plan, "a_to_b", "customers", 2) == f"{run}: 2 records; the run failed, and not all of it may be written"
    os.utime(report, (1, 1))  # of the run before it was cleared
    assert plans._heading(plan, "a_to_b", "customers", 2) == f"{run}: 2 records; not carried out yet"
