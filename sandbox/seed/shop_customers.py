"""The shop's 500 customers, a third of them persons."""

from __future__ import annotations

import unicodedata
from random import Random

from sandbox.seed import words
from sandbox.seed.model import Body, Draft, Parking, Reason
from sandbox.seed.numbers import norwegian_org, org_number, phone

COUNT = 500
MATCHED = {"equal": 20, "partial": 20, "different": 20}


def _ascii(text: str) -> str:
    plain = text.lower().translate(str.maketrans("æøåäöé", "aoaaoe"))
    return "".join(letter for letter in plain if letter.isalnum())


def _country(rng: Random) -> str:
    return rng.choices(("NOR", "SWE", "DNK", "FIN"), (70, 14, 9, 7))[0]


def _billing(rng: Random, country: str) -> Body:
    postal_code, city = rng.choice(words.PLACE[country])
    line2 = rng.choice((None, None, None, "c/o Resepsjonen", f"Oppgang {rng.choice('ABC')}", "2. etasje", ""))
    line1 = f"{rng.choice(words.STREET[country])} {rng.randrange(1, 190)}{rng.choice(('', '', '', 'B'))}"
    return {"line1": line1, "line2": line2, "postal_code": postal_code, "city": city, "country": country}


def _frame(rng: Random, n: int, country: str) -> Body:
    return {
        "id": None,
        "type": None,
        "first_name": None,
        "last_name": None,
        "company_name": None,
        "email": None,
        "invoice_email": None,
        "phone": phone(rng, country, national=True) if rng.random() < 0.8 else None,
        "org_number": None,
        "website": None,
        "billing": _billing(rng, country),
        "currency": words.MONEY[country] if rng.random() < 0.7 else "NOK",
        "language": words.LANGUAGE[country],
        "customer_number": 20001 + n if rng.random() < 0.85 else None,
        "archived": False,
        "external_ref": None,
        "note": rng.choice((None, None, "Ring før levering", "Fast kunde siden 2019 ☕", "")),
    }


def person(rng: Random, n: int) -> Body:
    """A private customer; the e-mail holds ``n`` and is thereby one of its kind."""
    country = _country(rng)
    body = _frame(rng, n, country)
    first, last = rng.choice(words.FIRST[country]), rng.choice(words.LAST[country])
    host = rng.choice(("post.example.com", "mail.example.net", "epost.example.org"))
    body |= {"type": "person", "first_name": first, "last_name": last, "email": f"{_ascii(first)}.{_ascii(last)}.{n}@{host}"}
    return body


def company(rng: Random, n: int) -> Body:
    """A company with an organisation number of its country's register."""
    country = _country(rng)
    body = _frame(rng, n, country)
    firm, trade = rng.choice(words.FIRM), rng.choice(words.TRADE)
    host = f"{_ascii(firm)}-{n}.example.{rng.choice(('com', 'org', 'net'))}"
    body |= {
        "type": "company", "company_name": f"{firm} {trade} {words.FORM[country]}", "org_number": org_number(rng, country),
        "email": f"post@{host}" if rng.random() < 0.9 else None,
        "invoice_email": f"faktura@{host}" if rng.random() < 0.5 else None,
        "website": f"https://www.{host}/" if rng.random() < 0.4 else None,
    }  # fmt: skip
    if rng.random() < 0.3:
        body |= {"first_name": rng.choice(words.FIRST[country]), "last_name": rng.choice(words.LAST[country])}
    return body


def _bend_persons(persons: list[Body]) -> None:
    """Values that real shops hold, and that must travel or make no difference."""
    p = persons
    p[0] |= {"first_name": p[0]["first_name"] + "  ", "email": p[0]["email"] + " "}
    p[1] |= {"first_name": "Åse-Bjørg 🎣", "last_name": "Ærlig-Øyåsen"}
    p[2] |= {"email": p[2]["email"].title()}
    p[3] |= {"billing": None, "phone": "+47 22 33 44 55", "website": ""}
    del p[4]["billing"], p[4]["website"], p[4]["invoice_email"]
    p[4]["phone"] = "0047 404 12 345"
    p[5] |= {"phone": None, "billing": None, "customer_number": None, "note": None, "invoice_email": None}
    p[6] |= {"last_name": unicodedata.normalize("NFD", "Håkansson-Åström")}
    p[7] |= {"last_name": 'O\'Brien; "Bø" & Sønner <b>, jr.'}
    p[8] |= {"email": None, "phone": "+47 22 41 00 01"}
    p[9] |= {"email": "", "invoice_email": None, "phone": None}
    p[10]["billing"] |= {"line2": "   ", "line1": " " + p[10]["billing"]["line1"]}
    for one, other in ((11, 12), (13, 14), (15, 16)):
        p[other]["email"] = p[one]["email"]
    p[15]["customer_number"] = p[16]["customer_number"] = None
    p[15]["last_name"], p[16]["last_name"] = "Tvillingstad", "Trillingstad"
    for place in (17, 18, 19, 20):
        p[place]["archived"] = True


