"""An order's lines after it was placed: an order edit, begun, changed and committed without a message to the buyer.

Nothing is changed before the commit, so an edit whose changes are refused leaves the order as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lenke.core.errors import LenkeError, LockedError, MovedError, RejectedRecordError, UnknownOutcomeError
from lenke.core.ports import LineWrite, Write
from lenke.systems.paths import look, text_of, unlike
from lenke.systems.shopify import batch, order_lines
from lenke.systems.shopify.batch import Operation
from lenke.systems.shopify.orders import VARIANT
from lenke.systems.shopify.wire import Wire

_EDITABLE = frozenset({"exactQuantity", "discountPercent"})
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
        if line.verb == "update" and set(_different(line, held)) - _EDITABLE:
            raise LockedError(f"line {line.id}: {order_lines.LOCK}", lock=order_lines.LOCK)


@dataclass(slots=True)
class OrderEdit:
    """One order's edit; :meth:`run` raises what stops it."""

    wire: Wire
    write: Write
    current: Json
    _id: str = ""

    def run(self) -> None:
        """Begin, change, commit. Raises LockedError, RejectedRecordError, UnknownOutcomeError ..."""
        changes = [(line, self._held(line)) for line in self.write.lines]
        planned = [operation for line, held in changes if held is not None for operation in self._checked(line, held)]
        if not planned and all(held is not None for _, held in changes):
            return
        begun = self._one(Operation("orderEditBegin", (("id", "ID!", self.current["id"]),), _BEGUN, codes=False))
        self._id = str(look(begun, "calculatedOrder.id"))
        discounts = {str(node["id"]): _discount(node) for node in look(begun, "calculatedOrder.lineItems.nodes") or ()}
        self._all([self._operation(name, line, value, discounts) for name, line, value in planned])
        for line, held in changes:
            if held is None:
                self._add(line)
        commit = (("id", "ID!", self._id), ("notifyCustomer", "Boolean", False))
        self._one(Operation("orderEditCommit", commit, "order { id }", codes=False))

    def _held(self, line: LineWrite) -> Json | None:
        return next((one for one in self.current.get("lines") or () if str(one["id"]) == line.id), None)

    def _checked(self, line: LineWrite, held: Json) -> list[tuple[str, str, Any]]:
        """(mutation, line, value) of a line's changes, all of them possible before the edit begins."""
        if line.verb == "remove":
            return [("quantity", str(line.id), 0)]
        found: list[tuple[str, str, Any]] = []
        fields = _different(line, held)
        if "exactQuantity" in fields:
            quantity = order_lines.number(fields["exactQuantity"])
            if quantity is None:
                raise RejectedRecordError("a line needs a quantity", property="exactQuantity")
            found.append(("quantity", str(line.id), order_lines.pieces(held, quantity)))
        if "discountPercent" in fields:
            wanted = order_lines.number(fields["discountPercent"]) or Decimal(0)
            found.append(("discount", str(line.id), order_lines.further_discount(held, wanted)))
        return found

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

    def _add(self, line: LineWrite) -> None:
        """A new line has the variant's own price; a lower one is reached by a discount, a higher one not at all."""
        quantity, discount = order_lines.number(line.fields.get("exactQuantity")), order_lines.number(line.fields.get("discountPercent"))
        price = order_lines.number(line.fields.get("unitPrice")) or Decimal(0)
        if line.fields.get(VARIANT) is None or quantity is None or quantity < 1 or quantity != quantity.to_integral_value():
            raise LockedError(f"a new line: {order_lines.LOCK}", lock=order_lines.LOCK)
        variant = ("variantId", "ID!", f"gid://shopify/ProductVariant/{line.fields[VARIANT]}")
        arguments = (("id", "ID!", self._id), variant, ("quantity", "Int!", int(quantity)), ("allowDuplicates", "Boolean", True))
        added = look(self._one(Operation("orderEditAddVariant", arguments, _ADDED, codes=False)), "calculatedLineItem")
        own = Decimal(str(look(added, "originalUnitPriceSet.presentmentMoney.amount") or 0))
        wanted = price * (1 - (discount or Decimal(0)) / _HUNDRED)
        if wanted > own:
            raise LockedError(f"a new line: {order_lines.LOCK}", lock=order_lines.LOCK)
        if wanted < own:
            percent = _off((1 - wanted / own) * _HUNDRED)
            known = (("id", "ID!", self._id), ("lineItemId", "ID!", added["id"]))
            discounted = (*known, ("discount", "OrderEditAppliedDiscountInput!", percent))
            self._one(Operation("orderEditAddLineItemDiscount", discounted, "calculatedLineItem { id }", codes=False))

    def _one(self, operation: Operation) -> Json:
        return self._all([operation])[0]

    def _all(self, operations: Sequence[Operation]) -> list[Json]:
        results = batch.run(self.wire, operations, "OrderEdit")
        for operation, result in zip(operations, results, strict=True):
            if result.error is not None:
                raise _uncommitted(result.error) if operation.name != "orderEditCommit" else result.error
        return [result.payload for result in results]


def _different(line: LineWrite, held: Json) -> dict[str, Any]:
    """The fields that the line does not hold already: a net price that rounds to the line's gross one is no change."""
    return {path: value for path, value in line.fields.items() if not _same(value, look(held, path))}


def _same(wanted: Any, held: Any) -> bool:
    try:
        return Decimal(str(wanted)) == Decimal(str(held))
    except ArithmeticError:
        return bool(wanted == held)


def _uncommitted(error: LenkeError) -> LenkeError:
    """Until the commit nothing happened, whatever became of a request."""
    return RejectedRecordError(f"the order edit was not finished: {error}") if isinstance(error, UnknownOutcomeError) else error


def _discount(node: Json) -> str | None:
    found = node.get("calculatedDiscountAllocations") or [{}]
    return text_of(look(found[0], "discountApplication.id"))


def _off(percent: Decimal) -> dict[str, Any]:
    return {"percentValue": float(percent.quantize(Decimal("0.000001"), ROUND_HALF_UP)), "description": "Lenke"}
