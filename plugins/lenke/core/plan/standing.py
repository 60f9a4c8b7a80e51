"""Recheck entries under a person's decision: dismissed ones that wake up when their record changes, and what became of decisions."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from lenke.core.links.conflicts import CHOSEN
from lenke.core.links.rows import SIDES, Link, Side
from lenke.core.plan import recheck, uncertain
from lenke.core.plan.decided import DONE, Key
from lenke.core.plan.draft import Draft


class Standing:
    """What the recheck list keeps from run to run.

    :param ids: per side, the ids of all links, in one order.
    """

    def __init__(self, draft: Draft, ids: Mapping[Side, NDArray[Any]]) -> None:
        self._draft, self._ids = draft, ids
        self._done: dict[str, str] = {}

    def woken(self, key: Key) -> Link | None:
        """A record's entry so far; without the dismissal where the record is not as it was then."""
        old = self._draft.context.recheck.get(key)
        if old is None or "dismissed" not in old.note:
            return old
        then, now = old.note["dismissed"], self._shown(key)
        if all(then.get(side, digest) == digest for side, digest in now.items()):
            return old
        return replace(old, note={name: value for name, value in old.note.items() if name != "dismissed"})

    def entered(self, row: Link) -> Link:
        """An entry as it goes on the list: dismissed where a person wants it so, and what the record looks like now is known."""
        key = recheck.key(row)
        decision = self._draft.context.decided.dismissed.get(key)
        if decision is None or not (shown := self._shown(key)):
            return row
        self._done[decision] = DONE
        return replace(row, note={**row.note, "dismissed": shown})

    def outcomes(self, looked_at: Set[Key], still: Set[Key]) -> None:
        """Note what became of dismissals and choices; those that this run could not judge stay for the next."""
        decided, plan = self._draft.context.decided, self._draft.plan
        for key, decision in decided.dismissed.items():
            if key in looked_at and key not in still:
                self._done[decision] = "nothing is parked any more"
        plan.decided |= self._done
        settled = {(left, uncertain.named(one)) for left, one in plan.conflicts if one.reason == CHOSEN}
        for one in decided.choices:
            if (one.subject, one.property) in settled:
                plan.choices[one.id] = one.subject
            elif ("left", one.subject) in looked_at and ("left", one.subject) not in still:
                plan.decided[one.id] = "no conflict is open any more"

    def _shown(self, key: Key) -> dict[str, str]:
        """One digest a side over the record as read, by side; empty where neither was read whole."""
        draft, ids = self._draft, self._of(key)
        found: dict[str, str] = {}
        for side in SIDES:
            read = draft.reads[side]
            at = read.position.get(ids[side], -1) if ids[side] else -1
            if at >= 0 and read.whole[at]:
                parts = read.digests[at].tolist()
                for position in read.line_positions(ids[side]):
                    parts += read.lines.digests[position].tolist() if read.lines is not None else []
                found[side] = f"{draft.context.digester.together(parts):x}"
        return found

    def _of(self, key: Key) -> dict[Side, str]:
        if key[0] == "right":
            return {"left": "", "right": key[1]}
        return {"left": key[1], "right": self._right_of.get(key[1], "")}

    @cached_property
    def _right_of(self) -> dict[str, str]:
        return dict(zip(self._ids["left"], self._ids["right"], strict=True))
