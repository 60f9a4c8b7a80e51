"""The nineteen flows."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.tree.facts import Facts
from tests.oracle.tree.flow import Flow, names
from tests.oracle.tree.superoffice import HOME

SHOP, OFFICE, SHOPIFY = "custom_webshop", "poweroffice_go", "shopify"
WOO, SUPER, ERP = "woocommerce", "superoffice", "custom_erp"
CUSTOMER_KEYS = (("number",), ("org_number",), ("email", "name", "person"), ("email", "person"), ("name", "line1", "postcode"))

SHOP_TO_OFFICE = (
    Flow(
        "custom_webshop_to_poweroffice_go", "customer_to_customers", "customers", SHOP, OFFICE,
        keys=CUSTOMER_KEYS,
        agree=names("""
            person name first_name last_name org_number email invoice_email phone website line1 line2 postcode city country currency
            number archived
        """),
    ),
    Flow(
        "custom_webshop_to_poweroffice_go", "product_to_product", "products", SHOP, OFFICE,
        keys=(("sku",), ("gtin",)),
        agree=names("sku name description gtin unit price cost service stock_item stock archived"),
    ),
    Flow(
        "custom_webshop_to_poweroffice_go", "order_to_salesorders", "orders", SHOP, OFFICE,
        keys=(("number",),),
        agree=names("""
            customer number date delivery_date currency exchange_rate reference purchase_order contract payment_reference
            accounting_status accounting_number
        """),
        lines=names("kind product text quantity price discount cost unit position"),
    ),
)  # fmt: skip

SHOP_TO_ERP = (
    Flow(
        "custom_webshop_to_custom_erp", "customer_to_customer", "customers", SHOP, ERP,
        keys=CUSTOMER_KEYS,
        agree=names("""
            person name first_name last_name contact org_number email invoice_email phone website line1 line2 postcode city country
            currency language number note archived
        """),
    ),
    Flow(
        "custom_webshop_to_custom_erp", "product_to_product", "products", SHOP, ERP,
        keys=(("sku",), ("gtin",)),
        agree=names("sku name description gtin unit price vat cost service stock_item stock category archived"),
    ),
    Flow(
        "custom_webshop_to_custom_erp", "order_to_order", "orders", SHOP, ERP,
        keys=(("number",),),
        agree=names("""
            customer number ordered_at delivery_date currency exchange_rate reference purchase_order contract payment_reference status
            accounting_status accounting_number
        """),
        lines=names("kind product text quantity price discount cost unit position vat"),
    ),
)  # fmt: skip

WOO_TO_OFFICE = (
    Flow(
        "woocommerce_to_poweroffice_go", "customer_to_customers_person", "customers", WOO, OFFICE,
        keys=(("email", "person"),),
        agree=names("""
            person name first_name last_name email invoice_email phone website line1 line2 postcode city country currency number
        """),
    ),
    Flow(
        "woocommerce_to_poweroffice_go", "product_to_product", "products", WOO, OFFICE,
        keys=(("sku",), ("gtin",)),
        agree=names("sku name description gtin unit price cost service stock_item stock archived"),
    ),
    Flow(
        "woocommerce_to_poweroffice_go", "order_to_salesorders", "orders", WOO, OFFICE,
        keys=(("number",),),
        agree=names("""
            customer number date delivery_date currency exchange_rate reference purchase_order contract payment_reference
            accounting_status accounting_number
        """),
    ),
    Flow(
        "woocommerce_to_poweroffice_go", "order_to_salesorderlines", "orders", WOO, OFFICE,
        owner="order_to_salesorders",
        lines=names("kind product text quantity price discount net_total"),
    ),
)  # fmt: skip


def _offered(facts: Facts) -> bool:
    return bool(facts["offer"])


def _at_home(facts: Facts) -> bool:
    """A product of another currency's price list is no product of the shop."""
    return bool(facts["currency"] == HOME)


