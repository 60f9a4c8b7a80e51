"""The archives: lists that look like OData and are not.

Operators are the archive's own; ``ge`` and ``le`` fail. ``updatedDate`` has no time of day in filters. A page is found by counting
from the first row (``$skip``); ``$top`` is 50 where it is not said. Each archive has columns of its own, named in the vendor's archive
reference, and refuses others whether it has rows or not; ``dynamic`` has the database's names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.superoffice.refusals import bad, refuse
from sandbox.superoffice.tables import Tables
from sandbox.wire import Json, Request

_DEFAULT_TOP = 50
_TERM = re.compile(r"\s*([\w./]+)\s+(\w+)\s+('(?:[^']|'')*'|[^\s']+)\s*$")
_AND = re.compile(r"\s+and\s+(?=[\w./]+\s+\w+\s)", re.IGNORECASE)
_DAY = frozenset({"updateddate", "registereddate", "deleteddate"})
_EXTRA = {f"extraField{n}": f"ExtraField{n}" for n in range(1, 6)}
_QUOTE = {
    "quoteId": "QuoteId",
    "poNumber": "PoNumber",
    "orderComment": "OrderComment",
    "connectionId": "QuoteConnectionId",
}
_VERSION = {
    "quoteVersionId": "QuoteVersionId",
    "number": "Number",
    "state": "State",
    "expiration": "ExpirationDate",
    "description": "Description",
    "paymentTerms": "ERPPaymentTermsKey",
    "paymentType": "ERPPaymentTypeKey",
    "deliveryTerms": "ERPDeliveryTermsKey",
    "deliveryType": "ERPDeliveryTypeKey",
    **_EXTRA,
}
_FIGURES = {
    "quoteAlternativeId": "QuoteAlternativeId",
    "name": "Name",
    "description": "Description",
    "totalPrice": "TotalPrice",
    "vatAmount": "VAT",
    "discountPercent": "DiscountPercent",
    **_EXTRA,
}
_OFFER = [
    *(f"quote/{name}" for name in _QUOTE),
    *(f"quote/version/{name}" for name in _VERSION),
    *(f"quote/version/alternative/{name}" for name in _FIGURES),
]
# Those that the sandbox fills, of the reference's.
_COLUMNS: Mapping[str, str] = {
    "contact": "contactId name department orgNr number code registeredDate updatedDate",
    "product": "productId priceListId erpProductKey name code updatedDate priceList/priceListId priceList/erpPriceListKey",
    "pricelist": "priceListId erpPriceListKey currency",
    "findsale": " ".join(["saleId heading saleNumber amount updatedDate", *_OFFER]),
    "findquoteline": "quoteLineId name code updatedDate alternative/quoteAlternativeId alternative/version/quote/quoteId",
    "foreignkeys": "foreignKeyId appName deviceName deviceIdentifier keyName keyValue tableId recordId",
    "recyclecontact": "contactId name deletedDate",
    "dynamic": "contact.contact_id contact.dbi_key contact.updated",
}
Row = Mapping[str, Any]


class Archive:
    """Lists of one tenant's tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._providers: Mapping[str, tuple[str, Callable[[], Iterator[Row]]]] = {
            "contact": ("contactId", self._contacts),
            "product": ("productId", self._products),
            "pricelist": ("priceListId", self._price_lists),
            "findsale": ("saleId", self._sales),
            "findquoteline": ("quoteLineId", self._lines),
            "foreignkeys": ("foreignKeyId", self._keys),
            "recyclecontact": ("contactId", self._recycled),
            "dynamic": ("contact.contact_id", self._dynamic),
        }
        self.methods: Mapping[str, Callable[[Json], Any]] = {"GetAvailableColumns": self._available}

    def page(self, provider: str, request: Request, address: str) -> Json:
        """One page of a list; raises RefusedError (400) for a query that the archive does not understand."""
        if provider.lower() not in self._providers:
            raise refuse(500, "SoException", "No such archive provider")
        key, source = self._providers[provider.lower()]
        query = request.query
        order = (query.get("$orderby") or key).split(" ")[0]
        names = [name.strip() for name in query.get("$select", key).split(",")]
        _refuse_unknown(provider.lower(), [*names, order, *_restricted(query.get("$filter", ""))])
        rows = [row for row in source() if _passes(row, query.get("$filter", ""))]
        rows.sort(key=lambda row: _sortable(_column(row, order)))
        skip, top = int(query.get("$skip") or 0), int(query.get("$top") or _DEFAULT_TOP)
        more = len(rows) > skip + top
        return {
            "odata.metadata": f"{address}/$metadata",
            "odata.nextLink": f"{address}?$skip={skip + top}" if more else None,
            "value": [_told(row, names, provider, key) for row in rows[skip : skip + top]],
        }

    def _available(self, body: Json) -> list[Json]:
        provider = str(body["ProviderName"]).lower()
        if provider not in self._providers:
            raise refuse(500, "SoException", "No such archive provider")
        return [{"Name": name, "CanOrderBy": True, "CanRestrictBy": True, "IsVisible": True} for name in _COLUMNS[provider].split()]

    def _contacts(self) -> Iterator[Row]:
        for body in self._tables.rows("Contact"):
            own = {"contactId": body["ContactId"], "name": body["Name"], "department": body["Department"], "orgNr": body["OrgNr"]}
            own |= {"number": body["Number2"], "code": body["Number1"], "registeredDate": body["CreatedDate"]}
            yield own | {"updatedDate": body["UpdatedDate"]}

    def _products(self) -> Iterator[Row]:
        for body in self._tables.rows("Product"):
            prices = self._tables.row("PriceList", body["ERPPriceListKey"]) or {}
            own = {"productId": body["ProductId"], "erpProductKey": body["ERPProductKey"], "priceListId": prices.get("PriceListId")}
            own |= {"priceList/priceListId": prices.get("PriceListId"), "priceList/erpPriceListKey": prices.get("ERPPriceListKey")}
            yield own | {"name": body["Name"], "code": body["Code"], "updatedDate": self._tables.stamp("Product", body["ProductId"])}

    def _price_lists(self) -> Iterator[Row]:
        for body in self._tables.rows("PriceList"):
            yield {"priceListId": body["PriceListId"], "erpPriceListKey": body["ERPPriceListKey"], "currency": body["Currency"]}

    def _sales(self) -> Iterator[Row]:
        """A sale once for each alternative of each version of its quote."""
        for sale in self._tables.rows("Sale"):
            own = {"saleId": sale["SaleId"], "heading": sale["Heading"], "saleNumber": sale["Number"], "amount": sale["Amount"]}
            own["updatedDate"] = sale["UpdatedDate"]
            quote = self._tables.quote_of(sale["SaleId"])
            yield from ([own] if quote is None else [own | more for more in self._quoted(quote)])

    def _quoted(self, quote: Json) -> Iterator[Json]:
        own = {f"quote/{name}": quote[member] for name, member in _QUOTE.items()}
        for version in self._tables.versions(quote["QuoteId"]):
            one = {f"quote/version/{name}": version[member] for name, member in _VERSION.items()}
            for choice in self._tables.alternatives(version["QuoteVersionId"]) or [{}]:
                yield own | one | {f"quote/version/alternative/{name}": choice.get(member) for name, member in _FIGURES.items()}

    def _lines(self) -> Iterator[Row]:
        for line in self._tables.rows("QuoteLine"):
            alternative = self._tables.row("QuoteAlternative", line["QuoteAlternativeId"]) or {}
            version = self._tables.row("QuoteVersion", alternative.get("QuoteVersionId", 0)) or {}
            own = {"quoteLineId": line["QuoteLineId"], "name": line["Name"], "code": line["Code"]}
            own["updatedDate"] = self._tables.stamp("QuoteLine", line["QuoteLineId"])
            yield own | {
                "alternative/quoteAlternativeId": line["QuoteAlternativeId"],
                "alternative/version/quote/quoteId": version.get("QuoteId"),
            }

    def _keys(self) -> Iterator[Row]:
        yield from self._tables.rows("ForeignKey")

    def _recycled(self) -> Iterator[Row]:
        for body in self._tables.rows("RecycleContact"):
            yield {"contactId": body["ContactId"], "name": body["Name"], "deletedDate": self._tables.stamp("Contact", body["ContactId"])}

    def _dynamic(self) -> Iterator[Row]:
        for body in self._tables.rows("Contact"):
            yield {"contact.contact_id": body["ContactId"], "contact.dbi_key": body["DbiKey"], "contact.updated": body["UpdatedDate"]}


