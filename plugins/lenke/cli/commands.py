"""Commands about the local installation and the mappings."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from lenke.cli.installation import attached, installed, places, tell
from lenke.cli.options import HOME, DataflowIds, Home
from lenke.local.places import Places

app = typer.Typer()

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Exit when no run is queued or running: 0 only if all succeeded.")] = False,
    port: Annotated[int, typer.Option(help="Port of the UI; the next free one if it is taken.", envvar="PORT", min=1, max=65535)] = 8080,
    home: Home = HOME,
) -> None:
    """Start the sandbox and Airflow, follow every run of the dataflows, and end what was started."""
    from lenke.local import run as local

    raise typer.Exit(local.run(places(home), local.Options(once=once, port=port)))


@app.command()
def clean(home: Home = HOME) -> None:
    """Forget all state: Airflow's database with the ledger, its exports, the sandbox's data, logs and keys."""
    from lenke.local.clean import clean as forget

    typer.echo(f"Removed {home}" if forget(places(home)) else f"Nothing to remove: there is no {home}")


@app.command()
def check(
    connections: Annotated[
        bool, typer.Option("--connections", help="Ask each system with its connection instead; exit 1 if one fails.")
    ] = False,
    home: Home = HOME,
) -> None:
    """Check all mappings, system descriptions and settings, or the connections of all systems."""
    from lenke.local.check import check as look

    if connections:
        from lenke.local.tables import connection_table

        with attached(home):
            checked = importlib.import_module("lenke.runtime.connections").check()
        connection_table(checked)
        raise typer.Exit(1 if any(one.result == "failed" for one in checked) else 0)
    findings = look(installed())
    for finding in findings:
        typer.echo(f"error  {finding.problem}" if finding.problem else f"ok     {finding.file}")
    raise typer.Exit(1 if any(finding.problem for finding in findings) else 0)


@app.command()
def document(
    dataflows: DataflowIds = None,
    only_check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a document is not what its mapping gives.")] = False,
) -> None:
    """Write docs/dataflows/<dataflow>.rst from the mappings (all of them, if none is named)."""
    from lenke.document.files import write

    places = Places()
    changed = write(places.mappings, places.documents, dataflows or (), dry=only_check)
    tell([f"{'differs' if only_check else 'wrote'}  {path}" for path in changed] or "Every document is what its mapping gives")
    raise typer.Exit(1 if changed and only_check else 0)


@app.command()
def scaffold(
    file: Annotated[Path, typer.Argument(help="A dataflow's document in reStructuredText.")],
    out: Annotated[Path | None, typer.Option(help="Where the mapping goes; printed if not given.")] = None,
) -> None:
    """Make a mapping's skeleton from a dataflow's document, and say what is missing in it."""
    from lenke.document.files import scaffolded

    made = scaffolded(file)
    if out is None:
        tell(made.text.rstrip())
    else:
        out.write_text(made.text, encoding="utf-8")
    for text in made.missing:
        typer.echo(f"missing  {text}", err=True)


@app.command()
def qa(
    dataflows: DataflowIds = None,
    test_tenant: Annotated[bool, typer.Option("--test-tenant", help="On the test tenants of AIRFLOW_CONN_<SYSTEM> (JSON).")] = False,
    home: Home = HOME,
) -> None:
    """Carry out the dataflows' checklists on a sandbox of their own and write docs/qa/<dataflow>.md; exit 1 if one is not as it must be."""
    from lenke.qa.carry_out import carry_out

    tenants = home.resolve() / "qa" if test_tenant else None
    complaints = list(carry_out(Places().include, Places().checklists, dataflows or (), tenants=tenants, tell=tell))
    tell(complaints or "Every box that must be ticked is ticked")
    raise typer.Exit(1 if complaints else 0)


@app.command(context_settings=PASS_ON, add_help_option=False)
def sandbox(context: typer.Context) -> None:
    """Serve the sandbox systems until Ctrl-C (its own options: lenke sandbox --help)."""
    from sandbox.__main__ import main as serve

    raise typer.Exit(serve(context.args))


@app.command(context_settings=PASS_ON, add_help_option=False)
def airflow(context: typer.Context) -> None:
    """Airflow's own command line, on the local installation's database."""
    from lenke.local.attach import attached as attach

    with attach(places(Path(os.environ.get("LENKE_AIRFLOW_HOME", HOME)))) as variables:
        done = subprocess.run([sys.executable, "-m", "airflow", *context.args], env=dict(variables), check=False)
    raise typer.Exit(done.returncode)
