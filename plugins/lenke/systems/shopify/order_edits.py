"""An order's lines after it was placed: an order edit, begun, changed and committed without a message to the buyer.

Nothing is changed before the commit but the notes of lines that are to come, which say nothing as long as those are not there; so an edit
whose changes are refused leaves the order as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lenke.core.errors import LenkeError, LockedError, MovedError, RetriableError, UnknownOutcomeError
from lenke.core.ports import LineWrite, Write
from lenke.systems.paths import look, text_of, unlike
from lenke.systems.shopify import batch, line_changes, order_lines, order_notes
from lenke.systems.shopify.batch import Operation
from lenke.systems.shopify.entities import NAMESPACE, ORDER
from lenke.systems.shopify.line_changes import Added, Change
from lenke.systems.shopify.values import metafields
from lenke.systems.shopify.wire import Wire

_BASIS = "the order's prices hold VAT where the shop's do not, or the other way round"
_BEGUN = (
    "calculatedOrder { id lineItems(first: 250) { nodes { id quantity editableQuantity"
    " calculatedDiscountAllocations { discountApplication { id } } } pageInfo { hasNextPage endCursor } } }"
)
_ADDED = "calculatedLineItem { id originalUnitPriceSet { presentmentMoney { amount currencyCode } } }"
_HUNDRED = Decimal(100)

Json = Mapping[str, Any]


def check(write: Write, current: Json) -> None:
    """Raise MovedError or LockedError, before anything is sent, where the order's lines cannot be written."""
    lines = {str(line["id"]): line for line in current.get("lines") or ()}
    if current.get("cancelledAt"):
        raise LockedError("the order is cancelled in Shopify", lock="the order is cancelled in Shopify")
    if "lines" not in current:
        raise LockedError("the order is refunded in Shopify", lock="the order is refunded in Shopify")
    if not current.get("merchantEditable", True):
        raise LockedError("Shopify does not let the order be edited", lock="Shopify does not let the order be edited")
    for line in write.lines:
        if line.verb == "create":
            continue
        held = lines.get(str(line.id))
        if held is None or unlike(line.before, held):
            raise MovedError(f"line {line.id}: changed since it was read")
        if held.get("merchantEditable") is False or int(held["unfulfilledQuantity"]) < int(held["currentQuantity"]):
            raise LockedError(f"line {line.id}: {order_lines.FULFILLED}", lock=order_lines.FULFILLED)
        if line.verb == "update" and set(line_changes.different(line, held)) - line_changes.WRITABLE:
            raise LockedError(f"line {line.id}: {order_lines.LOCK}", lock=order_lines.LOCK)


