"""Every request that the PowerOffice GO client sends is one that the vendor's published API document allows.

The document is material beside the repository and not part of it: without it these tests are skipped.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import yaml

from lenke.core.ports import LineWrite, Write
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite import HASTE

Draft4Validator: Any = pytest.importorskip("jsonschema").Draft4Validator
FOLDER = Path(__file__).parents[3] / "shared" / "vendors" / "data" / "poweroffice_go"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the vendor's API document is not beside the repository (../shared/vendors)")

# Documented by the vendor after the collected document; a server without them ignores them.
NEWER = {"emailAddresses", "organizationNumbers", "externalImportReferences", "importedOrderNos"}
PATCH_SCHEMAS = {"/Customers/{id}": "CustomerDto", "/Products/{id}": "ProductDto", "/SalesOrders/{id}": "SalesOrderDto"}
LINE_PATCH = {"/SalesOrders/{id}/Lines/{lineId}": "SalesOrderLineDto"}


class Recorder(requests.adapters.HTTPAdapter):
    """The usual transport, which keeps every request that goes out."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.sent.append(request)
        return super().send(request, *args, **kwargs)


@cache
def document() -> Mapping[str, Any]:
    (file,) = FOLDER.glob("*.yaml.gz")
    loaded: Mapping[str, Any] = yaml.load(gzip.decompress(file.read_bytes()), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def schema(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = strict({**document()["components"]["schemas"][name], "components": document()["components"]})
    return found


def strict(tree: Any) -> Any:
    """The document's schemas in the form that the validator knows: ``nullable`` as a type."""
    if isinstance(tree, list):
        return [strict(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    copied = {key: strict(value) for key, value in tree.items() if key not in ("example", "nullable")}
    if tree.get("nullable") is True and isinstance(copied.get("type"), str):
        copied["type"] = [copied["type"], "null"]
    return copied


def operation(request: requests.PreparedRequest) -> tuple[str, Mapping[str, Any]]:
    """The document's path and operation for a request."""
    path = urlsplit(str(request.url)).path.removeprefix("/v2")
    for known in sorted(document()["paths"], key=lambda known: known.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path):
            verbs = document()["paths"][known]
            assert str(request.method).lower() in verbs, f"{request.method} {known} is not documented"
            return known, verbs[str(request.method).lower()]
    raise AssertionError(f"{request.method} {path} is not documented")


@pytest.fixture(scope="module")
def requests_sent(served: Callable[..., Running]) -> Iterator[list[requests.PreparedRequest]]:
    """Everything that a client sends while it does all it can."""
    recorder = Recorder()
    client = client_for("poweroffice_go", served("poweroffice_go").connections["poweroffice_go"], patience=HASTE, adapter=recorder)
    client.tenant()
    for entity in ("Customers", "Products", "SalesOrders"):
        ids = [record.id for record in client.list(entity)]
        list(client.get(entity, ids[:2]))
        client.gone(entity, ids[:1])
        traits = client.traits(entity)
        for path in [*traits.keys, *([traits.marker] if traits.marker else [])]:
            list(client.find(entity, path, ["123"]))
    (company,) = client.write("Customers", [Write("c", "create", fields=COMPANY, marker="lk-schema")])
    (product,) = client.write("Products", [Write("p", "create", fields=PRODUCT)])
    line = LineWrite("create", None, {**LINE, "ProductId": product.id}, marker="lk-line")
    fields = {**ORDER, "CustomerId": company.id}
    (order,) = client.write("SalesOrders", [Write("o", "create", fields=fields, lines=(line,), marker="lk-order")])
    assert company.record
    assert product.record
    assert order.record
    changed: Mapping[str, Any] = {"MailAddress.City": "Narvik", "PhoneNumber": None}
    client.write("Customers", [Write("c", "update", company.id, changed, {"MailAddress.City": "Bodø"}, json.loads(company.record.raw))])
    client.write("Products", [Write("p", "update", product.id, {"StockAvailable": 8}, {}, json.loads(product.record.raw))])
    first = json.loads(order.record.raw)["SalesOrderLines"][0]["Id"]
    edits = (
        LineWrite("update", first, {"Quantity": 4}, {"Quantity": 2}),
        LineWrite("create", None, {**LINE, "ProductId": product.id}, marker="lk-line-2"),
        LineWrite("remove", first, before={"Quantity": 4}),
    )
    write = Write("o", "update", order.id, {"DeliveryDate": "2026-12-01"}, {}, json.loads(order.record.raw), lines=edits)
    assert client.write("SalesOrders", [write])[0].status == "done"
    for entity, done in (("Customers", company.id), ("Products", product.id)):
        client.write(entity, [Write("a", "archive", done)])
    yield [request for request in recorder.sent if "/OAuth/" not in str(request.url)]
    client.close()


COMPANY = {
    "Name": "Skjema AS", "OrganizationNumber": "999777666", "EmailAddress": "post@skjema.example", "IsPerson": False,
    "MailAddress.AddressLine1": "Kaia 1", "MailAddress.City": "Bodø", "MailAddress.ZipCode": "8006", "MailAddress.CountryCode": "NO",
    "CurrencyCode": "NOK", "ExternalNumber": "830001", "IsArchived": False,
}  # fmt: skip
PRODUCT = {"Name": "Skjemavare", "Code": "SKJEMA-1", "UnitPrice": 129.9, "IsStockItem": True, "StockAvailable": 3}

ORDER = {"ImportedOrderNo": "830002", "SalesOrderDate": "2026-11-01", "CurrencyCode": "NOK", "CurrencyExchangeRate": 1}
LINE = {"Quantity": 2, "ProductUnitPrice": 100, "Allowance": 5, "Description": "Linje", "UnitOfMeasureCode": "EA"}


def test_every_path_and_parameter_is_documented(requests_sent: list[requests.PreparedRequest]) -> None:
    paging = set(document()["components"]["schemas"]["ResourceParameters"]["properties"])
    for request in requests_sent:
        _, verb = operation(request)
        known = {parameter["name"] for parameter in verb.get("parameters", ())} | paging | NEWER
        assert {name for name, _ in parse_qsl(urlsplit(str(request.url)).query)} <= known


def test_every_request_carries_both_keys(requests_sent: list[requests.PreparedRequest]) -> None:
    for request in requests_sent:
        assert str(request.headers["Authorization"]).startswith("Bearer ")
        assert request.headers["Ocp-Apim-Subscription-Key"]


def test_created_bodies_fit_the_documents_schemas(requests_sent: list[requests.PreparedRequest]) -> None:
    posts = [request for request in requests_sent if request.method == "POST"]
    seen = set()
    for request in posts:
        path, verb = operation(request)
        seen.add(path)
        name = verb["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        Draft4Validator(schema(name)).validate(json.loads(request.body or ""))
    assert seen == {"/Customers", "/Products", "/SalesOrders/Complete", "/SalesOrders/{id}/Lines"}


def test_patches_are_json_patch_on_members_that_can_be_written(requests_sent: list[requests.PreparedRequest]) -> None:
    patches = [request for request in requests_sent if request.method == "PATCH"]
    names = {**PATCH_SCHEMAS, **LINE_PATCH}
    assert {operation(request)[0] for request in patches} == set(names)
    for request in patches:
        path, verb = operation(request)
        assert request.headers["Content-Type"] in verb["requestBody"]["content"]
        for step in json.loads(request.body or ""):
            assert set(step) == {"op", "path", "value"}
            member = _member(names[path], step["path"])
            assert step["op"] == "test" or not member.get("readOnly"), step["path"]
            if step["op"] == "replace":
                Draft4Validator({**strict({**member, "nullable": True}), "components": document()["components"]}).validate(step["value"])


def _member(name: str, pointer: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document()["components"]["schemas"][name]
    for part in pointer.strip("/").split("/"):
        found = found["properties"][part]
        if "$ref" in found:
            found = document()["components"]["schemas"][found["$ref"].rpartition("/")[2]]
        for inner in found.get("allOf", ()):
            found = document()["components"]["schemas"][inner["$ref"].rpartition("/")[2]]
    return found
