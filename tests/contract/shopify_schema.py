"""The vendor's Admin schema: beside the repository, named by ``SHOPIFY_SCHEMA``, or out of the npm package @shopify/dev-mcp.

The package is fetched once, with npm, into the user's cache folder; the schema is no part of the project.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_client_schema, build_schema

_BESIDE = Path(__file__).parents[3] / "shared" / "vendors" / "data" / "shopify" / "admin-2026-10.graphql.gz"
_PACKAGE, _MEMBER = "@shopify/dev-mcp@1.16.0", "package/dist/data/admin_2026-10.json.gz"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lenke-tests" / "shopify-admin-2026-10.json.gz"
_SECONDS = 180


@cache
def schema() -> GraphQLSchema:
    """The schema; skips the test, with the reason, where it is nowhere to be had."""
    named = os.environ.get("SHOPIFY_SCHEMA")
    file = Path(named) if named else _BESIDE if _BESIDE.is_file() else _fetched()
    text = gzip.decompress(file.read_bytes()).decode() if file.suffix == ".gz" else file.read_text(encoding="utf-8")
    return (
        build_client_schema(json.loads(text)["data"], assume_valid=True)
        if ".json" in file.suffixes
        else build_schema(text, assume_valid=True)
    )


def _fetched() -> Path:
    if not _CACHE.is_file():
        if shutil.which("npm") is None:
            pytest.skip("no schema beside the repository (../shared/vendors), and no npm to fetch it with")
        _CACHE.parent.mkdir(parents=True, exist_ok=True)
        _fetch(_CACHE.parent)
    return _CACHE


def _fetch(folder: Path) -> None:
    command = ["npm", "pack", "--silent", _PACKAGE]
    try:
        made = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=True).stdout.split()[-1]
    except (subprocess.SubprocessError, OSError, IndexError):
        pytest.skip(f"no schema beside the repository (../shared/vendors), and `{' '.join(command)}` did not bring it")
    with tarfile.open(folder / made) as package:
        member = package.extractfile(_MEMBER)
        assert member is not None
        draft = _CACHE.with_suffix(".draft")
        draft.write_bytes(member.read())
        draft.replace(_CACHE)
    (folder / made).unlink()
