"""What ``lenke plan`` prints of an action."""

from __future__ import annotations

import pytest

from lenke.core.links.conflicts import Conflict
from lenke.core.links.rows import Link
from lenke.core.plan.model import Action, SideWrite
from lenke.runtime import plans

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
