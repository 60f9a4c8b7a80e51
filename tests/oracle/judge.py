"""An independent judge of a synced pair of systems: reads both databases and says where they do not agree.

It imports nothing of Lenke: its formulas are its own, and a fault that mapping and converters share with their own tests shows here.
``python -m tests.oracle.judge HOME`` judges a home against the seed's manifest.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.seed import Seed, build, record_id
from tests.oracle import agreement, untouched, words
from tests.oracle.databases import Body, Database, read
from tests.oracle.pairing import Pairs, candidates, pair

SHOP, OFFICE = "custom_webshop", "poweroffice_go"
RIGHT = {"Customer": "Customers", "Product": "Products", "Order": "SalesOrders"}
SHOWN = 20


@dataclass(frozen=True)
class Disagreement:
    """One thing that is not as it should be, in words."""

    entity: str
    id: str
    property: str | None
    words: str


@dataclass(frozen=True)
class Verdict:
    """What the judge found.

    :param disagreements: must be empty for a sync that is done.
    :param checks: differences of properties that are compared and never written (VAT rate, net total): worth a look, no fault of the sync.
    :param right_ids: left entity -> left id -> right id, for every pair found.
    """

    disagreements: list[Disagreement] = field(default_factory=list)
    checks: list[Disagreement] = field(default_factory=list)
    right_ids: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def agreed(self) -> bool:
        """Whether there is nothing to object to."""
        return not self.disagreements

    def report(self) -> str:
        """The count and the first twenty disagreements, a line each."""
        lines = [f"{found.entity} {found.id}: {found.words}" for found in self.disagreements[:SHOWN]]
        more = len(self.disagreements) - SHOWN
        pairs = ", ".join(f"{len(ids)} {entity} pairs" for entity, ids in self.right_ids.items())
        head = f"{len(self.disagreements)} disagreements, {len(self.checks)} differences to look at, in {pairs}"
        return "\n".join([head, *lines, *([f"... and {more} more"] if more > 0 else [])])


@dataclass(frozen=True)
class _Case:
    """Everything that is looked at: both databases, the seed, what is parked, and what people touched."""

    shop: Database
    office: Database
    seed: Seed
    parked: frozenset[tuple[str, str]]
    touched: frozenset[tuple[str, str, str]]

    def seeded(self, system: str, entity: str) -> dict[str, Body]:
        return {record_id(system, entity, body): body for body in self.seed.records[system][entity]}

    def unparked(self, entity: str) -> dict[str, Body]:
        return {key: body for key, body in self.shop.of(entity).items() if (entity, key) not in self.parked}


def judge(
    home: Path, parked: Collection[tuple[str, str]], *, seed: int = 1, touched: Collection[tuple[str, str, str]] = frozenset()
) -> Verdict:
    """Judge ``<home>/custom_webshop.sqlite`` against ``<home>/poweroffice_go.sqlite``; prints the report where it objects.

    :param parked: (left entity, left id) of the records that are to have no counterpart.
    :param seed: the number that the home was seeded with.
    :param touched: (system, entity, id) of records that the test itself edited, created or deleted: they need not be as seeded.
    """
    case = _Case(read(home / f"{SHOP}.sqlite"), read(home / f"{OFFICE}.sqlite"), build(seed), frozenset(parked), frozenset(touched))
    pairs = {entity: _paired(case, entity) for entity in RIGHT}
    found = [*_differences(case, pairs), *_counts(case, pairs), *_as_seeded(case, pairs)]
    verdict = Verdict(
        [disagreement for disagreement, check in found if not check],
        [disagreement for disagreement, check in found if check],
        {entity: matched.right_of for entity, matched in pairs.items()},
    )
    if not verdict.agreed:
        print(verdict.report())
    return verdict


_Found = Iterator[tuple[Disagreement, bool]]
_Compare = Callable[[Body, Body], Iterator[tuple[str, Any, Any]]]


def _paired(case: _Case, entity: str) -> Pairs:
    right = dict(case.office.of(RIGHT[entity]))
    if entity == "Order":
        # An invoiced order leaves the orders and keeps its id.
        right |= {key: body for key, body in case.office.of("OutgoingInvoices").items() if body["ImportedOrderNo"] is not None}
    return pair(entity, case.unparked(entity), right)


def _differences(case: _Case, pairs: dict[str, Pairs]) -> _Found:
    """Every property of every pair."""
    codes = {body["Code"]: key for key, body in case.office.of("Products").items()}
    kinds = {kind: codes.get(code, f"no product {code}") for kind, code in words.LINE_PRODUCT.items()}
    references = agreement.References(pairs["Customer"].right_of, pairs["Product"].right_of, kinds)
    for entity, right_entity in RIGHT.items():
        ours, theirs = case.shop.of(entity), case.office.of(right_entity)
        for left_id, right_id in pairs[entity].right_of.items():
            if right_id not in theirs:
                continue
            left, right = ours[left_id], theirs[right_id]
            plain = agreement.PLAIN.get(entity)
            for one in plain(left, right) if plain else agreement.orders(left, right, references):
                text = f"{one.property} is {one.left!r} in the shop and {one.right!r} in PowerOffice GO ({right_entity} {right_id})"
                yield Disagreement(entity, left_id, one.property, text), one.check


def _counts(case: _Case, pairs: dict[str, Pairs]) -> _Found:
    """Exactly one right record for each unparked left one, none for a parked one, none for nobody."""
    for entity, right_entity in RIGHT.items():
        seeded = case.seeded(OFFICE, right_entity)
        theirs = case.office.of(right_entity)
        for left_id in sorted(pairs[entity].lone_left):
            names = candidates(
                entity, case.shop.of(entity)[left_id], {key: theirs[key] for key in pairs[entity].lone_right if key in theirs}
            )
            text = f"has {len(names)} records in PowerOffice GO: {', '.join(sorted(names))}" if names else "has no record in PowerOffice GO"
            yield Disagreement(entity, left_id, None, text), False
        for right_id in sorted(theirs.keys() - seeded.keys()):
            if (OFFICE, right_entity, right_id) in case.touched:
                continue
            if right_id in pairs[entity].lone_right:
                yield Disagreement(right_entity, right_id, None, _made_for(case, entity, theirs[right_id])), False
            if not theirs[right_id].get("ExternalImportReference", "has no such field"):
                yield Disagreement(right_entity, right_id, "marker", "was created without a marker"), False


def _made_for(case: _Case, entity: str, body: Body) -> str:
    for left_id, left in case.shop.of(entity).items():
        if candidates(entity, left, {"it": body}):
            why = "is parked" if (entity, left_id) in case.parked else "has another record already"
            return f"was created for {entity} {left_id}, which {why}"
    return "was created and belongs to no record of the shop"


def _as_seeded(case: _Case, pairs: dict[str, Pairs]) -> _Found:
    """Unmapped fields of linked records, and all fields of parked and foreign ones."""
    for entity, right_entity in RIGHT.items():
        right_of = pairs[entity].right_of
        for key, body in case.seeded(SHOP, entity).items():
            compare = untouched.whole if (entity, key) in case.parked else partial(untouched.left, entity)
            yield from _unchanged(case, (SHOP, entity, key), compare, body)
        linked = set(right_of.values())
        for key, body in case.seeded(OFFICE, right_entity).items():
            compare = partial(untouched.right, right_entity) if key in linked else untouched.whole
            yield from _unchanged(case, (OFFICE, right_entity, key), compare, body)


def _unchanged(case: _Case, place: tuple[str, str, str], compare: _Compare, seeded: Body) -> _Found:
    if place in case.touched:
        return
    system, entity, key = place
    now = (case.shop if system == SHOP else case.office).of(entity).get(key)
    if now is None:
        yield Disagreement(entity, key, None, f"was seeded in {system} and is gone"), False
        return
    for name, old, new in compare(seeded, now):
        yield Disagreement(entity, key, name, f"{name} in {system} was {old!r} when seeded and is {new!r}: not the sync's to change"), False


def main(home: str, seed: str = "1") -> int:
    """Judge a home against its seed's manifest; 0 where everything agrees."""
    verdict = judge(Path(home), build(int(seed)).parked(), seed=int(seed))
    if verdict.agreed:
        print(verdict.report())
    return 0 if verdict.agreed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
