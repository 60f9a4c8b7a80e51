import json

from cryptography.fernet import Fernet

from lenke.local import connections
from lenke.local.connections import Kind, decide
from lenke.local.dataflows import Dataflow

SHOP = Dataflow("shop_to_office", "shop", "office", ())


def _on(found: dict[str, Kind]) -> str:
    return decide(SHOP, found, {}).on


def test_real_for_both_sandbox_for_both_never_mixed() -> None:
    assert _on({}) == "sandbox"
    assert _on({"shop": "sandbox"}) == "sandbox"
    assert _on({"shop": "sandbox", "office": "sandbox"}) == "sandbox"
    assert _on({"shop": "real", "office": "real"}) == "real"
    assert _on({"shop": "real"}) == "nothing"
    assert _on({"office": "real"}) == "nothing"
    assert _on({"shop": "sandbox", "office": "real"}) == "nothing"


def test_the_missing_connection_is_named_with_its_variable() -> None:
    decision = decide(SHOP, {"shop": "real"}, {})
    assert decision.missing == ("office",)
    assert "office (AIRFLOW_CONN_OFFICE)" in decision.line
    assert "paused" in decision.line


def test_settings_may_name_another_connection_for_a_system() -> None:
    assert decide(SHOP, {"shop": "real", "books": "real"}, {"office": "books"}).on == "real"
    assert decide(SHOP, {"shop": "real", "office": "real"}, {"office": "books"}).missing == ("books",)


def test_connections_of_the_environment_in_both_forms() -> None:
    found = connections.from_environment(
        {
            "AIRFLOW_CONN_A": json.dumps({"conn_type": "http", "host": "https://a"}),
            "AIRFLOW_CONN_B": json.dumps({"conn_type": "http", "extra": {"sandbox": True}}),
            "AIRFLOW_CONN_C": json.dumps({"conn_type": "http", "extra": json.dumps({"sandbox": True})}),
            "AIRFLOW_CONN_D": "http://user:secret@host:80/?sandbox=true",
            "AIRFLOW_CONN_E": "http://user:secret@host:80/?__extra__=%7B%22sandbox%22%3A%20true%7D",
            "AIRFLOW_CONN_F": "http://host/?page=1",
            "AIRFLOW_CONN_G": "  ",
            "PATH": "/bin",
        }
    )
    assert found == {"a": "real", "b": "sandbox", "c": "sandbox", "d": "sandbox", "e": "sandbox", "f": "real"}


def test_connections_of_the_database_are_decrypted_for_their_mark() -> None:
    key = Fernet.generate_key().decode()
    hidden = Fernet(key).encrypt(b'{"sandbox": true}').decode()
    rows = [("a", hidden, True), ("b", None, False), ("c", '{"sandbox": true}', False), ("d", "not ours", True)]
    assert connections.from_rows(rows, key) == {"a": "sandbox", "b": "real", "c": "sandbox", "d": "real"}


def test_sandbox_connections_become_variables() -> None:
    described = {"shop": {"url": "u", "connection": {"conn_type": "http"}}, "other": {}}
    assert connections.sandbox_variables(described, ["shop"], {}) == {"AIRFLOW_CONN_SHOP": '{"conn_type": "http"}'}
    assert list(connections.sandbox_variables(described, ["shop"], {"shop": "my_shop"})) == ["AIRFLOW_CONN_MY_SHOP"]
