"""The ``lenke`` command; ``python -m lenke`` is the same. Everything is imported when it is needed: help is there at once."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from lenke import cli_decisions
from lenke.cli_decisions import HOME, DataflowId, FlowId, Home
from lenke.core.errors import LenkeError
from lenke.core.printable import printable_lines
from lenke.local.places import Places

app = typer.Typer(
    help="Keeps business systems in sync, two-way.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
ledger = typer.Typer(help="The store of links, journal and cursors in Airflow's metadata database.", no_args_is_help=True)
app.add_typer(ledger, name="ledger")
ledger.add_typer(cli_decisions.app)
setup = typer.Typer(help="What must be made in a system once, before the first run.", no_args_is_help=True)
app.add_typer(setup, name="setup")

DataflowIds = Annotated[list[str] | None, typer.Argument(help="Mappings' file names without .yaml; all, if none is named.")]
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def main() -> None:
    """The console script; an expected error is one message and exit code 2, without a traceback."""
    _hide_deprecations()
    try:
        app(prog_name="lenke")
    except LenkeError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Exit when no run is queued or running: 0 only if all succeeded.")] = False,
    port: Annotated[int, typer.Option(help="Port of the UI; the next free one if it is taken.", envvar="PORT", min=1, max=65535)] = 8080,
    home: Home = HOME,
) -> None:
    """Start the sandbox and Airflow, follow every run of the dataflows, and end what was started."""
    from lenke.local import run as local

    raise typer.Exit(local.run(_places(home), local.Options(once=once, port=port)))


@app.command()
def clean(home: Home = HOME) -> None:
    """Forget all state: Airflow's database with the ledger, its exports, the sandbox's data, logs and keys."""
    from lenke.local.clean import clean as forget

    typer.echo(f"Removed {home}" if forget(_places(home)) else f"Nothing to remove: there is no {home}")


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

        with _attached(home):
            checked = importlib.import_module("lenke.runtime.connections").check()
        connection_table(checked)
        raise typer.Exit(1 if any(one.result == "failed" for one in checked) else 0)
    findings = look(Places())
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
    _tell([f"{'differs' if only_check else 'wrote'}  {path}" for path in changed] or "Every document is what its mapping gives")
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
        _tell(made.text.rstrip())
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
    complaints = list(carry_out(Places().include, Places().checklists, dataflows or (), tenants=tenants, tell=_tell))
    _tell(complaints or "Every box that must be ticked is ticked")
    raise typer.Exit(1 if complaints else 0)


@app.command(context_settings=PASS_ON, add_help_option=False)
def sandbox(context: typer.Context) -> None:
    """Serve the sandbox systems until Ctrl-C (its own options: lenke sandbox --help)."""
    from sandbox.__main__ import main as serve

    raise typer.Exit(serve(context.args))


@app.command(context_settings=PASS_ON, add_help_option=False)
def airflow(context: typer.Context) -> None:
    """Airflow's own command line, on the local installation's database."""
    from lenke.local.attach import attached

    with attached(_places(Path(os.environ.get("LENKE_AIRFLOW_HOME", HOME)))) as variables:
        done = subprocess.run([sys.executable, "-m", "airflow", *context.args], env=dict(variables), check=False)
    raise typer.Exit(done.returncode)


@app.command()
def plan(
    dataflow: DataflowId,
    flow: FlowId,
    values: Annotated[bool, typer.Option("--values", help="Show the values, too: personal data.")] = False,
    home: Home = HOME,
) -> None:
    """Show the last plan of a flow, record by record: what the run wrote, or would have written."""
    with _attached(home):
        plans = importlib.import_module("lenke.runtime.plans")
        _tell(plans.show(dataflow, flow, with_values=values))


@app.command()
def undo(
    run: Annotated[str, typer.Argument(help="The run's id, as Airflow shows it.")],
    dataflow: Annotated[str | None, typer.Option(help="Needed only where runs of several dataflows have this id.")] = None,
    flow: Annotated[str | None, typer.Option(help="Undo only this flow of the run.")] = None,
    values: Annotated[bool, typer.Option("--values", help="Show the values, too: personal data.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write; without it, what would be written is shown.")] = False,
    home: Home = HOME,
) -> None:
    """Put back every property that a run changed and nobody has touched since; exit 1 if the systems refused one."""
    with _attached(home):
        undone = importlib.import_module("lenke.runtime.undo.command").undo(run, dataflow=dataflow, flow=flow, apply=apply)
        shown = importlib.import_module("lenke.runtime.undo.shown")
    shown.show(undone, values=values)
    raise typer.Exit(1 if shown.is_failed(undone) else 0)


@setup.command()
def shopify(home: Home = HOME) -> None:
    """Make the metafield definitions that Lenke's markers and the organisation number need; those that are there stay."""
    with _attached(home):
        access = importlib.import_module("lenke.runtime.access")
        make = importlib.import_module("lenke.systems.shopify.setup").setup
        with access.opened("shopify") as client:
            _tell(make(client) or "Nothing had to be made")


