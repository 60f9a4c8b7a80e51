"""The lists of the sandbox's tenant: countries, currencies, the one quote connection."""

from __future__ import annotations

from sandbox.wire import Json

COUNTRIES = {
    578: ("Norway", "Norge", "NO", "NOR"), 752: ("Sweden", "Sverige", "SE", "SWE"), 208: ("Denmark", "Danmark", "DK", "DNK"),
    246: ("Finland", "Finland", "FI", "FIN"), 352: ("Iceland", "Island", "IS", "ISL"), 276: ("Germany", "Tyskland", "DE", "DEU"),
    826: ("United Kingdom", "Storbritannia", "GB", "GBR"), 528: ("Netherlands", "Nederland", "NL", "NLD"),
}  # fmt: skip
CURRENCIES = {1: ("NOK", 1.0), 2: ("EUR", 11.6), 3: ("SEK", 1.02), 4: ("USD", 10.9), 5: ("DKK", 1.55)}


def country(id: int, *, translated: bool = True) -> Json | None:
    """A country's carrier. Without a language asked for, its name comes in all of them."""
    if id not in COUNTRIES:
        return None
    english, own, two, three = COUNTRIES[id]
    name = english if translated else f'US:"{english}";NO:"{own}"'
    texts = dict.fromkeys(("ImageDescription", "OrgNrText", "InterAreaPrefix", "DialInPrefix", "ZipPrefix", "Tooltip"), "")
    numbers = dict.fromkeys(("CurrencyId", "AddressLayoutId", "DomesticAddressLayoutId", "ForeignAddressLayoutId", "Rank"), 0)
    codes = {"TwoLetterISOCountry": two, "ThreeLetterISOCountry": three, "DomainName": two.lower()}
    return {"CountryId": id, "Name": name, "EnglishName": english, **codes, **texts, **numbers, "Deleted": False}


def country_id(iso2: str) -> int:
    """The id of a country; raises ValueError."""
    for id, (_, _, two, _) in COUNTRIES.items():
        if two == iso2:
            return id
    raise ValueError("no such country in the tenant's list")


def currency(id: int) -> Json | None:
    """A currency as other carriers hold it."""
    return {"Id": id, "Value": CURRENCIES[id][0], "Tooltip": ""} if id in CURRENCIES else None


def currency_id(iso: str) -> int:
    """The id of a currency; raises ValueError."""
    for id, (name, _) in CURRENCIES.items():
        if name == iso:
            return id
    raise ValueError("no such currency in the tenant's list")


def currency_items() -> list[Json]:
    """The currency list."""
    fixed: Json = {"Tooltip": "", "Units": 1.0, "Deleted": False}
    return [{"CurrencyId": id, "Name": name, "Rank": id, "Rate": rate, **fixed} for id, (name, rate) in CURRENCIES.items()]


def connection(price_lists: list[Json]) -> Json:
    """The one connection that a stand-alone installation has."""
    texts = {"ERPName": "", "DisplayName": "Standalone", "DisplayDescription": "", "ConnectorName": "SuperOffice Standalone connector"}
    more: Json = {"Rank": 1, "ErpConnectionId": 1, "ExtraData": "", "IsAvailable": True, "AllAccess": True, "Deleted": False}
    return {"QuoteConnectionId": 1, **texts, **more, "PriceLists": price_lists}
