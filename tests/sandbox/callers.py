"""Plain HTTP callers of the two servers, as a client would speak to them."""

from __future__ import annotations

from typing import Any

import requests

from sandbox import Running

OFFICE = "poweroffice_go"
SHOP = "custom_webshop"
Json = dict[str, Any]


class Office:
    """Speaks to PowerOffice GO with a token of its own."""

    def __init__(self, running: Running) -> None:
        connection = running.connections[OFFICE]
        self.running = running
        self.keys = (connection["extra"]["application_key"], connection["password"])
        self.extra: Json = connection["extra"]
        self.base: str = connection["host"]
        self.session = requests.Session()
        self.session.headers["Ocp-Apim-Subscription-Key"] = self.extra["subscription_key"]
        self.login()

    def login(self) -> None:
        answer = self.session.post(self.extra["token_url"], auth=self.keys, data={"grant_type": "client_credentials"}, timeout=30)
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        return self.session.request(method, f"{self.base}{path}", timeout=30, **given)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.call("POST", path, json=body)

    def patch(self, path: str, *operations: tuple[str, str, Any]) -> requests.Response:
        body = [{"op": verb, "path": pointer, "value": value} for verb, pointer, value in operations]
        return self.call("PATCH", path, json=body, headers={"Content-Type": "application/json-patch+json"})

    def set(self, path: str, pointer: str, value: Any) -> requests.Response:
        return self.patch(path, ("replace", pointer, value))

    def company(self, **members: Any) -> Json:
        """A stored company."""
        return self._made("/Customers", {"Name": "Fjord AS", "EmailAddress": "post@fjord.no"} | members)

    def product(self, **members: Any) -> Json:
        """A stored product at 100 without VAT."""
        return self._made("/Products", {"Name": "Lamp", "UnitPrice": 100} | members)

    def order(self, *lines: Json, **members: Any) -> Json:
        """A stored order of a company of its own."""
        header = {"CustomerId": self.company()["Id"]} if "CustomerId" not in members else {}
        return self._made("/SalesOrders/Complete", header | {"SalesOrderLines": list(lines)} | members)

    def _made(self, path: str, body: Json) -> Json:
        answer = self.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        made: Json = answer.json()
        return made


class Shop:
    """Speaks to the webshop with its key."""

    def __init__(self, running: Running) -> None:
        connection = running.connections[SHOP]
        self.running = running
        self.base: str = connection["host"]
        self.session = requests.Session()
        self.session.headers["X-Api-Key"] = connection["password"]

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        return self.session.request(method, f"{self.base}{path}", timeout=30, **given)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.call("POST", path, json=body)

    def patch(self, path: str, body: Any) -> requests.Response:
        return self.call("PATCH", path, json=body)

    def customer(self, **members: Any) -> Json:
        """A stored company."""
        return self._made("/customers", {"type": "company", "company_name": "Fjord AS"} | members)

    def product(self, **members: Any) -> Json:
        """A stored product at 125.00 with 25 % VAT in it."""
        return self._made("/products", {"name": "Lamp", "price": "125.00", "vat_rate": "25"} | members)

    def order(self, *lines: Json, **members: Any) -> Json:
        """A stored order."""
        return self._made("/orders", {"lines": list(lines)} | members)

    def _made(self, path: str, body: Json) -> Json:
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made
