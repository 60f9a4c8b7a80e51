"""What SuperOffice's records mean. A Contact is a company; prices are without VAT; a line's discount is an amount and a percentage of it.

A sale's offer is the accepted alternative of its active quote version, else the likely one; the lines of others mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.oracle import words
from tests.oracle.databases import Body, Database
from tests.oracle.tree.facts import Facts, Record, Total, number, price, total

HOME = "NOK"
_UNIT = {"stk": "EA", "kg": "KGM", "time": "HUR", "m": "MTR", "l": "LTR", "eske": "BX", "sett": "SET", "par": "PR"}


def customers(database: Database) -> dict[str, Record]:
    """Contacts: companies, and private persons as companies of one."""
    return {
        key: Record(key, "Contact", _contact(body), marker=words.text(body.get("DbiKey")))
        for key, body in database.of("Contact").items()
        if not body.get("Deleted")
    }


def products(database: Database) -> dict[str, Record]:
    """Products of the price lists."""
    lists = {str(body["PriceListId"]): body["Currency"] for body in database.of("PriceList").values()}
    return {
        key: Record(key, "Product", _product(body, lists), marker=words.text(body["ERPProductKey"]))
        for key, body in database.of("Product").items()
    }


def _first(body: Body, name: str) -> str | None:
    return words.text(body[name][0]["Value"]) if body.get(name) else None


def _contact(body: Body) -> Facts:
    person = _private(body)
    address = (body.get("Address") or {}).get("Postal") or {}
    country = words.text((body.get("Country") or {}).get("TwoLetterISOCountry"))
    return {
        "person": person is not None,
        "first_name": words.text(person["Firstname"]) if person else None,
        "last_name": words.text(person["Lastname"]) if person else None,
        "name": words.text(body["Name"]),
        "org_number": None if person else words.digits(body["OrgNr"]),
        "email": words.email(_first(body, "Emails")),
        "phone": words.phone(_first(body, "Phones"), country),
        "website": _first(body, "Urls"),
        "line1": words.text(address.get("Address1")),
        "line2": words.text(address.get("Address2")),
        "postcode": words.text(address.get("Zipcode")),
        "city": words.text(address.get("City")),
        "country": country,
        # Shown as "Code"; what the pages show as "Number" SuperOffice gives out itself.
        "number": words.text(body["Number1"]),
        "note": words.text(body["Description"]),
        "archived": bool(body.get("Xstop")),
    }


def _private(body: Body) -> Body | None:
    """The one person whose name the contact bears, where there is no organisation number."""
    people = [one for one in body.get("Persons") or [] if not one.get("Retired")]
    if len(people) != 1 or words.text(body["OrgNr"]):
        return None
    whole = f"{people[0].get('Firstname') or ''} {people[0].get('Lastname') or ''}"
    return people[0] if whole.split() == str(body["Name"]).split() and len(whole.split()) > 1 else None


def _product(body: Body, lists: Mapping[str, str]) -> Facts:
    return {
        "sku": words.text(body["Code"]),
        "name": words.text(body["Name"]),
        "description": words.text(body["Description"]),
        "gtin": words.text(body["ItemNumber"]),
        "unit": _UNIT.get(str(body["QuantityUnit"]), words.text(body["QuantityUnit"])),
        "price": price(body["UnitListPrice"], body["VAT"]),
        "vat": number(body["VAT"]),
        "cost": number(body["UnitCost"]),
        "service": body["ProductTypeKey"] == "2",
        "currency": lists.get(str(body["ERPPriceListKey"])),
        "archived": not body["InAssortment"],
    }


def orders(database: Database) -> dict[str, Record]:
    """Sales with the lines of their offer."""
    offers = _Offers(database)
    return {
        key: Record(key, "Sale", _sale(body, offers), offers.lines(key), parts=offers.parts(key))
        for key, body in database.of("Sale").items()
    }


class _Offers:
    """Each sale's active version, its alternative that counts, and that one's lines."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._quotes = {str(body["SaleId"]): body for body in database.of("Quote").values()}
        self._products = products(database)
        self._by_key = {record.marker: record for record in self._products.values()}
        self._at_home = {record.facts["sku"]: record for record in self._products.values() if record.facts["currency"] == HOME}

    def quote(self, sale: str) -> Body | None:
        return self._quotes.get(sale)

    def version(self, sale: str) -> Body | None:
        quote = self.quote(sale)
        return self._database.of("QuoteVersion").get(str(quote["ActiveQuoteVersionId"])) if quote else None

    def alternative(self, sale: str) -> Body | None:
        quote, version = self.quote(sale), self.version(sale)
        if not quote or not version:
            return None
        ours = {
            key: body for key, body in self._database.of("QuoteAlternative").items() if body["QuoteVersionId"] == version["QuoteVersionId"]
        }
        chosen = quote.get("AcceptedQuoteAlternativeId") or version.get("LikelyQuoteAlternativeId")
        return ours.get(str(chosen)) or ours.get(str(version.get("LikelyQuoteAlternativeId")))

    def lines(self, sale: str) -> list[Facts]:
        return [self._line(body) for body in sorted(self._rows(sale), key=lambda body: body["Rank"])]

    def parts(self, sale: str) -> tuple[tuple[str, str], ...]:
        """What belongs to the order that the sale is; other versions and alternatives do not."""
        of = {"Quote": self.quote(sale), "QuoteVersion": self.version(sale), "QuoteAlternative": self.alternative(sale)}
        heads = [(entity, str(body[f"{entity}Id"])) for entity, body in of.items() if body]
        return (*heads, *(("QuoteLine", str(body["QuoteLineId"])) for body in self._rows(sale)))

    def _rows(self, sale: str) -> list[Body]:
        chosen = self.alternative(sale)
        every = self._database.of("QuoteLine").values() if chosen else ()
        return [body for body in every if chosen and body["QuoteAlternativeId"] == chosen["QuoteAlternativeId"]]

    def _line(self, body: Body) -> Facts:
        product = self._product(body)
        return {
            "kind": "product" if product else "text",
            "product": product,
            "text": words.text(body["Name"]),
            "quantity": number(body["Quantity"]),
            "price": price(body["UnitListPrice"], body["VAT"]),
            "discount": number(body["DiscountPercent"]),
            "cost": number(body["UnitCost"]),
            "unit": _UNIT.get(str(body["QuantityUnit"]), words.text(body["QuantityUnit"])),
            "vat": number(body["VAT"]),
            "position": body["Rank"],
            "net_total": Total(words.exact(body["TotalPrice"])),
        }

    def _product(self, line: Body) -> str | None:
        """The product of the line's key; that of a price list in another currency has a namesake at home."""
        found = self._by_key.get(words.text(line["ERPProductKey"])) if words.text(line["ERPProductKey"]) else None
        if found is None or found.facts["currency"] != HOME:
            found = self._at_home.get(found.facts["sku"] if found else words.text(line["Code"]))
        return found.id if found else None


