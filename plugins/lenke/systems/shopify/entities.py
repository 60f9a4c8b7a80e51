"""What Shopify's entities look like to a mapping: which paths can be read, and which can be written at birth and later.

A record's raw is the vendor's JSON with the vendor's names. What the client adds to it:

- all: ``metafields.lenke.<key>``, the values of Lenke's own metafields (null where there is none);
- Customer: ``archived``, whether the tag ``archived`` is there, for Shopify has no archive of customers;
- Sesamproduct (one per variant, its id the variant's): the variant's members, with ``product`` and ``inventoryItem`` inside, and
  ``name``, ``description`` (plain text) and ``archived``: those of the product where the variant is its only one, else of the variant
  alone (metafields of the same keys; ``name`` falls back to ``displayName``), for what several variants share belongs to none of them;
  ``stock``: what is available at the connection's location, absent where it is not stocked there;
- Order: ``lines``, the order's lines that are not removed, each with ``exactQuantity``, ``unitPrice`` and ``discountPercent`` as texts
  (:mod:`lenke.systems.shopify.order_lines`); prices hold VAT where the shop's do, and a line without taxes has one of 0 per cent;
  ``lines`` is absent where the order is cancelled or wholly refunded, which takes the units off all of them.

Customer data that the app may not read is absent, never null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lenke.core.errors import ConfigurationError
from lenke.core.ports import Spelling
from lenke.systems.paths import look

NAMESPACE = "lenke"
MARKER = "metafields.lenke.marker"
MARKER_LENGTH = 50
ARCHIVED_TAG = "archived"
TEXT = "single_line_text_field"
# What the client keeps for itself, and no mapping writes.
_OWN = frozenset({"marker", "lines"})


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record.

    :param gid: the type's name in global ids; :param owner: the same in metafield definitions.
    :param metafields: key to metafield type; the marker is of type ``id``, which is unique and can be looked up.
    :param scopes: access scopes that reading and writing needs.
    :param version: paths whose values together change when the record does.
    :param keys: path to the search filter that finds it; :param overlooks: those whose search overlooks more than nothing
        (:class:`lenke.core.ports.Traits`).
    :param born: paths that a create takes; :param later: paths that an update takes.
    :param batch: writes in one request.
    """

    name: str
    gid: str
    owner: str
    metafields: Mapping[str, str]
    scopes: frozenset[str]
    version: tuple[str, ...]
    keys: Mapping[str, str]
    born: frozenset[str]
    later: frozenset[str]
    batch: int
    overlooks: Mapping[str, Spelling] = field(default_factory=dict)

    def global_id(self, id: str) -> str:
        """``gid://shopify/Customer/17``."""
        return f"gid://shopify/{self.gid}/{id}"

    def version_of(self, record: Mapping[str, Any]) -> str:
        """Times, amounts and quantities, never personal data."""
        return "|".join("" if value is None else str(value) for value in (look(record, path) for path in self.version))

    def refuse_unknown(self, paths: Mapping[str, Any], *, create: bool) -> None:
        """Raise ConfigurationError for a path that can never be written."""
        unknown = sorted(path for path in paths if path not in (self.born if create else self.born | self.later))
        if unknown:
            raise ConfigurationError(f"Shopify {self.name}: cannot write {', '.join(unknown)}; map it one-way or not at all")


def _paths(text: str, metafields: Mapping[str, str]) -> frozenset[str]:
    return frozenset(text.split()) | {f"metafields.{NAMESPACE}.{key}" for key in metafields if key not in _OWN}


