"""WooCommerce keeps the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lenke.systems.woocommerce.guests import guest_id
from sandbox import Running
from tests.contract.suite import Case, SystemContract

BAD = {"password": "cs_no-such-secret"}
DATES = frozenset({"date_modified", "date_modified_gmt"})


class Shop(SystemContract):
    """Meta data is a list in the shop and an object in the client's records."""

    def stored(self, sandbox: Running, id: str) -> Mapping[str, Any]:
        body = dict(super().stored(sandbox, id))
        return body | {"meta_data": {item["key"]: item["value"] for item in body["meta_data"]}}


class TestCustomer(Shop):
    case: ClassVar = Case(
        system="woocommerce",
        entity="Customer",
        new=lambda n: {"email": f"post@prove{n}.example", "first_name": "Prøve", "last_name": f"Nr {n}", "billing.city": "Bodø"},
        edited=("billing.postcode", "8006"),
        other=("last_name", "Annen"),
        key="email",
        id="id",
        address="/customers",
        unique="email",
        moving=DATES,
        shaped=frozenset({"is_person", "is_guest", "meta_data", "billing", "phone_country"}),
        selected=True,
        bad_credentials=BAD,
    )

    def ids(self, sandbox: Running) -> list[str]:
        """Accounts that buy, and each guest e-mail that no account has."""
        accounts = sandbox.records("woocommerce", "Customer")
        known = {body["email"].lower() for body in accounts}
        orders = [
            body for body in sandbox.records("woocommerce", "Order") if not body["customer_id"] and body["status"] != "checkout-draft"
        ]
        guests = {body["billing"]["email"].lower() for body in orders} - known - {""}
        buyers = [str(body["id"]) for body in accounts if body["role"] == "customer" or body["is_paying_customer"]]
        return buyers + [guest_id(email) for email in guests]


class TestProduct(Shop):
    case: ClassVar = Case(
        system="woocommerce",
        entity="Product",
        new=lambda n: {"sku": f"PRV-{n}", "name": f"Prøve {n}", "regular_price": "129.90"},
        edited=("name", "Prøve endret"),
        other=("global_unique_id", "7045010000001"),
        key="sku",
        id="id",
        address="/products",
        unique="sku",
        archived="status",
        archive_value="draft",
        moving=DATES,
        shaped=frozenset({"archived", "vat_rate", "price_vat_rate", "meta_data"}),
        selected=True,
        bad_credentials=BAD,
    )

    def ids(self, sandbox: Running) -> list[str]:
        """What can be bought."""
        return [
            str(body["id"])
            for body in sandbox.records("woocommerce", "Product")
            if body["type"] != "variable" and body["status"] != "trash"
        ]


class TestOrder(Shop):
    case: ClassVar = Case(
        system="woocommerce",
        entity="Order",
        new=lambda n: {"customer_note": f"Prøve {n}", "currency": "NOK"},
        edited=("transaction_id", "T-7"),
        other=("customer_note", "Ring på"),
        key="number",
        id="id",
        address="/orders",
        moving=DATES,
        shaped=frozenset({"customer", "ordered_at", "net_total", "lines", "meta_data"}),
        selected=True,
        bad_credentials=BAD,
    )

    def ids(self, sandbox: Running) -> list[str]:
        """No carts."""
        return [str(body["id"]) for body in sandbox.records("woocommerce", "Order") if body["status"] not in ("checkout-draft", "trash")]
