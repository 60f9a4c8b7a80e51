"""Which origin of a form is our own, for browsers that tell of the origin alone."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.configuration import conf
from starlette.requests import Request

from lenke.ui.access import _is_same_origin


@pytest.mark.parametrize("base_url", ["", "https://airflow.example.com/sub"])
@pytest.mark.parametrize(
    ("origin", "is_own"), [("http://localhost:8080", True), ("null", False), ("", False), ("http://evil.example", False)]
)
def test_an_opaque_origin_is_nobodys(monkeypatch: pytest.MonkeyPatch, base_url: str, origin: str, is_own: bool) -> None:
    monkeypatch.setattr(conf, "get", lambda *_, **__: base_url)
    scope: dict[str, Any] = {"type": "http", "method": "POST", "scheme": "http", "path": "/", "query_string": b"", "root_path": ""}
    headers = [(b"host", b"localhost:8080"), (b"origin", origin.encode())]
    assert _is_same_origin(Request(scope | {"server": ("localhost", 8080), "headers": headers})) is is_own
