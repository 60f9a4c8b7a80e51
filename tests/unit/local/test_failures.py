import json
from pathlib import Path

from lenke.local import failures
from lenke.local.follow import Run, Task

RUN = Run("d", "r", "failed", tasks=(Task("a", "load", "failed"), Task("a", "commit", "success"), Task("", "finish", "failed")))


def _log(logs: Path, task: str, number: int, *events: dict[str, object]) -> None:
    folder = logs / "dag_id=d" / "run_id=r" / f"task_id={task}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"attempt={number}.log").write_text("\n".join(json.dumps(event) for event in events) + "\nno JSON\n")


def _error(text: str) -> dict[str, object]:
    return {"event": "Task failed with exception", "error_detail": [{"exc_type": "BrakeError", "exc_value": text}]}


def test_a_failed_task_says_why(tmp_path: Path) -> None:
    _log(tmp_path, "a.load", 1, _error("too many creates"), {"event": "later"})
    _log(tmp_path, "finish", 1, _error("a: failed"))
    (line,) = failures.told(RUN, tmp_path)
    assert "a.load failed: BrakeError: too many creates" in line
    assert str(tmp_path) in line


def test_a_run_that_only_its_end_failed_says_that(tmp_path: Path) -> None:
    _log(tmp_path, "finish", 1, _error("no such record"))
    (line,) = failures.told(Run("d", "r", "failed", tasks=(Task("", "finish", "failed"),)), tmp_path)
    assert "no such record" in line


def test_without_a_log_there_is_the_place_to_look_at(tmp_path: Path) -> None:
    (line,) = failures.told(RUN, tmp_path)
    assert "a.load failed: its log says no more" in line
