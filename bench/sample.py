"""Links as a first run makes them: awkward ids, random digests, a few sides that stored something else."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lenke.core.links.rows import Link, Pending
from lenke.runtime.ledger.manifest import Shape

PROPERTIES = 14
SHAPE = Shape(tuple((f"property_{at:02d}", f"{at:016x}") for at in range(PROPERTIES)))
# One link in so many has a side that stored something else than what was agreed.
STORED_OTHERWISE = 20
FIRST_ID = 9_007_199_254_741_001


def links(count: int, *, seed: int = 1) -> list[Link]:
    """Links in the order of a read: 16-digit left ids, random UUIDs on the right (the longest ids we know), 14 digests."""
    numbers, letters = np.random.default_rng(seed), random.Random(seed)
    ids = (numbers.permutation(count) + FIRST_ID).tolist()
    bases = numbers.integers(1, 2**64, size=(count, PROPERTIES), dtype=np.uint64)
    return [
        Link(
            left=str(id),
            right=str(uuid.UUID(int=letters.getrandbits(128), version=4)),
            base=tuple(base.tolist()),
            left_stored={3: letters.getrandbits(64)} if at % STORED_OTHERWISE == 0 else {},
        )
        for at, (id, base) in enumerate(zip(ids, bases, strict=True))
    ]


def edited(found: Sequence[Link], *, at: str, seed: int) -> list[Link]:
    """The same links after an edit of one property that was carried to the right, as the load leaves them.

    :param at: when it was written (UTC, ISO 8601).
    """
    letters = random.Random(seed)
    return [
        replace(link, base=(letters.getrandbits(64) | 1, *link.base[1:]), right_pending=Pending(at, at, {0: link.base[0]}))
        for link in found
    ]
