"""Which installation a command is for, by what its environment names."""

from __future__ import annotations

from pathlib import Path

import pytest

from lenke.core.errors import ConfigurationError
from lenke.local import environment, keys
from lenke.local.attach import attached
from lenke.local.places import Places

DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
OWN = "postgresql://me@example.org/airflow"


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIRFLOW_HOME", DATABASE, environment.DIGEST_KEY):
        monkeypatch.delenv(name, raising=False)


def test_a_database_of_ones_own_goes_with_the_rest_of_the_run_that_used_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(home=tmp_path)
    keys.load(places.keys)
    monkeypatch.setenv(DATABASE, OWN)
    with attached(places) as found:
        assert (found[DATABASE], found["AIRFLOW_HOME"], found["LENKE_INCLUDE"]) == (OWN, str(tmp_path), str(places.include))
        assert environment.DIGEST_KEY in found


@pytest.mark.parametrize("named", [{"AIRFLOW_HOME": "/srv/airflow"}, {DATABASE: OWN}, {"AIRFLOW_HOME": "/srv/airflow", DATABASE: OWN}])
def test_an_airflow_of_ones_own_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: dict[str, str]) -> None:
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    with attached(Places(home=tmp_path)) as found:
        assert "LENKE_INCLUDE" not in found
        assert {name: found[name] for name in named} == named


def test_without_any_the_remedy_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="`make run` first"), attached(Places(home=tmp_path)):
        pass
