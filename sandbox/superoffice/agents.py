"""``Agents/Quote/...``: POST all of them. A record that is not there is ``200`` and ``null``; a locked version is an exception."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.superoffice import figures, world
from sandbox.superoffice.refusals import bad, locked, not_found
from sandbox.superoffice.shapes import blank, misfit, stamped, utc
from sandbox.superoffice.tables import Tables
from sandbox.wire import Json

LOCKED = ("Sent", "Archived", "Lost", "Sold")
_COPIED = frozenset(
    {"Name", "Description", "Code", "QuantityUnit", "PriceUnit", "ItemNumber", "Url", "VAT", "VATInfo", "UnitCost", "UnitMinimumPrice"}
    | {"UnitListPrice", "ERPProductKey", "Supplier", "SupplierCode", "ProductCategoryKey", "ProductTypeKey"}
)


class QuoteAgent:
    """The quote agent's methods that the sandbox has.

    :param copies_keys: whether a new version's lines keep the ERP keys of those that they are copied from.
    """

    def __init__(self, tables: Tables, copies_keys: Callable[[], bool]) -> None:
        self._tables = tables
        self._copies_keys = copies_keys
        self.methods: Mapping[str, Callable[[Json], Any]] = {
            "GetQuoteEntityFromSaleId": lambda body: self.entity(self._tables.quote_of(body["SaleId"])),
            "GetQuoteEntity": lambda body: self.entity(self._tables.row("Quote", body["QuoteId"])),
            "GetQuoteVersions": lambda body: [self._version(one) for one in self._tables.versions(body["QuoteId"])],
            "GetQuoteVersion": lambda body: self._version(self._tables.row("QuoteVersion", body["QuoteVersionId"])),
            "GetQuoteAlternatives": lambda body: self._tables.alternatives(body["QuoteVersionId"]),
            "GetQuoteLines": lambda body: self._tables.lines(body["QuoteAlternativeId"]),
            "GetQuoteLine": lambda body: self._tables.row("QuoteLine", body["QuoteLineId"]),
            "GetProductFromDbId": lambda body: self._tables.row("Product", body["ProductId"]),
            "GetAllAvailableQuoteConnectionsWithPriceLists": lambda _: [world.connection(self._tables.rows("PriceList"))],
            "GetActivePriceLists": lambda body: [one for one in self._tables.rows("PriceList") if one["Currency"] == body["Currency"]],
            "HasConnections": lambda _: {"IsOk": True, "UserExplanation": "", "TechExplanation": "", "ErrorCode": ""},
            "CreateQuoteLine": self._draft,
            "RecalculateQuoteLine": self._recalculate_line,
            "RecalculateQuoteAlternative": self._recalculate_alternative,
            "SaveQuoteLine": lambda body: self.save_line(body["QuoteLine"]),
            "SaveQuoteLines": lambda body: [self.save_line(line) for line in body["QuoteLines"]],
            "DeleteQuoteLine": lambda body: self.delete_line(body["QuoteLineId"]),
            "SaveQuoteAlternative": self.save_alternative,
            "SaveQuoteVersion": self._save_version,
            "SaveQuoteVersionNumber": self._save_number,
            "SaveQuoteEntity": self._save_entity,
            "CreateAndSaveQuoteVersion": lambda body: self.new_version(body["QuoteVersionId"]),
            "CreateAndSaveQuote": self.new_quote,
            "DeleteQuote": lambda body: self.delete_quote(body["QuoteId"]),
            "SendQuoteVersion": lambda body: self.send(body["QuoteVersionId"]),
            "PlaceOrder": self.place_order,
        }

    def entity(self, quote: Json | None) -> Json | None:
        """A quote with its versions and their alternatives, without lines."""
        if quote is None:
            return None
        return quote | {"QuoteVersions": [self._version(one) for one in self._tables.versions(quote["QuoteId"])]}

    def save_line(self, line: Json) -> Json:
        """Store a line as it is given: its figures are not reckoned here. Id 0 makes a new one."""
        alternative = self._open(line["QuoteAlternativeId"])
        if wrong := misfit("QuoteLine", blank("QuoteLine") | line):
            raise bad(f"{wrong} cannot hold this value")
        if line.get("QuoteLineId") and self._tables.row("QuoteLine", line["QuoteLineId"]) is None:
            raise not_found()
        if not line.get("Rank"):
            line = line | {"Rank": max((one["Rank"] for one in self._tables.lines(alternative["QuoteAlternativeId"])), default=0) + 1}
        return self._tables.keep("QuoteLine", line)

    def delete_line(self, id: int) -> None:
        """Delete a line; one that is not there is no error."""
        line = self._tables.row("QuoteLine", id)
        if line is not None:
            self._open(line["QuoteAlternativeId"])
            self._tables.drop("QuoteLine", id)

    def save_alternative(self, given: Json) -> Json:
        """Store an alternative as it is given."""
        self._open(given["QuoteAlternativeId"])
        if wrong := misfit("QuoteAlternative", blank("QuoteAlternative") | given):
            raise bad(f"{wrong} cannot hold this value")
        return self._tables.keep("QuoteAlternative", given)

    def new_version(self, version_id: int) -> Json:
        """A draft copied from a version, with new ids all through; the old one is archived."""
        old = self._needed("QuoteVersion", version_id)
        made = copy.deepcopy(old) | {"QuoteVersionId": 0, "State": "Draft", "Rank": old["Rank"] + 1, "Number": str(old["Rank"] + 1)}
        made = self._tables.keep("QuoteVersion", made | {"SentDate": "0001-01-01T00:00:00"})
        for alternative in self._tables.alternatives(version_id):
            twin = self._tables.keep("QuoteAlternative", alternative | {"QuoteAlternativeId": 0, "QuoteVersionId": made["QuoteVersionId"]})
            if alternative["QuoteAlternativeId"] == old["LikelyQuoteAlternativeId"]:
                made = self._tables.keep("QuoteVersion", made | {"LikelyQuoteAlternativeId": twin["QuoteAlternativeId"]})
            for line in self._tables.lines(alternative["QuoteAlternativeId"]):
                key = line["ERPQuoteLineKey"] if self._copies_keys() else ""
                own = {"QuoteLineId": 0, "QuoteAlternativeId": twin["QuoteAlternativeId"], "ERPQuoteLineKey": key}
                self._tables.keep("QuoteLine", line | own)
        self._tables.keep("QuoteVersion", old | {"State": "Archived", "ArchivedState": old["State"]})
        quote = self._needed("Quote", old["QuoteId"])
        self._tables.keep("Quote", quote | {"ActiveQuoteVersionId": made["QuoteVersionId"]})
        return self._version(made) or {}

    def new_quote(self, body: Json) -> Json | None:
        """A sale's quote with one version and one alternative, which is the likely one."""
        quote = self._tables.keep("Quote", blank("Quote") | {"SaleId": body["SaleId"], "QuoteConnectionId": body.get("ConnectionId", 1)})
        version = self._tables.keep("QuoteVersion", blank("QuoteVersion") | {"QuoteId": quote["QuoteId"]})
        own = {"QuoteVersionId": version["QuoteVersionId"], "Name": body.get("FirstAlternativeName") or "Alternative 1"}
        alternative = self._tables.keep("QuoteAlternative", blank("QuoteAlternative") | own)
        self._tables.keep("QuoteVersion", version | {"LikelyQuoteAlternativeId": alternative["QuoteAlternativeId"]})
        return self.entity(self._tables.keep("Quote", quote | {"ActiveQuoteVersionId": version["QuoteVersionId"]}))

    def delete_quote(self, quote_id: int) -> None:
        """Delete a quote with all that hangs on it."""
        for version in self._tables.versions(quote_id):
            for alternative in self._tables.alternatives(version["QuoteVersionId"]):
                for line in self._tables.lines(alternative["QuoteAlternativeId"]):
                    self._tables.drop("QuoteLine", line["QuoteLineId"])
                self._tables.drop("QuoteAlternative", alternative["QuoteAlternativeId"])
            self._tables.drop("QuoteVersion", version["QuoteVersionId"])
        self._tables.drop("Quote", quote_id)

    def send(self, version_id: int) -> Json:
        """Send an offer: the version is locked from now on."""
        version = self._needed("QuoteVersion", version_id)
        if version["State"] in LOCKED:
            return _told(ok=False, text="The quote version cannot be sent")
        dates = {"SentDate": stamped(), "ExpirationDate": stamped(datetime.now(UTC) + timedelta(days=30))}
        self._tables.keep("QuoteVersion", version | {"State": "Sent"} | dates)
        return _told(ok=True)

    def place_order(self, body: Json) -> Json:
        """The customer accepts an alternative: quote and version are sold."""
        alternative = self._needed("QuoteAlternative", body["QuoteAlternativeId"])
        version = self._needed("QuoteVersion", alternative["QuoteVersionId"])
        if version["State"] in ("Archived", "Lost", "Sold"):
            return _told(ok=False, text="The quote version is closed")
        quote = self._needed("Quote", version["QuoteId"])
        self._tables.keep("QuoteVersion", version | {"State": "Sold"})
        own = {"AcceptedQuoteAlternativeId": alternative["QuoteAlternativeId"], "PoNumber": body.get("PoNumber") or quote["PoNumber"]}
        self._tables.keep("Quote", quote | own)
        return _told(ok=True)

    def reckon(self, alternative_id: int) -> Json:
        """Recalculate an alternative and store it, as the quote dialog does when it is closed; the sale's amount follows."""
        alternative = figures.alternative(self._needed("QuoteAlternative", alternative_id), self._tables.lines(alternative_id))
        return self._tables.keep("QuoteAlternative", alternative)

    def _draft(self, body: Json) -> Json:
        """A line with the product's data in it, which is not stored."""
        self._open(body["QuoteAlternativeId"])
        key = body["ERPProductKey"]
        product = next((one for one in self._tables.rows("Product") if one["ERPProductKey"] == key), None)
        if product is None:
            raise bad("There is no such product")
        lines = self._tables.lines(body["QuoteAlternativeId"])
        own = {"QuoteAlternativeId": body["QuoteAlternativeId"], "Rank": max((one["Rank"] for one in lines), default=0) + 1}
        return figures.line(blank("QuoteLine") | {name: product[name] for name in _COPIED} | own)

    def _recalculate_line(self, body: Json) -> Json:
        line, changed = blank("QuoteLine") | body["QuoteLine"], body.get("ChangedFields") or []
        if any("." not in name for name in changed):
            raise bad("A changed field is written Table.Field")
        for name, master in (("DiscountPercent", "DiscountPercent"), ("DiscountAmount", "DiscountAmount"), ("TotalPrice", "Total")):
            if f"QuoteLine.{name}" in changed:
                line["UserValueOverride"] = master
        return figures.line(line)

    def _recalculate_alternative(self, body: Json) -> Json | None:
        alternative = self._tables.row("QuoteAlternative", body["QuoteAlternative"])
        if alternative is None:
            return None
        changed = figures.alternative(alternative, self._tables.lines(alternative["QuoteAlternativeId"]))
        return {"QuoteLinesHasChanged": False, "ChangedQuoteAlternative": changed, "Changes": None}

    def _save_version(self, body: Json) -> Json:
        given = {name: value for name, value in body["QuoteVersion"].items() if name != "QuoteAlternatives"}
        old = self._needed("QuoteVersion", given["QuoteVersionId"])
        if old["State"] in LOCKED:
            raise locked(old["State"])
        if wrong := misfit("QuoteVersion", blank("QuoteVersion") | given):
            raise bad(f"{wrong} cannot hold this value")
        own = {"State": old["State"], "ExpirationDate": utc(given.get("ExpirationDate"))}
        return self._version(self._tables.keep("QuoteVersion", given | own)) or {}

    def _save_number(self, body: Json) -> bool:
        old = self._needed("QuoteVersion", body["QuoteVersionId"])
        if old["State"] in LOCKED:
            raise locked(old["State"])
        self._tables.keep("QuoteVersion", old | {"Number": body["Number"]})
        return True

    def _save_entity(self, body: Json) -> Json | None:
        """The quote itself; its versions are not saved by this."""
        given = {name: value for name, value in body["QuoteEntity"].items() if name != "QuoteVersions"}
        self._needed("Quote", given["QuoteId"])
        return self.entity(self._tables.keep("Quote", given))

    def _version(self, version: Json | None) -> Json | None:
        return version and version | {"QuoteAlternatives": self._tables.alternatives(version["QuoteVersionId"])}

    def _open(self, alternative_id: int) -> Json:
        """The alternative, where its version can be changed."""
        alternative = self._needed("QuoteAlternative", alternative_id)
        version = self._needed("QuoteVersion", alternative["QuoteVersionId"])
        if version["State"] in LOCKED:
            raise locked(version["State"])
        return alternative

    def _needed(self, entity: str, id: int) -> Json:
        found = self._tables.row(entity, id)
        if found is None:
            raise bad(f"There is no such {entity}")
        return found


def _told(*, ok: bool, text: str = "") -> Json:
    return {
        "IsOk": ok,
        "UserExplanation": text,
        "TechExplanation": text,
        "ErrorCode": "" if ok else "Locked",
        "Changes": None,
        "Url": "",
        "Status": "Ok" if ok else "Error",
    }
