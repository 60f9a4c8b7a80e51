"""What PowerOffice GO's entities look like: paths, writable properties, filters, versions.

Property names and what POST and PATCH take: the vendor's swagger of April 2025 (``additionalProperties: false``, so nothing
else is ever sent). The filters marked *newer* are seen on servers of 2026 only; a server without them ignores them silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lenke.core.errors import ConfigurationError
from lenke.systems.paths import look, whole_number

MARKER = "ExternalImportReference"
MARKER_LENGTH = 50
LINES = "SalesOrderLines"
LOCK = "order is Confirmed in PowerOffice GO"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Filter:
    """A list filter: its parameter, and whether it takes several values with commas between them."""

    parameter: str
    many: bool = True


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record.

    :param create: where POST goes.
    :param post: dotted paths that a create may hold.
    :param patch: dotted paths that an update may hold.
    :param integers: paths whose values are JSON integers, though ids travel as text between systems.
    :param version: paths whose values together change when the record does.
    :param created: path of the time at which a record was created (read-only in the vendor's swagger).
    :param keys: path to the filter that finds it; None where a full list has to be searched.
    """

    path: str
    create: str
    post: frozenset[str]
    patch: frozenset[str]
    integers: frozenset[str]
    version: tuple[str, ...]
    keys: Mapping[str, Filter | None]
    marker: str | None = MARKER
    created: str = "CreatedDateTimeOffset"

    def value(self, path: str, value: Any) -> Any:
        """``value`` as the JSON type that ``path`` has."""
        return whole_number(value) if path in self.integers else value

    def version_of(self, record: Mapping[str, Any]) -> str:
        """The version text of a record: times and amounts, never personal data."""
        return "|".join("" if value is None else str(value) for value in (look(record, path) for path in self.version))

    def refuse_unknown(self, fields: Mapping[str, Any], *, known: frozenset[str], verb: str) -> None:
        """Raise ConfigurationError for a path that the vendor does not take in this verb."""
        unknown = sorted(path for path in fields if path not in known)
        if unknown:
            raise ConfigurationError(f"PowerOffice GO {self.path}: {verb} takes no {', '.join(unknown)}; map it one-way or not at all")


_ADDRESS = _names(
    "MailAddress.AddressLine1 MailAddress.AddressLine2 MailAddress.City MailAddress.ZipCode MailAddress.CountryCode"
    " MailAddress.ExternalCode"
)
_CUSTOMER = _ADDRESS | _names(
    "Allowance BillableRate ContactGroupIds CurrencyCode CustomerSince DateOfBirth DeliveryTermId DepartmentId DoNotAddLatePaymentFees"
    " DoNotAddLatePaymentInterest DoNotAutomatePaymentNotifications EmailAddress ExternalImportReference ExternalNumber FirstName"
    " InvoiceBrandingThemeId InvoiceDeliveryType InvoiceEmailAddress InvoiceEmailAddressCC IsArchived IsPerson IsVatFree LastName LegalName"
    " Name NoticeOfDebtCollectionDeliveryType Number OrganizationNumber PaymentReminderEmailAddress PaymentTermId PhoneNumber"
    " ReminderDeliveryType SalesPersonEmployeeId SendPaymentReminders TransferToDebtCollectionAgency UseInvoiceFee WebsiteUrl"
)
_PRODUCT = _names(
    "Code Description Gtin IsArchived IsStockItem Name OptionalSalesAccountId ProductGroupId ProductType StandardSalesAccountId StockOnHand"
    " UnitCost UnitOfMeasureCode UnitPrice"
)
_ORDER = _names(
    "BrandingThemeId ContactDeliveryAddressId ContractNo CurrencyCode CurrencyExchangeRate CustomMatchingReference CustomerId"
    " CustomerReference CustomerReferenceContactPersonId DeliveryDate DeliveryTermId DepartmentId Dim1Id Dim2Id Dim3Id"
    " ExternalImportReference ImportedOrderNo LocationId PaymentTermId ProjectId PurchaseOrderReference RelatedInvoiceNo SalesOrderDate"
    " SalesOrderStatus SalesPersonEmployeeId"
)
_LINE = _names(
    "Allowance DepartmentId Description Dim1Id Dim2Id Dim3Id ExternalImportReference LineType LocationId ProductId ProductUnitCost"
    " ProductUnitPrice ProjectId Quantity SortOrder UnitOfMeasureCode UseStandardSalesAccount"
)

CUSTOMERS = Entity(
    path="/Customers",
    create="/Customers",
    post=_CUSTOMER
    | _names("DeliveryTerm DepartmentCode InvoiceBrandingThemeCode PaymentTerm SalesPersonEmployeeNumber SubLedgerNumberSeriesId"),
    patch=_CUSTOMER,
    integers=_names("ExternalNumber Number"),
    version=("LastChangedDateTimeOffset", "MailAddress.LastChangedDateTimeOffset"),
    keys={
        "EmailAddress": Filter("emailAddresses"),
        "OrganizationNumber": Filter("organizationNumbers"),
        "ExternalNumber": Filter("externalNos"),
        MARKER: Filter("externalImportReference", many=False),
    },
    created="CustomerCreatedDateTimeOffset",
)
PRODUCTS = Entity(
    path="/Products",
    create="/Products",
    post=_PRODUCT | _names("OptionalSalesAccount ProductGroupCode StandardSalesAccount"),
    patch=_PRODUCT,
    integers=frozenset(),
    version=("LastChangedDateTimeOffset", "StockOnHandLastChangedDatetimeOffset", "StockOnHand", "StockAvailable"),
    keys={"Code": Filter("codes"), "Gtin": None},
    marker=None,
)
SALES_ORDERS = Entity(
    path="/SalesOrders",
    create="/SalesOrders/Complete",
    post=_ORDER | _names("BrandingThemeCode CustomerNo DeliveryTerm DepartmentCode LocationCode PaymentTerm ProjectCode"),
    patch=_ORDER,
    integers=_names("CustomerId ImportedOrderNo"),
    version=("LastChangedDateTimeOffset", "NetAmount", "TotalAmount", "LineCount"),
    keys={"ImportedOrderNo": Filter("importedOrderNos"), MARKER: Filter("externalImportReferences")},
)
ORDER_LINES = Entity(
    path="/SalesOrders/{order}/Lines",
    create="/SalesOrders/{order}/Lines",
    post=_LINE | _names("ProductCode"),
    patch=_LINE,
    integers=_names("ProductId SortOrder"),
    version=(),
    keys={},
)

# Read only: a product's sales account decides the VAT of its order lines.
ACCOUNTS = Entity(
    path="/GeneralLedgerAccounts",
    create="/GeneralLedgerAccounts",
    post=frozenset(),
    patch=frozenset(),
    integers=frozenset(),
    version=("LastChangedDateTimeOffset",),
    keys={"AccountNo": Filter("accountNos")},
    marker=None,
)

ENTITIES: Mapping[str, Entity] = {
    "Customers": CUSTOMERS,
    "Products": PRODUCTS,
    "SalesOrders": SALES_ORDERS,
    "GeneralLedgerAccounts": ACCOUNTS,
}
NAMES = frozenset(name for entity in (*ENTITIES.values(), ORDER_LINES) for path in entity.post for name in (path, path.rpartition(".")[2]))


def entity_of(name: str) -> Entity:
    """The entity called ``name``; raises ConfigurationError where PowerOffice GO has none such."""
    if name not in ENTITIES:
        raise ConfigurationError(f"PowerOffice GO has no entity {name}; there are {', '.join(ENTITIES)}")
    return ENTITIES[name]
