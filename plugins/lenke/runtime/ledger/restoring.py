"""A restore: what an export holds becomes the flow's next generation, with what persons have decided meanwhile."""

from __future__ import annotations

from dataclasses import replace

from lenke.core.errors import LedgerError
from lenke.core.plan.decisions import Decision
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.manifest import MANIFEST, Manifest, parse
from lenke.runtime.ledger.store import Store


def restore(own: Store, backups: Backups, *, is_elsewhere: bool = False) -> list[str]:
    """Make the newest export the ledger; what was done, in lines.

    :param is_elsewhere: the backups are not the ledger's own.
    :raises LedgerError: there is no backup, or it is not this ledger's; nothing is written then.
    """
    manifest = backups.newest()
    if manifest is None:
        raise LedgerError(f"{own.name}: there is no backup to restore from")
    texts = backups.texts(manifest)
    witness, newest = own.witness.get() or {}, own.backups.newest()
    generation = max(witness.get("generation", 1), newest.generation if newest else 1)
    before = own.keys(generation)
    present = _readable(before)
    _check(own, manifest, present or newest)
    # Writes of a run that was open, or of commits that came after the backup, may be in no row: everything is read once more, and
    # markers find what was created. How old an export from elsewhere is, nobody knows.
    is_behind = bool(manifest.open or is_elsewhere) or manifest.sequence < witness.get("new", 0)
    kept, lost = _decisions(before, present, manifest)
    restored = replace(
        manifest,
        generation=max(generation, manifest.generation) + 1,
        sequence=manifest.sequence + 1,
        open=None,
        cursor={} if is_behind else manifest.cursor,
        synced=manifest.synced and not is_behind,
        decisions=decisions.text(kept) if kept else "",
    )
    _write(own, restored, texts)
    told = f"commit {manifest.sequence} of generation {manifest.generation} is back, as generation {restored.generation}"
    return [f"{own.name}: {line}" for line in (told, *lost)]


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


def _write(own: Store, restored: Manifest, texts: dict[str, str]) -> None:
    keys = own.keys(restored.generation)
    keys.prepare()
    for name, text in texts.items():
        keys.set(name, text)
    if restored.decisions:
        keys.set(decisions.KEY, restored.decisions)
    keys.set(MANIFEST, restored.text())
    own.witness.set({"generation": restored.generation, "new": restored.sequence})
    own.backups.export(restored, texts)


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
