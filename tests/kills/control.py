"""The control: what a sync does that creates the record and then saves the link, with neither journal nor marker."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.load import chunk_actions
from lenke.runtime.steps.writing import Writer


def bind(run: FlowRun, extracted: Any, resolved: Any) -> None:
    """Create every record of the plan that has no saved link yet, one by one; the link is saved under a key of its own."""
    writer = Writer(run, "right", extracted["constants"])
    for chunk in resolved["chunks"]:
        for action in chunk_actions(resolved, chunk):
            if action.verb != "create" or run.ledger.keys.get(f"bound.{action.left}") is not None:
                continue
            write = writer.write(action, None)
            unmarked = replace(write, marker=None, lines=tuple(replace(line, marker=None) for line in write.lines))
            (outcome,) = run.system("right").write(run.entity("right"), [unmarked])
            run.ledger.keys.set(f"bound.{action.left}", str(outcome.id))
