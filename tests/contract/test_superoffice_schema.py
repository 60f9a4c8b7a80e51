"""What the client sends and what the sandbox answers fit the vendor's published API documents (Swagger 2.0, one per resource).

The documents are material beside the repository and no part of it: without them these tests are skipped.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from lenke.core.ports import LineWrite, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite import HASTE

SYSTEM = "superoffice"
FOLDER = Path(__file__).parents[3] / "shared" / "vendors" / "data" / "superoffice" / "openapi"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the vendor's API documents are not beside the repository (../shared/vendors)")
DOCUMENTS = ("Archive", "ArchiveAgent", "Contact", "ForeignApp", "List", "Person", "Product", "QuoteAgent", "Sale", "User")
# In the vendor's reference pages, and missing from these documents.
WHOLE = {"/api/v1/Contact/{id}", "/api/v1/Sale/{id}", "/api/v1/Agents/Quote/SaveQuoteLine", "/api/v1/Agents/Quote/SaveQuoteAlternative"}
PATCHED = {"/api/v1/Contact/{id}", "/api/v1/Person/{id}", "/api/v1/Sale/{id}"}


class Recorder(requests.adapters.HTTPAdapter):
    """The usual transport, which keeps what goes out and what comes back."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[requests.Response] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        answer = super().send(request, *args, **kwargs)
        self.kept.append(answer)
        return answer


@cache
def document(name: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(gzip.decompress((FOLDER / f"Swagger-v1-{name}.json.gz").read_bytes()))
    return loaded


@pytest.fixture(scope="module")
def exchanges(served: Any) -> Iterator[list[requests.Response]]:
    """Everything that is said while the client does all it can."""
    running: Running = served(SYSTEM)
    recorder = Recorder()
    client = client_for(SYSTEM, running.connections[SYSTEM], patience=HASTE, adapter=recorder)
    client.tenant()
    for entity, key in (("Contact", "OrgNr"), ("Product", "Code"), ("Sale", "Number")):
        ids = [record.id for record in client.list(entity)]
        list(client.get(entity, ids[:6]))
        client.gone(entity, [ids[0], "999999"])
        list(client.find(entity, key, ["923609016"]))
    contact, product = _creates(client)
    person = next(record for record in client.get("Contact", ids_of(client)) if json.loads(record.raw)["Private"]["IsPerson"])
    (named,) = client.write("Contact", [Write("n", "update", person.id, {"Private.Lastname": "Vik"}, {}, json.loads(person.raw))])
    assert named.status == "done", named
    changes: Mapping[str, Any] = {
        "Emails.0.Value": None,
        "Phones.0.Value": "+4722000000",
        "Country.TwoLetterISOCountry": "SE",
        "Name": "Skjema ASA",
    }
    client.write("Contact", [Write("c", "update", contact.id, changes, {}, json.loads(contact.raw))])
    client.write("Product", [Write("p", "update", product.id, {"UnitListPrice": 12.5}, {}, json.loads(product.raw))])
    _sells(client, running, contact.id, product.id)
    yield [answer for answer in recorder.kept if "/api/v1/" in str(answer.request.url)]
    client.close()


def ids_of(client: Any) -> list[str]:
    return [record.id for record in client.list("Contact")]


def _creates(client: Any) -> tuple[Any, Any]:
    fields = {"Name": "Skjema AS", "OrgNr": "999777666", "Emails.0.Value": "post@skjema.example", "Address.Postal.City": "Bodø"}
    (contact,) = client.write("Contact", [Write("c", "create", fields=fields, marker="lk-schema")])
    (product,) = client.write("Product", [Write("p", "create", fields={"Name": "Skjemavare", "Code": "SKJEMA-1"}, marker="lk-vare")])
    list(client.find("Contact", "DbiKey", ["lk-schema", "lk-nobody"]))
    list(client.find("Product", "ERPProductKey", ["lk-vare"]))
    return contact.record, product.record


def _sells(client: Any, running: Running, contact: str, product: str) -> None:
    sale = running.create(SYSTEM, "Sale", {"Heading": "Skjema", "Number": "990001", "Quote.PoNumber": "1"})
    lines = (LineWrite("create", None, {"ProductId": product, "Quantity": 2, "UnitListPrice": 10}, marker="lk-line"),)
    fields = {"Heading": "Ny", "Contact.ContactId": contact, "Quotealternative.DiscountPercent": 5, "Quote.PoNumber": "2"}
    (done,) = client.write("Sale", [Write("s", "update", sale, fields, {}, None, lines=lines)])
    assert done.status == "done", done
    edits = (LineWrite("update", "lk-line", {"Quantity": 3}), LineWrite("remove", "lk-line"))
    version = {"Description": "x", "Number": "2b", "ExpirationDate": "2026-12-01T11:00:00Z", "ERPPaymentTermsKey": "30", "ExtraField1": "y"}
    fields = {f"Quoteversion.{name}": value for name, value in version.items()} | {
        "Quotealternative.TotalPrice": 15,
        "Completed": "Started",
    }
    (done,) = client.write("Sale", [Write("s", "update", sale, fields, {}, None, lines=edits)])
    assert done.status == "done", done


def operation(answer: requests.Response) -> tuple[str, Mapping[str, Any], Mapping[str, Any]]:
    """The documented path, its operation, and the definitions beside it."""
    path = "/api/v1/" + urlsplit(str(answer.request.url)).path.partition("/api/v1/")[2]
    method = str(answer.request.method).lower()
    for name in DOCUMENTS:
        found = document(name)
        for known, verbs in sorted(found["paths"].items(), key=lambda one: one[0].count("{")):
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path, re.IGNORECASE):
                if method == "patch" and known in PATCHED:
                    return known, {**verbs["put"], "parameters": verbs["put"]["parameters"]}, found["definitions"]
                if method in verbs:
                    return known, verbs[method], found["definitions"]
    raise AssertionError(f"{method} {path} is not documented")


