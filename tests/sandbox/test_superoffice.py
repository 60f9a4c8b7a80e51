"""The SuperOffice sandbox answers as the vendor is known to, surprises included."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from sandbox import Running, start
from tests.flows.superoffice_small import OFFICE, records

Json = dict[str, Any]
ZONE = {"SO-TimeZone": "UTC,includeTZOffset", "Accept-Language": "en"}


class Caller:
    """Speaks plain HTTP to the tenant."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.connection = running.connections[OFFICE]
        self.door = self.connection["host"]
        self.tenant = self.connection["login"]
        self.base = f"{self.state()['Api']}/v1"
        self.headers = {"SO-AppToken": self.connection["password"], **ZONE}
        self.headers["Authorization"] = f"SOTicket {self.ticket()}"

    def state(self) -> Json:
        found: Json = requests.get(f"{self.door}/api/state/{self.tenant}", timeout=30).json()
        return found

    def authenticate(self, *, token: str | None = None, now: datetime | None = None) -> Json:
        extra = self.connection["extra"]
        data = f"{token or extra['system_token']}.{now or datetime.now(UTC):%Y%m%d%H%M}"
        key: Any = serialization.load_pem_private_key(extra["private_key"].encode(), password=None)
        signature = base64.b64encode(key.sign(data.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
        body = {"SignedSystemToken": f"{data}.{signature}", "ApplicationToken": self.connection["password"]}
        body |= {"ContextIdentifier": self.tenant, "ReturnTokenType": "JWT"}
        found: Json = requests.post(f"{self.door}/Login/api/PartnerSystemUser/Authenticate", json=body, timeout=30).json()
        return found

    def ticket(self) -> str:
        key = jwt.PyJWKSet.from_dict(requests.get(f"{self.door}/login/.well-known/jwks", timeout=30).json()).keys[0]
        claims = jwt.decode(self.authenticate()["Token"], key.key, algorithms=["RS256"], options={"verify_aud": False})
        return str(claims["http://schemes.superoffice.net/identity/ticket"])

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        headers = {**self.headers, **given.pop("headers", {})}
        return requests.request(method, f"{self.base}{path}", headers=headers, timeout=30, **given)

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params={f"${name}": value for name, value in query.items()}).json()

    def agent(self, method: str, body: Any) -> requests.Response:
        return self.call("POST", f"/Agents/Quote/{method}", json=body)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with start(tmp_path / "home", systems=(OFFICE,), port_base=0, rate=0, records=records()) as served:
        yield served


@pytest.fixture
def caller(running: Running) -> Caller:
    return Caller(running)


def test_the_address_is_asked_for_and_the_wrong_host_is_misdirected(caller: Caller, running: Running) -> None:
    assert caller.state()["IsRunning"] is True
    wrong = caller.base.replace("localhost", "127.0.0.1")
    assert requests.get(f"{wrong}/Contact/101", headers=caller.headers, timeout=30).status_code == 421
    running._system(OFFICE).move("online3")  # type: ignore[attr-defined]
    assert caller.call("GET", "/Contact/101").status_code == 421
    assert "/online3/" in caller.state()["Api"]


def test_a_ticket_needs_signature_minute_and_token(caller: Caller, running: Running) -> None:
    assert caller.authenticate()["IsSuccessful"] is True
    assert caller.authenticate(token="Lenke-wrong")["IsSuccessful"] is False
    assert caller.authenticate(now=datetime.now(UTC) - timedelta(hours=1))["IsSuccessful"] is False
    assert caller.call("GET", "/Contact/101", headers={"SO-AppToken": "wrong"}).status_code == 401
    running._system(OFFICE).expire_tokens()
    assert caller.call("GET", "/Contact/101").status_code == 401


def test_filters_use_the_day_only_and_know_no_ge(caller: Caller, running: Running) -> None:
    running.edit(OFFICE, "Contact", "101", {"Department": "Salg"})
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    rows = caller.get("/Contact", select="contactId", filter=f"updatedDate after '{yesterday}T23:59:59'")["value"]
    assert [row["contactId"] for row in rows] == [101]
    assert caller.get("/Contact", select="contactId", filter=f"updatedDate after '{today}'")["value"] == []
    assert caller.call("GET", "/Contact", params={"$filter": "contactId ge 5"}).status_code == 400


def test_a_list_is_50_rows_unless_it_is_told(caller: Caller, running: Running) -> None:
    for n in range(60):
        running.create(OFFICE, "Contact", {"Name": f"Firma {n}"})
    page = caller.get("/Contact", select="contactId")
    assert len(page["value"]) == 50
    assert page["odata.nextLink"]
    assert len(caller.get("/Contact", select="contactId", filter="contactId gt 103", top=1000)["value"]) == 60


def test_rest_misses_with_404_and_agents_with_null(caller: Caller) -> None:
    assert caller.call("GET", "/Contact/999").status_code == 404
    for path, body in (("GetQuoteEntityFromSaleId", {"SaleId": 999}), ("GetQuoteLine", {"QuoteLineId": 999})):
        answer = caller.agent(path, body)
        assert (answer.status_code, answer.json()) == (200, None)
    assert (caller.call("GET", "/Product/999").status_code, caller.get("/Product/999")) == (200, None)


def test_a_deleted_contact_is_in_the_recycle_bin(caller: Caller) -> None:
    assert caller.call("DELETE", "/Contact/103").status_code == 204
    assert caller.call("GET", "/Contact/103").status_code == 404
    assert 103 not in [row["contactId"] for row in caller.get("/Contact", select="contactId")["value"]]
    assert [row["contactId"] for row in caller.get("/Archive/RecycleContact", select="contactId,deletedDate")["value"]] == [103]


def test_default_entities_take_a_number_each(caller: Caller) -> None:
    first, second = caller.get("/Contact/default"), caller.get("/Contact/default")
    assert int(second["Number2"]) == int(first["Number2"]) + 1
    assert first["UpdatedDate"].startswith("0001-01-01")


def test_put_replaces_the_whole(caller: Caller) -> None:
    stored = caller.call("PUT", "/Contact/102", json={"Name": "Nordlys ASA"}).json()
    assert (stored["Name"], stored["OrgNr"], stored["Number1"], stored["Country"]) == ("Nordlys ASA", "", "", None)


def test_json_patch_tests_and_merge_patch_appends(caller: Caller) -> None:
    steps = [{"op": "test", "path": "/Name", "value": "Annet"}, {"op": "replace", "path": "/Name", "value": "Nytt"}]
    kind = {"Content-Type": "application/json-patch+json"}
    assert caller.call("PATCH", "/Contact/101", json=steps, headers=kind).status_code == 409
    merge = {"Content-Type": "application/merge-patch+json"}
    for count in (1, 2):
        phones = caller.call("PATCH", "/Contact/101", json={"Phones": {"Value": "22000000"}}, headers=merge).json()["Phones"]
        assert len(phones) == count
    one = caller.call("PATCH", "/Contact/101", json={"Phones": [{"Value": "1"}]}, headers=merge).json()
    assert [phone["Value"] for phone in one["Phones"]] == ["1"]
    assert caller.call("PATCH", "/Product/2001", json=steps, headers=kind).status_code == 405


def test_if_unmodified_since_is_for_rest_only(caller: Caller) -> None:
    old = {"If-Unmodified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}
    assert caller.call("DELETE", "/Sale/502", headers=old).status_code == 412
    assert caller.call("DELETE", "/Product/2002", headers=old).status_code == 204


def test_recalculation_follows_the_master_and_saves_nothing(caller: Caller) -> None:
    line = caller.agent("GetQuoteLine", {"QuoteLineId": 6001}).json()
    body = {"QuoteLine": line | {"DiscountAmount": 20.0}, "ChangedFields": ["QuoteLine.DiscountAmount"]}
    told = caller.agent("RecalculateQuoteLine", body).json()
    assert (told["UserValueOverride"], told["DiscountPercent"], told["TotalPrice"]) == ("DiscountAmount", 10, 180)
    assert caller.agent("GetQuoteLine", {"QuoteLineId": 6001}).json()["TotalPrice"] == 200
    caller.agent("SaveQuoteLine", {"QuoteLine": told})
    assert caller.agent("GetQuoteEntity", {"QuoteId": 3001}).json()["QuoteVersions"][0]["QuoteAlternatives"][0]["TotalPrice"] == 359.84
    changed = caller.agent("RecalculateQuoteAlternative", {"QuoteAlternative": 5001}).json()["ChangedQuoteAlternative"]
    assert (changed["TotalPrice"], changed["VAT"]) == (pytest.approx(339.84), pytest.approx(84.96))


def test_a_drafted_line_is_not_stored(caller: Caller) -> None:
    draft = caller.agent("CreateQuoteLine", {"QuoteAlternativeId": 5001, "ERPProductKey": "SUO_2001"}).json()
    assert (draft["QuoteLineId"], draft["UnitListPrice"], draft["Name"]) == (0, 100, "Tau")
    assert len(caller.agent("GetQuoteLines", {"QuoteAlternativeId": 5001}).json()) == 2
    assert caller.agent("SaveQuoteLine", {"QuoteLine": draft}).json()["QuoteLineId"] > 6003


def test_a_sent_version_is_locked_and_a_new_one_has_new_ids(caller: Caller) -> None:
    line = caller.agent("GetQuoteLine", {"QuoteLineId": 6001}).json()
    assert caller.agent("SendQuoteVersion", {"QuoteVersionId": 4001}).json()["IsOk"] is True
    assert caller.agent("SendQuoteVersion", {"QuoteVersionId": 4001}).json()["IsOk"] is False
    assert caller.agent("SaveQuoteLine", {"QuoteLine": line}).status_code == 500
    made = caller.agent("CreateAndSaveQuoteVersion", {"QuoteVersionId": 4001}).json()
    assert (made["State"], made["Number"]) == ("Draft", "2")
    quote = caller.agent("GetQuoteEntity", {"QuoteId": 3001}).json()
    assert quote["ActiveQuoteVersionId"] == made["QuoteVersionId"] != 4001
    assert [version["State"] for version in quote["QuoteVersions"]] == ["Archived", "Draft"]
    assert made["LikelyQuoteAlternativeId"] not in (0, 5001)
    copies = caller.agent("GetQuoteLines", {"QuoteAlternativeId": made["LikelyQuoteAlternativeId"]}).json()
    assert {line["QuoteLineId"] for line in copies} & {6001, 6002} == set()


def test_a_quote_fixes_the_currency_of_its_sale(caller: Caller) -> None:
    steps = [{"op": "replace", "path": "/Currency", "value": {"Id": 2}}]
    kind = {"Content-Type": "application/json-patch+json"}
    assert caller.call("PATCH", "/Sale/501", json=steps, headers=kind).status_code == 400
    assert caller.call("PATCH", "/Sale/502", json=steps, headers=kind).json()["Currency"]["Value"] == "EUR"


def test_times_have_an_offset_only_where_it_is_asked_for(caller: Caller) -> None:
    assert caller.get("/Sale/501")["Saledate"] == "2026-10-01T22:00:00Z"
    assert caller.call("GET", "/Sale/501", headers={"SO-TimeZone": ""}).json()["Saledate"] == "2026-10-02T00:00:00"


def test_foreign_keys_by_app_device_and_table(caller: Caller) -> None:
    place = "/ForeignApp/Lenke/sync/1"
    key = {"Key": "marker", "Value": "lk-1", "TableName": "contact", "RecordId": 101}
    assert caller.call("PUT", f"{place}/Key", json=key).status_code == 400
    caller.call("PUT", "/ForeignApp/Lenke")
    caller.call("PUT", place, json={"Name": "sync"})
    caller.call("PUT", f"{place}/Key", json=key)
    assert caller.call("GET", f"{place}/Key/marker/contact", params={"Value": "lk-1"}).json()["RecordId"] == 101
    assert caller.call("GET", f"{place}/Key/marker/contact", params={"Value": "lk-2"}).json() is None
    rows = caller.get("/Archive/ForeignKeys", select="keyValue,recordId", filter="appName eq 'Lenke'")["value"]
    assert [(row["keyValue"], row["recordId"]) for row in rows] == [("lk-1", 101)]


def test_a_products_key_is_given_where_it_has_none(caller: Caller) -> None:
    made = caller.call("POST", "/Product", json={"Name": "Nytt", "ERPPriceListKey": "1"}).json()
    assert made["ERPProductKey"] == f"SUO_{made['ProductId']}"


def test_a_person_is_named_and_its_contact_keeps_its_own_name(caller: Caller) -> None:
    kind = {"Content-Type": "application/json-patch+json"}
    test, rename = {"op": "test", "path": "/Lastname", "value": "Lie"}, {"op": "replace", "path": "/Lastname", "value": "Vik"}
    assert caller.call("PATCH", "/Person/9001", json=[test, rename], headers=kind).status_code == 409
    assert caller.call("PATCH", "/Person/9001", json=[rename], headers=kind).json()["FullName"] == "Kari Vik"
    assert caller.get("/Person/9001")["Contact"] == {"ContactId": 103, "Name": "Kari Moen"}
    assert caller.get("/Contact/103")["Persons"][0]["Lastname"] == "Vik"
    assert caller.call("GET", "/Person/1").status_code == 404


def test_a_version_keeps_its_own_number_and_day_until_it_is_sent(caller: Caller) -> None:
    number = {"QuoteVersionId": 4001, "Number": "2026-7"}
    assert caller.agent("SaveQuoteVersionNumber", number).json() is True
    version = caller.agent("GetQuoteVersion", {"QuoteVersionId": 4001}).json()
    assert version["Number"] == "2026-7"
    version |= {"ExpirationDate": "2026-12-01T12:00:00+01:00", "State": "Sent"}
    saved = caller.agent("SaveQuoteVersion", {"QuoteVersion": version}).json()
    assert (saved["ExpirationDate"], saved["State"]) == ("2026-12-01T11:00:00Z", "Draft")
    caller.agent("SendQuoteVersion", {"QuoteVersionId": 4001})
    assert caller.agent("SaveQuoteVersionNumber", number).status_code == 500


def test_a_deleted_quote_leaves_its_sale(caller: Caller) -> None:
    assert caller.agent("DeleteQuote", {"QuoteId": 3001}).status_code == 204
    assert caller.agent("GetQuoteEntityFromSaleId", {"SaleId": 501}).json() is None
    assert caller.agent("GetQuoteLines", {"QuoteAlternativeId": 5001}).json() == []
    assert caller.get("/Sale/501")["SaleId"] == 501
