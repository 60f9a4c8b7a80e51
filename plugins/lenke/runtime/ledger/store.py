"""The three places of one flow's ledger, and how it is opened: with every check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from lenke.core.errors import LedgerError
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.manifest import MANIFEST, Manifest, Shape, parse
from lenke.runtime.ledger.opened import Ledger


class Witness(Protocol):
    """What survives the loss of XComs: generation and sequence of the last commit."""

    def get(self) -> dict[str, int] | None:
        """``{"generation", "old", "next"}`` during a commit, ``{"generation", "new"}`` after, None before the first."""

    def set(self, value: Mapping[str, int]) -> None:
        """Store it."""


@dataclass(frozen=True)
class Identity:
    """Whose ledger it is, and what it must have been written with."""

    dataflow: str
    flow: str
    shape: Shape
    key_id: str


@dataclass(frozen=True)
class Store:
    """The three places of a flow's ledger.

    :param keys: a function from generation to its keys.
    """

    identity: Identity
    keys: Callable[[int], Keys]
    witness: Witness
    backups: Backups

    def open(self) -> Ledger:
        """The ledger as last committed, or an empty one where none was ever made.

        :raises LedgerError: the ledger is missing, damaged, older than its newest backup, or written under another key.
        """
        witness, backup = self.witness.get(), self.backups.newest()
        manifest = self._standing(witness, backup)
        if manifest is None:
            own = self.identity
            return Ledger(self, Manifest(own.dataflow, own.flow, 1, 0, own.shape, own.key_id), is_new=True)
        ledger = Ledger(self, manifest, is_new=False)
        ledger.check()
        if backup is None or backup.sequence < manifest.sequence or backup.generation < manifest.generation:
            ledger.export()
        return ledger

    def standing(self) -> Manifest | None:
        """The manifest of the last commit with every check but that of its segments, or None where none was ever made.

        :raises LedgerError: as ``open`` does.
        """
        return self._standing(self.witness.get(), self.backups.newest())

    def _standing(self, witness: dict[str, int] | None, backup: Manifest | None) -> Manifest | None:
        generation = max((witness or {}).get("generation", 1), backup.generation if backup else 1)
        text = self.keys(generation).get(MANIFEST)
        if text is None:
            if witness is None and backup is None:
                return None
            raise LedgerError(self.say("is gone from the metadata database, though it was committed before", generation))
        try:
            manifest = parse(text)
        except LedgerError as error:
            raise LedgerError(self.say(f"cannot be trusted: {error}", generation)) from error
        self._check(manifest, witness, backup)
        return manifest

    def _check(self, manifest: Manifest, witness: dict[str, int] | None, backup: Manifest | None) -> None:
        if manifest.key_id != self.identity.key_id:
            raise LedgerError(f"{self.name}: the ledger was written under another digest key; give back the connection lenke_digest_key")
        if backup and (backup.generation, backup.sequence) > (manifest.generation, manifest.sequence):
            raise LedgerError(
                self.say(
                    f"is at commit {manifest.sequence}, its backup at {backup.sequence}: an old dump was restored", manifest.generation
                )
            )
        if witness is None:
            if backup is None or backup.sequence != manifest.sequence:
                raise LedgerError(self.say("has lost its witness in the asset state store", manifest.generation))
            return
        if manifest.sequence not in {witness.get(name) for name in ("old", "next", "new")}:
            raise LedgerError(self.say(f"is at commit {manifest.sequence}, its witness says otherwise", manifest.generation))

    @property
    def name(self) -> str:
        """``<dataflow>.<flow>``, as messages name it."""
        return f"{self.identity.dataflow}.{self.identity.flow}"

    def say(self, what: str, generation: int) -> str:
        """A message about this ledger with its remedy."""
        own = self.identity
        return (
            f"{self.name}: the ledger (generation {generation}) {what}; nothing was read or written. "
            f"Run `lenke ledger verify`, then `lenke ledger restore {own.dataflow} {own.flow}`"
        )
