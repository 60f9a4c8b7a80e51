"""What PowerOffice GO demands of a record beyond its field types; checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lenke.core.errors import LockedError, RejectedRecordError
from lenke.core.ports import Write
from lenke.systems.paths import look
from lenke.systems.poweroffice_go.entities import LOCK

_ADDRESS = "MailAddress"
_NEEDED = ("MailAddress.City", "MailAddress.ZipCode")

Fields = dict[str, Any]


def customer(write: Write) -> tuple[Fields, Fields]:
    """(fields, before) of a customer write; raises RejectedRecordError for an address without city or postal code.

    Go composes a person's ``Name`` itself. A customer without any e-mail is created for print, or Go refuses it.
    """
    fields, before = _written(write), dict(write.before)
    if look(write.current, "IsPerson") if "IsPerson" not in write.fields else write.fields["IsPerson"]:
        fields.pop("Name", None)
    _refuse_half_address(write, fields)
    if write.verb == "create" and not fields.get("EmailAddress") and not fields.get("InvoiceEmailAddress"):
        fields.setdefault("InvoiceDeliveryType", "Print")
    return fields, before


def product(write: Write) -> tuple[Fields, Fields]:
    """(fields, before) of a product write: ``StockAvailable`` is read-only and becomes ``StockOnHand``.

    StockAvailable is StockOnHand less what confirmed orders reserve, so the reserved amount is added. Only a stock item
    holds stock: raises RejectedRecordError for any other.
    """
    fields, before = _written(write), dict(write.before)
    before.pop("StockAvailable", None)
    if "StockAvailable" not in fields:
        return fields, before
    wanted = fields.pop("StockAvailable")
    on_hand, available = look(write.current, "StockOnHand"), look(write.current, "StockAvailable")
    if wanted is not None:
        _refuse_no_stock_item(write)
        wanted = Decimal(str(wanted)) + Decimal(str(on_hand or 0)) - Decimal(str(available or 0))
    if write.current is not None:
        before["StockOnHand"] = on_hand
    return {**{path: value for path, value in fields.items() if path == "IsStockItem"}, **fields, "StockOnHand": wanted}, before


def order(write: Write) -> tuple[Fields, Fields]:
    """(fields, before) of a sales order's header; raises LockedError for a Confirmed order that is not opened first."""
    opening = write.fields.get("SalesOrderStatus") == "Draft"
    if write.verb == "update" and look(write.current, "SalesOrderStatus") == "Confirmed" and not opening:
        raise LockedError(LOCK, lock=LOCK)
    return _written(write), dict(write.before)


def archive(write: Write) -> tuple[Fields, Fields]:
    """(fields, before) that archive a customer or a product."""
    return {"IsArchived": True}, {path: value for path, value in write.before.items() if path == "IsArchived"}


def _written(write: Write) -> Fields:
    """The fields to send: null says nothing in a create."""
    return {path: value for path, value in write.fields.items() if value is not None or write.verb != "create"}


def _refuse_half_address(write: Write, fields: Mapping[str, Any]) -> None:
    """An address that comes into being needs City and ZipCode (documented for POST)."""
    new = any(path.startswith(_ADDRESS + ".") and value is not None for path, value in fields.items())
    if not new or (write.verb != "create" and (write.current is None or look(write.current, _ADDRESS) is not None)):
        return
    missing = [path for path in _NEEDED if not fields.get(path)]
    if missing:
        raise RejectedRecordError(f"an address needs {' and '.join(missing)}", property=missing[0])


def _refuse_no_stock_item(write: Write) -> None:
    if not write.fields.get("IsStockItem", look(write.current, "IsStockItem")):
        raise RejectedRecordError("only a stock item holds stock: IsStockItem is false", property="IsStockItem")
