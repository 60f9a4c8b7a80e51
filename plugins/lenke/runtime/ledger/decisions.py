"""What a person decided, in the one ledger key that no task writes: ``decisions``, a JSON list.

The command line and the pages write it; the next run applies what is in it and notes in the manifest what it has applied.
The manifest notes, too, what still waits or stands: it is written anew often enough for a clean-up by age to spare it. The key
is not, and no task may do that: it could undo what a person decides at the same moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Protocol

from lenke.core.errors import LedgerError
from lenke.core.plan.decisions import STANDING, Decision
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.manifest import Manifest

KEY = "decisions"
# Approves the first writing run of a flow against real systems, whatever its plan has become meanwhile; never a brake.
FIRST_RUN = "first-run"


class ChangingKeys(Keys, Protocol):
    """Ledger keys whose values can be changed in one step, so that no decision is lost to another one taken at the same time."""

    def change(self, key: str, make: Callable[[str | None], str]) -> None:
        """Replace a value by what ``make`` says of the present one."""


def read(keys: Keys, noted: str) -> list[Decision]:
    """All decisions in the key, applied ones too; those that the manifest notes where the key is gone.

    :raises LedgerError: the key was edited by hand.
    """
    return _present(keys.get(KEY), noted)


def parse(text: str | None) -> list[Decision]:
    """Decisions from their stored form."""
    try:
        found = [Decision(**one) for one in json.loads(text)] if text else []
    except (ValueError, TypeError) as error:
        raise LedgerError("the ledger's decisions cannot be read; take them again with `lenke ledger`") from error
    return [one if one.id else one.named() for one in found]


def pending(keys: Keys, manifest: Manifest) -> list[Decision]:
    """Decisions that no run has applied, and those that stand."""
    return waiting(keys.get(KEY), manifest)


def note(keys: Keys, manifest: Manifest) -> str:
    """What a manifest that is about to be written notes of the decisions: those that wait or stand, or ""."""
    found = pending(keys, manifest)
    return text(found) if found else ""


def change(keys: ChangingKeys, manifest: Manifest, make: Callable[[list[Decision]], list[Decision]]) -> None:
    """Change the decisions that are pending; those that were applied go.

    :param make: from the pending decisions to those that are to be pending.
    """
    keys.change(KEY, lambda present: text(make(waiting(present, manifest))))


def text(decisions: Iterable[Decision]) -> str:
    """The stored form."""
    return json.dumps([asdict(one) for one in decisions])


def _present(stored: str | None, noted: str) -> list[Decision]:
    return parse(noted if stored is None else stored)


def waiting(stored: str | None, manifest: Manifest) -> list[Decision]:
    """Of decisions in their stored form those that no run has applied, and those that stand."""
    return [one for one in _present(stored, manifest.decisions) if one.kind in STANDING or one.id not in manifest.decided]
