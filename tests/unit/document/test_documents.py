"""The documents in docs/dataflows are what the mappings give, and are reStructuredText."""

from __future__ import annotations

from pathlib import Path

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from lenke.core.mapping.load import load_dataflow
from lenke.document.files import write
from lenke.document.parse import parse
from lenke.document.rst import text
from lenke.document.written import document
from lenke.local.places import Places

PLACES = Places()
MAPPINGS = sorted(PLACES.mappings.glob("*.yaml"))
by_name = pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)


def test_every_document_is_what_its_mapping_gives() -> None:
    assert write(PLACES.mappings, PLACES.documents, (), dry=True) == [], "run `lenke document`"


def test_every_document_has_its_mapping() -> None:
    assert {path.stem for path in PLACES.documents.glob("*.rst")} == {path.stem for path in MAPPINGS}


@by_name
def test_a_document_is_restructuredtext_with_a_section_and_a_table_per_flow(path: Path) -> None:
    dataflow = load_dataflow(path)
    tree = publish_doctree(text(document(dataflow)), settings_overrides={"report_level": 1, "halt_level": 2, "warning_stream": False})
    sections = list(tree.findall(nodes.section))
    assert len(sections) == len(dataflow.sections)
    for section, flow in zip(sections, dataflow.sections, strict=True):
        (body,) = section.findall(nodes.tbody)
        properties = len(flow.properties) + (len(flow.lines.properties) if flow.lines else 0)
        assert len(body.children) == properties
        assert all(len(row.children) == 3 for row in body.children)


@by_name
def test_a_document_says_what_it_is_for(path: Path) -> None:
    dataflow = load_dataflow(path)
    assert dataflow.introduction, "write the key introduction"
    assert " ".join(dataflow.introduction.split()) in " ".join(text(document(dataflow)).split())


@by_name
def test_what_is_written_is_read_back(path: Path) -> None:
    written = document(load_dataflow(path))
    found = parse(text(written), path.name)
    assert (found.left, found.right) == (written.left, written.right)
    assert [(one.left, one.right, one.rows) for one in found.sections] == [(one.left, one.right, one.rows) for one in written.sections]


def test_a_changed_mapping_is_told_and_written(tmp_path: Path) -> None:
    mappings, documents = tmp_path / "mappings", tmp_path / "documents"
    mappings.mkdir()
    place = mappings / MAPPINGS[0].name
    place.write_text(MAPPINGS[0].read_text(encoding="utf-8"), encoding="utf-8")
    assert write(mappings, documents, (), dry=True) == [documents / f"{place.stem}.rst"]
    assert not documents.exists()
    assert write(mappings, documents, (), dry=False) == [documents / f"{place.stem}.rst"]
    assert write(mappings, documents, (place.stem,), dry=True) == []


def test_nineteen_flows_are_documented() -> None:
    sections = {path.stem: len(parse(path.read_text(encoding="utf-8"), path.name).sections) for path in PLACES.documents.glob("*.rst")}
    assert sections == {
        "custom_webshop_to_poweroffice_go": 3,
        "poweroffice_go_to_shopify": 4,
        "woocommerce_to_poweroffice_go": 4,
        "superoffice_to_custom_webshop": 5,
        "custom_webshop_to_custom_erp": 3,
    }
