"""The shop's 300 products."""

from __future__ import annotations

from random import Random

from sandbox.seed import words
from sandbox.seed.model import Body, Draft, Parking, Reason
from sandbox.seed.numbers import gtin13

COUNT = 300
MATCHED = {"equal": 14, "partial": 11, "different": 11, "by_gtin": 4}


def product(rng: Random, n: int) -> Body:
    """One product; SKU, GTIN and name hold ``n`` and are thereby one of their kind."""
    service = rng.random() < 0.08
    goods = rng.choice(words.SERVICE if service else words.GOODS)
    ore = rng.choice((0, 0, 50, 90, 95, 99))
    kroner = rng.choice((rng.randrange(9, 100), rng.randrange(100, 1000), rng.randrange(1000, 9000)))
    managed = not service and rng.random() < 0.7
    return {
        "id": None,
        "sku": f"{goods[:3].upper()}-{1001 + n}",
        "name": f"{goods} {rng.choice(words.SERIES)} {rng.choice(words.SHADE)} {1001 + n}",
        "description": rng.choice((None, f"{goods} for nordisk vær.\nVaskes på 40 °C.", "<p>Håndlaget på Røros – «ekte vare»</p>", "")),
        "gtin": gtin13(4_100_000_000 + n) if rng.random() < 0.6 else None,
        "unit": "hour" if service else rng.choice(("pcs", "pcs", "pcs", "pcs", "kg", "m", "l", "box", "set", "pair")),
        "price": f"{kroner}.{ore:02d}",
        "vat_rate": rng.choices(("25", "25.00", "15", "12", "0"), (78, 7, 8, 4, 3))[0],
        "cost": f"{kroner * 0.4:.2f}" if rng.random() < 0.7 else None,
        "kind": "service" if service else "physical",
        "manage_stock": managed,
        "stock": rng.choice((0, 1, 7, 12, 40, 250, 12.5)) if managed else None,
        "archived": False,
        "external_ref": None,
        "category": rng.choice(words.CATEGORY),
    }


def _bend(p: list[Body]) -> None:
    """Values that real shops hold, and that must travel or make no difference."""
    p[0] |= {"price": "0.00", "cost": "0.00", "name": "Vareprøve – gratis 🎁"}
    p[1] |= {"price": "0.01", "vat_rate": "25"}
    p[2] |= {"price": "99.99", "vat_rate": "15"}
    p[3] |= {"price": "0.07", "vat_rate": "12", "cost": "0.005"}
    p[4] |= {"price": "12345.67", "vat_rate": "25", "cost": "4321.125"}
    p[5] |= {"sku": "00042 ", "name": "  Knapp med ledende null "}
    p[6] |= {"sku": "KABEL-3,5MM", "name": "Kabel 3,5 mm"}
    p[7] |= {"sku": "blåbær/æøå-1", "vat_rate": "15", "name": "Blåbærsyltetøy 400 g"}
    p[8] |= {"description": "", "gtin": "", "cost": None}
    del p[9]["description"], p[9]["gtin"], p[9]["cost"]
    p[10] |= {"name": ("Teltduk med svært langt navn, " * 14)[:399] + "."}
    p[11] |= {"manage_stock": False, "stock": 5, "kind": "physical"}
    p[12] |= {"manage_stock": True, "stock": 0.125, "unit": "kg", "kind": "physical"}
    p[13] |= {"manage_stock": True, "stock": -3, "kind": "physical"}
    p[14] |= {"price": "129.90", "vat_rate": "12"}
    p[15] |= {"price": "1.5", "vat_rate": "25"}
    for place in range(16, 24):
        p[place]["archived"] = True


def _parked(rng: Random) -> list[Draft]:
    """Products that must end parked, by reason."""

    def draft(offset: int, changes: Body, reason: Reason, property: str | None, text: str, role: str = "parked") -> Draft:
        return Draft(product(rng, COUNT + offset) | changes, role, Parking(reason, property, text))

    missing = draft(2, {"gtin": None}, "missing_required", "sku", "a product whose SKU member is missing")
    del missing.body["sku"]
    return [
        draft(0, {"sku": None, "gtin": None}, "missing_required", "sku", "a product without a SKU"),
        draft(1, {"sku": " ", "gtin": None}, "missing_required", "sku", "a product whose SKU is blank"),
        missing,
        draft(3, {"price": "ring for pris"}, "invalid_value", "price", "words where a price belongs"),
        draft(4, {"unit": "pall"}, "invalid_value", "unit", "a unit that the mapping does not know"),
        draft(5, {"gtin": gtin13(4_100_000_305)}, "ambiguous_match", None, "two PowerOffice GO products with its GTIN", "ambiguous"),
    ]


def products(rng: Random) -> list[Draft]:
    """All products, shuffled, without ids and times."""
    parked = _parked(rng)
    bodies = [product(rng, n) for n in range(COUNT - len(parked))]
    _bend(bodies)
    roles = [role for role, count in MATCHED.items() for _ in range(count)]
    drafts = [Draft(body) for body in bodies[:40]]
    rest = bodies[40:]
    drafts += [Draft(body, role) for body, role in zip(rest, roles + ["plain"] * (len(rest) - len(roles)), strict=True)]
    for n, draft in enumerate(draft for draft in drafts if draft.role == "by_gtin"):
        draft.body["gtin"] = gtin13(4_200_000_000 + n)
    drafts += parked
    rng.shuffle(drafts)
    return drafts
