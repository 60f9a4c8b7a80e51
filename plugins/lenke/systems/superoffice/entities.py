"""What SuperOffice's entities look like to Lenke: list columns, members that can be written, and members that the client adds.

``raw`` is the vendor's JSON. Added to it, or told in another form:

* ``Contact.Private``: ``{"IsPerson", "Firstname", "Lastname"}``. A contact is a company; a private person is a company of one: no
  organisation number, one person, and that person's name is the contact's. The two names are null for all others.
* ``Product.Currency``: the ISO code of the product's price list. A price list has one currency, so a product sold in two
  currencies is two products, with the same Code.
* ``Sale`` holds what belongs to it: ``Quote`` (without its versions), ``Quoteversion`` (the active one, without its alternatives),
  ``Quotealternative`` (the accepted one of that version, else the likely one) and ``Quotelines`` (that alternative's lines). Where
  there is no quote, all four are missing; where its active version has no such alternative, the last two are. ``Quotelines`` is an
  empty list for a chosen alternative without lines only.
* a line's ``ProductId``: the product of its ERPProductKey, or of the same Code in the shop's currency; null for a line without a
  product. A line's ``QuoteLineId`` is another one in each new version.
* ``null`` where a date of a sale, a version or a line is one of the two that mean "not set": 0001-01-01 and 1760-01-01.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lenke.core.errors import ConfigurationError

LOCKED_STATES = frozenset({"Sent", "Archived", "Lost", "Sold"})
LINES = "Quotelines"
ALTERNATIVE = "Quotealternative"
VERSION = "Quoteversion"
QUOTE = "Quote"
NO_DATES = ("0001-01-01", "1760-01-01")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record.

    :param path: of the REST resource, which lists the entity's archive.
    :param id: the id's member; :param column: its column in the archive.
    :param writable: dotted paths that an update may hold.
    :param keys: path to the archive column that finds it.
    :param created: member that tells when a record was created (UTC); a product has none.
    """

    name: str
    path: str
    id: str
    column: str
    writable: frozenset[str]
    keys: Mapping[str, str]
    marker: str | None = None
    marker_length: int = 0
    created: str | None = None

    def refuse_unknown(self, paths: frozenset[str]) -> None:
        """Raise ConfigurationError for a path that cannot be written."""
        unknown = sorted(paths - self.writable)
        if unknown:
            raise ConfigurationError(f"SuperOffice {self.name}: takes no {', '.join(unknown)}; map it one-way or not at all")


_ADDRESS = {f"Address.{kind}.{part}" for kind in ("Postal", "Street") for part in ("Address1", "Address2", "Address3", "City", "Zipcode")}
CONTACT = Entity(
    name="Contact",
    path="/Contact",
    id="ContactId",
    column="contactId",
    writable=_names(
        "Name Department OrgNr Number1 Number2 Description NoMailing Xstop Emails.0.Value Phones.0.Value Faxes.0.Value Urls.0.Value"
        " Country.TwoLetterISOCountry Private.Firstname Private.Lastname"
    )
    | _ADDRESS,
    keys={"OrgNr": "orgNr", "Name": "name"},
    # The one key of ours that POST stores in the same step: a foreign key takes a second call, which a lost answer leaves undone.
    marker="DbiKey",
    marker_length=255,
    created="CreatedDate",
)
PRODUCT = Entity(
    name="Product",
    path="/Product",
    id="ProductId",
    column="productId",
    writable=_names(
        "Name Description Code PriceUnit QuantityUnit VAT VATInfo UnitCost UnitMinimumPrice UnitListPrice InAssortment ItemNumber Url"
        " ProductCategoryKey ProductFamilyKey ProductTypeKey Supplier SupplierCode ExtraField1 ExtraField2 ExtraField3 ExtraField4"
        " ExtraField5"
    ),
    keys={"Code": "code"},
    marker="ERPProductKey",
    marker_length=254,
)
_TERMS = "ERPPaymentTermsKey ERPPaymentTypeKey ERPDeliveryTermsKey ERPDeliveryTypeKey"
_EXTRA = "ExtraField1 ExtraField2 ExtraField3 ExtraField4 ExtraField5"
SALE = Entity(
    name="Sale",
    path="/Sale",
    id="SaleId",
    column="saleId",
    writable=_names("Heading Number SaleText Postit Status Saledate Probability Completed Amount Currency.Value Contact.ContactId")
    | _names(f"{QUOTE}.PoNumber {QUOTE}.OrderComment")
    | {f"{VERSION}.{name}" for name in _names(f"Description Number ExpirationDate {_TERMS} {_EXTRA}")}
    | {f"{ALTERNATIVE}.{name}" for name in _names(f"Name Description DiscountPercent DiscountAmount TotalPrice {_EXTRA}")},
    keys={"Number": "saleNumber"},
    created="CreatedDate",
)
LINE_WRITABLE = _names(
    "ProductId Name Description Code Quantity DeliveredQuantity Rank QuantityUnit PriceUnit ItemNumber Url VAT VATInfo UnitCost"
    " UnitMinimumPrice UnitListPrice DiscountPercent DiscountAmount TotalPrice ExtraField1 ExtraField2 ExtraField3 ExtraField4 ExtraField5"
)
LINE_MARKER = "ERPQuoteLineKey"

# The one figure that a person set by hand, which recalculation keeps: written as UserValueOverride beside it.
MASTERS = {"DiscountPercent": "DiscountPercent", "DiscountAmount": "DiscountAmount", "TotalPrice": "Total"}
RECALCULATED = frozenset({"Quantity", "UnitListPrice", *MASTERS})

ENTITIES: Mapping[str, Entity] = {entity.name: entity for entity in (CONTACT, PRODUCT, SALE)}
NAMES = frozenset(path.rpartition(".")[2] for entity in ENTITIES.values() for path in entity.writable) | LINE_WRITABLE


def entity_of(name: str) -> Entity:
    """The entity called ``name``; raises ConfigurationError where SuperOffice has none such."""
    if name not in ENTITIES:
        raise ConfigurationError(f"SuperOffice has no entity {name}; there are {', '.join(ENTITIES)}")
    return ENTITIES[name]
