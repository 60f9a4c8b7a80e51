"""The pools that the tasks run in.

A task holds one pool only, and a load writes both of its systems: a created record gets its number back on the left in the same
batch. What must never happen is that two loads write one system at a time, since both might have compared one record before either
wrote it. Every system that is written by several dataflows joins them, directly or through a third one, so that all loads of a tree
of dataflows share the one slot of one pool.
"""

from __future__ import annotations

from collections.abc import Iterable

WRITER = "lenke_writer"
READERS = 4


def reading(system: str) -> str:
    """The pool of the tasks that read a system to plan."""
    return system


def claiming(dataflow: str) -> str:
    """The pool of the tasks that claim a flow for their run: no two of them may look at the claim at a time."""
    return f"{dataflow}_claim"


def wanted(dataflows: Iterable[tuple[str, str, str]]) -> dict[str, tuple[int, str]]:
    """Pool name to slots and description.

    :param dataflows: name, left and right system of each.
    """
    found = {WRITER: (1, "The one task that writes records")}
    for name, left, right in dataflows:
        found[claiming(name)] = (1, f"The one task that claims a flow of {name} and reads what changed")
        for system in (left, right):
            found[reading(system)] = (READERS, f"Tasks that read {system} at the same time")
    return found
