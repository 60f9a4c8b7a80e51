"""Commands about a run: what it planned, and how to take it back."""

from __future__ import annotations

import importlib
from typing import Annotated

import typer

from lenke.cli.installation import attached, tell
from lenke.cli.options import HOME, DataflowId, FlowId, Home, WithValues

app = typer.Typer()


@app.command()
def plan(dataflow: DataflowId, flow: FlowId, values: WithValues = False, home: Home = HOME) -> None:
    """Show the last plan of a flow, record by record: what the run wrote, or would have written."""
    with attached(home):
        plans = importlib.import_module("lenke.runtime.plans")
        tell(plans.show(dataflow, flow, with_values=values))


@app.command()
def undo(
    run: Annotated[str, typer.Argument(help="The run's id, as Airflow shows it.")],
    dataflow: Annotated[str | None, typer.Option(help="Needed only where runs of several dataflows have this id.")] = None,
    flow: Annotated[str | None, typer.Option(help="Undo only this flow of the run.")] = None,
    values: WithValues = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write; without it, what would be written is shown.")] = False,
    home: Home = HOME,
) -> None:
    """Put back every property that a run changed and nobody has touched since; exit 1 if the systems refused one."""
    with attached(home):
        undone = importlib.import_module("lenke.runtime.undo.command").undo(run, dataflow=dataflow, flow=flow, apply=apply)
        shown = importlib.import_module("lenke.runtime.undo.shown")
    shown.show(undone, values=values)
    raise typer.Exit(1 if shown.is_failed(undone) else 0)
