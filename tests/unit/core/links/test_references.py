"""References are compared as left ids and told as each side's own."""

from __future__ import annotations

import pandas as pd
import pytest

from lenke.core.links.references import Index
from lenke.core.links.rows import Kind, Link, Side
from lenke.core.links.table import table

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


@pytest.mark.parametrize(
    ("side", "text", "meant"),
    [
        ("left", "@other/L1", "L1"),
        ("left", "@other/L2", "@other"),  # its link is closed
        ("left", "@other/L9", "@other"),
        ("left", "@other", "@other"),
        ("left", "L7", "L7"),
        ("right", "@other/R1", "L1"),
        ("right", "@other/R2", "@other"),
        ("right", "@other/R9", "@other"),
    ],
)
def test_a_product_that_is_sold_no_more_is_the_linked_one_while_there_is_a_link(side: Side, text: str, meant: str) -> None:
    assert INDEX.as_left(pd.Series([text], dtype=object), side).tolist() == [meant]


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