def _scopes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CUSTOMER = {
    "marker": "id",
    "org_number": TEXT,
    "invoice_email": TEXT,
    "website": TEXT,
    "currency": TEXT,
    "customer_number": "number_integer",
    "accounting_number": "number_integer",
}
_VARIANT = {
    "marker": "id",
    "name": TEXT,
    "description": "multi_line_text_field",
    "archived": "boolean",
    "unit": TEXT,
    "vat_rate": "number_decimal",
}
_ORDER = {
    "marker": "id",
    "imported_order_number": "number_integer",
    "order_date": "date",
    "delivery_date": "date",
    "exchange_rate": "number_decimal",
    "customer_reference": TEXT,
    "contract_number": TEXT,
    "matching_reference": TEXT,
    "accounting_status": TEXT,
    "payment_term_id": "number_integer",
    "delivery_term_id": "number_integer",
    "department_id": "number_integer",
    "project_id": "number_integer",
    "location_id": "number_integer",
    "dim1_id": "number_integer",
    "dim2_id": "number_integer",
    "dim3_id": "number_integer",
    "related_invoice_number": "number_integer",
    "lines": "json",
}
_CUSTOMER_PATHS = _paths(
    "firstName lastName defaultEmailAddress.emailAddress defaultPhoneNumber.phoneNumber note taxExempt locale archived"
    " defaultAddress.company defaultAddress.address1 defaultAddress.address2 defaultAddress.city defaultAddress.zip"
    " defaultAddress.countryCodeV2 defaultAddress.phone",
    _CUSTOMER,
)
_VARIANT_PATHS = _paths(
    "sku name description barcode price compareAtPrice taxable archived stock inventoryItem.tracked inventoryItem.requiresShipping"
    " inventoryItem.unitCost.amount product.vendor product.productType",
    {key: kind for key, kind in _VARIANT.items() if key in ("unit", "vat_rate")},
)
_ORDER_LATER = _paths("customer.legacyResourceId note poNumber email phone", _ORDER)

CUSTOMER = Entity(
    name="Customer",
    gid="Customer",
    owner="CUSTOMER",
    metafields=_CUSTOMER,
    scopes=_scopes("read_customers write_customers"),
    version=("updatedAt",),
    keys={"defaultEmailAddress.emailAddress": "email", "metafields.lenke.org_number": "metafields.lenke.org_number"},
    born=_CUSTOMER_PATHS,
    later=_CUSTOMER_PATHS,
    batch=20,
    # Shopify takes every blank out of an e-mail address.
    overlooks={"defaultEmailAddress.emailAddress": Spelling.CASE},
)
SESAMPRODUCT = Entity(
    name="Sesamproduct",
    gid="ProductVariant",
    owner="PRODUCTVARIANT",
    metafields=_VARIANT,
    scopes=_scopes("read_products write_products read_inventory write_inventory read_locations"),
    version=("updatedAt", "product.updatedAt", "inventoryItem.updatedAt", "stock"),
    keys={"sku": "sku", "barcode": "barcode"},
    born=_VARIANT_PATHS,
    later=_VARIANT_PATHS,
    batch=10,
)
# Set when an order is made and never after (the members of OrderInput, all of them, are those that can be edited).
_ORDER_BORN = frozenset({"sourceIdentifier", "presentmentCurrencyCode", "processedAt", "name"})
ORDER = Entity(
    name="Order",
    gid="Order",
    owner="ORDER",
    metafields=_ORDER,
    scopes=_scopes("read_orders read_all_orders write_orders write_order_edits read_products read_customers"),
    version=("updatedAt", "currentTotalPriceSet.shopMoney.amount", "currentSubtotalLineItemsQuantity"),
    keys={"sourceIdentifier": "source_identifier", "poNumber": "po_number"},
    born=_ORDER_LATER | _ORDER_BORN,
    later=_ORDER_LATER,
    batch=10,
    # Given when an order is made, by the program that makes it, and edited by nobody: a number there is its digits.
    overlooks={"sourceIdentifier": Spelling.ANY},
)
ENTITIES: Mapping[str, Entity] = {entity.name: entity for entity in (CUSTOMER, SESAMPRODUCT, ORDER)}
# Customer data that Shopify withholds from apps without the approval (level 2: name, address, telephone, e-mail).
PRIVATE: Mapping[str, frozenset[str]] = {
    "Customer": frozenset({"firstName", "lastName", "defaultEmailAddress", "defaultPhoneNumber", "defaultAddress"}),
    "Order": frozenset({"email", "phone"}),
}


def entity_of(name: str) -> Entity:
    """The entity called ``name``; raises ConfigurationError where Shopify has none such."""
    if name not in ENTITIES:
        raise ConfigurationError(f"Shopify has no entity {name}; there are {', '.join(ENTITIES)}")
    return ENTITIES[name]
