"""Guests: who orders without an account is known by the billing e-mail alone, and WooCommerce keeps no record of them.

An order needs a customer in the accounts, so each guest e-mail that no account has is a customer of its own: id ``guest-`` and sixteen
digits of a hash of the address in lower case, members from the newest order with it. Nothing of a guest can be written. An order with
a guest's e-mail that an account has belongs to that account; so do the orders of a guest who opens one later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from lenke.systems.woocommerce import walks
from lenke.systems.woocommerce.entities import Fields, is_there, told_address
from lenke.systems.woocommerce.texts import unescaped
from lenke.systems.woocommerce.wire import Row, Wire

_PREFIX = "guest-"
_FIELDS = {"_fields": "id,status,customer_id,billing,shipping,date_created_gmt,date_modified_gmt"}
# Beyond so many addresses one walk is cheaper than as many questions.
_WORTH_A_WALK = 20


def guest_id(email: str) -> str:
    """The id of the guest with this address (lower case)."""
    return _PREFIX + hashlib.sha256(email.encode()).hexdigest()[:16]


def is_guest_id(key: str) -> bool:
    """Whether a customer's id is a guest's."""
    return key.startswith(_PREFIX)


class Guests:
    """The guests of one shop; what was learnt of accounts and orders is kept for the client's life."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._accounts: dict[str, str | None] = {}
        self._knows_all = False
        self._orders: dict[str, Row] | None = None
        self._buyers: set[str] = set()

    @property
    def buyers(self) -> Set[str]:
        """Ids of accounts that orders read so far belong to, by themselves or by their e-mail."""
        return self._buyers

    def know(self, accounts: Mapping[str, str]) -> None:
        """Take over the e-mails of all accounts, each with its id."""
        self._accounts = dict(accounts)
        self._knows_all = True

    def all(self) -> Iterator[Fields]:
        """Every guest."""
        self._orders = self._newest(walks.everything(self._wire, "/orders", _FIELDS))
        yield from self._records(self._orders.values())

    def changed(self, since: datetime, until: datetime | None) -> Iterator[Fields]:
        """The guests of orders that changed since."""
        moved = self._newest(walks.changed(self._wire, "/orders", _FIELDS, since, until))
        if len(moved) > _WORTH_A_WALK:
            known = self._all_orders()
            yield from self._records(known[email] for email in moved if email in known)
            return
        yield from self._records(self._newest(self._searched(email)).get(email, row) for email, row in moved.items())

    def by_id(self, ids: Sequence[str]) -> dict[str, Fields]:
        """The guests with these ids."""
        if not ids:
            return {}
        known = {guest_id(email): row for email, row in self._all_orders().items()}
        return {str(fields["id"]): fields for fields in self._records(known[key] for key in ids if key in known)}

    def having_orders(self, emails: Mapping[str, str]) -> set[str]:
        """Those of some accounts, given with their e-mails, that an order belongs to."""
        unknown = [key for key in emails if key not in self._buyers]
        if len(unknown) > _WORTH_A_WALK:
            guests = self._all_orders()
            self._buyers |= {key for key in unknown if emails[key] in guests}
            return self._buyers & emails.keys()
        for key in unknown:
            if any(map(is_there, self._orders_of(key, emails[key]))):
                self._buyers.add(key)
        return self._buyers & emails.keys()

    def customer_of(self, orders: Sequence[Row]) -> list[str | None]:
        """Each order's customer: the account, the account with the guest's e-mail, or the guest; None without an e-mail."""
        self._ask([email for row in orders if not row.get("customer_id") and (email := _email(row))])
        return [self._customer(row) for row in orders]

    def _customer(self, row: Row) -> str | None:
        if row.get("customer_id"):
            return str(row["customer_id"])
        email = _email(row)
        return (self._accounts.get(email) or guest_id(email)) if email else None

    def _records(self, rows: Iterable[Row]) -> Iterator[Fields]:
        found = list(rows)
        self._ask([_email(row) for row in found])
        for row in found:
            if account := self._accounts.get(_email(row)):
                self._buyers.add(account)
            else:
                yield self._record(row)

    def _record(self, row: Row) -> Fields:
        billing: Mapping[str, Any] = unescaped(row.get("billing") or {})
        email = _email(row)
        return {
            "id": guest_id(email),
            "is_person": True,
            "is_guest": True,
            "role": "guest",
            "email": email,
            "first_name": billing.get("first_name", ""),
            "last_name": billing.get("last_name", ""),
            **told_address(billing),
            "shipping": unescaped(row.get("shipping") or {}),
            "date_created_gmt": row.get("date_created_gmt"),
            "date_modified_gmt": row.get("date_modified_gmt"),
        }

    def _ask(self, emails: Sequence[str]) -> None:
        unknown = list(dict.fromkeys(email for email in emails if email not in self._accounts))
        if self._knows_all or not unknown:
            return
        if len(unknown) > _WORTH_A_WALK:
            rows = walks.everything(self._wire, "/customers", {"role": "all", "_fields": "id,email"})
            self.know({str(row.get("email") or "").strip().lower(): str(row["id"]) for row in rows})
            return
        for email in unknown:
            found = self._wire.rows("/customers", {"role": "all", "email": email, "_fields": "id,email"})
            self._accounts[email] = next((str(row["id"]) for row in found), None)

    def _all_orders(self) -> dict[str, Row]:
        if self._orders is None:
            self._orders = self._newest(walks.everything(self._wire, "/orders", _FIELDS))
        return self._orders

    def _orders_of(self, account: str, email: str) -> Iterator[Row]:
        yield from self._wire.rows("/orders", {**_FIELDS, "customer": account})
        if email:
            yield from (row for row in self._searched(email) if not row.get("customer_id") and _email(row) == email)

    def _searched(self, email: str) -> Iterator[Row]:
        return self._wire.rows("/orders", {**_FIELDS, "search": email, "orderby": "id", "order": "desc"})

    def _newest(self, rows: Iterable[Row]) -> dict[str, Row]:
        """Each guest e-mail's order with the highest id; the accounts of the other orders are noted."""
        found: dict[str, Row] = {}
        for row in filter(is_there, rows):
            if row.get("customer_id"):
                self._buyers.add(str(row["customer_id"]))
            email = "" if row.get("customer_id") else _email(row)
            if email and int(row["id"]) >= int(found.get(email, row)["id"]):
                found[email] = row
        return found


def _email(row: Row) -> str:
    billing = row.get("billing")
    return str(billing.get("email") or "").strip().lower() if isinstance(billing, Mapping) else ""
