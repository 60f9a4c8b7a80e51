"""Another digest key: what the ledgers agreed on under the former one is agreed on anew, and their links stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lenke.core.errors import LedgerError
from lenke.runtime.ledger import decisions, generations
from lenke.runtime.ledger.manifest import Manifest, Shape
from lenke.runtime.ledger.opened import Ledger
from lenke.runtime.ledger.store import Store


def rekey(stores: Sequence[Store], *, without_journal: bool = False) -> list[str]:
    """Give every ledger that was written under another key its next generation under today's; what was done, in lines.

    No digest can be turned into one of another key. So nothing counts as agreed on but the links themselves: the next run reads
    everything, and compares each pair as at a first link.

    :param without_journal: the writes of a run that was ended by force are not settled first, as they need the former key.
    :raises LedgerError: a ledger cannot be trusted, or has such writes; none is changed then.
    """
    former = [(own, ledger) for own in stores if (ledger := _former(own)) is not None]
    if not without_journal:
        for own, ledger in former:
            _check(own, ledger)
    return [_rekeyed(own, ledger) for own, ledger in former] or ["every ledger is of today's digest key"]


def _former(own: Store) -> Ledger | None:
    """The ledger, where it was written under another key."""
    ledger = own.under_its_key().open()
    return ledger if ledger.manifest.key_id != own.identity.key_id else None


def _check(own: Store, ledger: Ledger) -> None:
    run = ledger.manifest.open
    if run is not None and not run.folded:
        raise LedgerError(
            f"{own.name}: a run was ended by force and may have written what nobody has settled; nothing was changed. Give back the "
            "former lenke_digest_key, run the dataflow once, and try again; where that key is lost, `lenke ledger rekey --lost-key`"
        )


def _rekeyed(own: Store, ledger: Ledger) -> str:
    after = _next(own, ledger)
    generations.begin(own, after, ledger.texts())
    return f"{own.name}: generation {after.generation}, {len(ledger.table)} rows; the next run reads everything and compares it anew"


def _next(own: Store, ledger: Ledger) -> Manifest:
    before = ledger.manifest
    kept = decisions.pending(ledger.keys, before)
    return replace(
        before,
        generation=before.generation + 1,
        sequence=before.sequence + 1,
        key_id=own.identity.key_id,
        shape=_unknown(before.shape),
        open=None,
        cursor={},
        synced=False,
        decisions=decisions.text(kept) if kept else "",
    )


def _unknown(shape: Shape) -> Shape:
    """The same properties under prints that no mapping has: none of their digests counts."""
    return Shape(*(tuple((name, "") for name, _ in part) for part in (shape.header, shape.lines)))
