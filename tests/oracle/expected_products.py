"""Thirty products of seed 1 as PowerOffice GO is to hold them, worked out by hand from the shop's records. Not computed."""

from __future__ import annotations

from typing import Any


def _body(
    code: str, name: str, unit: str, price: str, cost: str | None, stock: str | None, gtin: str | None = None,
    description: str | None = None, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """``price`` and ``cost`` without VAT; ``stock`` None is a product that is not kept in stock."""
    return {
        "Code": code, "Name": name, "UnitOfMeasureCode": unit, "UnitPrice": price, "UnitCost": cost, "Gtin": gtin,
        "Description": description, "IsStockItem": stock is not None, "StockAvailable": stock, "ProductType": "Product",
        "IsArchived": False,
    } | more  # fmt: skip


_HANDMADE = "<p>Håndlaget på Røros – «ekte vare»</p>"
_WASH = "for nordisk vær.\nVaskes på 40 °C."

# fmt: off
PRODUCTS: dict[str, dict[str, Any]] = {
    "9007199254751008": _body("KNE-1004", "Knekkebrød Vidda rav 1004", "SET", "0.0625", "0.005", "12.5", None, f"Knekkebrød {_WASH}"),
    "9007199254751011": _body("KABEL-3,5MM", "Kabel 3,5 mm", "EA", "10.6696", "4.4", "1", None, _HANDMADE),
    "9007199254751057": _body("TEL-1002", "Teltplugg Lågen hvit 1002", "KGM", "0.008", None, "250", "7041000000013", _HANDMADE),
    "9007199254751089": _body("ULL-1013", "Ullsokk Lågen blå 1013", "KGM", "67.12", "33.2", "0.125", "7041000000129", _HANDMADE),
    "9007199254751113": _body("blåbær/æøå-1", "Blåbærsyltetøy 400 g", "PR", "735.6435", "338", "1", "7041000000075", _HANDMADE),
    "9007199254751115": _body("REG-1016", "Regnjakke Fjæra rav 1016", "EA", "1.2", "22", "12.5", "7041000000150"),
    "9007199254751123": _body("TEL-1015", "Teltplugg Småvik grønn 1015", "EA", "115.9821", None, "12"),
    "9007199254751129": _body("TUR-1001", "Vareprøve – gratis 🎁", "SET", "0", "0", None),
    "9007199254751141": _body("HOD-1012", "Hodelykt Blåmåne rav 1012", "EA", "244.8", "122.4", None, "7041000000112"),
    "9007199254751165": _body("BÅL-1011", "Teltduk med svært langt navn, " * 13 + "Teltduk m.", "EA", "33.2", "16.4", None, "7041000000105",
                              f"Bålpanne {_WASH}"),
    "9007199254751183": _body("KAF-1010", "Kaffekopp Røros blå 1010", "BX", "736.4", None, "40"),
    "9007199254751221": _body("SOV-1005", "Sovepose Østavind svart 1005", "MTR", "9876.536", "4321.125", "1", "7041000000044",
                              f"Sovepose {_WASH}"),
    "9007199254751227": _body("STO-1003", "Stormkjøkken Vidda grønn 1003", "LTR", "86.9478", None, "12.5", "7041000000020"),
    "9007199254751258": _body("00042", "Knapp med ledende null", "MTR", "635.192", "317.2", "12", "7041000000051", f"Ullsokk {_WASH}"),
    "9007199254751279": _body("LIG-1014", "Liggeunderlag Hvitveis rav 1014", "MTR", "757.56", "378.4", "-3"),
    "9007199254751013": _body("RÅD-1019", "Rådgivning Fjæra rav 1019", "HUR", "44.76", None, None, ProductType="Service", IsArchived=True),
    # From here on PowerOffice GO had the product already.
    "9007199254751012": _body("KNE-1052", "Knekkebrød Fjæra svart 1052", "PR", "686.392", None, "7", "7041000000518"),
    "9007199254751026": _body("KUR-1041", "Kurs Blåmåne blå 1041", "HUR", "2914.4", None, None, "7041000000402", ProductType="Service"),
    "9007199254751040": _body("KUR-1070", "Kurs Småvik grønn 1070", "HUR", "4384.792", "2192", None, ProductType="Service"),
    "9007199254751041": _body("KNI-1049", "Kniv Fjæra hvit 1049", "EA", "1479.4643", "662.8", "12"),
    "9007199254751050": _body("ULL-1067", "Ullsokk Nordlys blå 1067", "LTR", "556.8", "278.4", "12", "7041000000662",
                              StockOnHand="13.5833"),
    "9007199254751053": _body("TUR-1065", "Turbukse Sørpå blå 1065", "MTR", "1779.192", "889.2", "1", "7041000000648",
                              "Lang beskrivelse fra butikken – æøå."),
    "9007199254751055": _body("RYG-1076", "Ryggsekk Røros blå 1076", "LTR", "359.96", "179.6", "12", "7041000000754",
                              StockOnHand="12"),
    "9007199254751060": _body("KAF-1055", "Kaffekopp Nordlys hvit 1055", "EA", "1724.792", "862", "0", "7043000000017"),
    "9007199254751072": _body("TØR-1069", "Tørrfisk Nordlys svart 1069", "PR", "1208.8", "604.4", None, "7041000000686",
                              f"Tørrfisk {_WASH}"),
    "9007199254751082": _body("TEL-1075", "Teltplugg Vidda grønn 1075", "MTR", "45.56", None, "7"),
    "9007199254751095": _body("KAF-1054", "Kaffekopp Hvitveis blå 1054", "SET", "26.0783", None, None),
    "9007199254751099": _body("ULL-1063", "Ullsokk Jøkul grå 1063", "KGM", "3449.592", None, None),
    "9007199254751101": _body("RYG-1078", "Ryggsekk Jøkul rød 1078", "MTR", "574", None, "0", "7042000000010"),
    "9007199254751119": _body("SOV-1061", "Sovepose Hvitveis grå 1061", "EA", "5187.8261", "2386.4", "0", "7041000000600",
                              "Beskrevet i regnskapet."),
}
# fmt: on