def _bend_companies(companies: list[Body]) -> None:
    c = companies
    c[0] |= {"company_name": "Fjordgløtt 🐟 Sjømat AS "}
    c[1] |= {"org_number": "NO " + _spaced(str(norwegian_org(91_827_364))), "company_name": "Håøya Blåbær & Lyng AS"}
    c[2] |= {"org_number": None, "customer_number": 20901}
    c[3] |= {"org_number": "", "email": None, "invoice_email": None, "customer_number": 20902}
    c[4]["billing"] |= {"line1": ("Postboks 17, Gamle Fabrikkbygning, inngang fra gårdsplassen, " * 4)[:200].strip().ljust(200, "x")}
    c[5] |= {"invoice_email": c[5]["email"] or "faktura@blank.example.com"}
    c[6] |= {"billing": {"line1": None, "line2": None, "postal_code": None, "city": None, "country": None}, "phone": "+46 70-123 45 67"}
    del c[7]["phone"], c[7]["invoice_email"]
    c[8] |= {"company_name": "1881 – «Sitat» \\ skråstrek / AS"}
    for place in (9, 10, 11, 12, 13, 14):
        c[place]["archived"] = True


def _spaced(digits: str) -> str:
    return f"{digits[:3]} {digits[3:6]} {digits[6:]} MVA"


def _parked(rng: Random) -> list[Draft]:
    """Customers that must end parked, by reason."""
    drafts: list[Draft] = []

    def park(body: Body, reason: Reason, property: str | None, text: str, role: str = "parked") -> None:
        drafts.append(Draft(body, role, Parking(reason, property, text)))

    n = COUNT
    park(person(rng, n) | {"last_name": None}, "missing_required", "last_name", "a person without a last name")
    park(company(rng, n + 1) | {"company_name": "   "}, "missing_required", "company_name", "a company whose name is blank")
    park(person(rng, n + 2) | {"email": "kari.at.example.com"}, "invalid_value", "email", "an e-mail address without @")
    park(company(rng, n + 3) | {"email": "post@@fjord .example"}, "invalid_value", "email", "an e-mail address with two @ and a space")
    park(company(rng, n + 4) | {"phone": "kun e-post"}, "invalid_value", "phone", "words where a phone number belongs")
    odd = company(rng, n + 5) | {"phone": None}
    odd["billing"]["country"] = "XYZ"
    park(odd, "invalid_value", "country", "a country code that no country has")
    for k in (6, 7):
        body = company(rng, n + k)
        park(body, "ambiguous_match", None, "two PowerOffice GO customers with its organisation number", "ambiguous")
    twin = person(rng, n + 8) | {"email": "familien.bakken@post.example.com", "last_name": "Bakken"}
    other = person(rng, n + 9) | {"email": twin["email"], "last_name": "Bakken"}
    for body in (twin, other):
        park(body, "duplicate_match", None, "two shop persons with the e-mail of one PowerOffice GO customer", "duplicate")
    bare = company(rng, n + 10)
    park(bare | {"billing": bare["billing"] | {"city": None}}, "rejected", None, "an address without a city")
    bare = person(rng, n + 11)
    park(bare | {"billing": bare["billing"] | {"postal_code": ""}}, "rejected", None, "an address without a postal code")
    park(company(rng, n + 12) | {"currency": "ISK"}, "rejected", None, "a currency that is not active in PowerOffice GO")
    return drafts


def customers(rng: Random) -> list[Draft]:
    """All customers, shuffled, without ids and times."""
    parked = _parked(rng)
    good = COUNT - len(parked)
    persons = [person(rng, n) for n in range(good // 3)]
    companies = [company(rng, n) for n in range(good // 3, good)]
    _bend_persons(persons)
    _bend_companies(companies)
    _part_org_numbers(rng, companies + [draft.body for draft in parked])
    # The bent ones stay without counterpart, except through roles given below.
    drafts = [Draft(body) for body in persons[:25] + companies[:20]]
    rest = _with_roles(persons[25:], 1) + _with_roles(companies[20:], 2)
    drafts += rest + parked
    rng.shuffle(drafts)
    return drafts


def _part_org_numbers(rng: Random, bodies: list[Body]) -> None:
    """Two companies never share a number by accident."""
    seen: set[str] = set()
    for body in bodies:
        while body["org_number"] and body["org_number"] in seen:
            body["org_number"] = org_number(rng, "NOR")
        seen.add(body["org_number"])


def _with_roles(bodies: list[Body], share: int) -> list[Draft]:
    """One third of each role's count goes to the persons (share 1), two thirds to the companies (share 2)."""
    roles = [role for role, count in MATCHED.items() for _ in range(round(count * share / 3))]
    roles += ["plain"] * (len(bodies) - len(roles))
    return [Draft(body, role) for body, role in zip(bodies, roles, strict=True)]
