"""A small installation of SuperOffice and the webshop: a few companies, products, and sales with and without offers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sandbox
from lenke.core.mapping.load import load_dataflow
from sandbox.running import Running
from tests.flows.harness import ROOT, Harness

OFFICE, SHOP = "superoffice", "custom_webshop"
CONTACTS, PRODUCTS, SALES = "contact_to_customer", "product_to_product", "sale_to_order"
MAPPING = ROOT / "include/mappings/superoffice_to_custom_webshop.yaml"
Body = dict[str, Any]


@dataclass
class Pair:
    """The two systems and the engine between them."""

    systems: Running
    engine: Harness
    _seen: dict[str, int] = field(default_factory=dict)

    def written(self) -> list[Body]:
        """Writes that a system carried out since this was last asked."""
        rows: list[Body] = []
        for name in (OFFICE, SHOP):
            new = self.systems.audit(name, self._seen.get(name, 0))
            self._seen[name] = new[-1]["seq"] if new else self._seen.get(name, 0)
            rows += [{**row, "system": name} for row in new if row["applied"]]
        return rows

    def silent(self) -> None:
        """Runs that write nothing, a full one among them."""
        self.written()
        self.engine.run()
        assert self.written() == []

    def office(self, entity: str, id: str) -> Body:
        """A record of SuperOffice as stored."""
        found = self.systems.record(OFFICE, entity, id)
        assert found is not None
        return json.loads(json.dumps(found))  # type: ignore[no-any-return]

    def shop(self, flow: str, left: str) -> Body:
        """The shop's record of a linked left record."""
        entity = {CONTACTS: "Customer", PRODUCTS: "Product", SALES: "Order"}[flow]
        found = self.systems.record(SHOP, entity, self.engine.right_of(flow)[left])
        assert found is not None
        return json.loads(json.dumps(found))  # type: ignore[no-any-return]

    def lines(self, alternative: int) -> list[Body]:
        """An alternative's lines by rank."""
        found = [one for one in self.systems.records(OFFICE, "QuoteLine") if one["QuoteAlternativeId"] == alternative]
        return sorted(found, key=lambda one: int(one["Rank"]))

    def active(self, sale: str) -> Body:
        """The alternative that counts, of a sale."""
        quote = next(one for one in self.systems.records(OFFICE, "Quote") if str(one["SaleId"]) == sale)
        version = self.office("QuoteVersion", str(quote["ActiveQuoteVersionId"]))
        return self.office("QuoteAlternative", str(quote["AcceptedQuoteAlternativeId"] or version["LikelyQuoteAlternativeId"]))


def records() -> Mapping[str, Mapping[str, list[Body]]]:
    """What both systems hold at first."""
    country = {"CountryId": 578, "TwoLetterISOCountry": "NO"}
    moen: Body = {"ContactId": 103, "Name": "Kari Moen", "Emails": [{"Value": "kari@moen.example"}], "Country": country}
    contacts: list[Body] = [
        {
            "ContactId": 101,
            "Name": "Fjordbruk AS",
            "OrgNr": "923609016",
            "Emails": [{"Value": "post@fjordbruk.example"}],
            "Country": country,
        },
        {"ContactId": 102, "Name": "Nordlys AS", "OrgNr": "NO 974 760 673 MVA", "Number1": "4711", "Country": country},
        moen | {"Persons": [{"PersonId": 9001, "Firstname": "Kari", "Lastname": "Moen"}]},
    ]
    products: list[Body] = [
        _product(2001, "A-1", "Tau", 100.0),
        _product(2002, "A-2", "Garn", 79.92),
        {**_product(2003, "A-1", "Rope", 9.5), "ERPPriceListKey": "2"},
    ]
    lists = [{"PriceListId": 1, "ERPPriceListKey": "1", "Name": "NOK", "Currency": "NOK"},
             {"PriceListId": 2, "ERPPriceListKey": "2", "Name": "EUR", "Currency": "EUR"}]  # fmt: skip
    sales = [
        _sale(501, "70001", 101),
        _sale(502, "70002", 102),
        _sale(503, "70003", None),
        _sale(504, "70004", 101),
    ]
    office = {"Contact": contacts, "Product": products, "PriceList": lists, "Sale": sales, **_offers()}
    nordlys: Body = {"id": 9007199254741001, "type": "company", "company_name": "Nordlys Handel AS", "org_number": "974760673"}
    garn: Body = {
        "id": 9007199254751001,
        "sku": "A-2",
        "name": "Garn",
        "price": "99.90",
        "vat_rate": "25",
        "unit": "pcs",
        "kind": "physical",
    }
    shop = {"Customer": [nordlys | {"customer_number": 12}], "Product": [garn], "Order": []}
    return {OFFICE: office, SHOP: shop}


