"""What people do in SuperOffice's own pages: edit, add and delete, send an offer, make a new version of it, win it.

Paths are as in the API, besides: ``Country.TwoLetterISOCountry`` and ``Currency.Value`` choose from the lists; ``Private.Firstname``
and ``Private.Lastname`` name a one-person contact, and ``Private.IsPerson`` makes one of a company or the other way round;
``Quoteversion.State`` is what the buttons do (Sent, Sold, Lost; Draft makes a new version of one that is locked);
``Quotealternative.QuoteAlternativeId`` chooses the likely one (0: none), ``Quote.QuoteId`` null deletes the quote; ``Quotealternative.*``,
``Quoteversion.*`` and ``Quote.*`` are the offer's members. Lines go by id, or by product and occurrence (``SUO_2001#1``). Closing the
quote dialog reckons the offer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.superoffice import figures, world
from sandbox.superoffice.agents import LOCKED, QuoteAgent
from sandbox.superoffice.resources import Resources
from sandbox.superoffice.shapes import ID, blank, utc
from sandbox.superoffice.tables import Tables
from sandbox.wire import Json

_PARTS = ("Quote", "Quoteversion", "Quotealternative")
_MASTERS = {"DiscountPercent": "DiscountPercent", "DiscountAmount": "DiscountAmount", "TotalPrice": "Total"}


class People:
    """A person at the keyboard. Methods raise ValueError where the page would refuse."""

    def __init__(self, tables: Tables, resources: Resources, agent: QuoteAgent) -> None:
        self._tables = tables
        self._resources = resources
        self._agent = agent

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change a record."""
        body = self._needed(entity, key)
        own = {path: value for path, value in fields.items() if path.partition(".")[0] not in _PARTS or entity != "Sale"}
        if own:
            self._resources.save(entity, _with(body, own))
        parts = {path: value for path, value in fields.items() if path not in own}
        if parts:
            self._offer(int(key), parts)

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """Make a record; members of a sale's offer make the quote, too."""
        own = {path: value for path, value in fields.items() if path.partition(".")[0] not in _PARTS or entity != "Sale"}
        made = self._resources.save(entity, _with(self._resources.default(entity), own))
        key = str(made[ID[entity]])
        parts = {path: value for path, value in fields.items() if path not in own}
        if parts:
            self._agent.new_quote({"SaleId": int(key)})
            self._offer(int(key), parts)
        return key

    def delete(self, entity: str, key: str) -> None:
        """Delete a record."""
        self._needed(entity, key)
        self._resources.remove(entity, int(key))

    def edit_line(self, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """Change, add (``line`` None) or take away (``fields`` None) a line; returns the name that it was called by, or its id."""
        alternative = self._alternative(int(key), make=line is None)
        lines = self._tables.lines(alternative["QuoteAlternativeId"])
        if line is None:
            return self._add(alternative, dict(fields or {}))
        found = self._line(lines, line)
        if fields is None:
            self._agent.delete_line(found["QuoteLineId"])
        else:
            self._agent.save_line(_reckoned(found, fields))
        self._close(int(key), alternative["QuoteAlternativeId"])
        return line

    def _add(self, alternative: Json, fields: dict[str, Any]) -> str:
        product = self._tables.row("Product", fields.pop("ProductId", 0))
        if product is None:
            raise ValueError("a line begins with a product")
        draft = self._agent.methods["CreateQuoteLine"]
        own = {"QuoteAlternativeId": alternative["QuoteAlternativeId"], "ERPProductKey": product["ERPProductKey"]}
        made = self._agent.save_line(_reckoned(draft(own), fields))
        self._agent.reckon(alternative["QuoteAlternativeId"])
        return str(made["QuoteLineId"])

    def _offer(self, sale_id: int, fields: Mapping[str, Any]) -> None:
        fields = dict(fields)
        if "Quote.QuoteId" in fields and fields.pop("Quote.QuoteId") is None:
            self._agent.delete_quote(self._quote(sale_id)["QuoteId"])
            return
        state = fields.pop("Quoteversion.State", None)
        likely = fields.pop("Quotealternative.QuoteAlternativeId", None)
        for part, entity in (("Quote", "Quote"), ("Quoteversion", "QuoteVersion"), ("Quotealternative", "QuoteAlternative")):
            mine = {path.partition(".")[2]: value for path, value in fields.items() if path.partition(".")[0] == part}
            if mine:
                self._part(sale_id, entity, mine)
        if likely is not None:
            version = self._active(sale_id)
            self._tables.keep("QuoteVersion", version | {"LikelyQuoteAlternativeId": likely})
        if state is not None:
            self._button(sale_id, state)
        self._touch(sale_id)

    def _part(self, sale_id: int, entity: str, fields: dict[str, Any]) -> None:
        if entity == "Quote":
            self._tables.keep("Quote", self._quote(sale_id) | fields)
            return
        if self._active(sale_id)["State"] in LOCKED:
            raise ValueError("the quote version is locked")
        if entity == "QuoteVersion":
            dates = {name: utc(value) for name, value in fields.items() if name.endswith("Date")}
            self._tables.keep("QuoteVersion", self._active(sale_id) | fields | dates)
            return
        alternative = self._alternative(sale_id, make=False)
        masters = [_MASTERS[name] for name in fields if name in _MASTERS]
        body = alternative | {name: float(value or 0) if name in _MASTERS else value for name, value in fields.items()}
        self._tables.keep("QuoteAlternative", body | ({"UserValueOverride": masters[0]} if masters else {}))
        self._close(sale_id, alternative["QuoteAlternativeId"])

    def _button(self, sale_id: int, state: str) -> None:
        version = self._active(sale_id)
        if state == "Draft":
            self._agent.new_version(version["QuoteVersionId"])
        elif state == "Sent":
            self._agent.send(version["QuoteVersionId"])
        elif state == "Sold":
            self._agent.place_order({"QuoteAlternativeId": self._alternative(sale_id, make=False)["QuoteAlternativeId"]})
        else:
            self._tables.keep("QuoteVersion", version | {"State": state})

    def _close(self, sale_id: int, alternative_id: int) -> None:
        """The dialog is closed: the alternative is reckoned, and the sale's amount follows the likely one."""
        self._agent.reckon(alternative_id)
        self._touch(sale_id)

    def _touch(self, sale_id: int) -> None:
        sale, version = self._tables.row("Sale", sale_id), self._active(sale_id)
        likely = self._tables.row("QuoteAlternative", version["LikelyQuoteAlternativeId"])
        if sale and self._quote(sale_id)["UseValuesFromQuote"]:
            self._resources.save("Sale", sale | ({"Amount": likely["TotalPrice"]} if likely else {}))

    def _quote(self, sale_id: int) -> Json:
        quote = self._tables.quote_of(sale_id)
        if quote is None:
            raise ValueError("the sale has no quote")
        return quote

    def _active(self, sale_id: int) -> Json:
        return self._tables.row("QuoteVersion", self._quote(sale_id)["ActiveQuoteVersionId"]) or {}

    def _alternative(self, sale_id: int, *, make: bool) -> Json:
        if make and self._tables.quote_of(sale_id) is None:
            self._agent.new_quote({"SaleId": sale_id})
        quote, version = self._quote(sale_id), self._active(sale_id)
        if version["State"] in LOCKED:
            raise ValueError("the quote version is locked")
        by_id = {one["QuoteAlternativeId"]: one for one in self._tables.alternatives(version["QuoteVersionId"])}
        found = by_id.get(quote["AcceptedQuoteAlternativeId"]) or by_id.get(version["LikelyQuoteAlternativeId"])
        if found is None:
            raise ValueError("no alternative is likely or accepted")
        return found

    def _line(self, lines: list[Json], name: str) -> Json:
        found = line_keys(lines).get(name) or next((one for one in lines if str(one["QuoteLineId"]) == name), None)
        if found is None:
            raise ValueError("there is no such line")
        return found

    def _needed(self, entity: str, key: str) -> Json:
        body = self._tables.row(entity, key)
        if body is None:
            raise ValueError(f"there is no such {entity}")
        return body


def line_keys(lines: list[Json]) -> dict[str, Json]:
    """Lines by the name under which they are known over versions: their own key, else product and occurrence."""
    found: dict[str, Json] = {}
    seen: dict[str, int] = {}
    for line in lines:
        name = line["ERPQuoteLineKey"] or line["ERPProductKey"] or line["Code"] or line["Name"]
        seen[name] = seen.get(name, 0) + 1
        found[name if line["ERPQuoteLineKey"] and seen[name] == 1 else f"{name}#{seen[name]}"] = line
    return found


def _reckoned(line: Json, fields: Mapping[str, Any]) -> Json:
    masters = [_MASTERS[name] for name in fields if name in _MASTERS]
    body = blank("QuoteLine") | line
    numbers = {name for name, value in body.items() if isinstance(value, float)}
    body |= {name: float(value or 0) if name in numbers else value for name, value in fields.items()}
    return figures.line(body | ({"UserValueOverride": masters[0]} if masters else {}))


_CHOICES: Mapping[str, Callable[[Any], tuple[str, Any]]] = {
    "Country.TwoLetterISOCountry": lambda value: ("Country", world.country(world.country_id(value)) if value else None),
    "Currency.Value": lambda value: ("Currency", world.currency(world.currency_id(value))),
    "Contact.ContactId": lambda value: ("Contact", {"ContactId": int(value)} if value else None),
}


def _with(body: Json, fields: Mapping[str, Any]) -> Json:
    """The body with dotted fields in it; a first address is set in its list, or taken away."""
    after = dict(body)
    names = {path.partition(".")[2]: value for path, value in fields.items() if path.startswith("Private.")}
    is_person = names.pop("IsPerson", None)
    if is_person is not None:
        first, _, last = str(body["Name"]).rpartition(" ")
        one = {"Firstname": first or "Kari", "Lastname": last}
        after |= {"Persons": [one], "Name": f"{one['Firstname']} {last}", "OrgNr": ""} if is_person else {"Persons": []}
    if names:
        person = {"Firstname": "", "Lastname": "", **dict((body["Persons"] or [{}])[0]), **names}
        after |= {"Persons": [person], "Name": f"{person['Firstname']} {person['Lastname']}"}
    for path, value in fields.items():
        if path in _CHOICES:
            name, chosen = _CHOICES[path](value)
            after[name] = chosen
        elif not path.startswith("Private."):
            after = _set(after, path.split("."), value)
    return after


def _set(body: Any, parts: list[str], value: Any) -> Any:
    first, *rest = parts
    if isinstance(body, list):
        held = list(body)
        if value is None:
            return held[1:]
        held[:1] = [_set(dict(held[0]) if held else {}, rest, value)]
        return held
    if not rest:
        empty = "" if isinstance(body.get(first), str) else body.get(first) and 0
        return {**body, first: empty if value is None else _typed(body.get(first), value)}
    held = body.get(first)
    return {**body, first: _set({} if held is None else held, rest, value)}


def _typed(held: Any, value: Any) -> Any:
    return float(value) if isinstance(held, float) and not isinstance(value, bool) else value
