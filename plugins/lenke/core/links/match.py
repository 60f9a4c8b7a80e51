"""First links: which unlinked left record and unlinked right record are the same thing.

The marker decides first, then the flow's match rules in turn, exact on canonical values. Two candidates are never a guess.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import dataclass, field

from lenke.core.links.rows import Link
from lenke.core.mapping.model import MatchRule


@dataclass(frozen=True, slots=True)
class Candidate:
    """An unlinked record: its canonical texts, and what its marker field holds."""

    id: str
    texts: Mapping[str, str | None]
    marker: str | None = None


@dataclass
class Matches:
    """What became of unlinked left records.

    :param pairs: left id to right id.
    :param parked: those that must wait: left id to reason code and the right ids in question.
    :param closed: those whose right record has gone on as something else: left id to its right id and the reason.
    :param moved: left id to the link that it had in another flow of its exclusive group, as far as it holds here.
    """

    pairs: dict[str, str] = field(default_factory=dict)
    parked: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    closed: dict[str, tuple[str, str]] = field(default_factory=dict)
    moved: dict[str, Link] = field(default_factory=dict)

    def add(self, other: Matches) -> None:
        """Take over what is decided there."""
        self.pairs |= other.pairs
        self.parked |= other.parked
        self.closed |= other.closed
        self.moved |= other.moved

    def open(self, left: Sequence[Candidate]) -> list[Candidate]:
        """Candidates of which nothing is decided yet."""
        return [one for one in left if one.id not in self.pairs and one.id not in self.parked and one.id not in self.closed]


def match(
    rules: Sequence[MatchRule],
    left: Sequence[Candidate],
    right: Sequence[Candidate],
    *,
    reserved: Set[str] = frozenset(),
    begun: Set[str] = frozenset(),
) -> Matches:
    """Match unlinked records; ``left`` candidates carry the marker that a record created for them would have.

    Reason codes: ``ambiguous_match`` (several right records) and ``duplicate_match`` (several left records want one right, be it by a
    stronger rule).

    :param reserved: markers of left records that cannot be matched now (parked with a problem, or with an unknown outcome):
        what was made for them is nobody else's. Other markers are of other dataflows, and their records match by their values.
    :param begun: right records that a first link of somebody else was begun with; whoever else wants one waits.
    """
    matches = Matches()
    free = _by_marker(left, right, matches, reserved)
    waiting = [one for one in left if one.id not in matches.pairs and one.id not in matches.parked]
    for rule in rules:
        _by_rule(rule, waiting, free, matches, begun)
        taken = set(matches.pairs.values())
        free = [one for one in free if one.id not in taken]
        waiting = [one for one in waiting if one.id not in matches.pairs and one.id not in matches.parked]
    return matches


def as_begun(begun: Mapping[str, str], left: Sequence[Candidate], present: Container[str], there: Container[str] = ()) -> Matches:
    """The first links that were begun and may have been written, whatever their records would be matched with by now.

    :param begun: left id to right id, of records that take no part now, too; where several are for one right record, none counts.
    :param present: right ids that were read; :param there: those that are there, but not the flow's (any more).
    """
    matches, times = Matches(), Counter(begun.values())
    for one in left:
        right = begun.get(one.id, "")
        if right in present and times[right] == 1:
            matches.pairs[one.id] = right
        elif right in present:
            matches.parked[one.id] = ("duplicate_match", (right,))
        elif right in there:
            matches.parked[one.id] = ("closed_match", (right,))
    return matches


def key(rule: MatchRule, texts: Mapping[str, str | None]) -> tuple[str, ...] | None:
    """The values that a record is matched by under ``rule``, or None where one is empty or the rule does not hold for it."""
    if rule.when is not None and not rule.when.holds(truth=_truth(texts.get(rule.when.property))):
        return None
    values = [texts.get(name) for name in rule.properties]
    filled = [value for value in values if value is not None]
    return tuple(filled) if len(filled) == len(values) else None


def _truth(text: str | None) -> bool | None:
    return None if text is None else text == "true"


def _by_marker(left: Sequence[Candidate], right: Sequence[Candidate], matches: Matches, reserved: Set[str]) -> list[Candidate]:
    wanted = {one.marker: one.id for one in left if one.marker}
    made: dict[str, list[str]] = defaultdict(list)
    free = []
    for one in right:
        if one.marker is not None and one.marker in wanted:
            made[wanted[one.marker]].append(one.id)
        elif one.marker not in reserved:
            free.append(one)
    for ours, theirs in made.items():
        if len(theirs) == 1:
            matches.pairs[ours] = theirs[0]
        else:  # a copy made in the other system carries the marker too
            matches.parked[ours] = ("ambiguous_match", tuple(theirs))
    return free


def _by_rule(rule: MatchRule, left: Sequence[Candidate], right: Sequence[Candidate], matches: Matches, begun: Set[str]) -> None:
    wants, offers = _grouped(rule, left), _grouped(rule, right)
    # Given to a weaker claim, a record in question would settle by elimination what a person must decide.
    in_question = {id for _, ids in matches.parked.values() for id in ids} | begun
    for value, ours in wants.items():
        theirs = offers.get(value, [])
        if len(theirs) > 1:
            for id in ours:
                matches.parked[id] = ("ambiguous_match", tuple(theirs))
        elif theirs and (len(ours) > 1 or theirs[0] in in_question):
            for id in ours:
                matches.parked[id] = ("duplicate_match", tuple(theirs))
        elif theirs:
            matches.pairs[ours[0]] = theirs[0]


def _grouped(rule: MatchRule, candidates: Sequence[Candidate]) -> dict[tuple[str, ...], list[str]]:
    grouped: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in candidates:
        if (value := key(rule, one.texts)) is not None:
            grouped[value].append(one.id)
    return grouped
