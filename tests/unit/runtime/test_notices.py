"""What is worth telling of a run, and to whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG, BaseNotifier

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
    found = {
        name: lines for name, lines in notices.events({"f": told}, Notify(), failed=told["state"] in ("failed", "braked")).items() if lines
    }
    assert set(found) == ({event} if event else set())
    assert line in "".join(found.get(event, []))


class Pushed:
    """A task instance that has left what became of the flows."""

    def __init__(self, flows: Any) -> None:
        self.flows = flows

    def xcom_pull(self, *, task_ids: str, key: str) -> Any:
        return self.flows if (task_ids, key) == ("finish", "flows") else None


@pytest.mark.parametrize(
    ("flows", "exception", "told"),
    [
        ({"f": GOOD}, None, ""),
        ({"f": GOOD}, ValueError(), "the run failed; see the log of its task finish\nRun r-1"),
        (None, ValueError(), "the run failed; see the log of its task finish\nRun r-1"),
        ({"f": GOOD | {"state": "failed"}}, ValueError(), "f failed; see the log of its first failed task\nRun r-1"),
    ],
)
def test_a_run_that_fails_is_told_though_no_flow_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flows: Any, exception: Exception | None, told: str
) -> None:
    place = tmp_path / "told"
    options = {"path": str(place), "subject": "{{ lenke.text }}"}
    notify = Notify(on=("failure", "brake"), notifier=f"{__name__}.FileNotifier", options=options)
    monkeypatch.setattr(notices, "_settings", lambda: notify)
    dag, run = DAG("d", schedule=None), type("Run", (), {"run_id": "r-1"})
    notices.RunNotifier().notify({"ti": Pushed(flows), "dag": dag, "dag_run": run, "exception": exception})
    assert (place.read_text() if place.exists() else "") == told


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
    assert json.dumps(notices.events({}, Notify(), failed=False)) == '{"failure": [], "brake": [], "parked": []}'
