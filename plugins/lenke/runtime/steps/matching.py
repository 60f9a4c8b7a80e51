"""First links of a run: what marker, match keys and the siblings of an exclusive group say of unlinked left records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lenke.core.links.groups import Siblings
from lenke.core.links.marker import marker
from lenke.core.links.match import Candidate, Matches, as_begun, match
from lenke.core.links.rows import Side
from lenke.core.links.table import Table
from lenke.core.plan import uncertain
from lenke.core.plan.decided import Applied
from lenke.core.plan.reads import SideRead
from lenke.runtime.flow_run import SIDES, FlowRun
from lenke.runtime.steps.extract import Extracted
from lenke.runtime.steps.lookups import alike, joined, looked_up


def matched(run: FlowRun, reads: dict[Side, SideRead], extracted: Extracted, applied: Applied, others: Siblings) -> Matches:
    """What becomes of the left records without a link; ``reads["right"]`` gains what marker and match keys find beyond it.

    :param applied: the ledger with what persons decided; :param others: what the siblings of an exclusive group hold.
    """
    ledger = applied.table
    taken = {
        side: set(ledger.column(side, ledger.headers("link"))) | set(ledger.column(side, ledger.headers("tombstone"))) for side in SIDES
    }
    taken["right"] |= others.rights
    left = _candidates(run, reads["left"], taken["left"], "left")
    if left and not reads["right"].complete:
        reads["right"] = looked_up(run, left, reads["right"], extracted)
    right = _candidates(run, reads["right"], taken["right"], "right")
    known = Matches()
    reads["right"] = _taken_over(run, left, reads["right"], others, extracted, known)
    begun = uncertain.begun([*others.lost.values(), *(row for (side, _), row in applied.recheck.items() if side == "left")], taken["right"])
    reads["right"] = _begun(run, known.open(left), reads["right"], begun, extracted, known)
    left = known.open(left)
    reserved = _reserved(run, reads["left"], left, applied) | _made_by(run, others)
    matches = match(run.flow.match, left, right, reserved=reserved, begun=set(begun.values()))
    matches.add(known)
    _bar(run, reads["right"], left, matches, ledger)
    _bar_left_behind(run, reads, left, matches, ledger)
    _close(run, left, matches)
    return matches


def _taken_over(
    run: FlowRun, left: Sequence[Candidate], read: SideRead, others: Siblings, extracted: Extracted, known: Matches
) -> SideRead:
    """Pair the left records that a sibling of the exclusive group has linked; returns the right read with what they need of it."""
    moving = {one.id: others.links[one.id].right for one in left if one.id in others.links}
    wanted = [right for right in moving.values() if right not in read.position]
    if wanted:
        read = joined(run, read, list(run.system("right").get(run.entity("right"), wanted)), extracted)
    since = run.now().isoformat()
    for id, right in moving.items():
        if right in read.position:
            known.pairs[id], known.moved[id] = right, others.taken_over(id, since=since)
        else:
            known.parked[id] = ("closed_match", (right,))
    known.parked |= {one.id: ("closed_match", (others.closed[one.id],)) for one in left if one.id in others.closed and one.id not in moving}
    return read


def _begun(
    run: FlowRun, left: Sequence[Candidate], read: SideRead, begun: Mapping[str, str], extracted: Extracted, known: Matches
) -> SideRead:
    """Pair the left records whose first link was begun, here or in a sibling; returns the right read with what they need of it."""
    wanted = [right for one in left if (right := begun.get(one.id, "")) and right not in read.position]
    found = list(run.system("right").get(run.entity("right"), wanted)) if wanted else []
    if found:
        read = joined(run, read, found, extracted)
    known.add(as_begun(begun, left, read.position, {record.id for record in found}))
    return read


def _bar(run: FlowRun, read: SideRead, left: Sequence[Candidate], matches: Matches, ledger: Table) -> None:
    """A right record whose link is closed bars what would be matched with it: it is not created a second time."""
    closed = set(ledger.column("right", ledger.headers("tombstone")))
    barring = [Candidate(id, read.texts_of(at), read.markers[at]) for at, id in enumerate(read.ids) if id in closed] if closed else []
    if not barring:
        return
    found = match(run.flow.match, matches.open(left), barring)
    matches.parked |= {id: ("closed_match", (right,)) for id, right in found.pairs.items()}
    matches.parked |= {id: ("closed_match", rights) for id, (_, rights) in found.parked.items()}


def _bar_left_behind(run: FlowRun, reads: Mapping[Side, SideRead], left: Sequence[Candidate], matches: Matches, ledger: Table) -> None:
    """A right record whose left one is gone bars what would be matched with it before its link is closed, too: who ordered as a guest
    and has an account by now is the same customer under another id.
    """
    if not (waiting := matches.open(left)):
        return
    rows, read, there = ledger.headers("link"), reads["right"], reads["left"].position
    owner = dict(zip(ledger.column("right", rows), ledger.column("left", rows), strict=True))
    near = [(int(at), str(read.ids[at])) for at in alike(run, read, waiting)]
    linked = [Candidate(id, read.texts_of(at)) for at, id in near if id in owner and owner[id] not in there]
    found = match(run.flow.match, waiting, linked) if linked else Matches()
    barred = {id: (right,) for id, right in found.pairs.items()} | {id: rights for id, (_, rights) in found.parked.items()}
    asked = sorted({owner[right] for rights in barred.values() for right in rights})
    gone = run.system("left").gone(run.entity("left"), asked) if asked else {}
    matches.parked |= {id: ("closed_match", rights) for id, rights in barred.items() if any(owner[right] in gone for right in rights)}


def _close(run: FlowRun, left: Sequence[Candidate], matches: Matches) -> None:
    """Find records that went on as something else in the right system before they were ever linked."""
    system, entity, marker_path = run.system("right"), run.entity("right"), run.traits("right").marker
    if marker_path is not None:
        _closed_by(matches, left, lambda one: one.marker, lambda values: system.closed(entity, marker_path, values))
    for rule in run.flow.match:
        spec = run.flow.property(rule.properties[0])
        if len(rule.properties) == 1 and spec.right is not None:
            path, name = spec.right.path, spec.name
            _closed_by(matches, left, lambda one: one.texts.get(name), lambda values: system.closed(entity, path, values))  # noqa: B023


def _closed_by(
    matches: Matches,
    left: Sequence[Candidate],
    value: Callable[[Candidate], str | None],
    ask: Callable[[Sequence[str]], Mapping[str, tuple[str, str]]],
) -> None:
    wanted = {text: one.id for one in matches.open(left) if (text := value(one))}
    if wanted:
        matches.closed |= {wanted[text]: told for text, told in ask(list(wanted)).items() if text in wanted}


def _reserved(run: FlowRun, read: SideRead, candidates: Sequence[Candidate], applied: Applied) -> set[str]:
    """Markers of left records that take no part in matching now; what was created for them is nobody else's."""
    taking_part = {one.id for one in candidates}
    waiting = {id for side, id in applied.recheck if side == "left"}
    return {marker(run.dataflow.left, run.flow.left.entity, id) for id in ({*read.ids} | waiting) - taking_part}


def _made_by(run: FlowRun, others: Siblings) -> set[str]:
    """Markers of records that the siblings of an exclusive group may have made without an answer."""
    return {marker(run.dataflow.left, run.flow.left.entity, id) for id in others.waiting}


def _candidates(run: FlowRun, read: SideRead, taken: set[str], side: Side) -> list[Candidate]:
    found = []
    for at, id in enumerate(read.ids):
        if id not in taken and (side == "right" or read.problems[at] is None):
            own = marker(run.dataflow.left, run.flow.left.entity, id) if side == "left" else read.markers[at]
            found.append(Candidate(id, read.texts_of(at), own))
    return found


def whole_matches(run: FlowRun, read: SideRead, matches: Matches, extracted: Extracted) -> SideRead:
    """The right read with the details of list entries that were just matched."""
    wanted = [id for id in matches.pairs.values() if not read.whole[read.position[id]]]
    if not wanted:
        return read
    return joined(run, read, list(run.system("right").get(run.entity("right"), wanted)), extracted)
