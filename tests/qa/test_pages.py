"""The pages in docs/qa tell every flow and every property of the mappings, and all boxes are ticked that must be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lenke.core.errors import MappingError
from lenke.core.mapping.load import load_dataflow
from lenke.local.places import Places
from lenke.qa.item import items
from lenke.qa.reasons import load_reasons

PLACES = Places()
MAPPINGS = sorted(PLACES.mappings.glob("*.yaml"))
by_name = pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
_VENDOR = re.compile(r"\(vendor note: [a-z_]+\.md, section .+\)$")


def page(path: Path) -> str:
    return (PLACES.checklists / f"{path.stem}.md").read_text(encoding="utf-8")


def sections(text: str) -> dict[str, list[str]]:
    found = {}
    for part in text.split("\n## ")[1:]:
        name, _, rest = part.partition("\n")
        found[name] = rest.splitlines()
    return found


@by_name
def test_every_flow_and_every_property_has_its_box(path: Path) -> None:
    dataflow, found = load_dataflow(path), sections(page(path))
    assert list(found) == [flow.name for flow in dataflow.sections], "run `lenke qa`"
    for name, lines in found.items():
        own = items(dataflow, name)
        told = [match[1] for line in lines if (match := re.match(r"- \[[x ]\] ([a-z0-9_]+): `", line))]
        assert told == [item.spec.name for item in own if item.spec.direction != "check"]
        compared = [match[1] for line in lines if (match := re.match(r"- ([a-z0-9_]+): `.*, compared only", line))]
        assert compared == [item.spec.name for item in own if item.spec.direction == "check"]


@by_name
def test_at_most_one_property_in_ten_is_not_ticked(path: Path) -> None:
    for name, lines in sections(page(path)).items():
        boxes = [match[1] for line in lines if (match := re.match(r"- \[([x ])\] [a-z0-9_]+: `", line))]
        assert boxes.count(" ") * 10 <= len(boxes), name


@by_name
def test_every_check_is_ticked_and_every_property_that_is_not_has_its_reason(path: Path) -> None:
    for name, lines in sections(page(path)).items():
        for line in lines:
            if line.startswith("- [ ] "):
                assert re.match(r"- \[ \] [a-z0-9_]+: `", line), (name, line)
                assert "Reason: " in line, (name, line)
                assert _VENDOR.search(line), (name, line)


@by_name
def test_reasons_name_what_the_mapping_has(path: Path) -> None:
    load_reasons(PLACES.include / "qa" / path.name, load_dataflow(path))


def test_a_reason_for_what_is_not_there_is_refused(tmp_path: Path) -> None:
    dataflow = load_dataflow(PLACES.mappings / "custom_webshop_to_poweroffice_go.yaml")
    place = tmp_path / "reasons.yaml"
    place.write_text("reasons:\n  - {flow: product_to_product, property: vat_rat, reason: r, fact: f}\n", encoding="utf-8")
    with pytest.raises(MappingError, match=r"reasons\[0\]\.property:line 2: unknown property 'vat_rat'; did you mean 'vat_rate'"):
        load_reasons(place, dataflow)
    place.write_text("reasons:\n  - {flow: products, property: vat_rate, reason: r, fact: f}\n", encoding="utf-8")
    with pytest.raises(MappingError, match="unknown flow"):
        load_reasons(place, dataflow)