def _product(id: int, code: str, name: str, price: float) -> Body:
    own = {"ProductId": id, "ERPProductKey": f"SUO_{id}", "ERPPriceListKey": "1", "Code": code, "Name": name, "UnitListPrice": price}
    return {**own, "VAT": 25.0, "UnitCost": price / 2, "QuantityUnit": "stk", "ProductTypeKey": "1", "InAssortment": True}


def _sale(id: int, number: str, contact: int | None) -> Body:
    own = {"SaleId": id, "Number": number, "Heading": f"Salg {number}", "Saledate": "2026-10-01T22:00:00Z", "Amount": 100.0}
    return {**own, "Currency": {"Id": 1, "Value": "NOK", "Tooltip": ""}, "Contact": contact and {"ContactId": contact}}


_TOTALS = {"SubTotal": 359.84, "TotalPrice": 359.84, "VAT": 89.96}


def _offers() -> dict[str, list[Body]]:
    """Sale 501: two lines in an alternative that is likely; 504: one whose alternative is neither likely nor accepted."""
    quotes: list[Body] = [{"QuoteId": 3001, "SaleId": 501, "ActiveQuoteVersionId": 4001, "PoNumber": "PO-1"},
              {"QuoteId": 3002, "SaleId": 504, "ActiveQuoteVersionId": 4002}]  # fmt: skip
    versions: list[Body] = [{"QuoteVersionId": 4001, "QuoteId": 3001, "State": "Draft", "LikelyQuoteAlternativeId": 5001,
                 "ExpirationDate": "2026-11-29T23:00:00Z"},
                {"QuoteVersionId": 4002, "QuoteId": 3002, "State": "Draft", "LikelyQuoteAlternativeId": 0}]  # fmt: skip
    alternatives: list[Body] = [{"QuoteAlternativeId": 5001, "QuoteVersionId": 4001, "Name": "Tilbud", **_TOTALS},
                    {"QuoteAlternativeId": 5002, "QuoteVersionId": 4002, "Name": "Utkast", "TotalPrice": 5.0}]  # fmt: skip
    lines = [_line(6001, 5001, 2001, "A-1", "Tau", 100.0, 2.0, 1), _line(6002, 5001, 2002, "A-2", "Garn", 79.92, 2.0, 2),
             _line(6003, 5002, 2001, "A-1", "Tau", 5.0, 1.0, 1)]  # fmt: skip
    return {"Quote": quotes, "QuoteVersion": versions, "QuoteAlternative": alternatives, "QuoteLine": lines}


def _line(id: int, alternative: int, product: int, code: str, name: str, price: float, quantity: float, rank: int) -> Body:
    own = {
        "QuoteLineId": id,
        "QuoteAlternativeId": alternative,
        "ERPProductKey": f"SUO_{product}",
        "Code": code,
        "Name": name,
        "Rank": rank,
    }
    figures = {"UnitListPrice": price, "Quantity": quantity, "SubTotal": price * quantity, "TotalPrice": price * quantity, "VAT": 25.0}
    return {**own, **figures, "UnitCost": price / 2, "QuantityUnit": "stk"}


@contextmanager
def installed(folder: Path, given: Mapping[str, Mapping[str, list[Body]]] | None = None) -> Iterator[Pair]:
    """Serve both systems with a fresh engine."""
    systems = sandbox.start(folder / "sandbox", systems=(SHOP, OFFICE), port_base=0, rate=5_000, records=given or records())
    try:
        yield Pair(systems, Harness(folder / "lenke", systems.connections, dataflow=load_dataflow(MAPPING)))
    finally:
        systems.stop()


def edit_shop(pair: Pair, flow: str, left: str, fields: dict[str, Any]) -> None:
    """A person's edit of the shop's record of a linked left one."""
    entity = {CONTACTS: "Customer", PRODUCTS: "Product", SALES: "Order"}[flow]
    pair.systems.edit(SHOP, entity, pair.engine.right_of(flow)[left], fields)
