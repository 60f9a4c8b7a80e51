"""Manifests of earlier versions are read as they were meant."""

from __future__ import annotations

import json

import pytest

from lenke.runtime.ledger.manifest import Manifest, Shape, parse
from lenke.runtime.ledger.segments import checksum

SHAPE = Shape((("name", "0"),))


def _earlier(manifest: Manifest) -> str:
    """As it was stored before it told whether a whole run has come to its end."""
    body = json.loads(json.loads(manifest.text())["manifest"])
    del body["synced"], body["decisions"]
    text = json.dumps(body)
    return json.dumps({"manifest": text, "checksum": checksum(text)})


@pytest.mark.parametrize(("cursor", "synced"), [({"left": "2026-11-20T00:00:00+00:00"}, True), ({}, False), ({"left": ""}, False)])
def test_a_manifest_without_the_mark_is_synced_where_its_cursor_moved(cursor: dict[str, str], synced: bool) -> None:
    manifest = Manifest("d", "f", 1, 1, SHAPE, "k", cursor=cursor)
    assert parse(_earlier(manifest)).synced is synced
    assert parse(manifest.text()) == manifest
