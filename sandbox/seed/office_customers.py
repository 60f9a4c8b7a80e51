"""PowerOffice GO's customers: some that the shop has, too, and some that it has not."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

from sandbox.seed import office_blank as blank
from sandbox.seed import words
from sandbox.seed.model import Body, Draft
from sandbox.seed.numbers import YEAR_START, instant, office_time, phone
from sandbox.seed.shop_customers import company, person

FOREIGN = 25
FIRST_ID = 61000101
_FIXED: Body = {
    "IsVatFree": False,
    "IsActive": True,
    "DoNotAddLatePaymentFees": False,
    "DoNotAddLatePaymentInterest": False,
    "DoNotAutomatePaymentNotifications": False,
    "NoticeOfDebtCollectionDeliveryType": "Print",
    "ReminderDeliveryType": "Print",
    "SendPaymentReminders": True,
    "TransferToDebtCollectionAgency": True,
    "UseInvoiceFee": False,
}
_OLD_ADDRESS = {"AddressLine1": "Gamleveien 1", "City": "Hamar", "ZipCode": "2317", "CountryCode": "NO"}


def e164(text: str | None, country: str) -> str | None:
    """The seed's own phone styles as ``+`` and digits."""
    if not text:
        return None
    digits = "".join(filter(str.isdigit, text))
    if "+" in text:
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    code = {"NOR": "47", "SWE": "46", "DNK": "45", "FIN": "358"}[country]
    return f"+{code}{digits.removeprefix('0') if code in ('46', '358') else digits}"


def _text(value: object) -> str | None:
    return str(value).strip() or None if value is not None else None


def _address(rng: Random, billing: Body, changed: str) -> Body:
    return {
        "Id": rng.randrange(8_100_000, 8_999_999),
        "AddressLine1": _text(billing["line1"]),
        "AddressLine2": _text(billing["line2"]),
        "City": _text(billing["city"]),
        "ZipCode": _text(billing["postal_code"]),
        "CountryCode": words.ISO2[billing["country"]],
        "ExternalCode": None,
        "LastChangedDateTimeOffset": changed,
    }


def as_office(rng: Random, shop: Body) -> Body:
    """The whole CustomerDto of a shop customer, without ``Id`` and ``Number``."""
    created = instant(rng, YEAR_START, YEAR_START + timedelta(days=50))
    changed = office_time(instant(rng, created))
    human = shop["type"] == "person"
    first, last = (_text(shop["first_name"]), _text(shop["last_name"])) if human else (None, None)
    emailed = bool(_text(shop["email"]) or _text(shop["invoice_email"]))
    return (
        blank.CUSTOMER
        | _FIXED
        | {
            "Name": f"{first} {last}" if human else _text(shop["company_name"]),
            "LegalName": None if human else _text(shop["company_name"]),
            "FirstName": first,
            "LastName": last,
            "IsPerson": human,
            "OrganizationNumber": None if human else "".join(filter(str.isdigit, shop["org_number"] or "")) or None,
            "EmailAddress": _text(shop["email"]),
            "InvoiceEmailAddress": _text(shop["invoice_email"]),
            "PhoneNumber": e164(shop["phone"], shop["billing"]["country"]),
            "WebsiteUrl": _text(shop["website"]),
            "MailAddress": _address(rng, shop["billing"], changed),
            "ExternalNumber": shop["customer_number"],
            "CurrencyCode": shop["currency"],
            "IsArchived": shop["archived"],
            "InvoiceDeliveryType": "PdfByEmail" if emailed else "Print",
            "ContactGroupIds": rng.choice(([], [], [7701], [7701, 7702])),
            "CustomerSince": f"{rng.randrange(2009, 2026)}-{rng.randrange(1, 13):02d}-01",
            "SubledgerAccountId": rng.randrange(3_300_000, 3_999_999),
            "ContactCreatedDateTimeOffset": office_time(created),
            "CustomerCreatedDateTimeOffset": office_time(created),
            "LastChangedDateTimeOffset": changed,
        }
    )


def _without(office: Body, *fields: str) -> Body:
    emptied = office | dict.fromkeys(fields)
    if not emptied["EmailAddress"] and not emptied["InvoiceEmailAddress"]:
        emptied["InvoiceDeliveryType"] = "Print"
    return emptied


def _equal(n: int, office: Body) -> Body:
    """The same in other clothes: spaced numbers, capital letters."""
    if n % 4 == 0 and office["OrganizationNumber"] and len(office["OrganizationNumber"]) == 9:
        digits = office["OrganizationNumber"]
        return office | {"OrganizationNumber": f"{digits[:3]} {digits[3:6]} {digits[6:]}"}
    if n % 4 == 1 and office["EmailAddress"]:
        return office | {"EmailAddress": office["EmailAddress"].title()}
    return office | ({"ExternalImportReference": f"NETTBUTIKK-{n}"} if n % 4 == 2 else {})


