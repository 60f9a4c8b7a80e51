"""The ``lenke`` command; ``python -m lenke`` is the same. Everything is imported when it is needed: help is there at once."""

from __future__ import annotations

import sys

import typer

from lenke.cli import commands, ledger, runs, setup
from lenke.cli.installation import hide_deprecations
from lenke.core.errors import LenkeError
from lenke.core.printable import printable

app = typer.Typer(
    help="Keeps business systems in sync, two-way.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
app.add_typer(commands.app)
app.add_typer(runs.app)
app.add_typer(ledger.app, name="ledger")
app.add_typer(setup.app, name="setup")


def main() -> None:
    """The console script; an expected error is one message and exit code 2, without a traceback."""
    hide_deprecations()
    try:
        app(prog_name="lenke")
    except LenkeError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except OSError as error:
        # Of a network call there is no such text; what a file or a disk refuses, a person can mend.
        if not error.strerror:
            raise
        typer.echo(printable(f"{error.filename or 'lenke'}: {error.strerror}"), err=True)
        sys.exit(2)
