"""Thirty orders of seed 1 as PowerOffice GO is to hold them, worked out by hand from the shop's records. Not computed."""

from __future__ import annotations

from typing import Any

Line = tuple[str, str, str, str, str, str | None, str]


def _body(
    customer: str, day: str, *lines: Line, delivery: str | None = None, currency: tuple[str, str] = ("NOK", "1"),
    references: tuple[str | None, str | None, str | None, str | None] = (None, None, None, None), status: str = "Draft",
) -> dict[str, Any]:  # fmt: skip
    """``references``: customer's reference, purchase order, contract, payment."""
    return {
        "customer": customer, "SalesOrderDate": day, "DeliveryDate": delivery, "CurrencyCode": currency[0],
        "CurrencyExchangeRate": currency[1], "CustomerReference": references[0], "PurchaseOrderReference": references[1],
        "ContractNo": references[2],
        "CustomMatchingReference": references[3], "SalesOrderStatus": status, "lines": lines,
    }  # fmt: skip


_SEK, _DKK, _EUR = ("SEK", "1.0245"), ("DKK", "1.563125"), ("EUR", "11.662505")
_MOTHER = "– gravert «Til mor»"

# fmt: off
# A line: product code, text, quantity, price without VAT, discount in per cent, cost, unit.
ORDERS: dict[str, dict[str, Any]] = {
    "9007199254761215": _body(
        "Gråstein Bokhandel AS", "2026-06-05",
        ("DRI-1151", "Drikkeflaske Østavind rød 1151", "1.25", "468", "0", None, "LTR"),
        ("TUR-1131", "Turbukse Lågen grønn 1131", "1.25", "83", "0", None, "MTR"),
        ("GEBYR", "Fakturagebyr", "1", "31.92", "0", None, "EA"),
        references=("Avd. 7; \"Ærlig & Øye\" <hk@kunde.example.com>", None, None, None)),
    "9007199254761387": _body(
        "Bjørn Nordmann", "2026-03-29",
        ("ULL-1094", "Ullsokk Nordlys grå 1094", "10", "4691.992", "33.3333", "2345.6", "SET"),
        ("HOD-1138", "Hodelykt Jøkul grå 1138", "2", "2793.52", "0", "1396.4", "EA"),
        ("HOD-1140", "Hodelykt Røros grå 1140", "0.3333", "106.32", "0", None, "LTR"),
        references=("Ref. Åse", None, None, "KORT-100033")),
    "9007199254761662": _body(
        "Kirsten Holmegård", "2026-05-25",
        ("KNE-1072", "Knekkebrød Vidda svart 1072", "3", "929.52", "0", "464.4", "EA"),
        ("FRAKT", "Frakt – Posten", "1", "79.2", "0", None, "EA")),
    "9007199254761696": _body(
        "Havørn Bygg AS", "2026-10-25",
        ("SKI-1238", "Skismurning Fjæra blå 1238", "0.5", "6829.52", "0", "3414.4", "KGM"),
        ("REG-1153", "Regnjakke Nordlys lyng 1153", "2", "327.92", "0", None, "PR"),
        ("REG-1227", "Regnjakke Jøkul blå 1227", "1", "20.792", "0", "10", "PR"),
        references=(None, "PO-100034", None, "KORT-100034")),
    "9007199254761726": _body(
        "Åse Fjeldstad", "2026-07-01",
        ("REG-1097", "Regnjakke Fjæra grå 1097", "10", "395.16", "0", "197.2", "BX"),
        ("FIS-1216", "Fiskestang Fjæra svart 1216", "3", "40", "0", None, "EA"),
        ("SOV-1254", "Sovepose Åsnes grønn 1254", "0.3333", "666.4", "0", None, "LTR"),
        references=(None, "PO-100032", None, "KLARNA-100032")),
    "9007199254761802": _body(
        "Ingrid Øvrebø", "2026-07-11",
        ("ULL-1103", "Ullsokk Vidda svart 1103", "0.005", "80", "50", "214.8", "BX"),
        ("FRAKT", "Frakt – Posten", "1", "63.2", "0", None, "EA"),
        delivery="2026-07-18", references=(None, None, None, "KLARNA-100037")),
    "9007199254761818": _body(
        "Myrull Elektro ApS", "2026-03-15",
        ("KUR-1182", "Kurs Sørpå hvit 1182", "0.3333", "29.52", "0", "14.4", "HUR"),
        ("AVRUND", "Øreavrunding", "1", "0.45", "0", None, "EA"),
        references=(None, None, None, "KORT-100031")),
    "9007199254761847": _body(
        "Multeland Sykkelverksted AS", "2026-10-07",
        ("KNI-1049", "Kniv Fjæra hvit 1049", "1", "1479.4643", "0", "662.8", "EA"),
        ("LIG-1244", "Liggeunderlag Fjæra hvit 1244", "1", "67.192", "0", None, "EA"),
        ("KAF-1224", "Kaffekopp Fjæra lyng 1224", "1", "307.96", "0", "153.6", "EA"),
        ("FRA-1126", "Frakt på timer Småvik grønn 1126", "0.3333", "85.1304", "0", "38.8", "HUR"),
        ("FRAKT", "Frakt – Posten", "1", "79.2", "0", None, "EA"),
        ("GEBYR", "Fakturagebyr", "1", "23.2", "0", None, "EA"),
        references=("Bestilt av Åse 🎣", None, None, "KLARNA-100035")),
    "9007199254761921": _body(
        "Steinrøys Sjømat AS", "2026-03-07",
        ("HOD-1245", "Hodelykt Hvitveis blå 1245", "1.5", "9.88", "0", "6", "EA"),
        ("REG-1135", "Regnjakke Østavind rød 1135", "3", "29.2", "0", None, "BX"),
        ("GEBYR", "Fakturagebyr", "1", "23.2", "0", None, "EA"),
        delivery="2026-03-22", references=("Ref. Jørn", None, None, None)),
    "9007199254761983": _body(
        "Granås Kaffebrenneri AS", "2026-04-09",
        ("STO-1260", "Stormkjøkken Jøkul blå 1260", "-1", "8", "0", "367.6", "BX"),
        ("GEBYR", "Gebyr for bytte", "1", "79.2", "0", None, "EA")),
    "9007199254761040": _body(
        "Linnéa Sjöqvist", "2026-09-11",
        ("FIS-1226", "Fiskestang Røros lyng 1226", "10", "5771.32", "33.3333", "2885.3099", "EA"),
        ("TØR-1069", "Tørrfisk Nordlys svart 1069", "2", "1179.896", "0", "589.9463", "PR"),
        currency=_SEK),
    "9007199254761185": _body(
        "Åke Koskisalo", "2026-09-02",
        ("REG-1016", "Regnjakke Fjæra rav 1016", "2", "0.104", "5", "1.8864", "EA"),
        ("ULL-1063", "Ullsokk Jøkul grå 1063", "1.25", "295.784", "0", None, "KGM"),
        delivery="2026-09-16", currency=_EUR, references=(None, None, None, "KLARNA-100692")),
    "9007199254761011": _body(
        "Sølvbekk Hagesenter ApS", "2026-09-18",
        ("KAF-1195", "Kaffekopp Nordlys grønn 1195", "12", "4140.936", "0", "2070.4678", "LTR"),
        ("FRAKT", "Frakt – Posten", "1", "0", "0", None, "EA"),
        delivery="2026-09-19", currency=_DKK, references=("Ref. Solveig", "PO-100760", None, None)),
    "9007199254761015": _body(
        "Fjordlys Rør og Varme AS", "2026-03-18",
        ("TUR-1251", "Turbukse Jøkul rød 1251", "1", "786.4", "0", "393.2", "EA"),
        ("TUR-1033", "Turbukse Lågen rød 1033", "1", "2657.3826", "100", None, "SET"),
        ("AVRUND", "Øreavrunding", "1", "-0.05", "0", None, "EA"),
        references=(None, None, None, "KORT-100510")),
    "9007199254761021": _body(
        "Ola Nordmann", "2026-09-25",
        ("DRI-1111", "Drikkeflaske Nordlys blå 1111", "3", "15.192", "0", "7.2", "SET"),
        ("FRAKT", "Frakt – Posten", "1", "79.2", "0", None, "EA"),
        ("GEBYR", "Fakturagebyr", "1", "31.92", "0", None, "EA"),
        delivery="2026-10-12", references=(None, "PO-100776", None, "VIPPS-100776")),
    "9007199254761006": _body(
        "Havørn Sykkelverksted AS", "2026-05-15",
        ("DRI-1173", "Drikkeflaske Røros lyng 1173", "10", "487.92", "10", "243.6", "EA")),
    "9007199254761070": _body(
        "Havørn Sjømat AS", "2026-04-14",
        ("HÅN-1056", f"Håndkle Østavind rød 1056 {_MOTHER}", "1", "43.992", "33.3333", "21.6", "PR"),
        ("FRAKT", "Frakt – Posten", "1", "119.6", "0", None, "EA")),
    "9007199254761007": _body("Kari Bjørkås", "2026-04-07", ("TUR-1034", "Turbukse Fjæra svart 1034", "1", "2212.8", "0", None, "BX")),
    "9007199254761030": _body(
        "Villbær Sykkelverksted AS", "2026-09-21",
        ("TEL-1032", "Teltplugg Fjæra blå 1032", "1", "4254.392", "100", "2126.8", "BX"),
        delivery="2026-10-06"),
    "9007199254761033": _body(
        "Gråstein Hagesenter AS", "2026-10-18",
        ("TUR-1157", "Turbukse Småvik svart 1157", "0.3333", "54.8", "100", None, "MTR"),
        delivery="2026-10-24"),
    # From here on PowerOffice GO had the order already.
    "9007199254761456": _body(
        "Nordvind Rør og Varme AB", "2026-03-24",
        ("HÅN-1074", "Håndkle Åsnes grønn 1074", "1.25", "313.128", "0", "156.5642", "LTR"),
        ("ULL-1067", "Ullsokk Nordlys blå 1067", "1.25", "543.488", "0", "271.7423", "LTR"),
        delivery="2026-04-07", currency=_SEK, references=("Ref. Åse", "PO-100029", None, None), status="Confirmed"),
    "9007199254761058": _body(
        "Nordvind Rør og Varme AB", "2026-04-06",
        ("KNE-1068", "Knekkebrød Nordlys blå 1068", "3", "69.456", "5", "34.3582", "BX"),
        ("FRAKT", "Frakt – Posten", "1", "119.6", "0", None, "EA"),
        currency=_SEK, references=("Ført i regnskapet", None, None, None)),
    "9007199254761099": _body(
        "Steinrøys Kaffebrenneri AS", "2026-05-28",
        ("ULL-1053", f"Ullsokk Åsnes grå 1053 {_MOTHER}", "2", "2786.9565", "0", "1282", "BX"),
        ("STO-1080", f"Stormkjøkken Sørpå rød 1080 {_MOTHER}", "0.5", "1017.3913", "0", "468", "MTR"),
        delivery="2026-06-07", references=(None, "PO-100021", "K-014", "KORT-100021")),
    "9007199254761497": _body(
        "Gråstein Sjømat AS", "2026-10-14",
        ("HÅN-1057", "Håndkle Fjæra svart 1057", "3", "375.6", "0", "187.6", "EA"),
        ("GEBYR", "Fakturagebyr", "1", "31.92", "0", None, "EA"),
        delivery="2026-10-18", references=(None, None, None, "KORT-100018")),
    "9007199254761546": _body(
        "Rimfrost Sykkelverksted AS", "2026-04-21",
        ("HÅN-1064", "Håndkle Hvitveis rød 1064", "2", "2056", "0", "1028", "BX"),
        ("STO-1066", "Stormkjøkken Hvitveis lyng 1066", "10", "17.3478", "0", "7.6", "BX"),
        references=(None, "PO-100015", None, "KORT-100015")),
    "9007199254761697": _body(
        "Multeland Kaffebrenneri AS", "2026-03-15",
        ("FIS-1048", "Fiskestang Småvik lyng 1048", "1.25", "98", "0", "48.8", "MTR"),
        ("TUR-1045", "Turbukse Lågen rav 1045", "2", "4177.2", "0", None, "EA"),
        delivery="2026-03-25", references=("Ført i regnskapet", None, None, None)),
    "9007199254761714": _body(
        "Aino Rantanen", "2026-10-20",
        ("SOV-1060", "Sovepose Vidda svart 1060", "0.5", "211.2", "10", "105.6", "MTR"),
        ("FRAKT", "Frakt – Posten", "1", "0", "0", None, "EA"),
        references=("Ref. Bjørn", None, None, None)),
    "9007199254761752": _body(
        "Gråstein Rør og Varme AS", "2026-06-07",
        ("KUR-1041", "Kurs Blåmåne blå 1041", "0.3333", "2914.4", "0", None, "HUR"),
        delivery="2026-06-12"),
    "9007199254761781": _body(
        "Kirsten Bøgeskov", "2026-08-14",
        ("KNE-1072", "Knekkebrød Vidda svart 1072", "10", "594.656", "12.5", "297.0972", "EA"),
        ("FRAKT", "Frakt – Posten", "1", "39.2", "0", None, "EA"),
        ("GEBYR", "Fakturagebyr", "1", "23.2", "0", None, "EA"),
        delivery="2026-08-24", currency=_DKK),
    "9007199254761887": _body(
        "Lyngmo Sjømat AS", "2026-04-18",
        ("STO-1046", "Stormkjøkken Blåmåne lyng 1046", "1", "1466", "0", "732.8", "EA"),
        ("STO-1046", "Stormkjøkken Blåmåne lyng 1046", "2", "1466", "0", "732.8", "EA"),
        ("ULL-1067", "Ullsokk Nordlys blå 1067", "0.3333", "556.8", "0", "278.4", "LTR"),
        references=(None, None, None, "VIPPS-100028"), status="Confirmed"),
}
# fmt: on