SUPEROFFICE_TO_SHOP = (
    Flow(
        "superoffice_to_custom_webshop", "contact_to_customer", "customers", SUPER, SHOP,
        keys=(("org_number",), ("email", "person"), ("number",)),
        agree=names("""
            person name first_name last_name org_number email phone website line1 line2 postcode city country number note
        """),
    ),
    Flow(
        "superoffice_to_custom_webshop", "product_to_product", "products", SUPER, SHOP,
        keys=(("sku",),),
        agree=names("sku name description gtin unit price vat cost service archived"),
        only=_at_home,
    ),
    Flow(
        "superoffice_to_custom_webshop", "sale_to_order", "orders", SUPER, SHOP,
        keys=(("number",),),
        agree=names("""
            customer number ordered_at currency title note sale_status probability amount progress memo purchase_order order_comment
            offer_number offer_state offer_expires offer_vat payment_terms payment_type delivery_terms delivery_type terms_text
            terms_field_1 terms_field_2 terms_field_3 terms_field_4 terms_field_5
        """),
    ),
    Flow(
        "superoffice_to_custom_webshop", "quotealternative_to_order", "orders", SUPER, SHOP,
        owner="sale_to_order",
        agree=names("""
            offer_name offer_description discount discount_amount subtotal offer_total
            offer_field_1 offer_field_2 offer_field_3 offer_field_4 offer_field_5
        """),
        only=_offered,
    ),
    Flow(
        "superoffice_to_custom_webshop", "quoteline_to_order", "orders", SUPER, SHOP,
        owner="sale_to_order",
        lines=names("kind product text quantity price discount cost unit position vat"),
        only=_offered,
    ),
)  # fmt: skip


def _person(facts: Facts) -> bool:
    return bool(facts["person"])


def _company(facts: Facts) -> bool:
    return not facts["person"]


SHOPIFY_CUSTOMER = names("""
    email invoice_email phone website line1 line2 postcode city country currency number account vat_free archived
""")
OFFICE_TO_SHOPIFY = (
    Flow(
        "poweroffice_go_to_shopify", "customers_person_to_customer", "customers", OFFICE, SHOPIFY,
        keys=(("email",), ("number",)),
        agree=(*names("first_name last_name"), *SHOPIFY_CUSTOMER),
        only=_person,
    ),
    Flow(
        "poweroffice_go_to_shopify", "customers_to_customer", "customers", OFFICE, SHOPIFY,
        keys=(("org_number",), ("number",)),
        agree=(*names("company org_number"), *SHOPIFY_CUSTOMER),
        only=_company,
    ),
    Flow(
        "poweroffice_go_to_shopify", "product_to_sesamproduct", "products", OFFICE, SHOPIFY,
        keys=(("sku",), ("gtin",)),
        # Shopify keeps a cost of two decimals and counts whole pieces.
        agree=names("sku name description gtin unit vat price money=cost service stock_item pieces=stock archived"),
    ),
    Flow(
        "poweroffice_go_to_shopify", "salesorders_to_order", "orders", OFFICE, SHOPIFY,
        keys=(("accounting_number",), ("number",)),
        agree=names("""
            customer number date delivery_date currency exchange_rate reference purchase_order contract payment_reference
            accounting_status accounting_number payment_term delivery_term department project location dimension_1 dimension_2
            dimension_3 related_invoice
        """),
        lines=names("article=product text quantity price discount gross_total"),
    ),
)  # fmt: skip

# Upstream first: what a dataflow creates, a later one may have to carry on.
DATAFLOWS: dict[str, tuple[Flow, ...]] = {
    "superoffice_to_custom_webshop": SUPEROFFICE_TO_SHOP,
    "custom_webshop_to_poweroffice_go": SHOP_TO_OFFICE,
    "woocommerce_to_poweroffice_go": WOO_TO_OFFICE,
    "custom_webshop_to_custom_erp": SHOP_TO_ERP,
    "poweroffice_go_to_shopify": OFFICE_TO_SHOPIFY,
}


def flows() -> Iterator[Flow]:
    """All of them, upstream first."""
    for found in DATAFLOWS.values():
        yield from found
