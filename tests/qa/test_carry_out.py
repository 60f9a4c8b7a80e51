"""The checklist as carried out on the sandbox gives the page in docs/qa, and sees a mapping that does not do what it says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import sandbox
from lenke.core.errors import ConfigurationError
from lenke.local.places import Places
from lenke.qa.carry_out import carry_out, on_test_tenants, on_the_sandbox

PLACES = Places()
NAME = "custom_webshop_to_poweroffice_go"


@pytest.mark.slow
def test_the_page_is_what_the_checklist_gives() -> None:
    done = on_the_sandbox(PLACES.include, NAME)
    assert done.text == (PLACES.checklists / f"{NAME}.md").read_text(encoding="utf-8"), "run `lenke qa`"


@pytest.mark.slow
def test_a_property_that_the_mapping_does_not_carry_is_not_ticked(tmp_path: Path) -> None:
    include = tmp_path / "include"
    shutil.copytree(PLACES.include, include)
    place = include / "mappings" / f"{NAME}.yaml"
    text = place.read_text(encoding="utf-8")
    flows = text.index("  - flow: product_to_product")
    shorter = text[:flows].replace("right: WebsiteUrl}", "right: WebsiteUrl, direction: to_left}")
    assert shorter != text[:flows]
    place.write_text(shorter, encoding="utf-8")
    (include / "qa" / f"{NAME}.yaml").unlink()
    told: list[str] = []
    complaints = list(carry_out(include, tmp_path / "qa", [NAME], tenants=None, tell=told.append))
    assert complaints == ["customer_to_customers: unticked without a reason: website"]
    assert told == [f"wrote  {tmp_path / 'qa' / NAME}.md"]


@pytest.mark.slow
def test_on_test_tenants_everything_goes_through_their_apis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sandbox.start(tmp_path / "served", port_base=0, rate=5_000, systems=("custom_webshop", "poweroffice_go")) as served:
        for system, connection in served.connections.items():
            # A real system's connection bears no mark of the sandbox.
            extra = {name: value for name, value in connection["extra"].items() if name != "sandbox"}
            monkeypatch.setenv(f"AIRFLOW_CONN_{system.upper()}", json.dumps({**connection, "extra": json.dumps(extra)}))
        complaints = list(carry_out(PLACES.include, tmp_path / "docs", [NAME], tenants=tmp_path / "tenants", tell=print))
    assert not list((tmp_path / "docs").iterdir())
    text = (tmp_path / "tenants" / f"{NAME}.md").read_text(encoding="utf-8")
    assert "carried it out on test tenants" in text
    assert "- [x] Edit left" in text
    assert not [text for text in complaints if ": create:" in text or ": edit" in text or ": conflict" in text or ": silence" in text]
    assert "nothing is deleted on a test tenant" in text
    assert not any("deleted" in complaint for complaint in complaints)


def test_a_test_tenant_needs_its_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_CUSTOM_WEBSHOP", raising=False)
    with pytest.raises(ConfigurationError, match="AIRFLOW_CONN_CUSTOM_WEBSHOP"):
        on_test_tenants(PLACES.include, NAME, tmp_path)


def test_a_name_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="did you mean"):
        list(carry_out(PLACES.include, tmp_path, ["custom_webshop_to_poweroffice"], tenants=None, tell=print))
