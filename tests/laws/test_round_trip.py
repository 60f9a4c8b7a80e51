"""L8 Round trip, for each property of every mapping that is shipped.

A canonical value that any side can give, written to any side that the property travels to, reads back as the same canonical value.
From a side to itself this is ``put(get(x)) = x`` modulo the canonical form; from the other side, ``get(put(v)) = v``.
One exception is declared: a net price that no gross price of two decimals has is stored as the nearest one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pycountry
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lenke.core.converters.registry import CONVERTERS
from lenke.core.mapping.apply import PutProblem, put, texts, to_canonical
from lenke.core.mapping.load import load_dataflow
from lenke.core.mapping.model import SIDES, EntitySide, Flow, Property, Side
from lenke.core.mapping.settings import Settings, load_settings
from tests.laws.values import CENTS, DAYS, EMAILS, IDS, MOMENTS, NUMBERS, ORGANISATIONS, PHONES, TEXTS

INCLUDE = Path(__file__).parents[2] / "include"
SETTINGS: Settings = load_settings(INCLUDE / "settings.yaml")
CONSTANTS = {
    "line_products": {"shipping": "9001", "fee": "9002", "rounding": "9003"},
    "sales_accounts": {"25": "510001", "15": "510002", "11.11": "510003", "0": "510004"},
}
# What may be refused on write, and why: a table without the word or the rate, a text too long, more digits than a double keeps.
MAY_REFUSE = ("is not in the property's table", "is not in the installation's table", "is longer than", "has more digits")


@dataclass(frozen=True)
class Case:
    """One property with the others that its conversion depends on, as a flow of its own."""

    name: str
    flow: Flow
    property: Property


@dataclass(frozen=True)
class Sample:
    """One raw value and what stands beside it."""

    raw: Any
    rate: Any = "25"
    kind: str = "product"


def cases() -> Iterator[Case]:
    for path in sorted((INCLUDE / "mappings").glob("*.yaml")):
        for flow in load_dataflow(path).flows:
            for part, properties in (("header", flow.properties), ("lines", flow.lines.properties if flow.lines else ())):
                for wanted in properties:
                    yield Case(f"{path.stem}-{flow.name}-{part}-{wanted.name}", alone(flow, properties, wanted), wanted)


def alone(flow: Flow, properties: Sequence[Property], wanted: Property) -> Flow:
    names = {wanted.name, wanted.options.region, wanted.when.property if wanted.when else None}
    rates = {field.rate for side in SIDES if (field := wanted.field(side))} - {None}
    kept = [p for p in properties if p.name in names or any((f := p.field(side)) and f.path in rates for side in SIDES)]
    left, right = (EntitySide(flow.entity(side).entity, system=flow.entity(side).system) for side in SIDES)
    return replace(flow, properties=tuple(kept), left=left, right=right, lines=None, match=(), locks=())


CASES = list(cases())


def record(case: Case, side: Side, sample: Sample) -> dict[str, Any]:
    """A record of ``side`` in which the property holds the sample and its condition is met."""
    made: dict[str, Any] = {}
    field = case.property.field(side)
    assert field
    place(made, {field.path: sample.raw})
    if field.rate:
        place(made, {field.rate: str(Decimal(sample.rate) / 100) if field.rate_form == "fraction" else sample.rate})
    if field.kind:
        place(made, {field.kind: sample.kind})
    if case.property.when:
        condition = case.flow.property(case.property.when.property)
        met = "false" if case.property.when.negated else "true"
        # A condition that one side only is told of holds on the other all the same.
        told = replace(case, flow=replace(case.flow, properties=(replace(condition, direction="two_way"),)))
        place(made, write(told, side, {condition.name: met}, None, None))
    return made


def place(made: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    for path, value in fields.items():
        *parents, last = path.split(".")
        inner = made
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return made


def read(case: Case, side: Side, records: Sequence[dict[str, Any]]) -> list[dict[str, str | None]]:
    """The canonical texts of each record; raises AssertionError where one that was written is not valid."""
    raws = [json.dumps(one) for one in records]
    frame = pd.DataFrame({"id": [str(n) for n in range(len(raws))], "version": None, "modified": None, "raw": raws})
    header = to_canonical(case.flow, side, frame, SETTINGS, CONSTANTS).header
    found = texts(case.flow.properties, header)
    return [{str(name): word for name, word in row.items()} for row in found.to_dict("records")]


def write(case: Case, side: Side, values: Mapping[str, str | None], current: dict[str, Any] | None, source: Any) -> dict[str, Any]:
    system = case.flow.entity(side).system
    return put(
        case.flow.properties,
        side,
        values,
        whole=values,
        current=current,
        source=source,
        settings=SETTINGS,
        system=system,
        constants=CONSTANTS,
    )


def check(case: Case, origin: Side, samples: Sequence[Sample], *, fresh: bool) -> int:
    """Assert the law for every sample that is valid on ``origin``; how many values were carried."""
    carried = 0
    records = [record(case, origin, sample) for sample in samples]
    values = read(case, origin, records)
    for target in SIDES:
        if not case.property.travels_to(target):
            continue
        for sample, source, whole in zip(samples, records, values, strict=True):
            value = whole[case.property.name]
            if value is not None:
                carried += carry(case, origin, target, sample, source, whole, value, fresh=fresh)
    return carried


def carry(
    case: Case, origin: Side, target: Side, sample: Sample, source: dict[str, Any], whole: dict[str, str | None], value: str, *, fresh: bool
) -> int:
    held = json.loads(json.dumps(source)) if target == origin else record(case, target, replace(sample, raw=None))
    current = None if fresh and not needs_rate(case, target) else held
    # A rate that the record does not hold is absent, and nothing absent is sent.
    sent = {name: text for name, text in whole.items() if text is not None} | {case.property.name: value}
    try:
        stored = place(held, write(case, target, sent, current, source))
    except PutProblem as refused:
        if not refused.text.startswith(MAY_REFUSE):
            raise
        return 0
    back = read(case, target, [stored])[0][case.property.name]
    if target != origin and needs_rate(case, target):
        assert_nearest(case, target, sample, stored, value, back)
        return 1
    assert back == value, f"{case.name}: {origin} to {target}: {value!r} came back as {back!r}"
    if needs_rate(case, target):
        field = case.property.field(target)
        assert field
        assert Decimal(str(stored[field.path])) == Decimal(sample.raw), f"{case.name}: a gross price changed on its own side"
    return 1


def needs_rate(case: Case, side: Side) -> bool:
    field = case.property.field(side)
    if field is None or field.vat is None:
        return False
    return field.vat == "included" or SETTINGS.price_basis.get(case.flow.entity(side).system) == "gross"


def assert_nearest(case: Case, side: Side, sample: Sample, stored: dict[str, Any], value: str, back: str | None) -> None:
    """A gross price is off by at most half a cent (and the rounding of its net), and stays where it is from then on."""
    assert back is not None
    factor = 1 + Decimal(sample.rate) / 100
    assert abs(Decimal(back) - Decimal(value)) * factor <= Decimal("0.0051"), case.name
    again = place(json.loads(json.dumps(stored)), write(case, side, {case.property.name: back}, stored, None))
    assert again == stored, case.name


def raws(case: Case, side: Side) -> st.SearchStrategy[Any]:
    """Raw values as that side could hold them, bad ones among them."""
    field, kind = case.property.field(side), case.property.type
    assert field
    other = case.property.field("right" if side == "left" else "left")
    if field.lookup:
        return st.sampled_from([*map(int, CONSTANTS[field.lookup.table].values()), 4711, None])
    if other and other.lookup:
        return st.sampled_from([*CONSTANTS[other.lookup.table], "25.00", 15, "6"])
    if field.values:
        return st.sampled_from([raw for raw, _ in field.values.pairs] + [None])
    if kind in ("enum", "unit"):
        return st.sampled_from([word for _, word in other.values.pairs] if other and other.values else ["EA", "KGM"])
    if kind == "country":
        shape = {"iso3": "alpha_3", "name": "name"}.get(field.form or "", "alpha_2")
        return st.sampled_from([getattr(c, shape) for c in pycountry.countries])
    if kind == "date" and field.form == "instant":
        return MOMENTS
    if kind == "string" and case.property.options.digits:
        return ORGANISATIONS
    if kind == "money" and needs_rate(case, side):
        return CENTS
    others: Mapping[str, st.SearchStrategy[Any]] = {
        "string": TEXTS, "integer": st.integers(-(10**37), 10**37), "decimal": NUMBERS, "money": NUMBERS, "boolean": st.booleans(),
        "date": DAYS, "instant": MOMENTS, "currency": st.sampled_from([c.alpha_3 for c in pycountry.currencies]), "phone": PHONES,
        "email": EMAILS,
        "language": st.sampled_from(["nob", "nor", "nno", "swe", "xx"] if field.form == "iso3" else ["nb", "no", "nn", "sv", "en"]),
        "reference": IDS,
    }  # fmt: skip
    return others[kind]


def samples(case: Case, side: Side) -> st.SearchStrategy[list[Sample]]:
    one = st.builds(
        Sample,
        raws(case, side),
        st.sampled_from(["25", "15", "12", "0", "11.11"]),
        st.sampled_from(["product", "product", "shipping", "fee"]),
    )
    return st.lists(one, min_size=1, max_size=8)


@pytest.mark.parametrize("origin", SIDES)
@pytest.mark.parametrize("case", [case for case in CASES if case.property.direction != "check"], ids=lambda case: case.name)
def test_a_value_that_is_written_reads_back_as_it_was(case: Case, origin: Side) -> None:
    total = 0

    @hypothesis_settings(max_examples=20, deadline=None)
    @given(drawn=samples(case, origin), fresh=st.booleans())
    def law(drawn: list[Sample], fresh: bool) -> None:
        nonlocal total
        total += check(case, origin, drawn, fresh=fresh)

    law()
    carried_anywhere = any(case.property.travels_to(target) for target in SIDES)
    assert total or not carried_anywhere, "no generated value was valid: the law was not tried"


SHOUT: Mapping[str, Any] = {
    "string": lambda value: value.swapcase() + "!",
    "integer": lambda value: value + 1,
    "decimal": lambda value: str(value.to_integral_value() + 1),
    "money": lambda value: str(value / 2),
    "boolean": lambda value: not value,
    "date": lambda value: value.replace(day=1).isoformat(),
    "country": lambda value: "SE",
    "currency": lambda value: "SEK",
    "phone": lambda value: value.replace("+47", "+46"),
    "email": lambda value: value.partition("@")[2],
    "enum": lambda value: "Service",
    "reference": lambda value: 0,
}
GOOD: Mapping[str, Any] = {
    "string": "Åse", "integer": 7, "decimal": "1.5", "money": "10.00", "boolean": True, "date": "2026-11-20", "country": "NO",
    "currency": "NOK", "phone": "+4722000000", "email": "a@b.no", "enum": "Product", "reference": 7,
}  # fmt: skip


@pytest.mark.parametrize("type", sorted(SHOUT))
def test_the_law_catches_a_type_that_writes_something_else(type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [c for c in CASES if c.property.type == type and c.property.travels_to("right") and not c.property.options.digits]
    # A table of values takes only its own.
    case = next(
        c for c in found if c.property.direction == "two_way" and (type == "enum" or not (c.property.right and c.property.right.values))
    )
    assert check(case, "right", [Sample(GOOD[type])], fresh=False)
    monkeypatch.setattr(CONVERTERS[type].__class__, "put", lambda self, value, *rest: SHOUT[type](value))
    with pytest.raises((AssertionError, PutProblem)):
        check(case, "right", [Sample(GOOD[type])], fresh=False)


def test_the_law_catches_a_scale_too_small_for_gross_prices() -> None:
    case = next(c for c in CASES if c.property.name == "price" and needs_rate(c, "left"))
    prices = [Sample(f"{cents / 100:.2f}") for cents in range(1, 200)]
    assert check(case, "left", prices, fresh=False) == 2 * len(prices)
    coarse = replace(case.property, options=replace(case.property.options, scale=1))
    with pytest.raises(AssertionError):
        check(Case("coarse", replace(case.flow, properties=(coarse,)), coarse), "left", prices, fresh=False)
