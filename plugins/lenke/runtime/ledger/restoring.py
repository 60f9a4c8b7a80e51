"""A restore: what an export holds becomes the flow's next generation, with what persons have decided meanwhile."""

from __future__ import annotations

from dataclasses import replace

from lenke.core.errors import LedgerError
from lenke.core.plan.decisions import Decision
from lenke.runtime.ledger import decisions, generations
from lenke.runtime.ledger.backup import Backups, Export
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.manifest import MANIFEST, Manifest, parse
from lenke.runtime.ledger.store import Store


def restore(own: Store, backups: Backups, *, is_elsewhere: bool = False) -> list[str]:
    """Make the newest export that can be read the ledger; what was done, in lines.

    :param is_elsewhere: the backups are not the ledger's own.
    :raises LedgerError: there is no such export, or it is not this ledger's; nothing is written then.
    """
    export = _export(own, backups)
    manifest, witness = export.manifest, own.witness.get() or {}
    generation = max(witness.get("generation", 1), own.backups.generation)
    before = own.keys(generation)
    present = _readable(before)
    _check(own, manifest, present or _last(own))
    kept, lost = _decisions(before, present, manifest)
    is_behind = bool(is_elsewhere or export.damaged) or manifest.sequence < witness.get("new", 0)
    restored = _next(manifest, max(generation, manifest.generation) + 1, kept, is_behind=is_behind)
    generations.begin(own, restored, export.texts)
    damaged = [f"passed over, for it is damaged: {line}" for line in export.damaged]
    told = f"commit {manifest.sequence} of generation {manifest.generation} is back, as generation {restored.generation}"
    return [f"{own.name}: {line}" for line in (*damaged, told, *lost)]


def _export(own: Store, backups: Backups) -> Export:
    try:
        return backups.restorable()
    except LedgerError as error:
        raise LedgerError(f"{own.name}: {error}") from error


def _next(manifest: Manifest, generation: int, kept: list[Decision], *, is_behind: bool) -> Manifest:
    """The manifest of the next generation.

    Writes of a run that was open, or of commits that came after the export, may be in no row: everything is read once more, and
    markers find what was created. How old an export from elsewhere is, nobody knows.
    """
    is_partial = is_behind or manifest.open is not None
    return replace(
        manifest,
        generation=generation,
        sequence=manifest.sequence + 1,
        open=None,
        cursor={} if is_partial else manifest.cursor,
        synced=manifest.synced and not is_partial,
        decisions=decisions.text(kept) if kept else "",
    )


def _last(own: Store) -> Manifest | None:
    """What the ledger's own exports tell of it."""
    try:
        return own.backups.restorable().manifest
    except LedgerError:
        return None


def _check(own: Store, manifest: Manifest, present: Manifest | None) -> None:
    """Refuse an export that no run could go on with.

    :param present: what is known of the ledger that it would take the place of.
    """
    ours = (own.identity.dataflow, own.identity.flow)
    if (manifest.dataflow, manifest.flow) != ours:
        raise LedgerError(f"{own.name}: the export is of {manifest.dataflow}.{manifest.flow}; nothing was restored")
    if manifest.key_id != own.identity.key_id:
        raise LedgerError(
            f"{own.name}: the export was written under another digest key, so it is another installation's, or the connection "
            "lenke_digest_key was changed; nothing was restored"
        )
    for side, tenant in (present.tenants if present else {}).items():
        if manifest.tenants.get(side, tenant) != tenant:
            raise LedgerError(
                f"{own.name}: the export's links are of the {side} tenant {manifest.tenants[side]}, the ledger's of {tenant}; "
                "nothing was restored"
            )


def _decisions(before: Keys, present: Manifest | None, manifest: Manifest) -> tuple[list[Decision], list[str]]:
    """What waits or stands, from the generation before where it is still there; and what is to be said where it is not."""
    try:
        if before.get(decisions.KEY) is not None:
            return decisions.pending(before, manifest), []
    except LedgerError:
        pass  # edited by hand
    else:
        if present and not present.decisions:
            return [], []  # there was none
    noted = (present or manifest).decisions
    kept = decisions.waiting(noted, manifest)
    return kept, [f"decisions that were taken since commit {(present or manifest).sequence} are lost, if there were any; {_says(kept)}"]


def _says(kept: list[Decision]) -> str:
    return f"{len(kept)} from before wait or stand as they did" if kept else "look at the pauses anew"


def _readable(before: Keys) -> Manifest | None:
    try:
        text = before.get(MANIFEST)
        return parse(text) if text else None
    except LedgerError:
        return None
