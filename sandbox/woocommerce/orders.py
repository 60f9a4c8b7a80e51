"""Orders: what a write makes of one, when its date moves, and the trash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.store import Store
from sandbox.wire import Json
from sandbox.woocommerce.order_lines import LISTS, OrderLines, shown
from sandbox.woocommerce.products import Products
from sandbox.woocommerce.refusals import invalid, not_found, refuse
from sandbox.woocommerce.shapes import BILLING, SHIPPING, blank, fixed, markup, merged_meta, moment_of, stamp

ENTITY = "Order"
STATUSES = ("auto-draft", "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft")
# Of an extension; while that is switched off, lists lack the orders that have it; by its id each is there (WooCommerce 11.0.1).
PACKED = "packed"
_HIDDEN = frozenset({"trash", "auto-draft", "checkout-draft"})
_TEXTS = ("customer_note", "transaction_id", "payment_method", "payment_method_title", "currency")
_PAID = frozenset({"processing", "completed"})
# What moves an order's date in the old storage; everything else is kept beside the order and moves nothing.
_OLD_STORAGE = frozenset({"status", "customer_note", "parent_id"})


class Orders:
    """The shop's orders; methods raise RefusedError before anything is stored.

    :param tells_edits: whether every change moves the date (orders in tables of their own).
    :param packs: whether the extension with the status ``packed`` is switched on.
    """

    def __init__(self, store: Store, products: Products, *, tells_edits: Callable[[], bool], packs: Callable[[], bool]) -> None:
        self._store = store
        self._lines = OrderLines(store)
        self._products = products
        self._tells_edits = tells_edits
        self._packs = packs

    def rows(self, query: Mapping[str, str], at: datetime | None) -> list[Json]:
        """The orders that a list's own filters let through."""
        status, customer = query.get("status") or "any", query.get("customer")
        hidden = _HIDDEN if self._packs() else _HIDDEN | {PACKED}
        words = (query.get("search") or "").lower()
        found = []
        for row in self._store.all(ENTITY, at=at):
            if row["status"] != status if status != "any" else row["status"] in hidden:
                continue
            if customer and str(row["customer_id"]) != customer:
                continue
            if not words or words in " ".join((str(row["id"]), row["number"], *map(str, row["billing"].values()))).lower():
                found.append(self.as_shown(row, query))
        return found

    def one(self, key: str, at: datetime | None = None, *, status: int = 404) -> Json:
        """The stored body; raises RefusedError."""
        body = self._store.get(ENTITY, key, at=at)
        if body is None:
            raise not_found(ENTITY, status=status)
        return body

    def as_shown(self, row: Json, query: Mapping[str, str]) -> Json:
        """With as many decimals as asked for; a line of a product that is gone names none, one of a variation that is gone its parent."""
        body = shown(row, int(query.get("dp") or 2))
        for line in body["line_items"]:
            key = line["variation_id"] or line["product_id"]
            if key and self._store.get("Product", str(key)) is None:
                parent = self._store.get("Product", str(line["product_id"])) if line["variation_id"] else None
                left = {"product_id": parent["id"], "sku": parent["sku"]} if parent else {"product_id": 0, "sku": None}
                line.update(left | {"variation_id": 0, "global_unique_id": None})
        return body

    def add(self, values: Json, *, checked: bool) -> Json:
        """A new order; nothing is needed."""
        now = datetime.now(UTC)
        if checked:
            _check(values)
        self._refuse_customer(values)
        key = self._store.next_number("post", 10)
        body: Json = {"id": key} | blank(ENTITY) | {"number": str(key), "order_key": f"wc_order_{key}"}
        body["prices_include_tax"] = self._store.meta("prices_include_tax") != "0"
        body["currency"] = self._store.meta("currency") or "NOK"
        stamp(body, "date_created", now)
        self._refuse_coupons(body, values, now)
        return self._keep(self._merged(body, values, checked=checked), now)

    def refund(self, key: str, values: Json) -> Json:
        """A refund by amount: the order's total stays as it was, its date moves."""
        order, now = self.one(key), datetime.now(UTC)
        refund: Json = {"id": self._store.next_number("post", 10)}
        stamp(refund, "date_created", now)
        amount, reason = fixed(values.get("amount"), 2), str(values.get("reason") or "")
        told = {"id": refund["id"], "reason": reason, "total": f"-{amount}", "total_tax": "0.00"}
        self._keep(order | {"refunds": [*order["refunds"], told]}, now)
        lists: Json = {name: [] for name in (*LISTS, "tax_lines")}
        kept = [{"id": self._store.next_number("meta", 1), "key": "_refund_type", "value": "partial"}]
        paid = {"amount": amount, "reason": reason, "refunded_by": 1, "refunded_payment": False, "meta_data": kept}
        return refund | paid | lists | {"_links": {}}

    def change(self, key: str, values: Json, *, checked: bool) -> Json:
        """A changed order; with its own tables its date moves even where nothing differs."""
        if checked:
            _check(values)
        before = self.one(key, status=404 if checked else 400)
        self._refuse_customer(values)
        after = self._merged(before, values, checked=checked)
        moves = self._tells_edits() or any(before[name] != after[name] for name in _OLD_STORAGE)
        return self._keep(after, datetime.now(UTC) if moves else moment_of(before["date_modified_gmt"]))

    def remove(self, key: str, *, force: bool) -> Json:
        """Into the trash, or for good; answers what was there before."""
        before = self.one(key)
        if force:
            self._store.remove(ENTITY, key)
        else:
            self._keep(before | {"status": "trash"}, datetime.now(UTC))
        return before

    def seed(self, given: Json) -> None:
        """Store an order as it comes; lines without amounts take them from their products, and all sums are made."""
        body = blank(ENTITY) | {name: value for name, value in given.items() if name not in LISTS}
        body |= {name: blank(ENTITY)[name] | (given.get(name) or {}) for name in ("billing", "shipping")}
        self._store.reserve("post", body["id"])
        body["number"] = str(body["number"] or body["id"])
        lines = {name: given[name] for name in LISTS if name in given}
        # A line whose product is gone names none, which no write could.
        lines["line_items"] = [line | {"product_id": line.get("product_id") or -1} for line in lines.get("line_items", ())]
        self._lines.merge(body, lines, checked=False)
        self._lines.settle(body)
        at = moment_of(body["date_modified_gmt"])
        self._store.put(ENTITY, str(body["id"]), body, modified=at, at=at)

    def _merged(self, before: Json, values: Json, *, checked: bool) -> Json:
        body = {**before, **{name: [dict(line) for line in before[name]] for name in LISTS}}
        body |= {name: markup(str(values[name])) for name in _TEXTS if values.get(name) is not None}
        for name, members in (("billing", BILLING), ("shipping", SHIPPING)):
            given = values.get(name) or {}
            body[name] = before[name] | {member: markup(str(given[member])) for member in members if given.get(member) is not None}
        if values.get("customer_id") is not None:
            body["customer_id"] = int(values["customer_id"])
        self._status(body, before, values)
        if values.get("meta_data"):
            body["meta_data"] = merged_meta(before["meta_data"], values["meta_data"], lambda: self._store.next_number("meta", 1))
        self._lines.merge(body, values, checked=checked)
        # Sums are made anew where lines are written, whether or not they differ.
        if any(values.get(name) for name in LISTS) or not before["line_items"]:
            self._lines.settle(body)
        return body

    def _status(self, body: Json, before: Json, values: Json) -> None:
        status = values.get("status")
        if status is not None:
            # Within a batch an unknown status becomes pending, whatever it was before.
            known = (*STATUSES, "trash", *((PACKED,) if self._packs() else ()))
            body["status"] = status if status in known else "pending"
        if values.get("set_paid"):
            body["status"] = "processing"
        if body["status"] in _PAID and before["date_paid"] is None:
            stamp(body, "date_paid", datetime.now(UTC))
        if body["status"] == "completed" and before["status"] != "completed":
            stamp(body, "date_completed", datetime.now(UTC))
        body["is_editable"] = body["status"] in ("pending", "on-hold", "auto-draft")
        body["needs_processing"] = body["status"] == "processing"

    def _refuse_coupons(self, body: Json, values: Json, now: datetime) -> None:
        """There are no coupons here; what is refused leaves a draft of the order behind."""
        for coupon in values.get("coupon_lines") or ():
            self._keep(body | {"status": "checkout-draft"}, now)
            text = f"Coupon &quot;{coupon.get('code')}&quot; cannot be applied because it does not exist."
            raise refuse(400, "woocommerce_rest_invalid_coupon", text, new_draft_order_id=body["id"])

    def _refuse_customer(self, values: Json) -> None:
        key: Any = values.get("customer_id")
        if key and self._store.get("Customer", str(key)) is None:
            raise refuse(400, "woocommerce_rest_invalid_customer_id", "Customer ID is invalid.")

    def _keep(self, body: Json, at: datetime) -> Json:
        stamp(body, "date_modified", at)
        self._store.put(ENTITY, str(body["id"]), body, modified=at)
        return body


def _check(values: Json) -> None:
    """The schema, which a batch does not look at."""
    status = values.get("status")
    if status is not None and status not in STATUSES:
        raise invalid("status", "rest_not_in_enum", f"status is not one of {', '.join(STATUSES[:-1])}, and {STATUSES[-1]}.")
