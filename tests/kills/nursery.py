"""A warmed process that forks a child for each job: the imports of a task cost seconds, a fork costs none.

``python -m tests.kills.nursery``: a job a line in, the child's wait status a line out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lenke.local.places import REPOSITORY
from tests.kills.job import Job, parse


class Nursery:
    """The other end: hands jobs to a nursery process."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._in, self._out, self._errors = process, process.stdin, process.stdout, errors

    def run(self, job: Job) -> int:
        """Have a child do the job; the signal that ended it, or 0.

        :raises AssertionError: the child broke, or the nursery is gone.
        """
        self._in.write(job.text() + "\n")
        self._in.flush()
        answer = self._out.readline().strip()
        assert answer, f"the nursery is gone: {self._told()}"
        status = int(answer)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"a child broke: {self._told()}"
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

    def _told(self) -> str:
        return self._errors.read_text(encoding="utf-8", errors="replace")[-4000:]


@contextmanager
def opened(folder: Path, variables: Mapping[str, str]) -> Iterator[Nursery]:
    """A nursery in the environment of an Airflow; its log is ``<folder>/nursery.log``."""
    folder.mkdir(parents=True, exist_ok=True)
    quiet = {"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR", "OMP_NUM_THREADS": "1"}
    with (folder / "nursery.log").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kills.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**variables, **quiet},
            cwd=REPOSITORY,
        )
        try:
            yield Nursery(process, folder / "nursery.log")
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=30)


def _serve(jobs: IO[str], answers: IO[str]) -> None:
    from tests.kills import child

    child.warm()
    for line in jobs:
        pid = os.fork()
        if pid == 0:
            _child(child.run, line)
        _, status = os.waitpid(pid, 0)
        answers.write(f"{status}\n")
        answers.flush()


def _child(run: object, line: str) -> None:
    # Whatever a child prints is no answer.
    os.dup2(2, 1)
    try:
        assert callable(run)
        run(parse(line))
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as told:
        os.dup2(2, 1)
        _serve(sys.stdin, told)
