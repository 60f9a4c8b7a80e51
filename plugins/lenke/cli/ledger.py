"""``lenke ledger``: the store of links."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lenke.cli import decisions
from lenke.cli.installation import call, maintenance, tell
from lenke.cli.options import HOME, DataflowId, FlowId, Home

app = typer.Typer(help="The store of links, journal and cursors in Airflow's metadata database.", no_args_is_help=True)
app.add_typer(decisions.app)


@app.command()
def verify(home: Home = HOME) -> None:
    """Check the ledger's rows, checksums, witness and exports; exit 1 if anything is wrong."""
    with maintenance(home) as found:
        findings = list(found.verify())
    tell(findings or "The ledger is whole")
    raise typer.Exit(1 if findings else 0)


@app.command()
def show(dataflow: DataflowId, flow: FlowId, home: Home = HOME) -> None:
    """Show a flow's links, recheck list and cursors: ids and counts, never field values."""
    call(home, lambda ledger: ledger.show(dataflow, flow))


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="Where the Parquet files go.")], home: Home = HOME) -> None:
    """Write every flow's last committed state to files outside the database."""
    call(home, lambda ledger: ledger.export(folder))


@app.command()
def restore(
    dataflow: DataflowId,
    flow: FlowId,
    source: Annotated[Path | None, typer.Argument(help="Folder of a `lenke ledger export`; the newest export if not given.")] = None,
    home: Home = HOME,
) -> None:
    """Bring back a flow's ledger from an export, as its next generation; refused while a load runs."""
    call(home, lambda ledger: ledger.restore(dataflow, flow, source))


@app.command()
def rekey(
    lost_key: Annotated[
        bool, typer.Option("--lost-key", help="The former key is lost: go on without what a killed run has journalled.")
    ] = False,
    home: Home = HOME,
) -> None:
    """Take all ledgers over to another `lenke_digest_key`; the links stay, and the next runs compare everything anew."""
    call(home, lambda ledger: ledger.rekey(without_journal=lost_key))


@app.command()
def approve(
    dataflow: DataflowId, plan: Annotated[str, typer.Argument(help="The plan's id, as the run printed it.")], home: Home = HOME
) -> None:
    """Approve a plan that waits for a person (first run on real systems, a brake); the next run carries it out."""
    call(home, lambda ledger: ledger.approve(dataflow, plan))
