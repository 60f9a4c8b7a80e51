"""``lenke document`` and ``lenke scaffold`` at the command line."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from lenke.cli import app
from lenke.core.mapping.load import load_dataflow
from lenke.local.places import Places

PLACES = Places()
NAME = "custom_webshop_to_poweroffice_go"
RUN = CliRunner().invoke


def test_check_says_that_all_is_well() -> None:
    done = RUN(app, ["document", NAME, "--check"])
    assert (done.exit_code, done.output) == (0, "Every document is what its mapping gives\n")


def test_scaffold_writes_a_mapping_that_loads_and_tells_what_is_missing(tmp_path: Path) -> None:
    out = tmp_path / f"{NAME}.yaml"
    done = RUN(app, ["scaffold", str(PLACES.documents / f"{NAME}.rst"), "--out", str(out)])
    assert done.exit_code == 0
    assert "missing  customer_to_customers: match" in done.output
    assert load_dataflow(out).name == NAME


def test_scaffold_prints_without_out(tmp_path: Path) -> None:
    done = RUN(app, ["scaffold", str(PLACES.documents / f"{NAME}.rst")])
    assert done.exit_code == 0
    assert f"dataflow: {NAME}" in done.output


def test_what_is_no_document_is_told(tmp_path: Path) -> None:
    place = tmp_path / "notes.rst"
    place.write_text("Only words.\n", encoding="utf-8")
    assert "has no title" in str(RUN(app, ["scaffold", str(place)]).exception)
    assert "cannot be read" in str(RUN(app, ["scaffold", str(tmp_path / "none.rst")]).exception)
