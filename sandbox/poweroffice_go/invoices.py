"""Outgoing invoices: read only through the API; an order that is sent becomes one, keeps its id and gets new line ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sandbox.poweroffice_go import lists
from sandbox.poweroffice_go.lists import members
from sandbox.poweroffice_go.products import Products
from sandbox.poweroffice_go.shapes import OUTGOING_INVOICE
from sandbox.poweroffice_go.tenant import served
from sandbox.store import Store
from sandbox.wire import Json

ENTITY = "OutgoingInvoices"
FILTERS: lists.Filters = {
    "invoiceIds": (lists.one_of, "Id"),
    "invoiceNos": (lists.numbers, "InvoiceNo"),
    "voucherNos": (lists.numbers, "VoucherNo"),
    "customerNos": (lists.numbers, "CustomerNo"),
    "customMatchingReferences": (lists.one_of, "CustomMatchingReference"),
    "sentDateTimeOffsetGreaterThan": (lists.later, "SentDateTimeOffset"),
    "balanceLastChangedDateTimeOffsetGreaterThan": (lists.later, "BalanceLastChangedDateTimeOffset"),
}


class Invoices:
    """The client's outgoing invoices."""

    def __init__(self, store: Store, products: Products) -> None:
        self._store = store
        self._products = products

    def send(self, order: Json) -> None:
        """Turn the order into an invoice; its goods leave the store room."""
        now = datetime.now(UTC)
        number = self._store.next_number("invoices", 20_001)
        body = members(order, OUTGOING_INVOICE) | {
            "OrderNo": order["SalesOrderNo"],
            "OrderDate": order["SalesOrderDate"],
            "InvoiceNo": number,
            "VoucherNo": number,
            "VoucherType": "OutgoingInvoice" if order["TotalAmount"] >= 0 else "OutgoingCreditNote",
            "VoucherDate": now.date().isoformat(),
            "DueDate": (now.date() + timedelta(days=14)).isoformat(),
            "SentDateTimeOffset": served(now),
            "CreatedDateTimeOffset": served(now),
            "LastChangedDateTimeOffset": served(now),
            "BalanceLastChangedDateTimeOffset": served(now),
            "Balance": order["TotalAmount"],
            "NetPostedAmount": order["NetAmount"],
            "TotalPostedAmount": order["TotalAmount"],
            "IsReversed": False,
            "DeliveryDate": order["DeliveryDate"] or now.date().isoformat(),
        }
        lines = [line | {"Id": str(uuid4())} for line in order["SalesOrderLines"]]
        self._store.remove("SalesOrders", order["Id"])
        self._store.put(ENTITY, order["Id"], body, modified=now)
        self._store.put("OutgoingInvoiceLines", order["Id"], {"Id": order["Id"], "Lines": lines}, modified=now)
        self._products.restock((), order["SalesOrderLines"])

    def seed(self, values: Json) -> None:
        """Store an invoice as it comes."""
        body = OUTGOING_INVOICE.blank() | {"Balance": 0, "IsReversed": False} | values
        moment = datetime.fromisoformat(body["LastChangedDateTimeOffset"])
        self._store.put(ENTITY, body["Id"], body, modified=moment, at=moment)
