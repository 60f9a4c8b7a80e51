"""What the histories did: how long they were, and in how many of them each rule and fault fired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from tests.laws.engine.machine import Engine


@dataclass
class Statistics:
    """Over all histories of a campaign.

    :param fired: rule or fault to the number of histories that it fired in; :param able: to the number that it could have fired in.
    """

    lengths: list[int] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    able: Counter[str] = field(default_factory=Counter)

    def add(self, lengths: Iterable[int], fired: Counter[str], known: Iterable[str]) -> None:
        """One machine's histories; ``known`` are all rules and faults that it has."""
        found = list(lengths)
        self.lengths += found
        self.fired.update(fired)
        self.able.update(dict.fromkeys(known, len(found)))

    @property
    def shares(self) -> dict[str, float]:
        """Rule or fault to its share of the histories that it could have fired in."""
        return {name: self.fired[name] / count for name, count in self.able.items() if count}

    def table(self) -> list[str]:
        """Markdown, the rarest first."""
        if not self.lengths:
            return ["No history was played."]
        rows = [f"| {name} | {share:.0%} |" for name, share in sorted(self.shares.items(), key=lambda pair: pair[1])]
        head = f"{len(self.lengths):,} histories, median length {median(self.lengths):.0f} steps. Each rule and fault fired in so many:"
        return [head, "", "| rule or fault | histories |", "|---|---|", *rows]


def known(machine: type[Engine]) -> list[str]:
    """Every rule and fault of a machine."""
    return [*machine.RULES, *machine.FAULTS]
