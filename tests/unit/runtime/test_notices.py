"""What is worth telling of a run, and to whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import BaseNotifier

from lenke.core.errors import ConfigurationError
from lenke.core.mapping.settings import Notify
from lenke.runtime import notices

GOOD = {"state": "success", "note": "", "parked": 4, "parked_before": 4}


class FileNotifier(BaseNotifier):
    """Writes what it is told into a file; its text is a template field, as those of Airflow's providers are."""

    template_fields = ("subject",)

    def __init__(self, path: str, subject: str) -> None:
        super().__init__()
        self.path, self.subject = path, subject

    def notify(self, context: Any) -> None:
        Path(self.path).write_text(self.subject)


@pytest.mark.parametrize(
    ("told", "event", "line"),
    [
        (GOOD, "", ""),
        (GOOD | {"state": "failed"}, "failure", "f failed"),
        (GOOD | {"state": "braked", "note": "d.f: brake max_changes: 3 updates"}, "brake", "brake max_changes"),
        (GOOD | {"parked": 13}, "", ""),
        (GOOD | {"parked": 14}, "parked", "14 records are parked, 4 were"),
        (GOOD | {"parked": 140, "parked_before": None}, "", ""),
    ],
)
def test_events(told: dict[str, Any], event: str, line: str) -> None:
    found = {name: lines for name, lines in notices.events({"f": told}, Notify()).items() if lines}
    assert set(found) == ({event} if event else set())
    assert line in "".join(found.get(event, []))


def test_any_notifier_of_airflow_gets_the_message_through_its_template_fields(tmp_path: Path) -> None:
    options = {"path": str(tmp_path / "told"), "subject": "{{ lenke.title }} - {{ lenke.text }}"}
    notify = Notify(on=("failure",), notifier=f"{__name__}.FileNotifier", options=options)
    notices.tell(notify, {}, "Lenke: d: failure", "f failed")
    assert (tmp_path / "told").read_text() == "Lenke: d: failure - f failed"


@pytest.mark.parametrize("wrong", [{"notifier": "no.such.Notifier"}, {"options": {"no_such": "option"}}])
def test_a_notifier_that_cannot_be_made_names_the_setting(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"settings\.yaml: notify"):
        notices.tell(Notify(**wrong), {}, "t", "x")


def test_it_is_off_by_default() -> None:
    assert Notify().on == ()
    assert json.dumps(notices.events({}, Notify())) == '{"failure": [], "brake": [], "parked": []}'