def misfits(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any], place: str = "") -> list[str]:
    """Where a JSON value is not as the schema says. Null is taken anywhere: the documents do not tell where it can be."""
    if value is None:
        return []
    if "$ref" in schema:
        return misfits(value, definitions[schema["$ref"].rpartition("/")[2]], definitions, place)
    kinds: Mapping[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
        return [f"{place}: {type(value).__name__} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place}: not in the enum"]
    if isinstance(value, list):
        return [wrong for item in value for wrong in misfits(item, schema.get("items", {}), definitions, f"{place}[]")]
    if isinstance(value, dict) and schema.get("properties"):
        known = schema["properties"]
        unknown = [f"{place}.{name}: unknown" for name in value if name not in known]
        return unknown + [
            wrong for name in value if name in known for wrong in misfits(value[name], known[name], definitions, f"{place}.{name}")
        ]
    return []


def test_every_path_and_parameter_is_documented(exchanges: list[requests.Response]) -> None:
    for answer in exchanges:
        known, verb, _ = operation(answer)
        names = {parameter["name"] for parameter in verb.get("parameters", ())}
        assert {name for name, _ in parse_qsl(urlsplit(str(answer.request.url)).query)} <= names, known


def test_every_request_carries_ticket_token_zone_and_language(exchanges: list[requests.Response]) -> None:
    for answer in exchanges:
        headers = answer.request.headers
        assert str(headers["Authorization"]).startswith("SOTicket 7T:")
        assert headers["SO-AppToken"]
        assert (headers["SO-TimeZone"], headers["Accept-Language"]) == ("UTC,includeTZOffset", "en")


def test_sent_bodies_fit_the_documents(exchanges: list[requests.Response]) -> None:
    seen = set()
    for answer in exchanges:
        if not answer.request.body or answer.request.method == "PATCH":
            continue
        known, verb, definitions = operation(answer)
        body = next((one["schema"] for one in verb.get("parameters", ()) if one["in"] == "body"), None)
        if body is not None:
            seen.add(known.rpartition("v1/")[2])
            assert misfits(json.loads(answer.request.body), body, definitions, known) == []
    assert {"Contact", "Product", "Product/{id}", "Agents/Quote/SaveQuoteLine", "Agents/Quote/RecalculateQuoteLine"} <= seen


def test_patches_are_json_patch_on_documented_members(exchanges: list[requests.Response]) -> None:
    patches = [answer for answer in exchanges if answer.request.method == "PATCH"]
    assert {operation(answer)[0] for answer in patches} == PATCHED
    for answer in patches:
        known, _, definitions = operation(answer)
        members = definitions[f"SuperOffice.CRM.Services.{known.split('/')[3]}Entity"]["properties"]
        steps = json.loads(answer.request.body or "")
        assert [step["op"] for step in steps] == sorted((step["op"] for step in steps), key=lambda op: op != "test")
        assert {step["path"].split("/")[1] for step in steps} <= set(members)


def test_the_sandbox_answers_as_documented(exchanges: list[requests.Response]) -> None:
    seen = set()
    for answer in exchanges:
        known, verb, definitions = operation(answer)
        told = verb["responses"].get(str(answer.status_code))
        if answer.status_code >= 400:
            continue
        assert told is not None, f"{known}: {answer.status_code} is not documented"
        if answer.content and "schema" in told and "ODataSlim" not in str(told["schema"]):
            seen.add(known.rpartition("v1/")[2])
            assert misfits(answer.json(), told["schema"], definitions, known) == []
            if known in WHOLE:
                members = definitions[told["schema"]["$ref"].rpartition("/")[2]]["properties"]
                assert set(answer.json()) == set(members) - {"_Links"}
    assert {"Contact/{id}", "Sale/{id}", "Agents/Quote/GetQuoteEntityFromSaleId", "Agents/Quote/GetQuoteLines"} <= seen


def test_lists_are_flat_rows_of_the_asked_columns(exchanges: list[requests.Response]) -> None:
    lists = [answer for answer in exchanges if "$select" in dict(parse_qsl(urlsplit(str(answer.request.url)).query))]
    assert lists
    for answer in lists:
        body, query = answer.json(), dict(parse_qsl(urlsplit(str(answer.request.url)).query))
        assert set(body) == {"odata.metadata", "odata.nextLink", "value"}
        assert query["$filter"]
        assert query["$orderBy"]
        for row in body["value"]:
            assert set(row) == {"PrimaryKey", "EntityName", *query["$select"].split(",")}
            assert isinstance(row["PrimaryKey"], str)
