"""Step 4, load: one chunk of the plan, batch by batch: journal, check the targets, send, remember."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lenke.core.errors import FatalError, RetriableError, UnknownOutcomeError
from lenke.core.links.rows import Link, Side
from lenke.core.mapping.apply import Constants, PutProblem
from lenke.core.plan import recheck
from lenke.core.plan.model import ACTION, Action
from lenke.core.plan.outcome import Fold, SideResult
from lenke.core.plan.uncertain import sent
from lenke.core.plan.writeback import write_back
from lenke.core.ports import Outcome, Record, Write
from lenke.runtime import staging
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.ledger.journal import Item, Journal
from lenke.runtime.steps import figures, history, settle
from lenke.runtime.steps.extract import Extracted, recheck_rows
from lenke.runtime.steps.publish import Resolved
from lenke.runtime.steps.targets import Target, targets
from lenke.runtime.steps.writing import Writer, refused, taken
from lenke.runtime.undo.images import Images
from lenke.runtime.undo.recording import ended, image

# Batches share one journal entry: more of them per entry cost fewer calls, fewer leave less to settle after a crash.
BATCH = 20
ORDER: tuple[Side, Side] = ("right", "left")
# A task that was cleared is ended seconds later: until then it looks this often whether its flow is still its own.
LOOK_SECONDS = 1.0


@dataclass
class Load:
    """One chunk under way.

    :param images: where the before-images of each batch are put before it is sent.
    :param fence: raises FenceError where another try has taken over; called before each call that writes.
    """

    run: FlowRun
    journal: Journal
    constants: Constants
    images: Images
    fence: Callable[[], None]
    fold: Fold
    uncertain: Mapping[str, datetime] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    unsettled: list[Action] = field(default_factory=list)
    looked: float = 0.0

    def actions(self, actions: Sequence[Action]) -> Counter[str]:
        """Send all of them; what an earlier try has finished is left out."""
        done = self.journal.settled_keys()
        counts: Counter[str] = Counter()
        for batch in self._batches([action for action in actions if action.key not in done]):
            counts += self._batch(batch)
        return counts

    def _batches(self, actions: Sequence[Action]) -> Iterator[Sequence[Action]]:
        size = max([BATCH] + [self.run.traits(side).batch for side in ORDER])
        for start in range(0, len(actions), size):
            yield actions[start : start + size]

    def _batch(self, actions: Sequence[Action]) -> Counter[str]:
        uncertain = [action for action in actions if action.key in self.uncertain]
        settle.await_lines(self.run, uncertain, self.uncertain)
        found = settle.creates(self.run, uncertain, self.uncertain, self.constants)
        self.journal.begin([_item(action) for action in actions], self.run.now())
        self.looked = time.monotonic()
        results: dict[str, dict[Side, SideResult]] = {action.key: {} for action in actions}
        for key, result in found.items():
            results[key]["right"] = result
        self._side("right", [action for action in actions if _writes_right(action) and action.key not in found], results)
        actions = [self._written_back(action, results[action.key].get("right")) for action in actions]
        self._side("left", [action for action in actions if action.to_left], results)
        return self._settle(actions, results)

    def _written_back(self, action: Action, result: SideResult | None) -> Action:
        if action.verb != "create" or result is None or result.status != "done" or result.stored is None:
            return action
        return write_back(self.run.flow, action, result.stored, self.run.digester)

    def _side(self, side: Side, actions: Sequence[Action], results: dict[str, dict[Side, SideResult]]) -> None:
        if not actions:
            return
        writer = Writer(self.run, side, self.constants)
        writes: list[Write] = []
        told: list[Action] = []
        for action, target in self._targets(side, actions):
            if action.key in self.uncertain and action.verb == "update" and not target.moved and settle.is_settled(action, side):
                results[action.key][side] = self._as_is(writer, side, action, target)
                continue
            if target.moved:
                reason = "the target changed since the plan was made"
                results[action.key][side] = SideResult("moved" if target.raw else "gone", reason=reason)
                continue
            try:
                writes.append(writer.write(action, target.raw))
                told.append(action)  # of an uncertain one only what is left to be sent
            except PutProblem as problem:
                results[action.key][side] = refused(problem)
        for key, result in self._written(writer, told, writes).items():
            results[key][side] = result
        for action in actions:
            if action.verb == "update" and action.key in self.uncertain:
                results[action.key][side] = replace(results[action.key][side], uncertain=True)

    def _written(self, writer: Writer, actions: Sequence[Action], writes: Sequence[Write]) -> dict[str, SideResult]:
        """Send writes between the two states of their before-images."""
        if not writes:
            return {}
        flow, side = self.run.flow, writer.side
        by_key = {action.key: action for action in actions}
        images = [image(flow, side, by_key[write.key], write) for write in writes]
        begun = self.images.begin(images)
        answers = writer.results(self._send(side, writes))
        found = {write.key: taken(flow, by_key[write.key], side, write, answers[write.key]) for write in writes}
        self.images.end(begun, [ended(flow, one, found[one.key]) for one in images])
        return found

    def _as_is(self, writer: Writer, side: Side, action: Action, target: Target) -> SideResult:
        """An earlier try has written all of it: what is stored is what stands there now."""
        id = action.left if side == "left" else action.right
        assert target.raw is not None
        return SideResult("done", id, writer.stored([Record(id, None, None, target.raw)]).get(id))

    def _targets(self, side: Side, actions: Sequence[Action]) -> list[tuple[Action, Target]]:
        updates = [action for action in actions if action.verb == "update"]
        again = any(action.key in self.uncertain for action in updates)
        known = targets(self.run, side, updates, self.constants, again=again) if updates else {}
        pairs = [(action, known.get(action.key, Target(None))) for action in actions]
        return [self._again(side, action, target) for action, target in pairs]

    def _again(self, side: Side, action: Action, target: Target) -> tuple[Action, Target]:
        if action.key not in self.uncertain or action.verb == "create":
            return action, target
        return settle.update(self.run, side, action, target, self.constants)

    def _send(self, side: Side, writes: Sequence[Write]) -> list[Outcome]:
        system, entity = self.run.system(side), self.run.entity(side)
        size = self.run.traits(side).batch
        creates = [write for write in writes if write.verb == "create"]
        others = [write for write in writes if write.verb != "create"]
        outcomes: list[Outcome] = []
        # Updates go first: one may free the unique value that a create takes.
        for group in (others, creates):
            for start in range(0, len(group), size):
                self._look()
                outcomes += system.write(entity, group[start : start + size])
        return outcomes

    def _look(self) -> None:
        """Whether this process may still write; what costs a call is asked once a second."""
        self.fence()
        if time.monotonic() - self.looked > LOOK_SECONDS:
            self.journal.require_open()
            self.looked = time.monotonic()

    def _settle(self, actions: Sequence[Action], results: Mapping[str, Mapping[Side, SideResult]]) -> Counter[str]:
        rows: list[Link] = []
        counts: Counter[str] = Counter()
        for action in actions:
            mine = results[action.key]
            waiting = [result for result in mine.values() if result.status in ("unknown", "retriable")]
            if waiting:
                self.unsettled.append(action)
                continue
            # The time after the writes: what is read less than the read lag later may be older than they are.
            rows += replace(self.fold, now=self.run.now()).rows(action, mine)
            counts += figures.written(self.run.flow, action, mine)
            self.changes.append(history.change(action, mine))
        self.journal.settle({action.key for action in actions} - {action.key for action in self.unsettled}, rows, counts)
        return counts


def _item(action: Action) -> Item:
    told = sent(action) if action.verb == "update" else {}
    seen = recheck.seen_of(action.to_left, action.to_right, create=action.seen)
    return Item(action.key, action.verb, action.left, action.right, action.marker, told, seen)


def _writes_right(action: Action) -> bool:
    return action.verb == "create" or bool(action.to_right)


def load(run: FlowRun, extracted: Extracted, resolved: Resolved, chunk: int, *, fence: Callable[[], None]) -> dict[str, int]:
    """Load one chunk.

    :return: figures for the report.
    :raises FatalError: the plan is not open any more, or the mapping was changed since it was made.
    :raises UnknownOutcomeError: some writes were sent and their answers lost; the retry settles them first.
    :raises RetriableError: some records were not taken for now; the retry sends them again.
    """
    started = time.monotonic()
    if not run.ledger.manifest.takes(resolved["journal"]):
        return _closed(run, resolved)
    run.require_mapping(extracted.get("mapping", ""))
    width = run.store(run.flow).identity.shape.width
    journal = Journal(run.ledger.keys, resolved["journal"], chunk, run.try_number, width)
    journal.observe(run.now())
    # The tries of a record that a person released do not count any more.
    released = frozenset(resolved["released"])
    old = {id: row for (side, id), row in recheck_rows(run).items() if side == "left" and id not in released}
    work = Load(
        run,
        journal,
        extracted["constants"],
        Images(run.folder("journal"), f"{chunk}-{run.try_number}", run.now),
        fence,
        Fold(run.flow, run.now(), run.read_lag, old, run.settings.parked.tries),
        uncertain=journal.open_items(),
    )
    try:
        counts = work.actions(chunk_actions(resolved, chunk))
    finally:
        if work.changes:
            staging.write_json(run.folder("journal") / f"changes-{chunk}-{run.try_number}.json", work.changes)
    _raise_unsettled(work)
    return {**counts, "calls": run.calls, "milliseconds": int((time.monotonic() - started) * 1000)}


def _closed(run: FlowRun, resolved: Resolved) -> dict[str, int]:
    """A task that was cleared after its plan was committed has nothing left to do, if the plan was carried out whole."""
    if run.ledger.manifest.carried_out != resolved["journal"]:
        raise FatalError("the plan is not open any more, and was not carried out whole; clear the flow from its extract task on")
    return {"calls": 0, "milliseconds": 0}


def chunk_actions(resolved: Resolved, chunk: int) -> list[Action]:
    """The actions of one of the plan's contiguous chunks."""
    plan = staging.read(resolved["plan"])
    chunks = len(resolved["chunks"])
    size = -(-plan.num_rows // chunks)
    texts = plan.column("action").slice(chunk * size, size).to_pylist()
    return [ACTION.validate_json(text) for text in texts]


def _raise_unsettled(work: Load) -> None:
    # What an earlier run tried to the end of its retries waits on the recheck list: it must not keep every later run failed.
    fresh = [action.key for action in work.unsettled if not _is_parked(work.fold.old_recheck.get(action.left))]
    if not fresh:
        return
    keys = ", ".join(fresh[:5])
    lag = max(work.run.read_lag.values())
    if lag:
        raise RetriableError(f"{len(fresh)} writes have no known outcome yet ({keys}); they are settled after the read lag", delay=lag)
    raise UnknownOutcomeError(f"{len(fresh)} writes have no known outcome ({keys}); the retry looks for them first")


def _is_parked(old: Link | None) -> bool:
    return old is not None and old.note.get("reason") == "unknown_outcome"
