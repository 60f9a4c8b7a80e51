"""What the code must not do at all, read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted(path for folder in ("plugins", "dags", "sandbox") for path in (ROOT / folder).rglob("*.py"))
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
# Each of these can run what it reads, or expands it without end.
FORBIDDEN_MODULES = {
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "jsonpickle", "xml",
    "lxml", "defusedxml", "telnetlib", "ftplib",
}  # fmt: skip
FORBIDDEN_ATTRIBUTES = {
    "yaml": {"load", "load_all", "full_load", "unsafe_load", "Loader", "FullLoader", "UnsafeLoader", "CLoader"},
    "os": {"system", "popen"},
    "ssl": {"_create_unverified_context", "CERT_NONE"},
    "tempfile": {"mktemp"},
    "pd": {"read_pickle"},
    "urllib3": {"disable_warnings"},
}


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, kind):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node


def test_there_is_something_to_look_at() -> None:
    assert len(PRODUCT) > 300


def test_nothing_runs_text_as_code() -> None:
    called = [(where, node.func.id) for where, node in nodes(ast.Call) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert [found for found in called if found[1] in FORBIDDEN_CALLS] == []


def test_nothing_reads_what_can_run_code_or_grow_without_end() -> None:
    imports = [(where, alias.name) for where, node in nodes(ast.Import) if isinstance(node, ast.Import) for alias in node.names]
    imports += [(where, node.module or "") for where, node in nodes(ast.ImportFrom) if isinstance(node, ast.ImportFrom)]
    assert [found for found in imports if found[1].split(".")[0] in FORBIDDEN_MODULES] == []


def test_no_dangerous_door_of_a_library_is_used() -> None:
    found = [
        (where, f"{node.value.id}.{node.attr}")
        for where, node in nodes(ast.Attribute)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in FORBIDDEN_ATTRIBUTES.get(node.value.id, ())
    ]
    assert found == []


def test_no_certificate_goes_unverified_no_shell_is_opened_no_redirect_is_followed() -> None:
    wrong: dict[str | None, set[Any]] = {"verify": {False, None}, "shell": {True}, "allow_redirects": {True}}
    found = [
        (where, f"{keyword.arg}={keyword.value.value!r}")
        for where, node in nodes(ast.Call)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in wrong and isinstance(keyword.value, ast.Constant) and keyword.value.value in wrong[keyword.arg]
    ]
    assert found == []


def test_nothing_listens_beyond_this_machine() -> None:
    texts = [(where, node.value) for where, node in nodes(ast.Constant) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [found for found in texts if found[1] in ("0.0.0.0", "::", "[::]")] == []


@pytest.mark.parametrize("path", [path for path in PRODUCT if "systems" in path.parts], ids=lambda path: "/".join(path.parts[-2:]))
def test_an_id_goes_into_an_address_as_one_step_of_it(path: Path) -> None:
    """Ids come from the systems; ``../../x`` in one must not lead to another address."""
    raw = re.compile(r"f\"[^\"]*/\{(?!segment\(|tail|kind|root|self\._settings)[^}\"]*\b(id|key|one)\b[^}]*\}")
    addresses = [line.strip() for line in path.read_text("utf-8").splitlines() if raw.search(line) and "gid://" not in line]
    assert [line for line in addresses if "Error(" not in line and '"id":' not in line] == []
