"""Customers: accounts with an e-mail of their own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.store import Store
from sandbox.wire import Json
from sandbox.woocommerce.refusals import invalid, not_found, refuse
from sandbox.woocommerce.shapes import BILLING, SHIPPING, blank, merged_meta, moment_of, stamp

ENTITY = "Customer"
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")
_NAMES = ("first_name", "last_name")
# Whose e-mail the API changes.
_CHANGEABLE = frozenset({"customer", "subscriber"})


class Customers:
    """The shop's accounts; methods raise RefusedError before anything is stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self, query: Mapping[str, str], at: datetime | None) -> list[Json]:
        """The accounts that a list's own filters let through: customers only, unless a role is asked for."""
        role = query.get("role") or "customer"
        rows = [row for row in self._store.all(ENTITY, at=at) if role in ("all", row["role"])]
        email, words = (query.get("email") or "").lower(), (query.get("search") or "").lower()
        rows = [row for row in rows if not email or row["email"].lower() == email]
        return [row for row in rows if not words or words in f"{row['email']} {row['first_name']} {row['last_name']}".lower()]

    def add(self, values: Json, *, checked: bool) -> Json:
        """A new account; ``checked`` is False within a batch, where the schema is not looked at."""
        email = values.get("email")
        if not email and checked:
            raise refuse(400, "rest_missing_callback_param", "Missing parameter(s): email", params=["email"])
        if not email:
            raise refuse(400, "registration-error-invalid-email", "Please provide a valid email address.")
        if not is_email(email):
            raise refuse(400, "customer_invalid_email", "Invalid email address")
        if self.by_email(email):
            text = f"An account is already registered with {email}. Please log in or use a different email address."
            raise refuse(400, "registration-error-email-exists", text)
        now = datetime.now(UTC)
        body: Json = {"id": self._store.next_number(ENTITY, 2)}
        stamp(body, "date_created", now)
        body |= blank(ENTITY) | {"username": values.get("username") or str(email).partition("@")[0]}
        body["meta_data"] = [{"id": self._meta_id(), "key": "default_password_nag", "value": "1"}]
        return self._keep(self._merged(body, values, checked=checked), now)

    def change(self, key: str, values: Json, *, checked: bool) -> Json:
        """A changed account; its date moves even where nothing differs."""
        before = self.one(key)
        email = values.get("email")
        if email not in (None, before["email"]) and before["role"] not in _CHANGEABLE:
            text = f"Sorry, email cannot be updated via this endpoint for a user with role {before['role']}."
            raise refuse(403, "woocommerce_rest_cannot_edit", text)
        is_wrong = email is not None and checked and not is_email(email)
        if is_wrong or (email is not None and any(row["id"] != before["id"] for row in self.by_email(email))):
            raise refuse(400, "woocommerce_rest_customer_invalid_email", "Email address is invalid.")
        if email is not None:
            values = {**values, "email": sanitised(email)}
        return self._keep(self._merged(before, values, checked=checked), datetime.now(UTC))

    def appoint(self, key: str, role: str) -> None:
        """Give an account another role, as the shop's pages do."""
        self._keep(self.one(key) | {"role": role}, datetime.now(UTC))

    def one(self, key: str, at: datetime | None = None) -> Json:
        """The account; raises RefusedError (404)."""
        body = self._store.get(ENTITY, key, at=at)
        if body is None:
            raise not_found(ENTITY)
        return body

    def remove(self, key: str, *, force: bool) -> Json:
        """Delete an account; accounts have no trash. Its orders become a guest's."""
        body = self.one(key)
        if not force:
            raise refuse(501, "woocommerce_rest_trash_not_supported", "Customers do not support trashing.")
        self._store.remove(ENTITY, key)
        for order in self._store.all("Order"):
            if str(order["customer_id"]) == key:
                at = moment_of(order["date_modified_gmt"])
                self._store.put("Order", str(order["id"]), {**order, "customer_id": 0}, modified=at)
        return body

    def by_email(self, email: Any) -> list[Json]:
        """Accounts with this e-mail, upper and lower case being the same."""
        return [row for row in self._store.all(ENTITY) if row["email"].lower() == str(email).lower()]

    def seed(self, given: Json) -> None:
        """Store an account as it comes."""
        body = blank(ENTITY) | given
        body["billing"] = blank(ENTITY)["billing"] | (given.get("billing") or {})
        body["shipping"] = blank(ENTITY)["shipping"] | (given.get("shipping") or {})
        self._store.reserve(ENTITY, body["id"])
        at = moment_of(body["date_modified_gmt"] or body["date_created_gmt"])
        self._store.put(ENTITY, str(body["id"]), body, modified=at, at=at)

    def _merged(self, before: Json, values: Json, *, checked: bool) -> Json:
        body = dict(before)
        body |= {name: str(values[name]).strip() for name in (*_NAMES, "email") if values.get(name) is not None}
        for name, members in (("billing", BILLING), ("shipping", SHIPPING)):
            given = values.get(name) or {}
            if "email" in given and not is_email(given["email"]) and (checked or given["email"]):
                raise invalid(name, "rest_invalid_email", "Invalid email address.")
            body[name] = before[name] | {member: str(given[member]).strip() for member in members if given.get(member) is not None}
        shown = [item for item in values.get("meta_data") or () if not str(item.get("key", "")).startswith("_")]
        body["meta_data"] = merged_meta(before["meta_data"], shown, self._meta_id)
        digest = hashlib.sha256(body["email"].encode()).hexdigest()[:60]
        return body | {"avatar_url": f"https://secure.gravatar.com/avatar/{digest}?s=96&d=mm&r=g"}

    def _keep(self, body: Json, now: datetime) -> Json:
        stamp(body, "date_modified", now)
        self._store.put(ENTITY, str(body["id"]), body, modified=now)
        return body

    def _meta_id(self) -> int:
        return self._store.next_number("meta", 1)


def sanitised(value: Any) -> str:
    """What a batch stores for an address: every letter that WordPress takes not is left out, and a domain without a point empties it."""
    local, _, domain = str(value).strip().partition("@")
    parts = [re.sub(r"[^A-Za-z0-9-]+", "", part).strip("-") for part in domain.split(".")]
    kept = re.sub(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]", "", local)
    known = [part for part in parts if part]
    return f"{kept}@{'.'.join(known)}" if kept and len(known) > 1 else ""


def is_email(value: Any) -> bool:
    """Whether WordPress takes it for an address: plain ASCII before the at sign."""
    return isinstance(value, str) and bool(_EMAIL.fullmatch(value.strip()))
