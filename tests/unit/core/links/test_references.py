"""References are compared as left ids and told as each side's own."""

from __future__ import annotations

import pandas as pd
import pytest

from lenke.core.links.references import Index, meant
from lenke.core.links.rows import Kind, Link, Side
from lenke.core.links.table import Table, table

INDEX = Index.of(
    [
        table(
            [
                Link("L1", "R1", base=(1,)),
                Link("L2", "R2", kind="tombstone", base=(1,)),
                Link("l", "r", parent="L1", base=(1,)),
                Link("L9", kind="recheck", note={"reason": "rejected"}),
            ],
            1,
        )
    ]
)


@pytest.mark.parametrize(
    ("right", "left"), [("R1", "L1"), ("R9", "right:R9"), ("@freight", "@freight"), ("R2", "L2"), ("r", "right:r"), (None, None)]
)
def test_as_left(right: str | None, left: str | None) -> None:
    assert INDEX.as_left(pd.Series([right, "R1"], dtype=object), "right").tolist()[0] == left


DELETED = {"side": "left", "reason": "deleted"}


def closed(**note: str) -> Table:
    return table([Link("L2", "R2", kind="tombstone", base=(1,), note=note), Link("L1", "R1", base=(1,))], 1)


@pytest.mark.parametrize(
    ("side", "text", "says", "right"),
    [
        ("left", "@other/L1", "L1", "R1"),
        ("left", "@other/L2", "L2", "R2"),  # its link is closed, its right record is there
        ("left", "@other/L9", "@other", "@other"),
        ("left", "@other", "@other", "@other"),
        ("right", "@other/R1", "L1", "R1"),
        ("right", "@other/R2", "@other", "@other"),
        ("right", "@other/R9", "@other", "@other"),
    ],
)
def test_a_product_that_is_sold_no_more_is_the_linked_one(side: Side, text: str, says: str, right: str) -> None:
    index = Index.of([closed(**DELETED)])
    (found,) = index.as_left(pd.Series([text], dtype=object), side)
    assert (meant(found), index.on_right(found)) == (says, right)


@pytest.mark.parametrize(
    ("index", "why"),
    [
        (Index.of([closed(**DELETED | {"side": "right"})]), "the right record is the one that is gone"),
        (Index.of([closed(**DELETED | {"reason": "relinked"})]), "a person has said that they are not the same"),
        (Index.of([closed(**DELETED)], keeps=False), "the right record is archived"),
        (Index.of([closed(**DELETED), table([Link("L7", "R2", base=(1,))], 1)]), "the right record is another one's by now"),
    ],
)
def test_a_closed_link_tells_of_no_product_where(index: Index, why: str) -> None:
    assert index.as_left(pd.Series(["@other/L2"], dtype=object), "left").tolist() == ["@other"], why
    with pytest.raises(KeyError):
        index.on_right("L2")


@pytest.mark.parametrize(("text", "told"), [("L1", "R1"), ("@freight", "@freight"), (None, None), ("right:R9", "R9")])
def test_on_right(text: str | None, told: str | None) -> None:
    assert INDEX.on_right(text) == told


@pytest.mark.parametrize("text", ["L9", "L2", "l"])
def test_on_right_not_linked(text: str) -> None:
    with pytest.raises(KeyError):
        INDEX.on_right(text)


@pytest.mark.parametrize(("text", "told"), [("L1", "L1"), ("@freight", "@freight"), (None, None)])
def test_on_left(text: str | None, told: str | None) -> None:
    assert INDEX.on_left(text) == told


@pytest.mark.parametrize("text", ["right:R9", "L2"])
def test_on_left_not_linked(text: str) -> None:
    with pytest.raises(KeyError):
        INDEX.on_left(text)


def test_the_right_id_of_before_means_the_same_left_record() -> None:
    index = Index.of([table([Link("L", "R3", base=(1,), note={"former": ["R1", "R2"]})], 1)])
    assert index.as_left(pd.Series(["R1", "R2", "R3"], dtype=object), "right").tolist() == ["L"] * 3
    assert index.on_right("L") == "R3"


@pytest.mark.parametrize("kind", ["link", "tombstone"])
def test_a_right_id_that_has_a_link_of_its_own_is_nobody_elses_former_one(kind: Kind) -> None:
    rows = [Link("L", "R2", base=(1,), note={"former": ["R1"]}), Link("M", "R1", kind=kind, base=(1,))]
    index = Index.of([table(rows[:1], 1), table(rows[1:], 1)])
    assert index.as_left(pd.Series(["R1"], dtype=object), "right").tolist() == ["M"]


def test_record_linked_anew_is_open_again() -> None:
    index = Index.of([table([Link("L2", "R2", kind="tombstone", base=(1,))], 1), table([Link("L2", "R3", base=(1,))], 1)])
    assert (index.on_right("L2"), index.on_left("L2")) == ("R3", "L2")
