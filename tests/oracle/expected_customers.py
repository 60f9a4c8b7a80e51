"""Thirty customers of seed 1 as PowerOffice GO is to hold them, worked out by hand from the shop's records. Not computed.

Chosen for their trouble: blanks, emoji, addresses that are missing, twins, archived ones, and one of each kind that both systems had.
"""

from __future__ import annotations

from typing import Any

Address = tuple[str, str | None, str, str, str]


def _body(
    name: tuple[str, str] | str, org: str | None, emails: tuple[str | None, str | None], phone: str | None, web: str | None,
    address: Address | None, currency: str, number: int | None, *, archived: bool = False,
) -> dict[str, Any]:  # fmt: skip
    first, last = name if isinstance(name, tuple) else (None, None)
    line1, line2, postal_code, city, country = address or (None,) * 5
    return {
        "Name": f"{first} {last}" if first else name, "FirstName": first, "LastName": last, "IsPerson": first is not None,
        "OrganizationNumber": org, "EmailAddress": emails[0], "InvoiceEmailAddress": emails[1], "PhoneNumber": phone,
        "WebsiteUrl": web, "CurrencyCode": currency,
        "ExternalNumber": number, "IsArchived": archived, "MailAddress.AddressLine1": line1, "MailAddress.AddressLine2": line2,
        "MailAddress.ZipCode": postal_code, "MailAddress.City": city, "MailAddress.CountryCode": country,
    }  # fmt: skip


