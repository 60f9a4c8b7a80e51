"""Imports run one way: dags -> runtime -> {systems, core}; systems -> core; core -> nothing of ours. Read from the source, so that an
import inside a function counts, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from lenke.local.places import REPOSITORY

LENKE = REPOSITORY / "plugins" / "lenke"
# Package of ours -> packages of ours that it may import besides itself.
MAY = {
    "core": set[str](),
    "systems": {"core"},
    "runtime": {"core", "systems"},
    "local": {"core", "systems", "runtime"},
    "ui": {"core", "runtime"},
    "document": {"core"},
    "qa": {"core", "systems", "runtime", "document"},
}
NOT_IN_CORE = {"airflow", "requests", "httpx", "urllib3", "http", "socket", "sqlalchemy", "psycopg2", "sandbox"}
FILES = sorted(path for package in MAY for path in (LENKE / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, relative ones in full."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(_package(path)[: len(_package(path)) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            # ``from lenke import systems`` imports the package that it names.
            yield from (f"{module}.{name.name}" for name in node.names)


def _package(path: Path) -> list[str]:
    return list(path.relative_to(LENKE.parent).parent.parts)


def _own(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "lenke" and len(parts) > 1 else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LENKE)))
def test_a_package_imports_only_what_lies_below_it(path: Path) -> None:
    package = path.relative_to(LENKE).parts[0]
    wrong = {module for module in imported(path) if _own(module) in MAY and _own(module) not in MAY[package] | {package}}
    assert not wrong


def test_core_knows_no_airflow_no_http_and_no_database() -> None:
    wrong = {
        (path.name, module)
        for path in FILES
        if path.is_relative_to(LENKE / "core")
        for module in imported(path)
        if _top(module) in NOT_IN_CORE
    }
    assert not wrong


def test_core_has_no_clock_and_no_environment() -> None:
    calls = {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
        ("os", "environ"),
        ("os", "getenv"),
    }
    wrong = [
        (path.name, node.lineno)
        for path in FILES
        if path.is_relative_to(LENKE / "core")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in calls
    ]
    assert not wrong


def test_one_system_never_imports_another() -> None:
    systems = {path.name for path in (LENKE / "systems").iterdir() if (path / "hook.py").exists()}
    assert {"custom_webshop", "poweroffice_go"} <= systems
    wrong = {
        (str(path.relative_to(LENKE)), module)
        for name in systems
        for path in (LENKE / "systems" / name).rglob("*.py")
        for module in imported(path)
        if module.startswith("lenke.systems.") and module.split(".")[2] in systems - {name}
    }
    assert not wrong


def test_dag_files_import_the_runtime_only() -> None:
    for path in sorted((REPOSITORY / "dags").glob("*.py")):
        ours = {module for module in imported(path) if _top(module) in ("lenke", "sandbox", "tests")}
        assert all(module.startswith("lenke.runtime.") for module in ours), (path.name, ours)


def test_nothing_that_ships_imports_the_sandbox_or_the_tests_at_its_top() -> None:
    for path in sorted((REPOSITORY / "plugins").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {
            name for node in top for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        }
        assert not {name for name in names if _top(name) in ("sandbox", "tests")}, path


def _top(module: str) -> str:
    return module.split(".")[0]
