"""What a person decided, in the one ledger key that no task writes: ``decisions``, a JSON list."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from lenke.core.errors import LedgerError
from lenke.runtime.ledger.keys import Keys

KEY = "decisions"
# Approves the first writing run of a flow against real systems, whatever its plan has become meanwhile; never a brake.
FIRST_RUN = "first-run"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: ``approve`` of a plan id, or of the first run."""

    kind: str
    subject: str
    at: str


def read(keys: Keys) -> list[Decision]:
    """All decisions taken for a flow."""
    text = keys.get(KEY)
    try:
        return [Decision(**one) for one in json.loads(text)] if text else []
    except (ValueError, TypeError) as error:
        raise LedgerError("the ledger's decisions cannot be read; take them again with `lenke ledger approve`") from error


def approves(keys: Keys, subject: str) -> bool:
    """Whether a person approved a plan, or the first run."""
    return any(one.kind == "approve" and one.subject == subject for one in read(keys))


def add(keys: Keys, decision: Decision) -> None:
    """Add a decision; the command line does, tasks never."""
    keys.set(KEY, json.dumps([asdict(one) for one in (*read(keys), decision)]))
