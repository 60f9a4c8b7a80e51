"""The three places of one flow's ledger, and how it is opened: with every check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from lenke.core.errors import LedgerError
from lenke.runtime.ledger.backup import Backups
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.manifest import MANIFEST, Manifest, Shape, parse
from lenke.runtime.ledger.opened import Ledger

T = TypeVar("T")
# A reader gives up where a commit comes between each of so many looks.
LOOKS = 8


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
class _Look:
    """What stands in the three places, read one after the other; ``text`` is the manifest's."""

    witness: dict[str, int] | None
    backup: Manifest | None
    generation: int
    text: str | None

    @property
    def is_of_none(self) -> bool:
        """No commit was ever made, or the first one has not come to its manifest yet."""
        return self.backup is None and (self.witness is None or self.witness.get("old") == 0)


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
        return self._settled(self._open)

    def under_its_key(self) -> Store:
        """The same store as whoever has the key that its ledger was written under sees it."""
        text = self._look().text
        return replace(self, identity=replace(self.identity, key_id=parse(text).key_id)) if text else self

    def standing(self) -> Manifest | None:
        """The manifest of the last commit with every check but that of its segments, or None where none was ever made.

        :raises LedgerError: as ``open`` does.
        """
        return self._settled(self._standing)

    def _settled(self, judge: Callable[[_Look], T]) -> T:
        """What ``judge`` says of the three places.

        A commit changes them one after the other. So what does not fit is looked at again, and is wrong where the manifest stayed
        the same meanwhile.
        """
        manifests: list[str | None] = []
        while True:
            look = self._look()
            try:
                return judge(look)
            except LedgerError:
                manifests.append(self.keys(look.generation).get(MANIFEST))
                if manifests[-1] in manifests[:-1] or len(manifests) == LOOKS:
                    raise

    def _look(self) -> _Look:
        # The backup is written last, so that it must be read before the manifest: it is never newer then.
        witness, backup = self.witness.get(), self.backups.newest()
        generation = max((witness or {}).get("generation", 1), backup.generation if backup else 1)
        return _Look(witness, backup, generation, self.keys(generation).get(MANIFEST))

    def _open(self, look: _Look) -> Ledger:
        manifest, backup = self._standing(look), look.backup
        if manifest is None:
            own = self.identity
            return Ledger(self, Manifest(own.dataflow, own.flow, 1, 0, own.shape, own.key_id), is_new=True)
        is_exported = backup is not None and (backup.generation, backup.sequence) >= (manifest.generation, manifest.sequence)
        ledger = Ledger(self, manifest, is_exported=is_exported)
        ledger.check()
        return ledger

    def _standing(self, look: _Look) -> Manifest | None:
        if look.text is None:
            if look.is_of_none:
                return None
            raise LedgerError(self.say("is gone from the metadata database, though it was committed before", look.generation))
        try:
            manifest = parse(look.text)
        except LedgerError as error:
            raise LedgerError(self.say(f"cannot be trusted: {error}", look.generation)) from error
        self._check(manifest, look.witness, look.backup)
        return manifest

    def _check(self, manifest: Manifest, witness: dict[str, int] | None, backup: Manifest | None) -> None:
        if manifest.key_id != self.identity.key_id:
            raise LedgerError(
                f"{self.name}: the ledger was written under another digest key; give back the connection lenke_digest_key, or, if it was "
                "changed on purpose or is lost, run `lenke ledger rekey`"
            )
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