@dataclass(slots=True)
class OrderEdit:
    """One order's edit; :meth:`run` raises what stops it.

    :param taxes_included: whether the shop's prices hold VAT.
    """

    wire: Wire
    write: Write
    current: Json
    taxes_included: bool
    _id: str = ""

    def run(self) -> None:
        """Begin, change, note, commit. Raises LockedError, RejectedRecordError, UnknownOutcomeError ..."""
        changes = [line_changes.change(line, self._held(line)) for line in self.write.lines]
        self._refuse_another_basis(changes)
        if any(change.is_edit for change in changes):
            self._edit(changes)
        elif any(change.title for change in changes):
            self._note(self._notes(changes, []))

    def _edit(self, changes: Sequence[Change]) -> None:
        added = self._staged(changes)
        notes = self._notes(changes, added)
        told = order_notes.parsed(look(self.current, f"metafields.{NAMESPACE}.{order_notes.KEY}"))
        # Notes of an edit that came to nothing go, too, before another line is taken for theirs.
        if notes != told:
            self._note(notes)
        commit = (("id", "ID!", self._id), ("notifyCustomer", "Boolean", False))
        try:
            self._one(Operation("orderEditCommit", commit, "order { id }", codes=False))
        except UnknownOutcomeError:
            raise
        except LenkeError:
            # Nothing was added, so nothing is to be told of it.
            if added:
                self._note(self._notes((), ()))
            raise

    def _staged(self, changes: Sequence[Change]) -> list[Json]:
        """Every change made in an edit that is not committed yet; the notes of the lines that it adds.

        A line dearer than its variant is an item of its own, which shows when the variant was added: that edit is left, and another begun.
        """
        dear: set[int] = set()
        while True:
            begun = self._one(Operation("orderEditBegin", (("id", "ID!", self.current["id"]),), _BEGUN, codes=False))
            self._id = str(look(begun, "calculatedOrder.id"))
            discounts = {str(node["id"]): _discount(node) for node in look(begun, "calculatedOrder.lineItems.nodes") or ()}
            self._all([operation for change in changes for operation in self._operations(change, discounts)])
            lines = [change.added for change in changes if change.added is not None]
            notes = [self._item(line) if at in dear else self._variant(line) for at, line in enumerate(lines)]
            found = {at for at, note in enumerate(notes) if note is None}
            if not found:
                return [note for note in notes if note is not None]
            dear |= found

    def _held(self, line: LineWrite) -> Json | None:
        return next((one for one in self.current.get("lines") or () if str(one["id"]) == line.id), None)

    def _refuse_another_basis(self, changes: Sequence[Change]) -> None:
        told = self.current.get("taxesIncluded")
        if told is not None and bool(told) != self.taxes_included and any(change.added for change in changes):
            raise LockedError(_BASIS, lock=_BASIS)

    def _notes(self, changes: Sequence[Change], added: Sequence[Json]) -> list[Json]:
        """The order's notes once the changes are made: of lines that are gone there are none."""
        gone = {change.line for change in changes if change.quantity == 0}
        titles = {change.line: change.title for change in changes if change.title and change.line not in gone}
        notes: list[Json] = []
        for line in self.current.get("lines") or ():
            words = {**(line.get("note") or {}), **({order_notes.TITLE: titles[line["id"]]} if line["id"] in titles else {})}
            if words and line["id"] not in gone:
                notes.append(order_notes.of_line(str(line["id"]), words))
        return [*notes, *added]

    def _note(self, notes: Sequence[Json]) -> None:
        fields = metafields(ORDER, {f"metafields.{NAMESPACE}.{order_notes.KEY}": order_notes.written(notes)})
        given = {"id": self.current["id"], "metafields": fields}
        self._one(Operation("orderUpdate", (("input", "OrderInput!", given),), "order { id }", codes=False))

    def _operations(self, change: Change, discounts: Mapping[str, str | None]) -> Iterator[Operation]:
        if change.quantity is not None:
            yield self._operation("quantity", change.line, change.quantity, discounts)
        if change.discount is not None:
            yield self._operation("discount", change.line, change.discount, discounts)

    def _operation(self, name: str, line: str, value: Any, discounts: Mapping[str, str | None]) -> Operation:
        calculated = f"gid://shopify/CalculatedLineItem/{line}"
        known = (("id", "ID!", self._id), ("lineItemId", "ID!", calculated))
        if name == "quantity":
            return Operation("orderEditSetQuantity", (*known, ("quantity", "Int!", value)), "calculatedLineItem { id }", codes=False)
        application = discounts.get(calculated)
        if application is None:
            discount = ("discount", "OrderEditAppliedDiscountInput!", _off(value))
            return Operation("orderEditAddLineItemDiscount", (*known, discount), "calculatedLineItem { id }", codes=False)
        applied = (("id", "ID!", self._id), ("discountApplicationId", "ID!", application))
        if not value:
            return Operation("orderEditRemoveDiscount", applied, "calculatedOrder { id }", codes=False)
        update = (*applied, ("discount", "OrderEditAppliedDiscountInput!", _off(value)))
        return Operation("orderEditUpdateDiscount", update, "calculatedOrder { id }", codes=False)

    def _variant(self, line: Added) -> Json | None:
        """Add the variant at its own price, or at a lower one by a discount; its note, or None where its own is too low."""
        variant = ("variantId", "ID!", f"gid://shopify/ProductVariant/{line.variant}")
        arguments = (("id", "ID!", self._id), variant, ("quantity", "Int!", line.pieces), ("allowDuplicates", "Boolean", True))
        added = look(self._one(Operation("orderEditAddVariant", arguments, _ADDED, codes=False)), "calculatedLineItem")
        own = Decimal(str(look(added, "originalUnitPriceSet.presentmentMoney.amount") or 0))
        if line.price > own:
            return None
        words = dict(line.words)
        if line.price < own:
            off = _off((1 - line.price / own) * _HUNDRED)
            known = (("id", "ID!", self._id), ("lineItemId", "ID!", added["id"]))
            discounted = (*known, ("discount", "OrderEditAppliedDiscountInput!", off))
            self._one(Operation("orderEditAddLineItemDiscount", discounted, "calculatedLineItem { id }", codes=False))
            words[order_notes.TAKEN] = str(off["percentValue"])
        return order_notes.of_new(str(self.current["lastLine"]), words, variant=line.variant, item="")

    def _item(self, line: Added) -> Json:
        """Add an item that Shopify knows no variant of, at any price; its note."""
        title = line.title or f"#{line.variant}"
        price = {"amount": format(line.price, "f"), "currencyCode": self.current["presentmentCurrencyCode"]}
        arguments = (
            ("id", "ID!", self._id),
            ("title", "String!", title),
            ("price", "MoneyInput!", price),
            ("quantity", "Int!", line.pieces),
            ("taxable", "Boolean", line.taxable),
        )
        self._one(Operation("orderEditAddCustomItem", arguments, "calculatedLineItem { id }", codes=False))
        return order_notes.of_new(str(self.current["lastLine"]), line.words, variant=None, item=title)

    def _one(self, operation: Operation) -> Json:
        return self._all([operation])[0]

    def _all(self, operations: Sequence[Operation]) -> list[Json]:
        results = batch.run(self.wire, operations, "OrderEdit")
        for operation, result in zip(operations, results, strict=True):
            if result.error is not None:
                raise _uncommitted(result.error) if operation.name != "orderEditCommit" else result.error
        return [result.payload for result in results]


def _uncommitted(error: LenkeError) -> LenkeError:
    """Until the commit nothing happened, whatever became of a request."""
    return RetriableError(f"the order edit was not finished: {error}") if isinstance(error, UnknownOutcomeError) else error


def _discount(node: Json) -> str | None:
    found = node.get("calculatedDiscountAllocations") or [{}]
    return text_of(look(found[0], "discountApplication.id"))


def _off(percent: Decimal) -> dict[str, Any]:
    return {"percentValue": float(percent.quantize(Decimal("0.000001"), ROUND_HALF_UP)), "description": "Lenke"}
