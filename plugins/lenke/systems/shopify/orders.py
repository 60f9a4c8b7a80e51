"""Orders: made whole in one mutation, afterwards only what Shopify lets be edited.

A new order claims no stock (``inventoryBehaviour: BYPASS``), sends no receipt, is associated with a customer by id (``toUpsert`` might
change the customer) and brings no address, which would become the customer's default one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lenke.core.errors import RejectedRecordError
from lenke.core.ports import LineWrite, Write
from lenke.systems.shopify import order_lines
from lenke.systems.shopify.access import Shop
from lenke.systems.shopify.batch import Operation
from lenke.systems.shopify.entities import ORDER
from lenke.systems.shopify.values import deletions, metafields, plain_fields

CUSTOMER = "customer.legacyResourceId"
VARIANT = "variant.legacyResourceId"
RATE = "taxLines.0.rate"
_MEMBERS = ("note", "poNumber", "email", "phone")
_RATE_FIELD, _DATE_FIELD = "metafields.lenke.exchange_rate", "metafields.lenke.order_date"
_TAX = "MVA"
_CENT = Decimal("0.01")

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Currency:
    """The order's currency and what one unit of it is worth in the shop's."""

    shop: str
    order: str
    rate: Decimal

    def bag(self, amount: Decimal) -> dict[str, Any]:
        """A MoneyBagInput: what the buyer sees, and its worth in the shop's currency."""
        worth = (amount * self.rate).quantize(_CENT, ROUND_HALF_UP)
        return {
            "shopMoney": {"amount": format(worth, "f"), "currencyCode": self.shop},
            "presentmentMoney": {"amount": format(amount, "f"), "currencyCode": self.order},
        }


def creation(write: Write, shop: Shop) -> Operation:
    """orderCreate. Raises RejectedRecordError for what Shopify would refuse."""
    fields = {path: value for path, value in write.fields.items() if value is not None}
    currency = _currency(fields, shop)
    lines = [_line(line, currency, shop) for line in write.lines if line.verb == "create"]
    if not lines:
        raise RejectedRecordError("an order needs at least one line", property="lines")
    given = {
        **{name: fields[name] for name in (*_MEMBERS, "name") if name in fields},
        "currency": shop.currency,
        "presentmentCurrency": currency.order,
        "taxesIncluded": shop.taxes_included,
        "financialStatus": "PENDING",
        "lineItems": lines,
        "metafields": metafields(ORDER, fields, write.marker),
    }
    if "sourceIdentifier" in fields:
        given["sourceIdentifier"] = str(fields["sourceIdentifier"])
    if placed := _processed_at(fields):
        given["processedAt"] = placed
    if CUSTOMER in fields:
        given["customer"] = {"toAssociate": {"id": f"gid://shopify/Customer/{fields[CUSTOMER]}"}}
    options = {"inventoryBehaviour": "BYPASS", "sendReceipt": False, "sendFulfillmentReceipt": False}
    arguments = (("order", "OrderCreateOrderInput!", given), ("options", "OrderCreateOptionsInput", options))
    return Operation("orderCreate", arguments, "order { id legacyResourceId }")


def changes(write: Write, current: Fields) -> list[Operation]:
    """The mutations of a header's update. Raises RejectedRecordError for what is set once, when an order is made."""
    gid = str(current["id"])
    fixed = sorted(path for path in write.fields if path not in ORDER.later)
    if fixed:
        raise RejectedRecordError("Shopify sets it when an order is made and never after", property=fixed[0])
    given: dict[str, Any] = {path: value for path, value in plain_fields(write.fields).items() if path in _MEMBERS}
    found = metafields(ORDER, write.fields)
    operations: list[Operation] = []
    if given or found:
        update = {"id": gid, **given, **({"metafields": found} if found else {})}
        operations.append(Operation("orderUpdate", (("input", "OrderInput!", update),), "order { id }", codes=False))
    if CUSTOMER in write.fields:
        operations.append(_customer(gid, write.fields[CUSTOMER]))
    return operations + deletions(ORDER, gid, write.fields)


def _customer(gid: str, customer: Any) -> Operation:
    if customer is None:
        return Operation("orderCustomerRemove", (("orderId", "ID!", gid),), "order { id }")
    arguments = (("orderId", "ID!", gid), ("customerId", "ID!", f"gid://shopify/Customer/{customer}"))
    return Operation("orderCustomerSet", arguments, "order { id }")


def _currency(fields: Fields, shop: Shop) -> _Currency:
    own = str(fields.get("presentmentCurrencyCode") or shop.currency)
    if own == shop.currency:
        return _Currency(shop.currency, own, Decimal(1))
    rate = order_lines.number(fields.get(_RATE_FIELD))
    if not rate or rate <= 0:
        raise RejectedRecordError("an order in another currency than the shop's needs an exchange rate", property=_RATE_FIELD)
    return _Currency(shop.currency, own, rate)


def _line(line: LineWrite, currency: _Currency, shop: Shop) -> dict[str, Any]:
    fields = line.fields
    quantity = order_lines.number(fields.get("exactQuantity"))
    if quantity is None:
        raise RejectedRecordError("a line needs a quantity", property="exactQuantity")
    price = order_lines.number(fields.get("unitPrice")) or Decimal(0)
    held = order_lines.placed(quantity, price, order_lines.number(fields.get("discountPercent")) or Decimal(0))
    attributes = {**held.attributes, **({order_lines.MARK: line.marker} if line.marker else {})}
    given: dict[str, Any] = {"quantity": held.quantity, "priceSet": currency.bag(held.price)}
    if fields.get(VARIANT) is not None:
        given["variantId"] = f"gid://shopify/ProductVariant/{fields[VARIANT]}"
    if fields.get("title"):
        given["title"] = fields["title"]
    rate = order_lines.number(fields.get(RATE))
    if rate:
        given["taxLines"] = [_tax(rate, held.price * held.quantity, currency, included=shop.taxes_included)]
    else:
        given["taxable"] = False
    if attributes:
        given["properties"] = [{"name": name, "value": value} for name, value in attributes.items()]
    return given


def _tax(rate: Decimal, total: Decimal, currency: _Currency, *, included: bool) -> dict[str, Any]:
    tax = (total * rate / (1 + rate if included else Decimal(1))).quantize(_CENT, ROUND_HALF_UP)
    return {"title": _TAX, "rate": format(rate, "f"), "priceSet": currency.bag(tax)}


def _processed_at(fields: Fields) -> str | None:
    """Noon UTC of the order's day, which is the same day in the Nordic countries; a day to come is refused, so it is not told."""
    told = fields.get("processedAt")
    if told is not None:
        return str(told)
    try:
        noon = datetime.combine(date.fromisoformat(str(fields.get(_DATE_FIELD))), time(12), tzinfo=UTC)
    except ValueError:
        return None
    return f"{noon:%Y-%m-%dT%H:%M:%SZ}" if noon < datetime.now(UTC) else None
