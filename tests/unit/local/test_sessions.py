import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from lenke.core.errors import ConfigurationError
from lenke.local import keys, sessions
from lenke.local.lock import Lock
from lenke.local.places import REPOSITORY, Places
from lenke.local.processes import ProcessError, Processes, end_stale

# A child with a child of its own, both deaf to SIGTERM.
DEAF = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.fork(), flush=True)
time.sleep(600)
"""
ORPHAN = DEAF.replace("time.sleep", "os.getpid() != os.getsid(0) and time.sleep")
PYTHON = [sys.executable, "-c"]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(home=tmp_path / "home")
    found.make()
    return found


def _until(holds: Callable[[], bool]) -> bool:
    limit = time.monotonic() + 60
    while not holds():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def _logged(places: Places) -> bool:
    return len((places.logs / "a.log").read_text().split()) == 2


def test_leaving_ends_children_and_theirs_though_they_are_deaf(places: Places) -> None:
    with Processes(places, patience=0.1) as children:
        children.start("a", [*PYTHON, DEAF], environment=os.environ)
        assert _until(lambda: _logged(places))
        leader = sessions.read(places.processes)[0]
        assert len(sessions.members(leader)) == 2
    assert sessions.members(leader) == []
    assert not places.processes.exists()


def test_what_an_interrupted_run_left_is_ended_at_the_next_start(places: Places) -> None:
    child = subprocess.Popen([*PYTHON, ORPHAN], stdout=(places.logs / "a.log").open("w"), start_new_session=True)
    leader = sessions.Leader("a", child.pid, psutil.Process(child.pid).create_time(), 0)
    sessions.write(places.processes, [leader])
    child.wait()
    assert len(sessions.members(leader)) == 1
    assert end_stale(places) == ("a",)
    assert sessions.members(leader) == []
    assert end_stale(places) == ()


def test_a_reused_pid_is_not_ours(places: Places) -> None:
    child = subprocess.Popen([*PYTHON, "import time; time.sleep(600)"], start_new_session=True)
    later = sessions.Leader("a", child.pid, psutil.Process(child.pid).create_time() + 100, 0)
    sessions.write(places.processes, [later])
    assert end_stale(places) == ()
    assert child.poll() is None
    child.kill()
    child.wait()


def test_half_a_record_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "record").write_text('[{"name": "a"')
    assert sessions.read(tmp_path / "record") == ()


def test_the_watchdog_ends_all_when_its_run_is_killed(places: Places) -> None:
    program = f"""
import os, sys, time
from pathlib import Path
from lenke.local.places import Places
from lenke.local.processes import Processes
with Processes(Places(home=Path({str(places.home)!r}))) as children:
    children.start("a", [sys.executable, "-c", {DEAF!r}], environment=os.environ)
    time.sleep(600)
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY / "plugins"), os.environ.get("PYTHONPATH", "")])}
    run = subprocess.Popen([*PYTHON, program], env=environment)
    assert _until(lambda: (places.logs / "a.log").exists() and _logged(places))
    leader = sessions.read(places.processes)[0]
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert _until(lambda: not sessions.members(leader) and not places.processes.exists())


def test_a_child_that_ended_is_told_with_the_end_of_its_log(places: Places) -> None:
    with Processes(places) as children:
        child = children.start("a", [*PYTHON, "import sys; print('what went wrong'); sys.exit(3)"], environment=os.environ)
        child.wait()
        with pytest.raises(ProcessError, match=r"(?s)code 3.*what went wrong"):
            children.check()


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with Lock(tmp_path / "lock"), pytest.raises(ConfigurationError, match=str(os.getpid())):
        Lock(tmp_path / "lock").__enter__()
    with Lock(tmp_path / "lock"):
        pass


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = keys.load(tmp_path / "keys")
    assert keys.load(tmp_path / "keys") == first
    assert len(bytes.fromhex(first.digest)) == 32
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert first.password not in repr(first)