def _partial(rng: Random, n: int, shop: Body, office: Body) -> Body:
    """One side lacks what the other has; what the shop lacks is taken out of ``shop``."""
    country = shop["billing"]["country"]
    if n % 7 == 0:
        return _without(office, "PhoneNumber", "WebsiteUrl")
    if n % 7 == 1:
        return _without(office, "MailAddress")
    if n % 7 == 2:
        return _without(office, "InvoiceEmailAddress", "ExternalNumber")
    if n % 7 == 3:
        shop["phone"] = None
        return office | {"PhoneNumber": e164(phone(rng, country, national=False), country)}
    if n % 7 == 4:
        shop["billing"]["line2"] = None
        return office | {"MailAddress": office["MailAddress"] | {"AddressLine1": None, "AddressLine2": "Bakgården"}}
    if n % 7 == 5:
        shop["customer_number"] = None
        return office | {"ExternalNumber": 30001 + n}
    shop["website"] = ""
    return _without(office, *([] if office["IsPerson"] else ["EmailAddress"])) | {"WebsiteUrl": f"https://kunde-{n}.example.org"}


def _different(rng: Random, n: int, shop: Body, office: Body) -> Body:
    """Both sides filled and not the same: at first link the shop wins in the sandbox."""
    country = shop["billing"]["country"]
    if n % 5 == 0:
        return office | {"PhoneNumber": e164(phone(rng, country, national=False), country)}
    if n % 5 == 1:
        return office | {"MailAddress": office["MailAddress"] | _OLD_ADDRESS}
    if n % 5 == 2:
        return office | {"ExternalNumber": 50001 + n, "CurrencyCode": "SEK" if shop["currency"] != "SEK" else "NOK"}
    if n % 5 == 3:
        return office | {"InvoiceEmailAddress": f"regnskap.{n}@gammel.example.net", "WebsiteUrl": f"http://gammel-{n}.example.com"}
    if office["IsPerson"]:
        return office | {"FirstName": "K.", "Name": f"K. {office['LastName']}"}
    return office | {"Name": f"{office['Name']} avd. Lager", "LegalName": office["Name"]}


def _counterpart(rng: Random, n: int, draft: Draft) -> list[Body]:
    """What PowerOffice GO holds for the ``n``-th shop customer of its role."""
    if draft.role == "plain" or draft.role == "parked" or (draft.role == "duplicate" and n > 0):
        return []
    office = as_office(rng, draft.body)
    if draft.role == "equal":
        return [_equal(n, office)]
    if draft.role == "partial":
        return [_partial(rng, n, draft.body, office)]
    if draft.role == "different":
        return [_different(rng, n, draft.body, office)]
    if draft.role == "ambiguous":
        return [office | {"ExternalNumber": None, "EmailAddress": f"avd{k}.{n}@kjede.example.net"} for k in (1, 2)]
    return [office | {"ExternalNumber": None, "FirstName": "Familien", "Name": "Familien Bakken"}]


def _foreign(rng: Random, shop_person: Body) -> list[Body]:
    """Customers that the shop does not have; one of them a company that uses a shop person's e-mail address."""
    made = []
    for n in range(FOREIGN):
        shop = person(rng, 7000 + n) if n % 3 == 0 else company(rng, 7000 + n)
        shop |= {"customer_number": 70001 + n if n % 2 else None, "org_number": _foreign_org(shop["org_number"], n)}
        shop["billing"] |= {"line1": f"Regnskapsveien {n + 1}"}
        own = {"ExternalImportReference": None if n % 4 else f"ANNEN-{n}", "Allowance": 5.0 if n % 6 == 1 else None}
        made.append(as_office(rng, shop) | own)
    made[1] |= {"EmailAddress": shop_person["email"].strip(), "InvoiceDeliveryType": "PdfByEmail"}
    return made


def _foreign_org(number: str | None, n: int) -> str | None:
    return None if number is None else f"99{n:02d}{'0' * 5}"


def customers(rng: Random, drafts: list[Draft]) -> list[Body]:
    """All of PowerOffice GO's customers with ids and numbers; takes from shop drafts what only PowerOffice GO is to know."""
    plain_persons = (draft.body for draft in drafts if draft.role == "plain" and draft.body["type"] == "person")
    lone = next(body for body in plain_persons if body.get("email"))
    seen: Counter[str] = Counter()
    made: list[Body] = []
    for draft in drafts:
        made += _counterpart(rng, seen[draft.role], draft)
        seen[draft.role] += 1
    made += _foreign(rng, lone)
    rng.shuffle(made)
    return [body | {"Id": FIRST_ID + 7 * n, "Number": 10001 + n} for n, body in enumerate(made)]
