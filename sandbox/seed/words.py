"""Word lists: names, streets, places, trades and goods of four Nordic countries. All companies are made up."""

from __future__ import annotations


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _places(text: str) -> tuple[tuple[str, str], ...]:
    """``postal code=city`` pairs."""
    pairs = (part.split("=") for part in _list(text))
    return tuple((code, city) for code, city in pairs)


FIRST = {
    "NOR": _list("Kari, Ola, Ingrid, Bjørn, Åse, Håkon, Solveig, Øystein, Marit, Torbjørn, Silje, Pål, Anne-Grete, Jørn, Aud"),
    "SWE": _list("Åsa, Lars-Göran, Elin, Björn, Märta, Östen, Linnéa, Håkan, Sofia, Göran"),
    "DNK": _list("Søren, Mette, Jørgen, Bodil, Ærø, Kirsten, Asger, Pernille, Løvise, Frode"),
    "FIN": _list("Päivi, Jörgen, Väinö, Sirkka, Mikael, Aino, Tuomas, Leena, Åke, Eeva"),
}
LAST = {
    "NOR": _list("Nordmann, Sørensen, Bakkehaug, Åsheim, Øvrebø, Lillestøl, Haugåsen, Nesvåg, Myrdal, Bjørkås, Fjeldstad, Tveitå"),
    "SWE": _list("Bergström, Åkerlund, Sjöqvist, Lindkvist, Höglund, Öhman, Strandäng, Björkefall"),
    "DNK": _list("Nørgård, Kjærholm, Bøgeskov, Østerlund, Åkjær, Vestermølle, Rødhus, Holmegård"),
    "FIN": _list("Mäkiranta, Järvelä, Söderback, Koskisalo, Hämäläinen, Lehtomaa, Nyåker, Rantanen"),
}
STREET = {
    "NOR": _list("Storgata, Kirkeveien, Bjørnebærstien, Fjordgløttveien, Øvre Torggate, Åsveien, Nedre Strandgate, Håøyveien"),
    "SWE": _list("Storgatan, Björkvägen, Åsgatan, Östra Hamngatan, Mälarvägen, Skolgränd"),
    "DNK": _list("Nørregade, Østergade, Møllevej, Ærøvej, Strandvejen, Åboulevarden"),
    "FIN": _list("Mannerheimintie, Hämeentie, Strandvägen, Koivukuja, Mäkikatu, Läntinen Rantakatu"),
}
PLACE = {
    "NOR": _places(
        "0155=Oslo, 5003=Bergen, 7011=Trondheim, 4006=Stavanger, 9008=Tromsø, 6002=Ålesund, 8006=Bodø, 1530=Moss, 3210=Sandefjord"
    ),
    "SWE": _places("111 22=Stockholm, 411 05=Göteborg, 211 20=Malmö, 753 10=Uppsala, 903 26=Umeå, 702 10=Örebro"),
    "DNK": _places("1123=København K, 8000=Aarhus C, 5000=Odense C, 9000=Aalborg, 4600=Køge"),
    "FIN": _places("00100=Helsinki, 20100=Turku, 33100=Tampere, 90100=Oulu, 65100=Vaasa"),
}
FIRM = _list(
    "Fjordlys, Nordvind, Blåklokke, Granås, Tindetopp, Havørn, Sølvbekk, Myrull, Steinrøys, Villbær, Rimfrost, Gråstein, Lyngmo, Multeland"
)
TRADE = _list(
    "Bygg, Kaffebrenneri, Rør og Varme, Elektro, Trelast, Regnskap, Sjømat, Bakeri, Hagesenter, Sykkelverksted, Transport, Bokhandel"
)
FORM = {"NOR": "AS", "SWE": "AB", "DNK": "ApS", "FIN": "Oy"}
ISO2 = {"NOR": "NO", "SWE": "SE", "DNK": "DK", "FIN": "FI"}
MONEY = {"NOR": "NOK", "SWE": "SEK", "DNK": "DKK", "FIN": "EUR"}
LANGUAGE = {"NOR": "nb", "SWE": "sv", "DNK": "da", "FIN": "fi"}

GOODS = _list(
    "Ullsokk, Turbukse, Sovepose, Kaffekopp, Hodelykt, Fiskestang, Ryggsekk, Skismurning, Stormkjøkken, Drikkeflaske, Håndkle, Regnjakke,"
    "Liggeunderlag, Kniv, Tørrfisk, Knekkebrød, Bålpanne, Teltplugg"
)
SERIES = _list("Nordlys, Vidda, Fjæra, Åsnes, Jøkul, Røros, Sørpå, Østavind, Lågen, Blåmåne, Hvitveis, Småvik")
SHADE = _list("grå, blå, rød, grønn, svart, hvit, lyng, rav")
SERVICE = _list("Montering, Skisliping, Kurs, Frakt på timer, Reparasjon, Rådgivning")
CATEGORY = _list("Klær, Turutstyr, Kjøkken, Mat, Tjenester, Fiske")
