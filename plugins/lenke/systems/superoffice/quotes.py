"""A sale's quote as the agents tell it, put together with its sale into one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lenke.core.errors import RetriableError
from lenke.systems.paths import look
from lenke.systems.superoffice import prices
from lenke.systems.superoffice.entities import ALTERNATIVE, LINES, LOCKED_STATES, NO_DATES, QUOTE, VERSION
from lenke.systems.superoffice.lists import Lists
from lenke.systems.superoffice.tenant import Tenant

Body = Mapping[str, Any]
_DATES = ("Saledate", "NextDueDate", "ReopenDate", "ExpirationDate", "SentDate", "LastRecalculated", "SubscriptionStart")
# Pictures: large, and no property of any order.
_HEAVY = frozenset({"Thumbnail"})


@dataclass(frozen=True)
class Offer:
    """The part of a quote that counts: its active version and, of that, the accepted or else the likely alternative."""

    quote: Body
    version: Body | None
    alternative: Body | None
    lines: tuple[Body, ...] = ()

    @property
    def lock(self) -> str | None:
        """Why the offer cannot be changed, if it cannot."""
        state = self.version.get("State") if self.version else None
        return f"quote version is {state} in SuperOffice" if state in LOCKED_STATES else None


def offer_of(tenant: Tenant, sale_id: str) -> Offer | None:
    """A sale's offer as it stands; None for a sale without a quote, which the agent tells by null."""
    quote = tenant.ask("Quote/GetQuoteEntityFromSaleId", {"SaleId": int(sale_id)})
    if not isinstance(quote, Mapping) or not quote.get("QuoteId"):
        return None
    version = next(
        (one for one in quote.get("QuoteVersions") or () if one.get("QuoteVersionId") == quote.get("ActiveQuoteVersionId")), None
    )
    alternative = _chosen(quote, version) if version else None
    return Offer(quote, version, alternative, lines_of(tenant, alternative) if alternative else ())


def lines_of(tenant: Tenant, alternative: Body) -> tuple[Body, ...]:
    """An alternative's lines in the order of their rank; null is an answer that tells nothing, an empty list one without lines."""
    lines = tenant.ask("Quote/GetQuoteLines", {"QuoteAlternativeId": alternative["QuoteAlternativeId"]})
    if not isinstance(lines, list):
        raise RetriableError("Quote/GetQuoteLines: no list for an alternative that was there a moment ago")
    return tuple(sorted(lines, key=lambda line: (line.get("Rank") or 0, line.get("QuoteLineId") or 0)))


def composed(sale: Body, offer: Offer | None, lists: Lists) -> dict[str, Any]:
    """The record of a sale: the vendor's members, and the offer's inside (:mod:`lenke.systems.superoffice.entities`).

    What there is none of is missing, not null: an alternative that nobody has chosen takes nothing away from an order.
    """
    whole = _dated(sale)
    if look(sale, "Contact.ContactId") == 0:
        whole["Contact"] = None  # how the vendor may tell that there is none
    if offer is None:
        return whole
    whole[QUOTE] = {name: value for name, value in offer.quote.items() if name != "QuoteVersions"}
    if offer.version:
        whole[VERSION] = {name: value for name, value in _dated(offer.version).items() if name != "QuoteAlternatives"}
    if offer.alternative:
        whole[ALTERNATIVE] = dict(offer.alternative)
        whole[LINES] = [_line(line, lists) for line in offer.lines]
    return whole


def _line(line: Body, lists: Lists) -> dict[str, Any]:
    kept = {name: value for name, value in prices.known(_dated(line)).items() if name not in _HEAVY}
    return {**kept, "ProductId": lists.shop_product(line.get("ERPProductKey"), line.get("Code"))}


def _chosen(quote: Body, version: Body) -> Body | None:
    """The accepted alternative where it is one of this version's, else the likely one."""
    by_id = {one.get("QuoteAlternativeId"): one for one in version.get("QuoteAlternatives") or ()}
    return by_id.get(quote.get("AcceptedQuoteAlternativeId")) or by_id.get(version.get("LikelyQuoteAlternativeId"))


def _dated(body: Body) -> dict[str, Any]:
    """A copy with null for dates that mean "not set"."""
    return {name: None if name in _DATES and str(value or "")[:10] in NO_DATES else value for name, value in body.items()}
