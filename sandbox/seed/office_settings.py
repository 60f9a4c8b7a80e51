"""PowerOffice GO's own settings: accounts with their VAT, currencies, product group, line products.

VAT follows a product's sales account, and rates are fractions there (vendor notes, sections 1 and 6).
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.seed import office_blank as blank
from sandbox.seed.model import Body

SETUP = "2026-01-02T06:00:00.000+00:00"
# percent: (account id, account number, VAT code id, VAT code, name)
ACCOUNTS = {
    "25": (510001, 3000, 3, "3", "høy sats"),
    "15": (510002, 3010, 31, "31", "middels sats"),
    "12": (510003, 3020, 33, "33", "lav sats"),
    "0": (510004, 3100, 5, "5", "avgiftsfri"),
}
GROUP_ID = 910001
LINE_PRODUCTS = {"FRAKT": ("Frakt", "25"), "GEBYR": ("Gebyr", "25"), "AVRUND": ("Øreavrunding", "0"), "DIVERSE": ("Diverse varer", "25")}
_CURRENCIES = {"NOK": True, "SEK": True, "DKK": True, "EUR": True, "ISK": False, "CHF": False}


def percent(rate: str) -> str:
    """``25.00`` -> ``25``, the key of :data:`ACCOUNTS`."""
    return f"{Decimal(rate):f}".split(".", maxsplit=1)[0]


def fraction(rate: str) -> float:
    """``25`` -> 0.25."""
    return float(Decimal(rate) / 100)


def vat_codes() -> list[Body]:
    """One VAT code per rate."""
    fixed = {"IsActive": True, "IsCustom": False, "ValidFrom": "2016-01-01"}
    return [
        blank.VAT_CODE | fixed | {"Id": vat_id, "Code": code, "Name": f"Utgående mva., {name}", "Rate": fraction(rate)}
        for rate, (_, _, vat_id, code, name) in ACCOUNTS.items()
    ]


def accounts() -> list[Body]:
    """One sales account per VAT rate."""
    fixed: Body = dict.fromkeys(("IsVatCodeLocked", "IsDepartmentRequired", "IsProjectRequired"), False)
    fixed |= {"GeneralLedgerAccountType": "Income", "IsActive": True, "LastChangedDateTimeOffset": SETUP}
    return [
        blank.ACCOUNT | fixed | {"Id": key, "AccountNo": number, "Name": f"Salgsinntekt, {name}", "VatCode": code, "VatCodeId": vat_id}
        for key, number, vat_id, code, name in ACCOUNTS.values()
    ]


def currencies() -> list[Body]:
    """Four currencies are in use; two are known and not active."""
    return [{"Code": code, "IsActive": active, "Notation": code} for code, active in _CURRENCIES.items()]


def product_groups() -> list[Body]:
    """The default group: products without an account of their own sell at the high rate."""
    standard, optional = ACCOUNTS["25"], ACCOUNTS["0"]
    group = {"Id": GROUP_ID, "Code": "1", "Name": "Varer", "ProductType": "Product", "IsArchived": False}
    group |= {"StandardSalesAccountId": standard[0], "StandardSalesAccount": standard[1]}
    group |= {"OptionalSalesAccountId": optional[0], "OptionalSalesAccount": optional[1]}
    return [blank.GROUP | group | {"CreatedDateTimeOffset": SETUP, "LastChangedDateTimeOffset": SETUP}]
