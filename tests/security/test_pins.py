"""What is installed is what was looked at: every package has one exact version, and nothing else gets in."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def pins() -> dict[str, list[Requirement]]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    found: dict[str, list[Requirement]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def test_every_line_pins_one_exact_version() -> None:
    loose = [str(one) for many in pins().values() for one in many if not re.fullmatch(r"==[^*,]+", str(one.specifier)) or one.url]
    assert loose == []


def test_everything_that_the_requirements_bring_along_is_pinned_too() -> None:
    known, seen = pins(), set[str]()
    waiting = [
        Requirement(line)
        for file in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / file).read_text("utf-8").splitlines()
        if line and line[0] not in "#-"
    ]
    missing: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        if name not in known:
            missing.add(name)
            continue
        waiting += [Requirement(text) for text in distribution(name).requires or ()]
    assert len(seen) > 100
    assert missing == set()


def test_set_up_installs_from_the_pins_and_builds_with_nothing_fetched() -> None:
    made = (ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in made.splitlines() if "pip install" in line]
    assert installs
    assert all("--requirement requirements" in line or "--no-build-isolation --no-deps" in line for line in installs)
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert (ROOT / file).read_text("utf-8").startswith("--constraint constraints.txt\n")
