"""The members of SuperOffice's carriers, what an empty one holds, and short forms of one record inside another."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.wire import Json

NO_DATE = "0001-01-01T00:00:00"
BASE_ZONE = ZoneInfo("Europe/Oslo")
_EMPTY: Mapping[str, Any] = {"text": "", "int": 0, "number": 0.0, "bool": False, "date": NO_DATE, "list": [], "dict": {}, "object": None}

# type: members. A number after ``text`` is its room.
_TABLES = {
    "Contact": {
        "int": "ContactId ActiveInterests GroupId ActiveStatusMonitorId Deleted DbiAgentId Source ActiveErpLinks",
        "text219": "Name Department",
        "text49": "OrgNr Number1 Number2",
        "text": "Description Kananame",
        "text255": "DbiKey",
        "date": "UpdatedDate CreatedDate DbiLastSyncronized DbiLastModified",
        "list": "Emails Interests Urls Phones Faxes Persons BounceEmails Domains",
        "bool": "NoMailing Xstop",
        "dict": "UserDefinedFields ExtraFields CustomFields FieldProperties",
        "object": "UpdatedBy CreatedBy Associate Business Category Country SupportAssociate TicketPriority CustomerLanguage SupportPerson"
        " Address UtmParameters TableRight",
    },
    "Sale": {
        "int": "SaleId Probability ActiveLinks ActiveErpLinks",
        "text219": "Heading",
        "text49": "Number",
        "text": "SaleText Postit Status Completed",
        "number": "Amount Earning EarningPercent",
        "date": "Saledate CreatedDate UpdatedDate NextDueDate ReopenDate PublishEventDate PublishTo PublishFrom",
        "list": "Links SaleStakeholders VisibleFor",
        "bool": "IsPublished",
        "dict": "UserDefinedFields ExtraFields CustomFields FieldProperties",
        "object": "Appointment Associate UpdatedBy CreatedBy Contact Project Person Currency Competitor Credited Rating Reason Source"
        " SaleType ReasonSold ReasonStalled TableRight",
    },
    "Product": {
        "int": "ProductId",
        "text254": "ERPProductKey ERPPriceListKey Name Code VATInfo",
        "text2047": "Description",
        "text": "PriceUnit QuantityUnit SubscriptionUnit ItemNumber Url ProductCategoryKey ProductFamilyKey ProductTypeKey Supplier"
        " SupplierCode Rights Rule RawExtraInfo ExtraField1 ExtraField2 ExtraField3 ExtraField4 ExtraField5",
        "number": "DefaultSubscriptionQuantity VAT UnitCost UnitMinimumPrice UnitListPrice InStock",
        "bool": "IsSubscription InAssortment",
        "list": "ExtraInfo",
        "dict": "FieldProperties",
        "object": "TableRight",
    },
    "PriceList": {
        "int": "PriceListId QuoteConnectionId",
        "text": "ERPPriceListKey Name Description Currency CurrencyName",
        "date": "ValidFrom ValidTo",
        "bool": "IsActive",
        "dict": "FieldProperties",
        "object": "TableRight",
    },
    "Quote": {
        "int": "QuoteId SaleId QuoteConnectionId ActiveQuoteVersionId AcceptedQuoteAlternativeId UseValuesFromQuote DocumentId",
        "text254": "ERPQuoteKey ERPOrderKey",
        "text127": "PoNumber",
        "text2046": "OrderComment",
        "text": "PreferredEmailCulture",
        "dict": "FieldProperties",
        "object": "TableRight",
    },
    "QuoteVersion": {
        "int": "QuoteVersionId QuoteId LikelyQuoteAlternativeId FollowupId DeliveryCountryId InvoiceCountryId Rank ApprovedBy"
        " ApprovedRegisteredBy UpdatedAssociateId RegisteredAssociateId RequestAssociateId",
        "text254": "ERPQuoteVersionKey Number",
        "text2047": "Description",
        "text": "State ArchivedState Status Reason ERPPaymentTermsKey ERPPaymentTypeKey ERPDeliveryTermsKey ERPDeliveryTypeKey"
        " ApprovedText ExtraField1 ExtraField2 ExtraField3 ExtraField4 ExtraField5 RequestComment",
        "date": "SentDate ExpirationDate ApprovedRegisteredDate LastRecalculated Updated Registered",
        "bool": "HasOwnDeliveryAddress HasOwnInvoiceAddress",
        "dict": "FieldProperties",
        "object": "TableRight",
    },
    "QuoteAlternative": {
        "int": "QuoteAlternativeId QuoteVersionId",
        "text254": "ERPQuoteAlternativeKey VATInfo",
        "text59": "Name",
        "text2047": "Description",
        "text": "Status Reason UserValueOverride ExtraField1 ExtraField2 ExtraField3 ExtraField4 ExtraField5",
        "number": "ERPDiscountPercent ERPDiscountAmount DiscountPercent DiscountAmount VAT EarningPercent EarningAmount SubTotal"
        " TotalPrice",
        "dict": "FieldProperties",
        "object": "TableRight",
    },
    "QuoteLine": {
        "int": "QuoteLineId QuoteAlternativeId Rank",
        "text254": "ERPQuoteLineKey ERPProductKey Name Code VATInfo",
        "text2047": "Description",
        "text": "Status Reason QuantityUnit PriceUnit ItemNumber Url ProductCategoryKey ProductFamilyKey ProductTypeKey Supplier"
        " SupplierCode Thumbnail RawExtraInfo SubscriptionUnit UserValueOverride Rights Rule ExtraField1 ExtraField2 ExtraField3"
        " ExtraField4 ExtraField5",
        "number": "Quantity DeliveredQuantity VAT UnitCost UnitMinimumPrice UnitListPrice SubscriptionQuantity ERPDiscountPercent"
        " ERPDiscountAmount DiscountPercent DiscountAmount EarningPercent EarningAmount SubTotal TotalPrice",
        "date": "SubscriptionStart",
        "bool": "IsSubscription",
        "list": "ExtraInfo",
        "dict": "FieldProperties",
        "object": "TableRight",
    },
}  # fmt: skip
MEMBERS: Mapping[str, Mapping[str, str]] = {
    entity: {name: kind for kind, names in table.items() for name in names.split()} for entity, table in _TABLES.items()
}
ID = {entity: f"{entity}Id" for entity in MEMBERS}
_STARTS: Mapping[str, Json] = {
    "Sale": {"Status": "Open", "Completed": "NotStarted", "Probability": 50},
    "Product": {"InAssortment": True},
    "PriceList": {"IsActive": True, "QuoteConnectionId": 1},
    "Quote": {"QuoteConnectionId": 1, "UseValuesFromQuote": 1},
    "QuoteVersion": {"State": "Draft", "ArchivedState": "Unknown", "Status": "Ok", "Rank": 1, "Number": "1"},
    "QuoteAlternative": {"Status": "Ok", "UserValueOverride": "None"},
    "QuoteLine": {"Status": "Ok", "UserValueOverride": "None", "Quantity": 1.0},
}
_ADDRESS = {"Address1": "", "Address2": "", "Address3": "", "City": "", "County": "", "State": "", "Zipcode": "", "Formatted": ""}


def blank(entity: str) -> Json:
    """A carrier with every member empty, as an object that was never saved."""
    body = {name: copy.copy(_EMPTY[kind.rstrip("0123456789")]) for name, kind in MEMBERS[entity].items()}
    if entity == "Contact":
        body["Address"] = {"Wgs84Latitude": 0.0, "Wgs84Longitude": 0.0, "LocalizedAddress": [], "Formatted": ""}
        body["Address"] |= {"Street": dict(_ADDRESS), "Postal": dict(_ADDRESS)}
    return body | copy.deepcopy(dict(_STARTS.get(entity, {})))


def filled(entity: str, given: Mapping[str, Any]) -> Json:
    """``given`` over a blank one; inside an address a part that is not given is empty."""
    body = blank(entity) | {name: copy.deepcopy(value) for name, value in given.items() if name in MEMBERS[entity]}
    if entity == "Contact":
        own = given.get("Address") or {}
        body["Address"] = blank(entity)["Address"] | {
            kind: _ADDRESS | (own.get(kind) or {}) for kind in ("Street", "Postal")
        }  # fmt: skip
        for name in ("Emails", "Phones", "Faxes", "Urls"):
            body[name] = [_element(one) for one in body[name] or []]
    return body


def misfit(entity: str, body: Mapping[str, Any]) -> str | None:
    """The first member that cannot be stored, if there is one."""
    for name, kind in MEMBERS[entity].items():
        value, room = body.get(name), "".join(filter(str.isdigit, kind))
        if kind.startswith("text") and value is not None and not isinstance(value, str):
            return name
        if room and len(value or "") > int(room):
            return name
        if kind == "number" and (not isinstance(value, int | float) or isinstance(value, bool)):
            return name
    return None


def _element(one: Any) -> Json:
    value = str((one or {}).get("Value") or "")
    stripped = "".join(sign for sign in value if sign.isalnum() or sign in "@.+")
    return {"Value": value, "StrippedValue": stripped.lower(), "Description": str((one or {}).get("Description") or "")}


def stamped(moment: datetime | None = None) -> str:
    """A time as it is kept: UTC, whole seconds."""
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc(text: Any) -> str:
    """A date and time as given: one without an offset is on the tenant's own clock; "not set" stays."""
    moment = datetime.fromisoformat(str(text or NO_DATE))
    if moment.year < 1800:
        return NO_DATE
    return stamped(moment if moment.tzinfo else moment.replace(tzinfo=BASE_ZONE))
