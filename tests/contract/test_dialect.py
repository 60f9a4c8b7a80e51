"""Descriptions: every way of paging and proving oneself, and mistakes that are told with file, key and remedy."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from lenke.core.errors import ConfigurationError, MappingError
from lenke.core.ports import Spelling, Write
from lenke.systems import include
from lenke.systems.connection import Connection
from lenke.systems.described.client import DescribedClient
from lenke.systems.described.dialect import Modified
from lenke.systems.described.load import load
from lenke.systems.described.times import lower_bound
from tests.contract.scripted import Answer, Asked, Scripted
from tests.contract.suite import HASTE

ROWS = [{"id": f"r{n}", "name": f"Row {n}"} for n in range(7)]
BASE: Mapping[str, Any] = {
    "system": "custom_erp",
    "requests_per_second": 10_000,
    "auth": {"kind": "none"},
    "paging": {"kind": "none"},
    "entities": {"Thing": {"address": "/things", "keys": {"name": "name"}}},
}


def written(folder: Path, **changes: Any) -> Path:
    file = folder / "custom_erp.yaml"
    file.write_text(yaml.safe_dump({**BASE, **changes}), "utf-8")
    return file


def client(folder: Path, url: str, connection: Mapping[str, Any] | None = None, **changes: Any) -> DescribedClient:
    plain = {"login": "ola", "password": "hemmelig", **(connection or {}), "host": url}
    return DescribedClient(load(written(folder, **changes)), Connection.of(plain), patience=HASTE)


def by_page(asked: Asked) -> Answer:
    size, number = int(asked.query["limit"]), int(asked.query.get("p", 0))
    return Answer({"rows": ROWS[number * size : (number + 1) * size], "count": len(ROWS)})


def by_offset(asked: Asked) -> Answer:
    at = int(asked.query["skip"])
    return Answer(ROWS[at : at + int(asked.query["limit"])])


def by_cursor(asked: Asked) -> Answer:
    at = int(asked.query.get("after", 0))
    return Answer({"rows": ROWS[at : at + 3], "page": {"after": at + 3 if at + 3 < len(ROWS) else None}})


def by_next_url(asked: Asked) -> Answer:
    at = int(asked.query.get("at", 0))
    return Answer({"rows": ROWS[at : at + 3], "next": f"/things?at={at + 3}" if at + 3 < len(ROWS) else None})


def by_link(asked: Asked) -> Answer:
    at = int(asked.query.get("at", 0))
    link = f'</things?at=0>; rel="first", <http://{asked.headers["Host"]}/things?at={at + 3}>; rel="next"'
    return Answer(ROWS[at : at + 3], headers={"Link": link} if at + 3 < len(ROWS) else {})


PAGINGS: list[tuple[dict[str, Any], Callable[[Asked], Answer]]] = [
    ({"kind": "none"}, lambda asked: Answer(ROWS)),
    ({"kind": "page", "number": "p", "first": 0, "size": "limit", "size_most": 3, "records": "rows", "total": "count"}, by_page),
    ({"kind": "offset", "number": "skip", "size": "limit", "size_most": 3}, by_offset),
    ({"kind": "cursor", "number": "after", "next": "page.after", "records": "rows"}, by_cursor),
    ({"kind": "next_url", "next": "next", "records": "rows"}, by_next_url),
    ({"kind": "link"}, by_link),
]


@pytest.mark.parametrize(("paging", "script"), PAGINGS, ids=[paging["kind"] for paging, _ in PAGINGS])
def test_every_kind_of_paging_brings_every_row(tmp_path: Path, paging: dict[str, Any], script: Callable[[Asked], Answer]) -> None:
    with Scripted(script) as server:
        found = client(tmp_path, server.url, paging=paging)
        assert [record.id for record in found.list("Thing")] == [row["id"] for row in ROWS]


SORTED = {"path": "changed", "since": "since", "sorted": True}


class Moving:
    """Rows in the order of their times, pages of three, no total; before some requests a row that was read is changed."""

    def __init__(self, times: list[int], moves: Mapping[int, str]) -> None:
        self.rows = [{"id": f"r{n}", "changed": _time(second)} for n, second in enumerate(times)]
        self.moves = dict(moves)
        self.count = 0

    def __call__(self, asked: Asked) -> Answer:
        moved = self.moves.get(self.count)
        self.count += 1
        for row in self.rows:
            if row["id"] == moved:
                row["changed"] = _time(100 + self.count)
        rows = sorted(self.rows, key=lambda row: (row["changed"], row["id"]))
        found = [row for row in rows if row["changed"] >= asked.query.get("since", "")]
        at = 3 * (int(asked.query["page"]) - 1)
        return Answer(found[at : at + 3])


def _time(second: int) -> str:
    return f"2026-11-01T10:{second // 60:02}:{second % 60:02}.000Z"


@pytest.mark.parametrize("moves", [{1: "r0"}, {1: "r2", 2: "r1"}, {2: "r3", 3: "r0", 4: "r4"}])
@pytest.mark.parametrize("times", [list(range(10)), [1] * 10, [1, 1, 1, 1, 1, 2, 2, 2, 2, 3], [1, 2, 3, 3, 3, 3, 3, 3, 3, 4]])
def test_no_row_of_a_sorted_list_is_lost_while_rows_move(tmp_path: Path, times: list[int], moves: Mapping[int, str]) -> None:
    script = Moving(times, moves)
    entity = {"address": "/things", "version": "changed", "modified": SORTED}
    with Scripted(script) as server:
        paging = {"kind": "page", "size": "size", "size_most": 3}
        found = {
            record.id: record.version for record in client(tmp_path, server.url, paging=paging, entities={"Thing": entity}).list("Thing")
        }
    assert found == {row["id"]: row["changed"] for row in script.rows}


@pytest.mark.parametrize("kind", ["page", "offset"])
def test_pages_smaller_than_asked_for_end_where_no_link_leads_on(tmp_path: Path, kind: str) -> None:
    def capped(asked: Asked) -> Answer:
        at = int(asked.query["n"]) if kind == "offset" else 3 * (int(asked.query["n"]) - 1)
        link = {"Link": '<http://elsewhere.example/x>; rel="next"'} if at + 3 < len(ROWS) else {}
        return Answer(ROWS[at : at + 3], headers=link)

    with Scripted(capped) as server:
        paging = {"kind": kind, "number": "n", "size": "limit", "size_most": 100, "ends": "no_link"}
        found = [record.id for record in client(tmp_path, server.url, paging=paging).list("Thing")]
    assert found == [row["id"] for row in ROWS]
    assert len(server.asked) == 3


def test_a_next_page_on_another_host_gets_no_credentials(tmp_path: Path) -> None:
    with Scripted(lambda asked: Answer({"rows": ROWS, "next": "http://elsewhere.example/things"})) as server:
        found = client(tmp_path, server.url, paging={"kind": "next_url", "next": "next", "records": "rows"})
        with pytest.raises(ConfigurationError, match="another host"):
            list(found.list("Thing"))


def test_a_filter_that_the_server_ignores_is_replaced_by_a_list(tmp_path: Path) -> None:
    with Scripted(lambda asked: Answer(ROWS)) as server:
        found = client(tmp_path, server.url)
        for name in ("Row 3", "Row 4"):
            assert [json.loads(record.raw)["name"] for record in found.find("Thing", "name", [name])] == [name]
        assert [bool(asked.query) for asked in server.asked] == [True, False]


def test_a_caseless_key_is_found_in_any_case_and_others_as_they_are(tmp_path: Path) -> None:
    entity = {"address": "/things", "keys": {"name": "name", "code": "code"}, "caseless": ["name"]}
    row = {"id": 1, "name": " ROW 3", "code": "A"}
    with Scripted(lambda asked: Answer([row])) as server:
        found = client(tmp_path, server.url, paging={"kind": "none"}, entities={"Thing": entity})
        assert [record.id for record in found.find("Thing", "name", ["row 3"])] == ["1"]
        assert list(found.find("Thing", "code", ["a"])) == []
        assert found.traits("Thing").overlooks == {"name": Spelling.CASE}


def test_a_caseless_path_that_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="caseless: name is none of the entity's keys"):
        client(tmp_path, "http://localhost", entities={"Thing": {"address": "/things", "caseless": ["name"]}})


AUTHS: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "basic"}, "Authorization", "Basic b2xhOmhlbW1lbGln"),
    ({"kind": "bearer"}, "Authorization", "Bearer hemmelig"),
    ({"kind": "api_key", "name": "X-Key"}, "X-Key", "hemmelig"),
    ({"kind": "oauth2", "token_url": "/token", "scope": "all"}, "Authorization", "Bearer fresh"),
    ({"kind": "oauth2", "token_url": "/token", "client_in": "form"}, "Authorization", "Bearer fresh"),
]


@pytest.mark.parametrize(("auth", "header", "value"), AUTHS)
def test_every_kind_of_auth(tmp_path: Path, auth: dict[str, Any], header: str, value: str) -> None:
    script = lambda asked: Answer({"access_token": "fresh", "expires_in": 60} if asked.path == "/token" else ROWS)  # noqa: E731
    with Scripted(script) as server:
        list(client(tmp_path, server.url, auth=auth).list("Thing"))
    assert server.asked[-1].headers[header] == value
    if auth["kind"] == "oauth2":
        token = server.asked[0]
        assert ("client_secret=hemmelig" in token.body) == (auth.get("client_in") == "form") != ("Authorization" in token.headers)


def test_an_api_key_may_stand_in_the_query(tmp_path: Path) -> None:
    with Scripted(lambda asked: Answer(ROWS)) as server:
        list(client(tmp_path, server.url, auth={"kind": "api_key", "name": "key", "place": "query"}).list("Thing"))
        with pytest.raises(ConfigurationError, match="password missing"):
            client(tmp_path, server.url, {"password": ""}, auth={"kind": "bearer"})
    assert server.asked[0].query["key"] == "hemmelig"


def test_envelopes_whole_objects_and_typed_ids(tmp_path: Path) -> None:
    entity = {
        "address": "/things",
        "id": {"path": "no", "type": "integer"},
        "nested": "whole",
        "create": {"method": "POST", "address": "/things", "envelope": "thing", "record": "thing"},
        "update": {"method": "PUT", "address": "/things/{id}", "envelope": "thing", "record": "thing"},
    }
    with Scripted(lambda asked: Answer({"thing": {"no": 9007199254740993, "price": 1}})) as server:
        found = client(tmp_path, server.url, entities={"Thing": entity})
        current = {"no": 9007199254740993, "address": {"city": "Oslo", "zip": "0150"}}
        write = Write("w", "update", "9007199254740993", {"address.city": "Bodø"}, {"address.city": "Oslo"}, current)
        (outcome,) = found.write("Thing", [write])
        assert (outcome.status, outcome.id) == ("done", "9007199254740993")
    assert server.asked[0].path == "/things/9007199254740993"
    assert json.loads(server.asked[0].body) == {"thing": {"address": {"city": "Bodø", "zip": "0150"}}}


WRITTEN = {"address": "/t", "create": {"method": "POST", "address": "/t"}}
MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"pageing": {}}, "pageing", "did you mean paging"),
    ({"auth": {"kind": "magic"}}, "auth.kind", "one of none, basic"),
    ({"auth": {"kind": "oauth2"}}, "auth.token_url", "missing"),
    ({"paging": {"kind": "cursor"}}, "paging.next", "missing"),
    ({"paging": {"kind": "page", "size_most": "many"}}, "paging.size_most", "a whole number"),
    ({"entities": {}}, "entities", "at least one"),
    ({"entities": {"Thing": {}}}, "entities.Thing.address", "missing"),
    ({"entities": {"Thing": {"address": "/t", "id": {"path": "id", "type": "uuid"}}}}, "entities.Thing.id.type", "integer, text"),
    ({"entities": {"Thing": {"address": "/t", "integers": "x"}}}, "entities.Thing.integers", "a list"),
    ({"entities": {"Thing": {"address": "/t", "integers": ["a", 2]}}}, "entities.Thing.integers[1]", "a text"),
    ({"entities": {"Thing": {"address": "/t", "update": {"method": "PUT", "address": "/t"}}}}, "entities.Thing.update.address", "{id}"),
    # A line without a marker whose answer was lost could be there twice.
    ({"entities": {"Thing": {**WRITTEN, "lines": {"path": "rows", "removed": "gone"}}}}, "entities.Thing.lines.marker", "added twice"),
    ({"errors": {"codes": {"dup": "unique"}}}, "errors.codes.dup", "not_unique"),
    ({"requests_per_second": True}, "requests_per_second", "a number"),
]


@pytest.mark.parametrize(("changes", "path", "remedy"), MISTAKES, ids=[path for _, path, _ in MISTAKES])
def test_a_mistake_is_told_with_file_key_and_remedy(tmp_path: Path, changes: dict[str, Any], path: str, remedy: str) -> None:
    with pytest.raises(MappingError) as caught:
        load(written(tmp_path, **changes))
    assert caught.value.path == path
    assert caught.value.file.endswith("custom_erp.yaml")
    assert remedy in caught.value.problem


def test_what_is_no_yaml_or_not_there_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    with pytest.raises(MappingError, match="cannot be read"):
        load(file)
    file.write_text("a: [1", "utf-8")
    with pytest.raises(MappingError, match="not valid YAML"):
        load(file)
    file.write_text("- 1", "utf-8")
    with pytest.raises(MappingError, match="must be a mapping"):
        load(file)


def test_shipped_descriptions_are_right() -> None:
    files = sorted((include.include_dir() / "systems").glob("*.yaml"))
    assert files
    for file in files:
        assert load(file).system == file.stem


def test_the_include_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = include.include_dir()
    monkeypatch.setenv("LENKE_INCLUDE", str(tmp_path))
    assert include.include_dir() == tmp_path
    include.use(usual)
    assert include.include_dir() == usual
    include.use(None)
    monkeypatch.setenv("LENKE_INCLUDE", str(tmp_path / "missing"))
    with pytest.raises(ConfigurationError, match="LENKE_INCLUDE"):
        include.include_dir()


@pytest.mark.parametrize("format", ["iso8601", "epoch", "epoch_ms"])
def test_no_time_is_too_early_to_ask_from(format: str) -> None:
    modified = Modified(path="at", format=format, since="since", inclusive=False)  # type: ignore[arg-type]
    first = datetime.min.replace(tzinfo=UTC)
    assert lower_bound(modified, first) == lower_bound(replace(modified, inclusive=True), first)
