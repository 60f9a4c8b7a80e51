"""Where a person decides about one flow: every decision is looked at against the ledger before it is written down.

The command line and the pages take decisions here and nowhere else. Each act says, a line a record, what the next run will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from lenke.core.errors import DecisionError
from lenke.core.links.rows import OTHER, Side
from lenke.core.mapping.model import Dataflow, Flow
from lenke.core.plan.decisions import Decision, Kind, paused, with_new
from lenke.core.plan.uncertain import LINE
from lenke.runtime.ledger import decisions
from lenke.runtime.ledger.decisions import ChangingKeys
from lenke.runtime.ledger.opened import Ledger
from lenke.runtime.ledger.standing import Standing

_Act = Callable[[str], tuple[Decision, str]]
_ActOfSide = Callable[[str, Side], tuple[Decision, str]]
_Change = Callable[[list[Decision]], list[Decision]]


@dataclass(frozen=True)
class Desk:
    """One flow's ledger, opened for decisions.

    :param who: the user's name as Airflow knows it, or ``cli``.
    :param at: now (UTC).
    :param held: where decisions wait to be written together; None: each is written at once.
    """

    dataflow: Dataflow
    flow: Flow
    ledger: Ledger
    who: str
    at: datetime
    held: list[Decision] | None = None

    def together(self, act: Callable[[Desk], list[str]]) -> list[str]:
        """Several decisions as one: where one of them is refused, none is written."""
        held: list[Decision] = []
        told = act(replace(self, held=held))
        if held:
            self._take(held)
        return told

    def approve(self, plan: str) -> list[str]:
        """Let exactly this plan through a brake, or (``first-run``) the first writing run, whatever its plan."""
        if plan == decisions.FIRST_RUN and self.ledger.manifest.approved:
            return [f"{self._name}: its first writing run was approved before; nothing waits for that"]
        self._take([self._decision("approve", plan)])
        return [f"{self._name}: {plan} is approved; the next run carries it out"]

    def release(self, ids: Sequence[str], *, side: Side = "left") -> list[str]:
        """Parked records are tried again, backed-off and given-up ones too; closed links no longer bar their records.

        :raises DecisionError: nothing is parked or closed under one of the ids; nothing is written then.
        """
        return self._each(ids, lambda one: self._release(one, side))

    def dismiss(self, ids: Sequence[str], *, side: Side = "left") -> list[str]:
        """Parked records and open conflicts leave the lists until they change; nothing is written for them meanwhile.

        :raises DecisionError: nothing is parked under one of the ids; nothing is written then.
        """
        return self._each(ids, lambda one: self._dismiss(one, side))

    def release_all(self, reason: str) -> list[str]:
        """Release every record that is parked for a reason."""
        return self._all(reason, self._release)

    def dismiss_all(self, reason: str) -> list[str]:
        """Dismiss every record that is parked for a reason."""
        return self._all(reason, self._dismiss)

    def relink(self, left: str, right: str) -> list[str]:
        """Link two records, whatever they were linked with; what they differ in is decided as at a first link.

        :raises DecisionError: the ledger does not know the left id.
        """
        if left not in self._standing.known["left"]:
            raise DecisionError(f"{self._name}: the ledger knows no left {left}")
        if self._standing.links["left"].get(left) == right:
            return [f"{self._name}: left {left} and right {right} are linked already; nothing to do"]
        told = list(self._of_relink(left, right))
        self._take([self._decision("relink", left, right=right)])
        return [f"{self._name}: the next run links left {left} with right {right} as at a first link", *told]

    def choose(self, left: str, property: str, winner: Side) -> list[str]:
        """Settle an open conflict: the value of ``winner`` counts, whatever it is when the next run reads it.

        :param property: as the list of conflicts names it: a header property, or ``line <property>`` for all lines of the record.
        :raises DecisionError: the flow has no such property, or no conflict is open in it.
        """
        self._check_property(property)
        if self._standing.is_closed_and_edited(left):
            self._take([self._decision("choose", left, property=property, winner=winner)])
            return [f"{self._name}: left {left}: {self._says_of_closed(left, winner)}"]
        entry = self._standing.entries.get(("left", left))
        if entry is None or entry.reason != "conflict" or property not in entry.properties:
            open_in = f"; open are {', '.join(entry.properties)}" if entry is not None and entry.properties else ""
            raise DecisionError(f"{self._name}: left {left} has no open conflict in {property}{open_in}")
        self._take([self._decision("choose", left, property=property, winner=winner)])
        return [f"{self._name}: left {left}: the next run writes the {winner} value of {property} to the {OTHER[winner]} side"]

    def pause(self, ids: Sequence[str] = (), *, side: Side = "left") -> list[str]:
        """Nothing is written for these records (without ids: for the whole flow) until they are unpaused; edits wait.

        :raises DecisionError: the ledger does not know one of the ids, or a right one has no link.
        """
        if not ids:
            self._take([self._decision("pause", "")])
            return [f"{self._name}: the flow is paused; its next runs read and write nothing of it"]
        lefts = [self._left(id, side) for id in ids]
        self._take([self._decision("pause", id) for id in lefts])
        return [f"{self._name}: left {id} is paused; edits on either side wait until it is unpaused" for id in lefts]

    def unpause(self, ids: Sequence[str] = (), *, side: Side = "left") -> list[str]:
        """Take pauses back.

        :raises DecisionError: one of them is not paused.
        """
        present = paused(decisions.read(self.ledger.keys, self.ledger.manifest.decisions))
        # One that was paused may have left the flow.
        lefts = [id if side == "left" and id in present else self._left(id, side) for id in ids] or [""]
        for id in lefts:
            if id not in present:
                raise DecisionError(f"{self._name}: {f'left {id}' if id else 'the flow'} is not paused")
        self._change(lambda known: [one for one in known if one.kind != "pause" or one.subject not in lefts])
        return [f"{self._name}: {f'left {id}' if id else 'the flow'} goes on with the next run" for id in lefts]

    def withdraw(self, ids: Sequence[str]) -> list[str]:
        """Take back decisions, by their own ids, that no run has applied yet.

        :raises DecisionError: one of them is not there, or was applied.
        """
        pending = {one.id for one in decisions.pending(self.ledger.keys, self.ledger.manifest)}
        for id in ids:
            if id not in pending:
                raise DecisionError(f"{self._name}: there is no decision {id} that waits for a run")
        self._change(lambda known: [one for one in known if one.id not in ids])
        return [f"{self._name}: decision {id} is taken back" for id in ids]

    @cached_property
    def _standing(self) -> Standing:
        return Standing(self.flow.name, self.ledger)

    @property
    def _name(self) -> str:
        return f"{self.dataflow.name}.{self.flow.name}"

    def _each(self, ids: Iterable[str], act: _Act) -> list[str]:
        acts = [act(id) for id in ids]
        self._take([decision for decision, _ in acts])
        return [f"{self._name}: {text}" for _, text in acts]

    def _all(self, reason: str, act: _ActOfSide) -> list[str]:
        found = [one for one in self._standing.entries.values() if one.reason == reason and not one.dismissed]
        if not found:
            raise DecisionError(f"{self._name}: nothing is parked for reason {reason}; {self._reasons()}")
        acts = [act(one.id, one.side) for one in found]
        self._take([decision for decision, _ in acts])
        return [f"{self._name}: {text}" for _, text in acts]

    def _reasons(self) -> str:
        reasons = sorted({one.reason for one in self._standing.entries.values() if not one.dismissed})
        return f"there are {', '.join(reasons)}" if reasons else "nothing is parked at all"

    def _release(self, id: str, side: Side) -> tuple[Decision, str]:
        entry, is_closed = self._standing.entries.get((side, id)), id in self._standing.tombstones[side]
        if entry is not None and entry.reason == "conflict":
            raise DecisionError(
                f"{self._name}: {side} {id} is in conflict; choose with `lenke ledger choose` ({', '.join(entry.properties)})"
            )
        if entry is not None and entry.reason == "paused":
            raise DecisionError(f"{self._name}: {side} {id} is paused; `lenke ledger unpause` lets it go on")
        if entry is None and not is_closed:
            raise DecisionError(f"{self._name}: nothing is parked or closed under {side} {id}{self._elsewhere(id, side)}")
        does = "may be matched and created again" if is_closed else "is tried again"
        return self._decision("release", id, side=side, since=entry.since_now if entry else ""), f"{side} {id} {does} by the next run"

    def _dismiss(self, id: str, side: Side) -> tuple[Decision, str]:
        entry = self._standing.entries.get((side, id))
        if entry is None:
            raise DecisionError(f"{self._name}: nothing is parked under {side} {id}{self._elsewhere(id, side)}")
        text = f"{side} {id} leaves the lists with the next run, until it changes"
        return self._decision("dismiss", id, side=side, since=entry.since_now), text

    def _elsewhere(self, id: str, side: Side) -> str:
        other = OTHER[side]
        return f"; {other} {id} is, though" if (other, id) in self._standing.entries or id in self._standing.tombstones[other] else ""

    def _of_relink(self, left: str, right: str) -> Iterator[str]:
        for one in decisions.pending(self.ledger.keys, self.ledger.manifest):
            if (one.kind, one.subject) == ("relink", left) and one.right != right:
                yield f"  the relink of left {left} with right {one.right}, which no run has applied, is taken back"
        if right not in self._standing.known["right"]:
            yield f"  right {right} is new to the ledger: the next run looks for it, and `lenke ledger decisions` says if it is not there"
        if former := self._standing.links["left"].get(left):
            yield f"  the link of left {left} with right {former} is closed; right {former} is left alone"
        if other := self._standing.links["right"].get(right):
            yield f"  the link of left {other} with right {right} is closed; left {other} has none until it is released or relinked"

    def _check_property(self, property: str) -> None:
        lines = self.flow.lines.properties if self.flow.lines else ()
        names = [spec.name for spec in self.flow.properties] + [f"{LINE}{spec.name}" for spec in lines]
        if property not in (*names, "lines"):
            raise DecisionError(f"{self._name} has no property {property}; there are {', '.join(names)}")

    def _says_of_closed(self, left: str, winner: Side) -> str:
        gone = self._standing.tombstones["left"][left].note.get("side")
        if winner == gone:
            return f"it stays closed; the edit of the {OTHER[winner]} record goes no further, and nothing is deleted"
        return "the link is no longer closed; " + (
            "the next run matches or creates its right record again"
            if winner == "left"
            else "the right record is left alone until it matches"
        )

    def _left(self, id: str, side: Side) -> str:
        found = self._standing.left_of(id, side)
        if not found:
            raise DecisionError(f"{self._name}: the ledger knows no {'left' if side == 'left' else 'link of right'} {id}")
        return found

    def _decision(self, kind: Kind, subject: str, **about: Any) -> Decision:
        return Decision(kind, subject, self.at.isoformat(), who=self.who, **about)

    def _take(self, new: Sequence[Decision]) -> None:
        if self.held is not None:
            self.held.extend(new)
            return
        self._change(lambda known: with_new(known, new))

    def _change(self, make: _Change) -> None:
        self.ledger.keys.prepare()
        decisions.change(cast(ChangingKeys, self.ledger.keys), self.ledger.manifest, make)