def _sale(body: Body, offers: _Offers) -> Facts:
    key = str(body["SaleId"])
    quote, version, alternative = offers.quote(key) or {}, offers.version(key) or {}, offers.alternative(key) or {}
    return {
        "number": words.text(body["Number"]),
        "customer": words.text((body.get("Contact") or {}).get("ContactId")),
        "ordered_at": _moment(body["Saledate"]),
        "currency": words.text((body.get("Currency") or {}).get("Value")),
        "title": words.text(body["Heading"]),
        "note": words.text(body["SaleText"]),
        "sale_status": str(body["Status"]).lower(),
        "probability": number(body["Probability"], 0),
        "amount": total(body["Amount"]),
        "progress": {"NotStarted": "not_started"}.get(str(body["Completed"]), str(body["Completed"]).lower()),
        "memo": words.text(body.get("Postit")),
        "order_comment": words.text(quote.get("OrderComment")),
        "payment_terms": words.text(version.get("ERPPaymentTermsKey")),
        "payment_type": words.text(version.get("ERPPaymentTypeKey")),
        "delivery_terms": words.text(version.get("ERPDeliveryTermsKey")),
        "delivery_type": words.text(version.get("ERPDeliveryTypeKey")),
        "terms_text": words.text(version.get("Description")),
        **{f"terms_field_{n}": words.text(version.get(f"ExtraField{n}")) for n in range(1, 6)},
        **{f"offer_field_{n}": words.text(alternative.get(f"ExtraField{n}")) for n in range(1, 6)},
        "purchase_order": words.text(quote.get("PoNumber")),
        "offer_number": words.text(version.get("Number")),
        "offer_state": words.text(version.get("State")),
        "offer_expires": _date(version.get("ExpirationDate")),
        "offer": bool(alternative),
        "offer_name": words.text(alternative.get("Name")),
        "offer_description": words.text(alternative.get("Description")),
        "discount": number(alternative.get("DiscountPercent")),
        "discount_amount": total(alternative.get("DiscountAmount")),
        "subtotal": total(alternative.get("SubTotal")),
        "offer_vat": total(alternative.get("VAT")),
        "offer_total": total(alternative.get("TotalPrice")),
    }


def _moment(value: Any) -> datetime | None:
    """A time on the tenant's wall clock; two of them mean that there is none."""
    if _date(value) is None:
        return None
    found = datetime.fromisoformat(str(value))
    return (found.replace(tzinfo=words.OSLO) if found.tzinfo is None else found).astimezone(UTC).replace(microsecond=0)


def _date(value: Any) -> str | None:
    """The day on the tenant's wall calendar."""
    text = words.text(value)
    if text is None or text[:10] in ("0001-01-01", "1760-01-01"):
        return None
    return words.day(text) if text.endswith("Z") else text[:10]
