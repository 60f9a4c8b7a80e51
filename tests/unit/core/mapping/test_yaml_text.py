"""A YAML file that is wrong, or made to do harm, is refused with file, line and remedy, and soon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from lenke.core.errors import MappingError
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.settings import load_settings
from lenke.core.mapping.yaml_text import LARGEST, compose
from lenke.local.dataflows import load as load_names
from lenke.systems.described.load import load as load_description

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BAD = {
    "no YAML": ("a: [1\n", "not valid YAML"),
    "a tab": ("a:\n\t- b\n", "not valid YAML"),
    "a character that YAML forbids": ("a: b\0c\n", "not valid YAML"),
    "two documents": ("a: 1\n---\nb: 2\n", "not valid YAML"),
    "an alias of nothing": ("a: *b\n", "not valid YAML"),
    "lists in lists": ("a: " + "[" * 1000, "nested too deeply"),
    "mappings in mappings": ("".join("  " * depth + "a:\n" for depth in range(500)), "nested too deeply"),
    "an alias inside what it names": ("a: &a [*a]\n", "alias stands inside"),
    "a mapping inside itself": ("a: &a\n  b: *a\n", "alias stands inside"),
    "aliases of aliases": (BOMB, "aliases stand for more"),
    "a command": ('!!python/object/apply:os.system ["touch /tmp/lenke-was-here"]\n', "has a tag"),
    "a class": ("a: !!python/name:os.system x\n", "has a tag"),
    "a tag of one's own": ("a: !secret x\n", "has a tag"),
    "megabytes": ("a: " + "x" * LARGEST, "larger than"),
}
READERS: dict[str, Callable[[Path], object]] = {"mapping": load_dataflow, "settings": load_settings, "description": load_description}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_with_file_and_remedy(case: str, reader: str, tmp_path: Path) -> None:
    text, words = BAD[case]
    file = tmp_path / "own.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(MappingError, match=words) as refused:
        READERS[reader](file)
    assert str(file) in str(refused.value)
    assert not Path("/tmp/lenke-was-here").exists()


@pytest.mark.parametrize("case", BAD)
def test_set_up_which_reads_names_only_refuses_it_too(case: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(BAD[case][0], "utf-8")
    with pytest.raises(MappingError, match=r"own\.yaml"):
        load_names(tmp_path)


@pytest.mark.parametrize("text", ["requests_per_second: !!int abc", "page: " + "9" * 5000, "at: 2026-13-45", "n: !!float x"])
def test_a_number_that_is_none_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(f"system: x\n{text}\n", "utf-8")
    for reader in READERS.values():
        with pytest.raises(MappingError, match=r"own\.yaml"):
            reader(file)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_file_in_another_encoding_is_told(reader: Callable[[Path], object], tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes("title: Blåbær".encode("latin-1"))
    with pytest.raises(MappingError, match="cannot be read"):
        reader(file)


def test_aliases_that_stand_for_a_sane_number_of_values_are_taken() -> None:
    node = compose("a: &a {x: 1}\nb: *a\nc: [*a, *a]\n", "own.yaml")
    assert isinstance(node, yaml.MappingNode)
    assert compose("# nothing\n", "own.yaml") is None
