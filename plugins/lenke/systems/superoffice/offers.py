"""Writes to a sale's offer: its quote, its version, its alternative and its lines, by the agents.

Agents know no conditions, so each object is read and compared right before it is saved. A line's save takes three calls: the values
that we set, the connector's recalculation of what follows from them, and the save; the alternative's totals are recalculated last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lenke.core.errors import LockedError, MovedError, RecordNotFoundError, RejectedRecordError, UnknownOutcomeError
from lenke.core.ports import LineWrite
from lenke.systems.paths import same, whole_number
from lenke.systems.superoffice import prices
from lenke.systems.superoffice.answers import given
from lenke.systems.superoffice.contacts import refuse_moved
from lenke.systems.superoffice.entities import ALTERNATIVE, LINE_MARKER, LINE_WRITABLE, MASTERS, NO_DATES, QUOTE, RECALCULATED, VERSION
from lenke.systems.superoffice.lists import Lists
from lenke.systems.superoffice.quotes import Body, Offer, offer_of
from lenke.systems.superoffice.tenant import Tenant

Fields = Mapping[str, Any]
_TOTALS = 3


class OfferWrite:
    """One sale's offer under way.

    :param offer: as it is now.
    :param currency: of the sale, in which its products must be.
    """

    def __init__(self, tenant: Tenant, lists: Lists, sale_id: str, offer: Offer, currency: str) -> None:
        self._tenant = tenant
        self._lists = lists
        self._sale_id = sale_id
        self._offer = offer
        self._currency = currency
        self._lines = {str(line["QuoteLineId"]): line for line in offer.lines}

    def parts(self, fields: Fields) -> None:
        """Save the quote's, the version's and the alternative's changed members; raises LockedError and what the agents answer."""
        for part, save in ((QUOTE, self._quote), (VERSION, self._version), (ALTERNATIVE, self._alternative)):
            mine = {path.partition(".")[2]: value for path, value in fields.items() if path.startswith(f"{part}.")}
            if mine:
                self.refuse_locked()
                save(mine)

    def refuse_locked(self) -> None:
        """Raise LockedError where the version's state forbids every change."""
        if self._offer.lock:
            raise LockedError(self._offer.lock, lock=self._offer.lock)

    def line(self, line: LineWrite) -> None:
        """Save, create or delete one line."""
        self.refuse_locked()
        if unknown := sorted(set(line.fields) - LINE_WRITABLE):
            raise RejectedRecordError(f"a quote line takes no {', '.join(unknown)}")
        if line.verb == "create":
            self._create(line)
        elif line.verb == "update":
            self._save(self._changed(self._current(line), line.fields), line.fields)
        else:
            self._remove(line)

    def total(self) -> None:
        """Let the alternative's totals follow its lines; reckoned anew where the answer was lost, since no later write would see to it."""
        for _ in range(_TOTALS):
            try:
                return self._total()
            except UnknownOutcomeError as error:
                lost = error
        raise lost

    def _total(self) -> None:
        assert self._offer.alternative is not None
        key = self._offer.alternative["QuoteAlternativeId"]
        told = given("Quote/RecalculateQuoteAlternative", self._tenant.ask("Quote/RecalculateQuoteAlternative", {"QuoteAlternative": key}))
        changed = told.get("ChangedQuoteAlternative")
        if isinstance(changed, Mapping) and changed.get("QuoteAlternativeId") == key:
            self._act("Quote/SaveQuoteAlternative", dict(changed))

    def _quote(self, fields: Fields) -> None:
        body = {**self._offer.quote, **_texts(fields, self._offer.quote)}
        self._act("Quote/SaveQuoteEntity", {"QuoteEntity": body})

    def _version(self, fields: Fields) -> None:
        assert self._offer.version is not None
        own = {path: value for path, value in fields.items() if path != "Number"}
        if own:
            self._act("Quote/SaveQuoteVersion", {"QuoteVersion": {**self._offer.version, **_texts(own, self._offer.version)}})
        if "Number" in fields:
            body = {"QuoteVersionId": self._offer.version["QuoteVersionId"], "Number": str(fields["Number"] or "")}
            self._act("Quote/SaveQuoteVersionNumber", body)

    def _alternative(self, fields: Fields) -> None:
        assert self._offer.alternative is not None
        if "TotalPrice" in fields and fields["TotalPrice"] is None:
            raise RejectedRecordError("an offer has a total, which SuperOffice reckons", property=f"{ALTERNATIVE}.TotalPrice")
        body = {**self._offer.alternative, **_texts(fields, self._offer.alternative), **_master(fields)}
        self._act("Quote/SaveQuoteAlternative", body)
        if set(fields) & set(MASTERS):
            self.total()

    def _create(self, line: LineWrite) -> None:
        assert self._offer.alternative is not None
        key = self._offer.alternative["QuoteAlternativeId"]
        if line.marker and any(one.get(LINE_MARKER) == line.marker for one in self._offer.lines):
            return  # an earlier try of this very line has arrived
        product = self._lists.sold_as(str(line.fields["ProductId"]), self._currency) if line.fields.get("ProductId") else None
        if product is None:
            raise RejectedRecordError("a new quote line needs a product", property="ProductId")
        draft = self._tenant.ask("Quote/CreateQuoteLine", {"QuoteAlternativeId": key, "ERPProductKey": product.key})
        body = dict(given("Quote/CreateQuoteLine", draft))
        if line.marker and not body.get(LINE_MARKER):
            body[LINE_MARKER] = line.marker
        self._save(self._changed(body, line.fields), line.fields)

    def _current(self, line: LineWrite) -> Body:
        """The line as it is this moment; raises MovedError where the plan saw it otherwise."""
        known = self._lines.get(str(line.id))
        if known is None:
            raise RecordNotFoundError(f"line {line.id}: there is none in this alternative")
        now = given("Quote/GetQuoteLine", self._tenant.ask("Quote/GetQuoteLine", {"QuoteLineId": known["QuoteLineId"]}))
        product = self._lists.shop_product(now.get("ERPProductKey"), now.get("Code"))
        told = {**prices.known(now), "ProductId": whole_number(product)}
        refuse_moved({path: whole_number(value) for path, value in line.before.items()}, told)
        return now

    def _changed(self, line: Body, fields: Fields) -> dict[str, Any]:
        body = {**line, **_texts({path: value for path, value in fields.items() if path != "ProductId"}, line), **_master(fields)}
        if line.get("QuoteLineId") and fields.get("ProductId") is not None:
            product = self._lists.sold_as(str(fields["ProductId"]), self._currency)
            body |= {"ERPProductKey": product.key} | ({} if "Code" in fields else {"Code": product.code})
        return body

    def _save(self, body: dict[str, Any], fields: Fields) -> None:
        changed = [f"QuoteLine.{name}" for name in fields if name in RECALCULATED]
        if changed:
            told = self._tenant.ask("Quote/RecalculateQuoteLine", {"QuoteLine": body, "ChangedFields": changed})
            body = dict(given("Quote/RecalculateQuoteLine", told))
        self._act("Quote/SaveQuoteLine", {"QuoteLine": body})

    def _remove(self, line: LineWrite) -> None:
        if str(line.id) not in self._lines:
            return  # what was to be removed is not there
        now = self._current(line)
        self._act("Quote/DeleteQuoteLine", {"QuoteLineId": now["QuoteLineId"]}, answers=False)

    def _act(self, agent: str, body: Any, *, answers: bool = True) -> None:
        """A save. One without a usable answer (agents answer 500 for a locked version, too) is judged by what a read shows."""
        try:
            told = self._tenant.act(agent, body)
            if answers and told is not True:
                given(agent, told)
        except (UnknownOutcomeError, RejectedRecordError, RecordNotFoundError):
            offer = offer_of(self._tenant, self._sale_id)
            if offer is None or offer.version is None:
                raise RecordNotFoundError("the sale's quote is not there any more") from None
            if offer.lock:
                raise LockedError(offer.lock, lock=offer.lock) from None
            if self._moved_on(offer):
                raise MovedError("the quote has another active version than when it was read") from None
            raise

    def _moved_on(self, offer: Offer) -> bool:
        return bool(_id(offer.alternative) != _id(self._offer.alternative))


def _id(alternative: Body | None) -> Any:
    return alternative.get("QuoteAlternativeId") if alternative else None


def _texts(fields: Fields, current: Body) -> dict[str, Any]:
    """The fields as the carrier holds them: an empty text for null, zero for an amount that is cleared, a time long ago for no date."""
    return {path: _empty(path, current.get(path)) if value is None else value for path, value in fields.items()}


def _empty(path: str, held: Any) -> Any:
    if path.endswith("Date"):
        return f"{NO_DATES[0]}T00:00:00"
    return {str: "", bool: False}.get(type(held), 0) if held is not None else None


def _master(fields: Fields) -> dict[str, Any]:
    """Which of the linked figures a person is taken to have set."""
    name = next((MASTERS[path] for path, value in fields.items() if path in MASTERS and not same(value, None)), None)
    return {"UserValueOverride": name} if name else {}
