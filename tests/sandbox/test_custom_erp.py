"""The custom ERP's server: who is let in, lists by cursor, strict members, what is unique, row versions, invoiced orders, lag."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from time_machine import Traveller

import sandbox as servers
from sandbox import Running

ERP = "custom_erp"
Json = dict[str, Any]


class Caller:
    """Speaks to the ERP with a token of its own."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.connection = running.connections[ERP]
        self.session = requests.Session()
        token = self.token().json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def token(self, **other: str) -> requests.Response:
        form = {"grant_type": "client_credentials", "client_id": self.connection["login"], "client_secret": self.connection["password"]}
        return requests.post(f"{self.connection['host']}/oauth/token", data=form | other, timeout=30)

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        return self.session.request(method, self.connection["host"] + path, timeout=30, **given)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query)

    def items(self, path: str, **query: Any) -> list[Json]:
        found: list[Json] = self.get(path, **query).json()["result"]["items"]
        return found

    def partner(self, **members: Any) -> Json:
        return self.made("/partners", {"category": "business", "name": "Fjord AS"} | members)

    def article(self, **members: Any) -> Json:
        return self.made("/articles", {"itemNo": f"A-{time.monotonic_ns()}", "title": "Lampe", "salesPrice": 100} | members)

    def order(self, *lines: Json, **members: Any) -> Json:
        header = {"orderNo": time.monotonic_ns(), "partnerId": self.partner()["partnerId"], "placedAt": "2026-10-01T10:00:00Z"}
        return self.made("/sales-orders", header | {"orderLines": list(lines)} | members)

    def made(self, path: str, body: Json) -> Json:
        answer = self.call("POST", path, json=wrapped(path, body))
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()["result"]
        return found

    def put(self, path: str, body: Json) -> requests.Response:
        return self.call("PUT", path, json=wrapped(path, body))


def wrapped(path: str, body: Json) -> Json:
    names = {"partners": "partner", "articles": "article", "sales-orders": "salesOrder"}
    return {names[path.split("/")[1]]: body}


def kind(answer: requests.Response) -> tuple[int, str, str | None]:
    fault = answer.json()["fault"]
    return answer.status_code, fault["kind"], fault.get("member")


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Caller]:
    with servers.start(tmp_path, seed=None, systems=(ERP,), port_base=0, rate=0) as running:
        yield Caller(running)


def test_a_token_needs_the_right_client_grant_and_scope(erp: Caller) -> None:
    assert erp.token(client_secret="wrong").status_code == 401
    assert erp.token(grant_type="password").status_code == 400
    assert erp.token(scope="payroll").status_code == 400
    erp.running.fault(ERP, "expire_token", count=1)
    assert kind(erp.get("/company"))[:2] == (401, "NoToken")
    assert "expires_in" in erp.token().json()


def test_lists_go_on_after_the_id_in_their_cursor(erp: Caller) -> None:
    ids = [erp.partner()["partnerId"] for _ in range(5)]
    first = erp.get("/partners", limit=2).json()["result"]
    erp.running.edit(ERP, "Customer", ids[3], {"homepage": "https://moved.example"})
    erp.running.delete(ERP, "Customer", ids[0])
    second = erp.get("/partners", limit=2, cursor=first["nextCursor"]).json()["result"]
    last = erp.get("/partners", limit=2, cursor=second["nextCursor"]).json()["result"]
    assert [row["partnerId"] for page in (first, second, last) for row in page["items"]] == ids
    assert last["nextCursor"] is None


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"cursor": "åå"}, {"changedAfter": "yesterday"}, {"sort": "name"}])
def test_what_is_no_list_parameter_is_refused(erp: Caller, query: Json) -> None:
    assert kind(erp.get("/partners", **query))[:2] == (400, "InvalidMember")


def test_filters_are_exact_and_change_times_exclusive(erp: Caller, clock: Traveller) -> None:
    one = erp.partner(eMail="a@b.example", externalRef="lk-1")
    clock.shift(1)
    other = erp.partner(eMail="c@d.example")
    assert erp.items("/partners", email="a@b.example") == erp.items("/partners", externalRef="lk-1") == [one]
    assert erp.items("/partners", ids=f"{other['partnerId']}|P999") == [other]
    assert erp.items("/partners", changedAfter=one["changedAt"]) == [other]
    assert erp.items("/partners", changedBefore=other["changedAt"]) == [one]


@pytest.mark.parametrize(
    ("members", "member"),
    [
        ({"nickname": "x"}, "nickname"),
        ({"partnerId": "P1"}, "partnerId"),
        ({"customerNo": "17"}, "customerNo"),
        ({"category": None}, "category"),
        ({"category": "private"}, "familyName"),
        ({"eMail": "nobody"}, "eMail"),
        ({"telephone": "22 00 00 00"}, "telephone"),
        ({"address": {"countryCode": "NOR"}}, "address.countryCode"),
        ({"languageCode": "nb"}, "languageCode"),
        ({"active": "yes"}, "active"),
    ],
)
def test_a_member_that_does_not_fit_is_named(erp: Caller, members: Json, member: str) -> None:
    answer = erp.call("POST", "/partners", json={"partner": {"category": "business", "name": "Fjord AS"} | members})
    assert kind(answer) == (400, "InvalidMember", member)
    assert erp.items("/partners") == []