@setup.command()
def pools() -> None:
    """Print the pools that the tasks name, as JSON for ``airflow pools import``."""
    from lenke.local.pools import as_json

    _tell(as_json(Places()))


@ledger.command()
def verify(home: Home = HOME) -> None:
    """Check the ledger's rows, checksums, witness and exports; exit 1 if anything is wrong."""
    with _maintenance(home) as maintenance:
        findings = list(maintenance.verify())
    _tell(findings or "The ledger is whole")
    raise typer.Exit(1 if findings else 0)


@ledger.command()
def show(dataflow: DataflowId, flow: FlowId, home: Home = HOME) -> None:
    """Show a flow's links, recheck list and cursors: ids and counts, never field values."""
    call(home, lambda maintenance: maintenance.show(dataflow, flow))


@ledger.command()
def export(folder: Annotated[Path, typer.Argument(help="Where the Parquet files go.")], home: Home = HOME) -> None:
    """Write every flow's last committed state to files outside the database."""
    call(home, lambda maintenance: maintenance.export(folder))


@ledger.command()
def restore(
    dataflow: DataflowId,
    flow: FlowId,
    source: Annotated[Path | None, typer.Argument(help="An exported file; the newest export if not given.")] = None,
    home: Home = HOME,
) -> None:
    """Bring back a flow's ledger from an export, as its next generation; refused while a load runs."""
    call(home, lambda maintenance: maintenance.restore(dataflow, flow, source))


@ledger.command()
def approve(
    dataflow: DataflowId, plan: Annotated[str, typer.Argument(help="The plan's id, as the run printed it.")], home: Home = HOME
) -> None:
    """Approve a plan that waits for a person (first run on real systems, a brake); the next run carries it out."""
    call(home, lambda maintenance: maintenance.approve(dataflow, plan))


def _places(home: Path) -> Places:
    return Places(home=home.resolve())


def call(home: Path, ask: Callable[[Any], Any]) -> None:
    """Ask the ledger's maintenance something, on the installation's database, and print the answer."""
    with _maintenance(home) as maintenance:
        _tell(ask(maintenance))


@contextmanager
def _maintenance(home: Path) -> Iterator[Any]:
    with _attached(home):
        yield importlib.import_module("lenke.runtime.ledger.maintenance")


@contextmanager
def _attached(home: Path) -> Iterator[None]:
    from lenke.local.attach import attached

    with attached(_places(home)) as variables:
        # Airflow reads its configuration from the environment when it is imported.
        os.environ.update(variables)
        # Without this mark Airflow looks for connections among environment variables only, not in its database.
        os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"
        # What the scheduler's workers import beforehand, no command needs.
        os.environ["AIRFLOW__CORE__LAZY_LOAD_PLUGINS"] = "True"
        # This shows deprecations, on standard output.
        importlib.import_module("airflow.configuration")
        _hide_deprecations()
        yield


def _hide_deprecations() -> None:
    # Those of Airflow's own are nothing that the person at the command line can act on.
    warnings.filterwarnings("ignore", category=DeprecationWarning)


def _tell(answer: Any) -> None:
    for line in answer if isinstance(answer, list | tuple) else [answer]:
        if line is not None:
            # Ids and values come from other systems; a terminal would obey what some of them hold.
            typer.echo(printable_lines(str(line)))
