"""Updates of sales: the sale's own members by JSON Patch, then its offer, then line by line.

The sale's patch is the guard: where it finds that the sale has moved, nothing else is touched. The calls are not atomic together,
so what was written before one of them failed is told as ``partial``. What is locked (an offer that is sent, the currency and the amount
of a sale with a quote) holds back itself alone: the rest is written, and the answer is ``locked`` and ``partial``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lenke.core.errors import (
    LenkeError,
    LockedError,
    MovedError,
    RecordNotFoundError,
    RejectedRecordError,
    RetriableError,
    UnknownOutcomeError,
)
from lenke.core.ports import LineWrite, Outcome, Record, Write
from lenke.systems.paths import look, segment
from lenke.systems.problems import outcome_of
from lenke.systems.superoffice.contacts import refuse_moved
from lenke.systems.superoffice.entities import ALTERNATIVE, LINES, QUOTE, SALE, VERSION
from lenke.systems.superoffice.lists import Lists
from lenke.systems.superoffice.offers import OfferWrite
from lenke.systems.superoffice.quotes import Offer, composed, offer_of
from lenke.systems.superoffice.sales import Sales
from lenke.systems.superoffice.tenant import JSON_PATCH, Tenant

_PARTS = (QUOTE, VERSION, ALTERNATIVE)
CURRENCY_LOCK = "the sale has a quote, which fixes its currency in SuperOffice"
AMOUNT_LOCK = "the sale has a quote, from which its amount follows in SuperOffice"
NO_OFFER_LOCK = "the sale has no quote with an accepted or likely alternative, which holds what is to be written"


class SaleUpdate:
    """One sale's update."""

    def __init__(self, tenant: Tenant, lists: Lists, sales: Sales, write: Write) -> None:
        self._tenant = tenant
        self._lists = lists
        self._sales = sales
        self._write = write
        self._id = str(write.id)
        self._wrote = False
        self._failed: list[LenkeError] = []
        self._held: dict[str, str] = {}
        self._no_offer = False

    def run(self) -> Outcome:
        """The outcome with the sale as stored. Raises what the sale's own patch raises: nothing was written then."""
        SALE.refuse_unknown(frozenset(self._write.fields))
        offer = self._seen()
        self._patch(offer)
        self._offer(offer)
        self._sales.forget(self._id)
        return self._outcome()

    def _seen(self) -> Offer | None:
        """The offer as it is now; MovedError where sale or offer hold something else than the plan saw."""
        now = self._tenant.read(f"/Sale/{segment(self._id)}").body
        if not isinstance(now, Mapping):
            raise RecordNotFoundError(f"Sale {self._id}: not there")
        offer = offer_of(self._tenant, self._id)
        whole = composed(now, offer, self._lists)
        refuse_moved(self._write.before, whole)
        self._currency = str(look(whole, "Currency.Value") or self._lists.currency).upper()
        self._hold(offer, frozenset(whole))
        self._now = now
        return offer

    def _hold(self, offer: Offer | None, members: frozenset[str]) -> None:
        """Keep back what is locked, by its path; raises LockedError where nothing else is to be written."""
        locks: dict[str, str] = {}
        if offer is not None:
            locks |= {"Currency.Value": CURRENCY_LOCK} | ({"Amount": AMOUNT_LOCK} if offer.quote.get("UseValuesFromQuote") else {})
        if not self._needed() <= members:
            locks |= dict.fromkeys(self._parts() or [LINES], NO_OFFER_LOCK)
        elif offer is not None and offer.lock and self._needed():
            locks |= dict.fromkeys(self._parts() or [LINES], offer.lock)
        wanted = {*self._write.fields, *([LINES] if self._write.lines else [])}
        self._held = {path: lock for path, lock in locks.items() if path in wanted}
        self._no_offer = bool(self._held.keys() - {"Currency.Value", "Amount"})
        left = wanted - self._held.keys() - ({LINES} if self._no_offer else set())
        if self._held and not left:
            raise self._locks()[0]

    def _locks(self) -> list[LenkeError]:
        return [LockedError(lock, lock=lock) for lock in dict.fromkeys(self._held.values())]

    def _patch(self, offer: Offer | None) -> None:
        own = {path: value for path, value in self._write.fields.items() if path not in self._parts() and path not in self._held}
        operations = [step for path, value in own.items() for step in self._steps(path, value)]
        if operations:
            ordered = sorted(operations, key=lambda step: step["op"] != "test")
            self._tenant.send("PATCH", f"/Sale/{segment(self._id)}", ordered, content_type=JSON_PATCH)
            self._wrote = True

    def _steps(self, path: str, value: Any) -> Iterator[dict[str, Any]]:
        """Test and replace of one member; references go by id."""
        held: Any
        if path == "Currency.Value":
            pointer, held, value = "Currency", look(self._now, "Currency.Id"), {"Id": self._lists.currency_id(value)}
            yield {"op": "test", "path": "/Currency/Id", "value": held}
        elif path == "Contact.ContactId":
            pointer, held, value = "Contact", look(self._now, path), {"ContactId": int(value)} if value is not None else None
            yield {"op": "test", "path": "/Contact/ContactId" if look(self._now, "Contact") else "/Contact", "value": held}
        else:
            pointer, held = path.replace(".", "/"), look(self._now, path)
            yield {"op": "test", "path": f"/{pointer}", "value": held}
            value = "" if value is None and isinstance(held, str) else value
        yield {"op": "replace", "path": f"/{pointer}", "value": value}

    def _parts(self) -> dict[str, Any]:
        return {path: value for path, value in self._write.fields.items() if path.partition(".")[0] in _PARTS}

    def _needed(self) -> set[str]:
        """Members of the record that must be there for what is to be written."""
        return {path.partition(".")[0] for path in self._parts()} | ({ALTERNATIVE} if self._write.lines else set())

    def _offer(self, offer: Offer | None) -> None:
        if offer is None or self._no_offer or not (self._needed() or self._write.reckon):
            return
        work = OfferWrite(self._tenant, self._lists, self._id, offer, self._currency)
        try:
            if self._parts():
                work.parts(self._parts())
                self._wrote = True
            for line in self._write.lines:
                if not self._line(work, line):
                    break
            if self._is_reckoned(offer) and self._may_have_changed_lines():
                work.total()
        except LenkeError as error:
            self._failed.append(error)

    def _is_reckoned(self, offer: Offer) -> bool:
        """Lines are written now, or were by an earlier try, which may have ended before the totals followed."""
        return bool(self._write.lines) or (self._write.reckon and offer.alternative is not None and offer.lock is None)

    def _line(self, work: OfferWrite, line: LineWrite) -> bool:
        """Write one line; False where no further one should be tried."""
        try:
            work.line(line)
            self._wrote = True
        except (UnknownOutcomeError, RetriableError, LockedError) as error:
            self._failed.append(error)
            return False
        except (RejectedRecordError, MovedError, RecordNotFoundError) as error:
            name = f"line {line.id}" if line.id else f"new line {self._write.lines.index(line) + 1}"
            self._failed.append(_named(name, error))
        return True

    def _heavy(self) -> list[LenkeError]:
        return [error for error in self._failed if isinstance(error, (UnknownOutcomeError, RetriableError, LockedError))]

    def _may_have_changed_lines(self) -> bool:
        """Once a line was saved its totals must follow now: what is settled as written later is not sent again."""
        heavy = self._heavy()
        lost = any(isinstance(error, UnknownOutcomeError) for error in heavy)
        return not heavy or ((self._wrote or lost) and not any(isinstance(error, LockedError) for error in heavy))

    def _outcome(self) -> Outcome:
        self._failed = self._locks() + self._failed
        key, heavy = self._write.key, self._heavy()
        if self._failed and not self._wrote:
            return outcome_of(self._write, (heavy or self._failed)[0])
        reason = "; ".join(str(error) for error in self._failed)
        if heavy:
            told = outcome_of(self._write, heavy[0], partial=True)
            return Outcome(key, told.status, self._id, reason=reason, delay=told.delay, partial=True)
        return Outcome(key, "done", self._id, self._stored(), reason, partial=bool(self._failed))

    def _stored(self) -> Record | None:
        """The sale as stored; None where it cannot be read now, for the caller to read it back."""
        try:
            return next(iter(self._sales.whole([self._id])), None)
        except RetriableError:
            return None


def _named(name: str, error: LenkeError) -> LenkeError:
    if isinstance(error, RejectedRecordError):
        return type(error)(f"{name}: {error}", property=error.property)
    return type(error)(f"{name}: {error}")