# fmt: off
CUSTOMERS: dict[str, dict[str, Any]] = {
    "9007199254741107": _body("Håøya Blåbær & Lyng AS", "918273646", ("post@multeland-163.example.org", None), "+4722905748", None,
                              ("Fjordgløttveien 102B", None, "6002", "Ålesund", "NO"), "NOK", 20164),
    "9007199254741116": _body(("Pål", "Sørensen"), None, ("pal.sorensen.5@post.example.com", None), None, None, None, "NOK", None),
    "9007199254741134": _body(("Marit", "Tvillingstad"), None, ("marit.lillestol.15@mail.example.net", None), "+4740931922", None,
                              ("Øvre Torggate 80", None, "7011", "Trondheim", "NO"), "NOK", None),
    "9007199254741191": _body("Steinrøys Sjømat AS", None, ("post@steinroys-164.example.com", "faktura@steinroys-164.example.com"),
                              "+4722112886", None, ("Håøyveien 103", "2. etasje", "9008", "Tromsø", "NO"), "NOK", 20901),
    "9007199254741195": _body(("Ola", "Øvrebø"), None, ("ola.ovrebo.0@mail.example.net", None), None, None,
                              ("Kirkeveien 158B", None, "7011", "Trondheim", "NO"), "NOK", 20001),
    "9007199254741197": _body("Fjordlys Sykkelverksted AB", "5569130312", ("post@fjordlys-169.example.org", None), None, None,
                              ("Mälarvägen 102", None, "753 10", "Uppsala", "SE"), "SEK", None),
    "9007199254741222": _body(("Ola", "Trillingstad"), None, ("marit.lillestol.15@mail.example.net", None), "+4740373423", None,
                              ("Storgata 140", "Oppgang A", "0155", "Oslo", "NO"), "NOK", None),
    "9007199254741241": _body(("Anne-Grete", "Myrdal"), None, ("annegrete.myrdal.3@epost.example.org", None), "+4722334455", None, None,
                              "NOK", 20004),
    "9007199254741287": _body("Gråstein Bokhandel AS", None, (None, None), "+4722816202", None,
                              ("Håøyveien 82", "Oppgang C", "0155", "Oslo", "NO"), "NOK", 20902),
    "9007199254741297": _body("1881 – «Sitat» \\ skråstrek / AS", "915292658",
                              ("post@tindetopp-170.example.org", "faktura@tindetopp-170.example.org"), "+4740458168", None,
                              ("Storgata 94B", "Oppgang C", "7011", "Trondheim", "NO"), "NOK", 20171),
    "9007199254741346": _body(("Åse-Bjørg 🎣", "Ærlig-Øyåsen"), None, ("bodil.osterlund.1@epost.example.org", None), "+4526581872", None,
                              ("Nørregade 24B", "2. etasje", "1123", "København K", "DK"), "DKK", None),
    "9007199254741371": _body(("Bjørn", "Haugåsen"), None, ("bjorn.haugasen.4@mail.example.net", None), "+4740412345", None, None,
                              "NOK", 20005),
    "9007199254741385": _body(("Åse", "Øvrebø"), None, (None, None), None, None, ("Storgata 16", "c/o Resepsjonen", "0155", "Oslo", "NO"),
                              "NOK", 20010),
    "9007199254741429": _body("Granås Kaffebrenneri AS", "929538919", ("post@granas-168.example.com", "faktura@granas-168.example.com"),
                              "+46701234567", None, None, "NOK", 20169),
    "9007199254741430": _body("Fjordgløtt 🐟 Sjømat AS", "929121015", ("post@havorn-162.example.net", "faktura@havorn-162.example.net"),
                              "+4740206471", "https://www.havorn-162.example.net/", ("Bjørnebærstien 185", None, "6002", "Ålesund", "NO"),
                              "NOK", 20163),
    "9007199254741440": _body(("Asger", "Åkjær"), None, (None, None), "+4722410001", None,
                              ("Åboulevarden 64", None, "1123", "København K", "DK"), "NOK", 20009),
    "9007199254741044": _body(("Anne-Grete", "Øvrebø"), None, ("annegrete.ovrebo.19@post.example.com", None), "+4740651977", None,
                              ("Øvre Torggate 162", "2. etasje", "4006", "Stavanger", "NO"), "NOK", 20020, archived=True),
    "9007199254741050": _body("Blåklokke Sykkelverksted AS", "926211390",
                              ("post@blaklokke-174.example.com", "faktura@blaklokke-174.example.com"), "+4740451216",
                              "https://www.blaklokke-174.example.com/", ("Åsveien 73", "c/o Resepsjonen", "4006", "Stavanger", "NO"),
                              "NOK", 20175, archived=True),
    # From here on PowerOffice GO had the customer already.
    "9007199254741400": _body(("Øystein", "Lillestøl"), None, ("oystein.lillestol.25@epost.example.org", None), "+4740350729", None,
                              ("Storgata 56", None, "0155", "Oslo", "NO"), "NOK", 20026),
    "9007199254741167": _body(("Linnéa", "Lindkvist"), None, ("linnea.lindkvist.26@mail.example.net", None), "+46707122829", None,
                              ("Björkvägen 60", None, "753 10", "Uppsala", "SE"), "NOK", 20027),
    "9007199254741001": _body(("Åse", "Fjeldstad"), None, ("ase.fjeldstad.34@epost.example.org", None), "+4722899525", None,
                              ("Åsveien 25B", "Oppgang B", "6002", "Ålesund", "NO"), "NOK", 20035),
    "9007199254741410": _body(("Åse", "Nesvåg"), None, ("ase.nesvag.35@mail.example.net", None), "+4722101834", None,
                              ("Åsveien 187", None, "3210", "Sandefjord", "NO"), "NOK", 20036),
    "9007199254741144": _body(("Sofia", "Åkerlund"), None, ("sofia.akerlund.40@mail.example.net", None), "+46707628426", None,
                              ("Åsgatan 118", None, "903 26", "Umeå", "SE"), "SEK", 20041),
    "9007199254741136": _body(("Björn", "Björkefall"), None, ("bjorn.bjorkefall.44@mail.example.net", "regnskap.8@gammel.example.net"),
                              None, "http://gammel-8.example.com", ("Åsgatan 108", "Oppgang B", "753 10", "Uppsala", "SE"), "SEK", 20045),
    "9007199254741090": _body("Lyngmo Trelast AS", "922955697", ("post@lyngmo-183.example.org", None), "+4722484281",
                              "https://www.lyngmo-183.example.org/", ("Åsveien 104", None, "1530", "Moss", "NO"), "NOK", 20184),
    "9007199254741018": _body("Nordvind Regnskap Oy", "30344875", ("post@nordvind-199.example.com", None), "+358419299113", None,
                              ("Koivukuja 147", None, "90100", "Oulu", "FI"), "NOK", 20200),
    "9007199254741250": _body("Lyngmo Trelast AB", "5569876260", ("post@lyngmo-207.example.com", None), "+46705837623",
                              "https://kunde-13.example.org", ("Östra Hamngatan 172", "c/o Resepsjonen", "111 22", "Stockholm", "SE"),
                              "SEK", 20208),
    "9007199254741391": _body("Sølvbekk Bygg AS", "919002956", ("post@solvbekk-208.example.net", "faktura@solvbekk-208.example.net"),
                              "+4722087271", "https://www.solvbekk-208.example.net/",
                              ("Fjordgløttveien 131", None, "9008", "Tromsø", "NO"), "NOK", 20209),
    "9007199254741265": _body("Tindetopp Hagesenter AS", "921647182", ("post@tindetopp-210.example.org", None), None,
                              "https://www.tindetopp-210.example.org/", ("Åsveien 73", None, "9008", "Tromsø", "NO"), "NOK", 20211),
    "9007199254741493": _body("Granås Bakeri ApS", "34460175", (None, "faktura@granas-204.example.com"), "+4526396384",
                              "https://www.granas-204.example.com/", ("Åboulevarden 3", "2. etasje", "1123", "København K", "DK"),
                              "DKK", 30020),
}
# fmt: on
