"""What a person decided, in the one ledger key that no task writes: ``decisions``, a JSON list.

The command line and the pages write it; the next run applies what is in it and notes in the manifest what it has applied.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Protocol

from lenke.core.errors import LedgerError
from lenke.core.plan.decisions import STANDING, Decision
from lenke.runtime.ledger.keys import Keys

KEY = "decisions"
# Approves the first writing run of a flow against real systems, whatever its plan has become meanwhile; never a brake.
FIRST_RUN = "first-run"


class ChangingKeys(Keys, Protocol):
    """Ledger keys whose values can be changed in one step, so that no decision is lost to another one taken at the same time."""

    def change(self, key: str, make: Callable[[str | None], str]) -> None:
        """Replace a value by what ``make`` says of the present one."""


def read(keys: Keys) -> list[Decision]:
    """All decisions in the key, applied ones too.

    :raises LedgerError: the key was edited by hand.
    """
    return parse(keys.get(KEY))


def parse(text: str | None) -> list[Decision]:
    """Decisions from their stored form."""
    try:
        found = [Decision(**one) for one in json.loads(text)] if text else []
    except (ValueError, TypeError) as error:
        raise LedgerError("the ledger's decisions cannot be read; take them again with `lenke ledger`") from error
    return [one if one.id else one.named() for one in found]


def pending(keys: Keys, applied: Collection[str]) -> list[Decision]:
    """Decisions that no run has applied, and those that stand."""
    return [one for one in read(keys) if one.kind in STANDING or one.id not in applied]


def change(keys: ChangingKeys, applied: Collection[str], make: Callable[[list[Decision]], list[Decision]]) -> None:
    """Change the decisions that are pending; those that were applied go.

    :param make: from the pending decisions to those that are to be pending.
    """

    def text(present: str | None) -> str:
        known = [one for one in parse(present) if one.kind in STANDING or one.id not in applied]
        return json.dumps([asdict(one) for one in make(known)])

    keys.change(KEY, text)
