import json
from pathlib import Path

from lenke.local import environment, keys
from lenke.local.places import Places


def _variables(tmp_path: Path, inherited: dict[str, str]) -> dict[str, str]:
    places = Places(home=tmp_path)
    return environment.variables(
        places, keys.load(places.keys), database="postgresql://", port=8081, connections={"AIRFLOW_CONN_A": "{}"}, inherited=inherited
    )


def test_what_is_ours_holds_whatever_the_environment_says(tmp_path: Path) -> None:
    found = _variables(
        tmp_path, {"AIRFLOW_HOME": "/elsewhere", "AIRFLOW__CORE__DAGS_FOLDER": "/elsewhere", "AIRFLOW__API__HOST": "0.0.0.0"}
    )
    assert found["AIRFLOW_HOME"] == str(tmp_path)
    assert found["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert found["AIRFLOW__CORE__DAGS_FOLDER"].endswith("/dags")
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8081/execution/"
    assert found["AIRFLOW_CONN_A"] == "{}"


def test_a_persons_choice_goes_before_our_preference(tmp_path: Path) -> None:
    assert _variables(tmp_path, {"AIRFLOW__CORE__PARALLELISM": "3"})["AIRFLOW__CORE__PARALLELISM"] == "3"


def test_the_digest_key_is_made_once_unless_a_person_brings_one(tmp_path: Path) -> None:
    made = json.loads(_variables(tmp_path, {})[environment.DIGEST_KEY])["password"]
    assert len(made) == 64
    assert json.loads(_variables(tmp_path, {})[environment.DIGEST_KEY])["password"] == made
    assert _variables(tmp_path, {environment.DIGEST_KEY: "own"})[environment.DIGEST_KEY] == "own"
