"""TLS is verified, credentials go nowhere else and never in the open, and what is not JSON is not looked into."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lenke.core.errors import ConfigurationError, LenkeError
from lenke.systems.connection import Connection
from lenke.systems.patience import Patience
from lenke.systems.registry import SYSTEMS, client_for
from tests.contract.scripted import Answer, Scripted
from tests.security.canaries import connection_with, opened

ONCE = Patience(tries=1, first=0.0, longest=0.0)


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """The address of a server with a certificate that nobody vouches for, and the requests that it got to see."""
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    file.write_bytes(certificate())
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + built.public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_a_certificate_that_nobody_vouches_for_is_refused(system: str, self_signed: tuple[str, list[str]]) -> None:
    url, asked = self_signed
    with opened(system, url, patience=ONCE) as client, pytest.raises(ConfigurationError, match=r"not trusted.*REQUESTS_CA_BUNDLE"):
        client.tenant()
    assert asked == []


def test_one_of_ones_own_is_taken_where_it_is_named(
    self_signed: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nobody is led to turn verification off."""
    pem = ssl.get_server_certificate(("127.0.0.1", int(self_signed[0].rpartition(":")[2])))
    bundle = tmp_path / "own.pem"
    bundle.write_text(pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with opened("custom_webshop", self_signed[0], patience=ONCE) as client, pytest.raises(ConfigurationError, match="not trusted"):
        client.tenant()  # its name is no subjectAltName: the file alone does not make it this host's


@pytest.mark.parametrize("system", sorted(SYSTEMS))
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_credentials_to_another_host(system: str, status: int) -> None:
    with Scripted(lambda asked: Answer({})) as stranger:
        away = Answer(status=status, headers={"Location": f"{stranger.url}/steal"})
        with Scripted(lambda asked: away) as server, opened(system, server.url, patience=ONCE) as client:
            with pytest.raises(LenkeError, match=r"redirects|final one"):
                client.tenant()
            assert server.asked
        assert stranger.asked == []


@pytest.mark.parametrize("system", sorted(set(SYSTEMS) - {"woocommerce"}))
@pytest.mark.parametrize("host", ["http://shop.example.com", "http://10.0.0.7:8080/api", "HTTP://shop.example.com"])
def test_credentials_do_not_go_in_the_open(system: str, host: str) -> None:
    with pytest.raises(ConfigurationError, match="https://"):
        client_for(system, connection_with(system, host))


def test_woocommerce_signs_over_http_and_keeps_its_secret_to_itself() -> None:
    client_for("woocommerce", connection_with("woocommerce", "http://shop.example.com")).close()
    with Scripted(lambda asked: Answer({}, status=404)) as server, opened("woocommerce", server.url, patience=ONCE) as client:
        with pytest.raises(LenkeError):
            client.tenant()
        sent = [f"{asked.path} {asked.query} {asked.headers} {asked.body}" for asked in server.asked]
    assert sent
    assert not [text for text in sent if "canary-password" in text]
    assert all("oauth_signature" in text for text in sent if "system_status" in text)


@pytest.mark.parametrize(("system", "place"), [("poweroffice_go", "token_url"), ("custom_erp", "token_url")])
def test_nor_do_those_that_a_token_costs(system: str, place: str) -> None:
    plain = connection_with(system, "https://127.0.0.1:9")
    plain["extra"][place] = "http://tokens.example.com/token"
    client = client_for(system, plain, patience=ONCE)
    with pytest.raises(ConfigurationError, match="token_url: http://"):
        list(client.list({"custom_erp": "Customer"}.get(system, "Customers")))
    client.close()


@pytest.mark.parametrize("mark", [False, "false", "0", "no", None, ""])
def test_a_mark_that_says_no_is_no_sandbox(mark: Any) -> None:
    with pytest.raises(ConfigurationError, match="https://"):
        Connection.of({"host": "http://shop.example.com", "extra": {"sandbox": mark}})


@pytest.mark.parametrize(
    "host",
    [
        "https://login:canary-host@shop.example.com",
        "https://shop.example.com:port",
        "ftp://shop.example.com",
        "shop example",
        "https://a\nb",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(host: str) -> None:
    with pytest.raises(ConfigurationError, match="connection host") as refused:
        Connection.of({"host": host})
    assert "canary" not in str(refused.value)


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("system", sorted(SYSTEMS))
@pytest.mark.parametrize("kind", ["application/xml", "text/html", "application/json"])
def test_what_is_no_json_is_not_looked_into(system: str, kind: str) -> None:
    answer = Answer(BOMB, headers={"Content-Type": kind})
    with Scripted(lambda asked: answer) as server, opened(system, server.url, patience=ONCE) as client, pytest.raises(LenkeError) as told:
        client.tenant()
    assert "passwd" not in str(told.value)
    assert "root:" not in str(told.value)
