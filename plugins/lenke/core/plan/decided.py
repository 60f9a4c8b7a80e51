"""A person's decisions brought to bear on a flow's ledger before the plan is made.

Some are ledger rows by themselves (a released record, a link closed and another made), some steer the merge (a chosen side), some
keep records out of the plan (a pause). Applying the same decision to the result once more changes nothing.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from lenke.core.links.digests import UNKNOWN
from lenke.core.links.rows import OTHER, OWED, SIDES, Link, Side, former_note
from lenke.core.links.table import Table, latest, table
from lenke.core.plan import changes, recheck
from lenke.core.plan.decisions import Decision, paused

Key = tuple[str, str]
DONE = "done"
RELINKED = "relinked"


@dataclass(frozen=True)
class Decided:
    """What the plan must heed.

    :param rows: ledger rows that the decisions change by themselves.
    :param outcomes: decision id to what became of it, for those that need no more than the rows.
    :param choices: the choices that are to steer the merge.
    :param dismissed: side and id of recheck entries that leave the lists, with the decision's id.
    :param paused: left ids for which nothing is written.
    :param released: left ids whose earlier tries no longer count.
    """

    rows: tuple[Link, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Decision, ...] = ()
    dismissed: Mapping[Key, str] = field(default_factory=dict)
    paused: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()

    @cached_property
    def _chosen(self) -> dict[str, dict[str, Side]]:
        found: dict[str, dict[str, Side]] = {}
        for one in self.choices:
            if one.winner:
                found.setdefault(one.subject, {})[one.property] = one.winner
        return found

    def chosen(self, left: str) -> Mapping[str, Side]:
        """Property (``line <property>`` for lines) to the side that a person chose, for one left record."""
        return self._chosen.get(left, {})


@dataclass(frozen=True)
class Applied:
    """The ledger as the decisions leave it, and what the plan must heed."""

    table: Table
    recheck: Mapping[Key, Link]
    decided: Decided


def apply(
    decisions: Sequence[Decision],
    ledger: Table,
    recheck: Mapping[Key, Link],
    present: Mapping[Side, Container[str]],
    *,
    now: datetime,
    elsewhere: Set[str] = frozenset(),
) -> Applied:
    """Apply what waits for this run.

    :param recheck: the ledger's recheck entries by side and id.
    :param present: per side, the ids that were read.
    :param elsewhere: right ids that other flows of an exclusive group have linked.
    """
    if not decisions:
        return Applied(ledger, recheck, Decided())
    wanted = {one.subject for one in decisions} | {one.right for one in decisions}
    work = _Work(ledger, dict(recheck), present, now, elsewhere, wanted - {""})
    work.relink([one for one in decisions if one.kind == "relink"])
    for one in decisions:
        if one.kind == "release":
            work.release(one)
        elif one.kind == "choose":
            work.choose(one)
        elif one.kind == "dismiss":
            work.dismiss(one)
    return work.applied(paused(decisions))


class _Work:
    """The ledger under decision."""

    def __init__(
        self,
        ledger: Table,
        recheck: dict[Key, Link],
        present: Mapping[Side, Container[str]],
        now: datetime,
        elsewhere: Set[str],
        wanted: Set[str],
    ) -> None:
        self.wanted = wanted
        self.ledger, self.recheck, self.present, self.now, self.elsewhere = ledger, recheck, present, now, elsewhere
        self.rows: list[Link] = []
        self.outcomes: dict[str, str] = {}
        self.choices: list[Decision] = []
        self.dismissed: dict[Key, str] = {}
        self.released: set[str] = set()

    def applied(self, paused: frozenset[str]) -> Applied:
        width = self.ledger.base.shape[1]
        after = latest([self.ledger, table(self.rows, width)], width) if self.rows else self.ledger
        decided = Decided(tuple(self.rows), self.outcomes, tuple(self.choices), self.dismissed, paused - {""}, frozenset(self.released))
        return Applied(after, self.recheck, decided)

    def release(self, one: Decision) -> None:
        entry, tombstone = self.recheck.get((one.side, one.subject)), self._tombstones[one.side].get(one.subject)
        if tombstone is not None and not (entry is not None and _is_owed(tombstone, entry)):
            self._reopen(tombstone)
        elif entry is None:
            self.outcomes[one.id] = "nothing is parked any more"
            return
        elif entry.note["reason"] == "unknown_outcome" and entry.note["since"] != one.since:
            # It was sent again since the person looked: to send it once more could make a second record.
            self.outcomes[one.id] = "it was sent again meanwhile; look again"
            return
        else:
            note = {name: value for name, value in entry.note.items() if name not in recheck.TRIED} | {"released": self.now.isoformat()}
            self._enter(replace(entry, note=note))
            self.released |= {one.subject} if one.side == "left" else set()
        self.outcomes[one.id] = DONE

    def choose(self, one: Decision) -> None:
        tombstone = self._tombstones["left"].get(one.subject)
        if tombstone is not None and tombstone.note.get("side") == OTHER["left" if one.winner == "left" else "right"]:
            self._reopen(tombstone)  # the record that was edited lives on
            self.outcomes[one.id] = DONE
        else:
            self.choices.append(one)

    def dismiss(self, one: Decision) -> None:
        key = (one.side, one.subject)
        if key in self.recheck:
            self.dismissed[key] = one.id
        else:
            self.outcomes[one.id] = "nothing is parked any more"

    def relink(self, decisions: Sequence[Decision]) -> None:
        able = [one for one in decisions if self._can_relink(one)]
        lefts = {one.subject for one in able}
        for one in able:
            self._relink(one.subject, one.right, lefts)
            self.outcomes[one.id] = DONE

    def _can_relink(self, one: Decision) -> bool:
        wanted: dict[Side, str] = {"left": one.subject, "right": one.right}
        missing = [f"{side} {id}" for side, id in wanted.items() if id not in self.present[side]]
        if missing:
            self.outcomes[one.id] = f"{' and '.join(missing)} is no record of this flow, or not there"
        elif one.right in self.elsewhere:
            self.outcomes[one.id] = f"right {one.right} is linked in another flow of its group"
        return one.id not in self.outcomes

    def _relink(self, left: str, right: str, relinked: Set[str]) -> None:
        holder, own = self._links["right"].get(right), self._links["left"].get(left)
        for tombstone in self._tombstones["right"].get(right), self._tombstones["left"].get(left):
            if tombstone is not None:
                self._reopen(tombstone)
        if own is None or own.right != right:
            self._drop_lines(left)
            before = own or self._tombstones["left"].get(left)
            # Orders that were made with them go on naming them.
            note = former_note(id for id in (*before.former, before.right) if id != right) if before is not None else {}
            self.rows.append(Link(left, right, base=(UNKNOWN,) * self.ledger.base.shape[1], note=note))
        if holder is not None and holder.left not in relinked:
            closed = {"side": "", "reason": RELINKED, "since": self.now.isoformat()}
            self.rows.append(
                replace(holder, kind="tombstone", note=former_note(holder.former) | closed, left_pending=None, right_pending=None)
            )
            self._drop_lines(holder.left)
            self._leave(("left", holder.left))
        self._leave(("left", left))
        self._leave(("right", right))

    def _reopen(self, tombstone: Link) -> None:
        """Take a tombstone out of the ledger, and what waited because of it."""
        self.rows.append(tombstone.dropped())
        for side in SIDES:
            self._leave((side, tombstone.id(side)))

    def _drop_lines(self, left: str) -> None:
        self.rows += [line.dropped() for line in self._lines.of(left)]

    def _leave(self, key: Key) -> None:
        if (entry := self.recheck.pop(key, None)) is not None:
            self.rows.append(entry.dropped())

    def _enter(self, entry: Link) -> None:
        self.recheck["left" if entry.left else "right", entry.left or entry.right] = entry
        self.rows.append(entry)

    @cached_property
    def _links(self) -> dict[Side, dict[str, Link]]:
        return _by_id(self.ledger, "link", self.wanted)

    @cached_property
    def _tombstones(self) -> dict[Side, dict[str, Link]]:
        return _by_id(self.ledger, "tombstone", self.wanted)

    @cached_property
    def _lines(self) -> changes.LineLinks:
        return changes.LineLinks(self.ledger)


def _by_id(ledger: Table, kind: Literal["link", "tombstone"], wanted: Set[str]) -> dict[Side, dict[str, Link]]:
    """Rows of a kind with one of these ids on either side, by the id of each side."""
    at = ledger.headers(kind)
    meant = np.logical_or.reduce([pd.Series(ledger.column(side, at)).isin(wanted).to_numpy(dtype=bool) for side in SIDES])
    rows = ledger.links(at[meant].tolist())
    found: dict[Side, dict[str, Link]] = {"left": {}, "right": {}}
    for row in rows:
        for side in SIDES:
            found[side][row.id(side)] = row
    return found


def _is_owed(tombstone: Link, entry: Link) -> bool:
    """Whether an entry is of the archiving of a closed link's survivor: released, that is tried again, and the link stays closed."""
    return OWED in tombstone.note and entry.note["reason"] != "deleted_edited"
