import re
import tomllib

from lenke.local.places import REPOSITORY


def _names(lines: list[str]) -> set[str]:
    return {re.split(r"[=<>!~; \[]", line)[0].lower() for line in lines if line and line[0] not in "#-"}


def test_requirements_and_pyproject_name_the_same_packages() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    listed = _names((REPOSITORY / "requirements.txt").read_text("utf-8").splitlines())
    assert _names(project["dependencies"]) | {"setuptools"} == listed


def test_every_requirement_is_pinned() -> None:
    pins = (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines()
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = (REPOSITORY / file).read_text("utf-8").splitlines()
        assert lines[0] == "--constraint constraints.txt"
        assert _names(lines) <= _names(pins)


def test_the_lock_names_no_index_and_no_path() -> None:
    text = (REPOSITORY / "constraints.txt").read_text("utf-8")
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-")]


def test_every_package_folder_is_a_package() -> None:
    folders = {path.parent for root in ("plugins/lenke", "sandbox") for path in (REPOSITORY / root).rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
