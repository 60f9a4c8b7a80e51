"""A ledger's next generation: a run of keys of its own, beside the one that it takes the place of."""

from __future__ import annotations

from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.manifest import MANIFEST, Manifest
from lenke.runtime.ledger.store import Store


def begin(own: Store, manifest: Manifest, texts: dict[str, str]) -> None:
    """Write a generation whole; the ledger is the former one until the witness names this one.

    :param texts: the manifest's segments by name.
    """
    keys = own.keys(manifest.generation)
    keys.prepare()
    for name, text in texts.items():
        keys.set(name, text)
    if manifest.decisions:
        keys.set(decisions.KEY, manifest.decisions)
    keys.set(MANIFEST, manifest.text())
    own.witness.set({"generation": manifest.generation, "new": manifest.sequence})
    own.backups.export(manifest, texts)
