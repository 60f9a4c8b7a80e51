"""What no sync may change: members that no flow maps, and every member of a record that belongs to nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.oracle import untouched
from tests.oracle.databases import Body
from tests.oracle.untouched import names

# Members that a mapped property, or a consequence of one, may change in a linked record, over all dataflows.
MAPPED: dict[tuple[str, str], frozenset[str]] = {
    ("custom_webshop", "Customer"): names("""
        type first_name last_name company_name email invoice_email phone org_number website billing currency language customer_number
        note archived
    """),
    ("custom_webshop", "Product"): names("""
        sku name description gtin unit price vat_rate cost kind manage_stock stock category archived
    """),
    ("custom_webshop", "Order"): names("""
        customer_id number ordered_at delivery_date currency exchange_rate customer_reference purchase_order contract_number
        payment_reference status accounting_status accounting_number lines net_total gross_total
    """),
    ("woocommerce", "Customer"): names("email first_name last_name billing meta_data"),
    ("woocommerce", "Product"): names("""
        sku name description global_unique_id regular_price price virtual manage_stock stock_quantity stock_status status meta_data
    """),
    ("woocommerce", "Order"): names("""
        currency transaction_id meta_data line_items shipping_lines fee_lines total total_tax tax_lines discount_total discount_tax
        shipping_total shipping_tax cart_tax
    """),
    ("shopify", "Customer"): names("""
        firstName lastName defaultEmailAddress tags taxExempt metafields addresses defaultAddress defaultAddressId numberOfOrders
    """),
    ("shopify", "ProductVariant"): names("sku barcode price metafields inventoryItem levels"),
    ("shopify", "Product"): names("title descriptionHtml status handle"),
    ("shopify", "Order"): names("metafields poNumber customerId email phone lineItems edits"),
    ("superoffice", "Contact"): names("Name OrgNr Number1 Emails Phones Urls Address Country Description Persons"),
    ("superoffice", "Product"): names(
        "Name Description Code ItemNumber QuantityUnit VAT UnitListPrice UnitCost ProductTypeKey InAssortment"
    ),
    ("superoffice", "Sale"): names(
        "Contact Number Saledate Currency Heading SaleText Status Probability Amount Earning EarningPercent Completed Postit"
    ),
    ("superoffice", "Quote"): names("PoNumber OrderComment"),
    ("superoffice", "QuoteVersion"): names("""
        State Number ExpirationDate Description ERPPaymentTermsKey ERPPaymentTypeKey ERPDeliveryTermsKey ERPDeliveryTypeKey
        ExtraField1 ExtraField2 ExtraField3 ExtraField4 ExtraField5
    """),
    ("superoffice", "QuoteAlternative"): names("""
        Name Description DiscountPercent DiscountAmount UserValueOverride VAT SubTotal TotalPrice EarningPercent EarningAmount
        ExtraField1 ExtraField2 ExtraField3 ExtraField4 ExtraField5
    """),
    ("superoffice", "QuoteLine"): names("""
        ERPProductKey Code Name Quantity VAT UnitListPrice UnitCost DiscountPercent DiscountAmount UserValueOverride QuantityUnit Rank
        SubTotal TotalPrice EarningPercent EarningAmount
    """),
    ("custom_erp", "Customer"): names("""
        category name givenName familyName eMail invoiceEMail telephone registrationNo homepage address currencyCode languageCode
        customerNo active remark
    """),
    ("custom_erp", "Product"): names("itemNo title text ean unitCode salesPrice costPrice vatRate type stock itemGroup active"),
    ("custom_erp", "Order"): names("""
        orderNo partnerId placedAt deliveryDate currencyCode exchangeRate yourReference purchaseOrderNo contractNo paymentReference
        progress accounting netAmount grossAmount orderLines
    """),
}
# Members that move with any write, whoever made it.
OWN: dict[str, frozenset[str]] = {
    "custom_webshop": names("updated_at"),
    "woocommerce": names("date_modified date_modified_gmt"),
    "shopify": names("updatedAt"),
    "superoffice": names("UpdatedDate UpdatedBy"),
    "custom_erp": names("changedAt rowVersion"),
}
# What a server makes of its neighbour.
_RECKONED = frozenset({"StrippedValue"})


def changed(place: tuple[str, str, str], seeded: Body, now: Body, *, linked: bool) -> Iterator[tuple[str, Any, Any]]:
    """(member, as seeded, now) of what should be as it was; a member that the server adds is no change."""
    system, entity, _ = place
    if linked and system == "poweroffice_go" and entity in ("Customers", "Products", "SalesOrders"):
        yield from untouched.right(entity, seeded, now)
        return
    # A variation's change moves its parent's date; SuperOffice keeps those of products and quotes elsewhere.
    moves = linked or seeded.get("type") == "variable" or (system, entity) == ("superoffice", "Product") or entity.startswith("Quote")
    own = OWN.get(system, frozenset()) if moves else frozenset()
    free = own | (MAPPED.get((system, entity), frozenset()) if linked else frozenset())
    for name, value in seeded.items():
        if name not in free and not _kept(value, now.get(name)):
            yield name, value, now.get(name)


def _kept(seeded: Any, now: Any) -> bool:
    """Whether everything that was seeded is still there."""
    if isinstance(seeded, dict) and isinstance(now, dict):
        return all(_kept(value, now.get(name)) for name, value in seeded.items() if name not in _RECKONED)
    if isinstance(seeded, list) and isinstance(now, list):
        return len(seeded) == len(now) and all(_kept(one, other) for one, other in zip(seeded, now, strict=True))
    if isinstance(seeded, str) and isinstance(now, str):
        return seeded == now or _number(seeded) == _number(now) is not None
    return bool(seeded == now)


def _number(text: str) -> Decimal | None:
    """``79.2`` is ``79.20``."""
    return Decimal(text) if re.fullmatch(r"-?\d+\.\d+", text) else None
