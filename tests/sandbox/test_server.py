from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from sandbox import start
from tests.sandbox.callers import OFFICE, SHOP, Office, Shop

ROOT = Path(__file__).parents[2]


def test_state_keys_and_numbers_survive_a_restart(tmp_path: Path) -> None:
    with start(tmp_path, seed=None, port_base=0) as served:
        connections = served.connections
        first = Shop(served).customer()
        company = Office(served).company()
        who = Shop(served).get("/shop").json()
    with start(tmp_path, seed=None, port_base=0) as served:
        assert Shop(served).get("/shop").json() == who
        assert Shop(served).get(f"/customers/{first['id']}").json() == first
        assert Shop(served).customer()["id"] > first["id"]
        assert Office(served).company()["Number"] > company["Number"]
        assert served.connections[OFFICE]["password"] == connections[OFFICE]["password"]
        assert [row["seq"] for row in served.audit(SHOP)] == [1, 2]


def test_two_homes_are_two_tenants(tmp_path: Path) -> None:
    with start(tmp_path / "a", seed=None, port_base=0) as one, start(tmp_path / "b", seed=None, port_base=0) as other:
        assert Shop(one).get("/shop").json()["id"] != Shop(other).get("/shop").json()["id"]


def test_a_home_is_served_once(tmp_path: Path) -> None:
    with start(tmp_path, seed=None, port_base=0), pytest.raises(RuntimeError, match="another sandbox process"):
        start(tmp_path, seed=None, port_base=0)


def test_a_taken_port_goes_to_the_next_free_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start(tmp_path, seed=None, systems=[SHOP], port_base=port) as served:
            assert int(served.urls[SHOP].rpartition(":")[2]) > port


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_only_loopback(tmp_path: Path, host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        start(tmp_path, seed=None, host=host)


def test_where_it_listens_is_written_down_while_it_does(tmp_path: Path) -> None:
    with start(tmp_path, seed=None, port_base=0) as served:
        found = json.loads((tmp_path / "sandbox.json").read_text())
        assert {name: entry["connection"] for name, entry in found.items()} == served.connections
        assert (tmp_path / "sandbox.json").stat().st_mode & 0o077 == 0
    assert not (tmp_path / "sandbox.json").exists()


def test_the_file_holds_what_the_api_serves(tmp_path: Path) -> None:
    with start(tmp_path, seed=None, port_base=0) as served:
        made, gone = Shop(served).customer(), Shop(served).customer()
        Shop(served).call("DELETE", f"/customers/{gone['id']}")
        with sqlite3.connect(f"file:{tmp_path}/{SHOP}.sqlite?mode=ro", uri=True) as file:
            rows = file.execute("SELECT id, body, deleted FROM records WHERE entity = 'Customer' ORDER BY id").fetchall()
            bodies = file.execute("SELECT body IS NULL FROM history WHERE id = ?", (str(gone["id"]),)).fetchall()
    assert [(key, json.loads(body), deleted) for key, body, deleted in rows] == [(str(made["id"]), made, 0), (str(gone["id"]), gone, 1)]
    assert bodies == [(0,), (1,)]


def test_given_records_fill_an_empty_home_as_they_are(tmp_path: Path) -> None:
    customer = {"id": 9007199254741777, "type": "company", "company_name": "Fjord AS  ", "updated_at": "2026-10-01T00:00:00.000Z"}
    company = {"Id": 77, "Name": "Fjord AS", "LastChangedDateTimeOffset": "2026-10-01T00:00:00+00:00"}
    records = {SHOP: {"Customer": [customer]}, OFFICE: {"Customers": [company]}}
    with start(tmp_path, port_base=0, records=records) as served:
        stored = Shop(served).get("/customers").json()["data"][0]
        assert stored | customer == stored
        kept = Office(served).get("/Customers/77").json()
        assert kept | company == kept
        served.lag(3600)
        assert len(Office(served).get("/Customers").json()) == 1
        assert Shop(served).customer()["id"] > customer["id"]


def test_many_callers_at_once_make_no_number_twice(tmp_path: Path) -> None:
    with start(tmp_path, seed=None, port_base=0, rate=0) as served:
        callers = [Shop(served) for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda number: callers[number % 8].customer()["id"], range(80)))
        assert len(set(made)) == 80
        assert Shop(served).get("/customers").json()["total"] == 80


def test_stop_hangs_up_on_kept_alive_callers(tmp_path: Path) -> None:
    served = start(tmp_path, seed=None, port_base=0)
    address = ("127.0.0.1", int(served.urls[SHOP].rpartition(":")[2]))
    with socket.create_connection(address, timeout=20) as caller:
        caller.sendall(b"GET /api/v1/shop HTTP/1.1\r\nHost: x\r\n\r\n")
        assert caller.recv(4096).startswith(b"HTTP/1.1 401")
        served.stop()
        assert caller.recv(4096) == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process(tmp_path: Path, number: signal.Signals) -> None:
    arguments = ["--home", str(tmp_path), "--systems", SHOP, "--port-base", "0"]
    process = subprocess.Popen([sys.executable, "-m", "sandbox", *arguments], cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline().startswith(b"custom_webshop: http://127.0.0.1:")
        url = json.loads((tmp_path / "sandbox.json").read_text())[SHOP]["url"]
        assert requests.get(f"{url}/api/v1/shop", timeout=30).status_code == 401
        process.send_signal(number)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.stdout and process.stdout.close()
    assert not (tmp_path / "sandbox.json").exists()


def test_a_system_that_is_not_there_is_named(tmp_path: Path) -> None:
    arguments = ["--home", str(tmp_path), "--systems", "nosuch"]
    ended = subprocess.run([sys.executable, "-m", "sandbox", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The sandbox cannot start: ")
    assert "nosuch" in ended.stderr


def test_an_empty_home_is_seeded_once(tmp_path: Path) -> None:
    with start(tmp_path, seed=1, port_base=0, rate=0) as served:
        shop = Shop(served)
        assert [shop.get(path, per_page=1).json()["total"] for path in ("/customers", "/products", "/orders")] == [500, 300, 1000]
        gone = shop.get("/orders", per_page=1).json()["data"][0]["id"]
        assert shop.call("DELETE", f"/orders/{gone}").status_code == 204
    with start(tmp_path, seed=2, port_base=0, rate=0) as served:
        assert Shop(served).get("/orders", per_page=1).json()["total"] == 999
        assert Shop(served).get(f"/orders/{gone}").status_code == 404