def _told(row: Row, names: list[str], provider: str, key: str) -> Json:
    return {"PrimaryKey": str(_column(row, key)), "EntityName": provider.lower(), **{name: _column(row, name) for name in names}}


def _column(row: Row, name: str) -> Any:
    return {known.lower(): value for known, value in row.items()}.get(name.lower())


def _refuse_unknown(provider: str, names: list[str]) -> None:
    known = _COLUMNS[provider].lower().split()
    for name in names:
        if name.lower() not in known:
            raise bad(f"There is no column {name}")


def _restricted(text: str) -> list[str]:
    """The columns of a filter."""
    return [term.split()[0] for term in _AND.split(text) if term.split()]


def _passes(row: Row, text: str) -> bool:
    return all(_holds(row, term) for term in _AND.split(text)) if text else True


def _holds(row: Row, term: str) -> bool:
    found = _TERM.match(term)
    if not found:
        raise bad("The restriction cannot be understood")
    name, operator, literal = found.groups()
    value, wanted = _column(row, name), literal[1:-1].replace("''", "'") if literal.startswith("'") else literal
    if operator in ("after", "before") and name.lower() in _DAY:
        # The named day itself is not "after" it.
        return str(value)[:10] > wanted[:10] if operator == "after" else str(value)[:10] < wanted[:10]
    if operator in ("eq", "equals", "is"):
        return str(value).lower() == wanted.lower()
    if operator in ("gt", "lt"):
        return float(value or 0) > float(wanted) if operator == "gt" else float(value or 0) < float(wanted)
    raise bad(f"The column {name} has no operator {operator}")


def _sortable(value: Any) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int | float) else (1, str(value))
