"""Where the shop is and how it is signed in to."""

from __future__ import annotations

import pytest

from lenke.core.errors import AuthenticationError, ConfigurationError
from lenke.core.ports import System, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE, last_seq
from tests.contract.woocommerce.desk import STATUS, SYSTEM, made


class TestAddress:
    def test_plain_permalinks_are_found_out(self, client: System, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "pretty_permalinks", on=False)
        assert made(client, "Product", name="Ny").id
        assert list(client.list("Product"))

    def test_the_hosts_path_to_the_api_is_taken_too(self, sandbox: Running) -> None:
        connection = sandbox.connections[SYSTEM]
        longer = client_for(SYSTEM, {**connection, "host": connection["host"] + "/wp-json/wc/v3"}, patience=HASTE)
        assert longer.tenant()

    def test_basic_credentials_over_tls_only(self, client: System, sandbox: Running) -> None:
        sandbox.switch(SYSTEM, "over_tls", on=True)
        assert client.tenant(), "a signature is taken over TLS, too"

    def test_the_same_request_is_never_signed_alike(self) -> None:
        def script(asked: Asked) -> Answer:
            return Answer(STATUS)

        with Scripted(script) as server:
            client = client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE)
            client.tenant()
            client.tenant()
        first, second = server.asked
        assert first.query["oauth_nonce"] != second.query["oauth_nonce"]
        assert first.query["oauth_signature_method"] == "HMAC-SHA256"
        assert "cs_1" not in str(server.asked)
        assert first.headers["Cache-Control"] == "no-cache"

    def test_a_shop_that_goes_by_another_address_is_signed_for_it(self, client: System, sandbox: Running) -> None:
        connection = sandbox.connections[SYSTEM]
        elsewhere = connection["host"].replace("127.0.0.1", "localhost")
        found = client_for(SYSTEM, {**connection, "host": elsewhere}, patience=HASTE)
        assert found.tenant() == client.tenant()
        assert made(found, "Product", name="Ny").id

    def test_a_key_that_may_only_read_is_told(self, sandbox: Running, client: System) -> None:
        with pytest.raises(AuthenticationError) as caught:
            client_for(SYSTEM, {**sandbox.connections[SYSTEM], "login": "ck_unknown"}, patience=HASTE).tenant()
        assert "oauth" not in str(caught.value)

    @pytest.mark.parametrize("is_asked", [True, False])
    def test_a_key_that_may_only_read_is_said_to_need_another(self, is_asked: bool) -> None:
        """The words of WooCommerce 11.0.1; they come in the shop's language, and so are not looked at."""

        def script(asked: Asked) -> Answer:
            refused = {"code": "woocommerce_rest_authentication_error", "message": "Nei, denne nøkkelen kan ikke skrive."}
            return Answer(STATUS) if asked.method == "GET" else Answer(refused, 401)

        with Scripted(script) as server:
            client = client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE)
            with pytest.raises(AuthenticationError, match=r"no write permission.*Read/Write"):
                client.prove_writable() if is_asked else client.write("Product", [Write("w", "create", fields={"name": "Ny"})])  # type: ignore[attr-defined]

    def test_asking_whether_a_key_may_write_writes_nothing(self, client: System, sandbox: Running) -> None:
        since = last_seq(sandbox, SYSTEM)
        client.prove_writable()  # type: ignore[attr-defined]
        assert [row for row in sandbox.audit(SYSTEM, since) if row["applied"]] == []

    def test_what_is_no_shop_is_a_configuration_error(self) -> None:
        with (
            Scripted(lambda asked: Answer({"code": "rest_no_route", "message": "-"}, 404)) as server,
            pytest.raises(ConfigurationError, match="address"),
        ):
            client_for(SYSTEM, {"host": server.url, "login": "ck_1", "password": "cs_1"}, patience=HASTE).tenant()

    def test_missing_keys_are_named(self) -> None:
        with pytest.raises(ConfigurationError, match="consumer secret"):
            client_for(SYSTEM, {"host": "https://shop.example", "login": "ck_1"})