def test_a_write_stands_in_its_envelope(erp: Caller) -> None:
    wrong: list[Any] = [{"category": "business", "name": "x"}, {"partner": {}, "more": 1}, [], {"partner": 1}]
    for body in wrong:
        assert kind(erp.call("POST", "/partners", json=body))[:2] == (400, "NoEnvelope")
    assert kind(erp.call("POST", "/partners", data=b"{"))[:2] == (400, "NoJson")


def test_keys_are_unique(erp: Caller) -> None:
    erp.article(itemNo="A-1", externalRef="lk-1")
    for body, member in (({"itemNo": "A-1"}, "itemNo"), ({"itemNo": "A-2", "externalRef": "lk-1"}, "externalRef")):
        assert kind(erp.call("POST", "/articles", json={"article": {"title": "x"} | body})) == (409, "DuplicateKey", member)
    erp.partner(customerNo=None)
    erp.partner(customerNo=None)


def test_only_a_change_moves_the_row_version_and_a_stale_one_is_refused(erp: Caller) -> None:
    one = erp.partner()
    path = f"/partners/{one['partnerId']}"
    assert erp.put(path, {"name": "Fjord AS", "rowVersion": 1}).json()["result"]["rowVersion"] == 1
    assert erp.put(path, {"name": "Vidde AS", "rowVersion": 1}).json()["result"]["rowVersion"] == 2
    assert kind(erp.put(path, {"name": "Elv AS", "rowVersion": 1})) == (412, "StaleRow", "rowVersion")


def test_an_update_keeps_what_it_does_not_name_and_replaces_objects_whole(erp: Caller) -> None:
    one = erp.partner(homepage="https://a.example", address={"street": "Kaia 1", "place": "Bodø"})
    after = erp.put(f"/partners/{one['partnerId']}", {"address": {"zip": "8006"}}).json()["result"]
    assert after["homepage"] == "https://a.example"
    assert (after["address"]["zip"], after["address"]["place"]) == ("8006", None)


def test_lines_are_changed_one_by_one_and_amounts_follow(erp: Caller) -> None:
    article = erp.article()["articleId"]
    order = erp.order({"articleId": article, "qty": 2}, {"articleId": article, "qty": 1, "discountRate": 0.5})
    first, second = order["orderLines"]
    assert (order["netAmount"], order["vatAmount"]) == (250, 62.5)
    changes = [{"lineId": first["lineId"], "qty": 3}, {"lineId": second["lineId"], "remove": True}, {"articleId": article, "qty": 4}]
    after = erp.put(f"/sales-orders/{order['salesOrderId']}", {"orderLines": changes}).json()["result"]
    assert [line["qty"] for line in after["orderLines"]] == [3, 4]
    assert after["netAmount"] == 700
    wrong = erp.put(f"/sales-orders/{order['salesOrderId']}", {"orderLines": [{"lineId": "L999999", "qty": 1}]})
    assert kind(wrong) == (400, "InvalidMember", "orderLines.lineId")
    for line in ({"articleId": article}, {"qty": 1}, {"articleId": "A9", "qty": 1}, {"articleId": article, "qty": "1"}):
        assert erp.put(f"/sales-orders/{order['salesOrderId']}", {"orderLines": [line]}).status_code == 400


def test_an_invoiced_order_stands(erp: Caller) -> None:
    order = erp.order()
    erp.running.invoice(order["salesOrderId"], system=ERP)
    assert kind(erp.put(f"/sales-orders/{order['salesOrderId']}", {"yourReference": "x"})) == (423, "Invoiced", "state")
    with pytest.raises(ValueError, match="invoiced"):
        erp.running.edit(ERP, "Order", order["salesOrderId"], {"yourReference": "x"})
    stored = erp.get(f"/sales-orders/{order['salesOrderId']}").json()["result"]
    assert (stored["state"], stored["invoiceNo"]) == ("invoiced", 90_001)


def test_a_protected_partner_may_be_read_and_not_written(erp: Caller) -> None:
    one = erp.partner()
    erp.running.edit(ERP, "Customer", one["partnerId"], {"remark": "[protected]"})
    assert erp.get(f"/partners/{one['partnerId']}").status_code == 200
    assert kind(erp.put(f"/partners/{one['partnerId']}", {"name": "x"}))[:2] == (403, "Protected")
    erp.running.switch(ERP, "write_access", on=False)
    assert kind(erp.call("POST", "/partners", json={"partner": {"category": "business", "name": "x"}}))[:2] == (403, "NoWriteAccess")


def test_reads_lag_and_writes_do_not(erp: Caller) -> None:
    one = erp.partner()
    erp.running.lag(3600, system=ERP)
    assert erp.items("/partners") == []
    assert erp.get(f"/partners/{one['partnerId']}").status_code == 404
    assert erp.put(f"/partners/{one['partnerId']}", {"name": "Ny AS", "rowVersion": 1}).status_code == 200
    erp.running.lag(0, system=ERP)
    assert [row["name"] for row in erp.items("/partners")] == ["Ny AS"]


def test_every_write_is_noted_and_people_are_not(erp: Caller) -> None:
    one = erp.partner()
    erp.put(f"/partners/{one['partnerId']}", {"active": False})
    erp.put("/partners/P999999", {"name": "x"})
    erp.running.edit(ERP, "Customer", one["partnerId"], {"name": "Hånd AS"})
    rows = [(row["verb"], row["record_id"], row["status"], row["applied"]) for row in erp.running.audit(ERP)]
    assert rows == [("create", one["partnerId"], 201, 1), ("archive", one["partnerId"], 200, 1), ("update", "P999999", 404, 0)]
