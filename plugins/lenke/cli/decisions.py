"""The ledger's commands for what waits for a person: ``lenke ledger parked``, ``release``, ``choose`` and the like."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from lenke.cli.installation import call
from lenke.cli.options import HOME, DataflowId, FlowId, Home

app = typer.Typer()

OneDataflow = Annotated[str | None, typer.Argument(help="A mapping's file name without .yaml; all, if none is named.")]
OneFlow = Annotated[str | None, typer.Argument(help="A flow of that mapping; all, if none is named.")]
RecordIds = Annotated[list[str] | None, typer.Argument(help="Ids of records, in the left system unless --right is given.")]
OnRight = Annotated[bool, typer.Option("--right", help="The ids are of the right system.")]
All = Annotated[bool, typer.Option("--all", help="Every record that is parked for --reason.")]
Reason = Annotated[str | None, typer.Option("--reason", help="The code of a reason, such as rejected or unknown_outcome.")]


class Winner(StrEnum):
    """The side that a choice is for."""

    LEFT = "left"
    RIGHT = "right"


def _command_of_records(act: str, told: str) -> None:
    """A command that decides about records by id, or about all that are parked for one reason."""

    @app.command(act, help=told)
    def command(
        dataflow: DataflowId,
        flow: FlowId,
        ids: RecordIds = None,
        right: OnRight = False,
        every: All = False,
        reason: Reason = None,
        home: Home = HOME,
    ) -> None:
        _of_records(home, dataflow, flow, act, ids, right, every, reason)


_command_of_records(
    "release", "Let the next run try parked records again, given-up ones too, or match and create again what a closed link bars."
)
_command_of_records("dismiss", "Take parked records and open conflicts out of the lists until they change.")


@app.command()
def relink(
    dataflow: DataflowId,
    flow: FlowId,
    left: Annotated[str, typer.Argument(help="The record's id in the left system.")],
    right: Annotated[str, typer.Argument(help="The id in the right system of the record that it belongs to.")],
    home: Home = HOME,
) -> None:
    """Link two records, whatever they were linked with before; the next run treats them as a first link."""
    _at_desk(home, dataflow, flow, lambda desk: desk.relink(left, right))


@app.command()
def choose(
    dataflow: DataflowId,
    flow: FlowId,
    left: Annotated[str, typer.Argument(help="The record's id in the left system.")],
    property: Annotated[str, typer.Argument(help="As `lenke ledger conflicts` names it; 'line <property>' for the record's lines.")],
    winner: Annotated[Winner, typer.Argument(help="The side whose value counts.")],
    home: Home = HOME,
) -> None:
    """Settle an open conflict: the next run carries the chosen side's value to the other."""
    _at_desk(home, dataflow, flow, lambda desk: desk.choose(left, property, winner.value))


@app.command()
def pause(dataflow: DataflowId, flow: FlowId, ids: RecordIds = None, right: OnRight = False, home: Home = HOME) -> None:
    """Write nothing for some records, or (without ids) for a whole flow, until it is unpaused; edits wait and are not lost."""
    _at_desk(home, dataflow, flow, lambda desk: desk.pause(ids or [], side=_side(right)))


@app.command()
def unpause(dataflow: DataflowId, flow: FlowId, ids: RecordIds = None, right: OnRight = False, home: Home = HOME) -> None:
    """Let paused records, or (without ids) a paused flow, go on."""
    _at_desk(home, dataflow, flow, lambda desk: desk.unpause(ids or [], side=_side(right)))


@app.command()
def parked(
    dataflow: OneDataflow = None,
    flow: OneFlow = None,
    dismissed: Annotated[bool, typer.Option("--dismissed", help="Show dismissed records, too.")] = False,
    home: Home = HOME,
) -> None:
    """List records that cannot go now: why, since when, how often they were tried, and when they are tried again."""
    call(home, lambda ledger: ledger.tell_parked(dataflow, flow, with_dismissed=dismissed))


@app.command()
def conflicts(
    dataflow: OneDataflow = None,
    flow: OneFlow = None,
    values: Annotated[bool, typer.Option("--values", help="Show both values, too, from the journal: personal data.")] = False,
    home: Home = HOME,
) -> None:
    """List open conflicts, which a person must decide."""
    call(home, lambda ledger: ledger.tell_conflicts(dataflow, flow, with_values=values))


@app.command()
def decisions(dataflow: DataflowId, flow: FlowId, home: Home = HOME) -> None:
    """List the decisions about a flow, with what became of each."""
    call(home, lambda ledger: ledger.tell_decisions(dataflow, flow))


@app.command()
def withdraw(
    dataflow: DataflowId,
    flow: FlowId,
    ids: Annotated[list[str], typer.Argument(help="Ids of decisions, as `lenke ledger decisions` lists them.")],
    home: Home = HOME,
) -> None:
    """Take back decisions that no run has applied yet."""
    _at_desk(home, dataflow, flow, lambda desk: desk.withdraw(ids))


def _of_records(
    home: Path, dataflow: str, flow: str, act: str, ids: list[str] | None, right: bool, every: bool, reason: str | None
) -> None:
    if every == bool(ids) or every != bool(reason) or (every and right):
        raise typer.BadParameter("name ids (--right where they are the right system's), or all of one reason with --all --reason <code>")
    if reason:
        _at_desk(home, dataflow, flow, lambda desk: getattr(desk, f"{act}_all")(reason))
    else:
        _at_desk(home, dataflow, flow, lambda desk: getattr(desk, act)(ids, side=_side(right)))


def _side(right: bool) -> str:
    return "right" if right else "left"


def _at_desk(home: Path, dataflow: str, flow: str, act: Callable[[Any], Any]) -> None:
    call(home, lambda ledger: act(ledger.desk(dataflow, flow)))
