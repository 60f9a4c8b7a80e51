"""Six systems, five dataflows: all settle, agree, park what the manifest names, and carry an edit from one end of the tree to the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.flows import thinned
from tests.flows.tree import ORDER, Tree, planted
from tests.oracle.tree.case import Case, Findings
from tests.oracle.tree.facts import UNTOLD, Facts, Kind, Record
from tests.oracle.tree.judging import differences, judged
from tests.oracle.tree.tables import flows

SO_SHOP, SHOP_OFFICE, WOO_OFFICE, SHOP_ERP, OFFICE_SHOPIFY = ORDER
# A record that SuperOffice has, or an edit, passes one dataflow a round and may bring something back.
ROUNDS = 4
SYSTEMS = ("custom_webshop", "poweroffice_go", "shopify", "woocommerce", "superoffice", "custom_erp")
# WooCommerce has persons only, and orders of its own.
WITHOUT_WOO = tuple(name for name in SYSTEMS if name != "woocommerce")


@dataclass(frozen=True)
class Subject:
    """A record that several systems know.

    :param key: the fact that all of them know it by; :param asked: the one that is edited.
    """

    key: str
    asked: str
    systems: tuple[str, ...]

    def fits(self, facts: Facts) -> bool:
        """Neither archived, nor an order whose offer is locked or confirmed."""
        return not facts.get("archived") and facts.get("offer_state") in (None, "Draft") and facts.get("accounting_status") != "Confirmed"


SUBJECTS: Mapping[Kind, Subject] = {
    "products": Subject("sku", "name", SYSTEMS),
    "customers": Subject("org_number", "city", WITHOUT_WOO),
    "orders": Subject("number", "purchase_order", WITHOUT_WOO),
}
# Where each is edited, and the dataflows that run one wave after the other.
EDITS: Mapping[str, tuple[Mapping[Kind, str], list[set[str]]]] = {
    "superoffice": (
        {"products": "Name", "customers": "Address.Postal.City", "orders": "Quote.PoNumber"},
        [{SO_SHOP}, {SHOP_OFFICE, SHOP_ERP}, {WOO_OFFICE, OFFICE_SHOPIFY}],
    ),
    "shopify": (
        {"products": "name", "customers": "defaultAddress.city", "orders": "poNumber"},
        [{OFFICE_SHOPIFY}, {SHOP_OFFICE, WOO_OFFICE}, {SO_SHOP, SHOP_ERP}],
    ),
    "woocommerce": ({"products": "name"}, [{WOO_OFFICE}, {SHOP_OFFICE, OFFICE_SHOPIFY}, {SO_SHOP, SHOP_ERP}]),
}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tree, int]]:
    """The seed with fewer of the shop's orders, run until nothing was written any more; and how many rounds wrote."""
    with planted(tmp_path_factory.mktemp("tree"), records=thinned.records()) as tree:
        yield tree, tree.settle()


@pytest.fixture(scope="module")
def tree(settled: tuple[Tree, int]) -> Tree:
    return settled[0]


@pytest.fixture(scope="module")
def findings(tree: Tree) -> Findings:
    return tree.judge()


def test_settles_in_few_rounds(settled: tuple[Tree, int]) -> None:
    assert 1 <= settled[1] <= ROUNDS


def test_the_judge_has_nothing_to_object_to(findings: Findings) -> None:
    assert findings.agreed, findings.report()


def test_all_nineteen_flows_have_pairs(findings: Findings) -> None:
    counted = {(dataflow, flow): len(pairs) for dataflow, flows in findings.pairs.items() for flow, pairs in flows.items()}
    assert len(counted) == 19
    assert all(counted.values()), counted


def test_parks_what_the_manifest_names_and_nothing_else(tree: Tree, findings: Findings) -> None:
    found = tree.parked()
    assert found == {place: findings.parked[place] for place in found}


def test_one_more_round_writes_nothing(tree: Tree) -> None:
    assert not any(tree.round().values())
    assert tree.asked() == []


@pytest.mark.parametrize("system", EDITS)
def test_an_edit_reaches_all_that_know_the_record_in_as_many_waves_as_hops(tree: Tree, system: str) -> None:
    paths, waves = EDITS[system]
    told = {kind: (f"Endret i {system}", _common(tree, kind)) for kind in paths}
    for kind, (value, key) in told.items():
        found = next(record for record in _told(tree, kind)[system].values() if record.facts[SUBJECTS[kind].key] == key)
        tree.edit(system, found.entity, found.id, {paths[kind]: value})
    assert tree.waves(system) == waves
    for kind, (value, key) in told.items():
        assert _facts(tree, kind, key) == dict.fromkeys(SUBJECTS[kind].systems, value)
    assert tree.settle() == 0


def test_the_judge_still_agrees(tree: Tree) -> None:
    found = tree.judge()
    assert found.agreed, found.report()


def test_the_judge_sees_each_fact_of_each_flow(tree: Tree) -> None:
    """With another value on the right it objects; a fact that nobody in the seed has is not looked at here."""
    case: Case = tree.case()
    judged(case)
    unseen = []
    for flow in flows():
        told = case.told[flow.left, flow.kind], case.told[flow.right, flow.kind]
        pairs = [(told[0][left], told[1][right]) for left, right in case.pairs(flow).items() if flow.only(told[0][left].facts)]
        for name in flow.agree:
            ours, theirs = name.partition("=")[0], name.partition("=")[2] or name
            # Of some records a system does not tell a fact: nobody can object to that.
            telling = (pair for pair in pairs if pair[0].facts[ours] is not UNTOLD and pair[1].facts[theirs] not in (None, UNTOLD))
            found = next(telling, None)
            changed = found and replace(found[1], facts={**found[1].facts, theirs: "noe annet"})
            if found and changed and ours not in {fact for fact, _ in differences(case, flow, found[0], changed)}:
                unseen.append((flow.label, name))
        for name in flow.lines:
            theirs = name.partition("=")[2] or name
            found = next(((one, other) for one, other in pairs if other.lines and other.lines[0][theirs] not in (None, UNTOLD)), None)
            assert found, f"{flow.label}: no line has {name}"
            changed = replace(found[1], lines=[{**found[1].lines[0], theirs: "noe annet"}, *found[1].lines[1:]])
            if f"line {name.partition('=')[0]}" not in {fact for fact, _ in differences(case, flow, found[0], changed)}:
                unseen.append((flow.label, name))
    assert not unseen


def _told(tree: Tree, kind: Kind) -> Mapping[str, Mapping[str, Record]]:
    case: Case = tree.case()
    return {system: records for (system, other), records in case.told.items() if other == kind}


def _common(tree: Tree, kind: Kind) -> str:
    """What the systems know one record by: the first value that is in all of them once."""
    told, subject = _told(tree, kind), SUBJECTS[kind]
    values: list[set[str]] = []
    for system in subject.systems:
        counted = Counter(record.facts.get(subject.key) for record in told[system].values() if subject.fits(record.facts))
        values.append({value for value, times in counted.items() if value and times == 1})
    shared = set.intersection(*values)
    assert shared, f"no {kind} that all of {', '.join(subject.systems)} know by {subject.key}"
    return min(shared)


def _facts(tree: Tree, kind: Kind, key: str) -> dict[str, Any]:
    """System to what its record says."""
    subject = SUBJECTS[kind]
    return {
        system: record.facts[subject.asked]
        for system, records in _told(tree, kind).items()
        for record in records.values()
        if record.facts.get(subject.key) == key
    }
