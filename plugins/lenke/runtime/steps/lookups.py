"""What lies in the right system beyond the records read: by marker, by match key, and by comparing the whole list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from lenke.core.converters.registry import CONVERTERS
from lenke.core.links.match import Candidate, key
from lenke.core.links.rows import Positions
from lenke.core.mapping.model import MatchRule, Property
from lenke.core.plan.reads import SideRead
from lenke.core.ports import Record, Spelling, Traits
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.extract import Extracted
from lenke.runtime.steps.records import read_records

# Records of a list that are compared at a time: of a long list only those that are like a left record stay in memory.
_AT_ONCE = 5000


def looked_up(run: FlowRun, left: Sequence[Candidate], read: SideRead, extracted: Extracted) -> SideRead:
    """The right read and whatever marker and match keys find beyond it.

    :param left: unlinked records.
    """
    traits = run.traits("right")
    records = [] if traits.changes == "walk" or traits.marker is None else _by_marker(run, traits.marker, left)
    rules = [rule for rule in run.flow.match if any(key(rule, one.texts) for one in left)]
    if traits.changes == "walk" or not all(_is_found(run, rule, traits) for rule in rules):
        records += _compared(run, left, read, extracted)
    else:
        records += [record for rule in rules for record in _by_key(run, rule, left)]
    new = [record for record in records if record.id not in read.position]
    return joined(run, read, new, extracted) if new else read


def _by_marker(run: FlowRun, path: str, left: Sequence[Candidate]) -> list[Record]:
    return list(run.system("right").find(run.entity("right"), path, [one.marker for one in left if one.marker]))


def _is_found(run: FlowRun, rule: MatchRule, traits: Traits) -> bool:
    """Whether the right system finds every record that the rule may match, in whatever form it holds the value."""
    spec = _asked(run, rule)
    if spec.right is None or spec.right.path not in traits.keys:
        return spec.right is None
    return CONVERTERS[spec.type].spelling(spec, spec.right) <= traits.overlooks.get(spec.right.path, Spelling.ONE)


def _by_key(run: FlowRun, rule: MatchRule, left: Sequence[Candidate]) -> Iterator[Record]:
    spec = _asked(run, rule)
    values = [str(one.texts[spec.name]) for one in left if key(rule, one.texts)]
    return run.system("right").find(run.entity("right"), spec.right.path, values) if spec.right else iter(())


def _asked(run: FlowRun, rule: MatchRule) -> Property:
    return run.flow.property(rule.properties[0])


def _compared(run: FlowRun, left: Sequence[Candidate], read: SideRead, extracted: Extracted) -> list[Record]:
    """Of the whole list what is like a left record in its canonical values."""
    found: list[Record] = []
    listed = run.system("right").list(run.entity("right"))
    while page := list(islice(listed, _AT_ONCE)):
        new = [record for record in page if record.id not in read.position]
        part = read_records(run, "right", new, extracted["constants"]) if new else None
        wanted = set() if part is None else {part.ids[at] for at in alike(run, part, left)}
        found += [record for record in new if record.id in wanted]
    return found


def alike(run: FlowRun, read: SideRead, waiting: Sequence[Candidate]) -> Positions:
    """Positions of records that share the marker, or the first value of a match rule, with one that waits."""
    found = pd.Series(read.markers, dtype=object).isin([one.marker for one in waiting if one.marker]).to_numpy()
    for name in {rule.properties[0] for rule in run.flow.match} & set(read.texts.columns):
        found = found | read.texts[name].isin([text for one in waiting if (text := one.texts.get(name)) is not None]).to_numpy()
    return np.flatnonzero(found)


def joined(run: FlowRun, read: SideRead, records: Sequence[Record], extracted: Extracted) -> SideRead:
    """The right read with further records, or later states of its own."""
    more = read_records(run, "right", records, extracted["constants"])
    keep = np.asarray([id not in more.position for id in read.ids], dtype=np.bool_)

    def both(name: str) -> Any:
        return np.concatenate([getattr(read, name)[keep], getattr(more, name)])

    texts = pd.concat([read.texts[keep], more.texts], ignore_index=True)
    names = ["ids", "digests", "modified", "versions", "raws", "markers", "problems", "locks", "whole"]
    names += ["lined"] if read.lined is not None else []
    return replace(read, texts=texts, lines=_joined_lines(read, more, keep), **{name: both(name) for name in names})


def _joined_lines(read: SideRead, more: SideRead, keep: Any) -> Any:
    if read.lines is None or more.lines is None:
        return more.lines
    kept = np.isin(read.lines.parents, read.ids[keep])

    def both(name: str) -> Any:
        return np.concatenate([getattr(read.lines, name)[kept], getattr(more.lines, name)])

    texts = pd.concat([read.lines.texts[kept], more.lines.texts], ignore_index=True)
    return replace(read.lines, texts=texts, **{name: both(name) for name in ("parents", "ids", "digests", "problems", "markers")})
