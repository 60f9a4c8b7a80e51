"""``lenke setup``: what must be made in a system once."""

from __future__ import annotations

import importlib

import typer

from lenke.cli.installation import attached, installed, tell
from lenke.cli.options import HOME, Home

app = typer.Typer(help="What must be made in a system once, before the first run.", no_args_is_help=True)


@app.command()
def shopify(home: Home = HOME) -> None:
    """Make the metafield definitions that Lenke's markers and the organisation number need; those that are there stay."""
    with attached(home):
        access = importlib.import_module("lenke.runtime.access")
        make = importlib.import_module("lenke.systems.shopify.setup").setup
        with access.opened("shopify") as client:
            tell(make(client) or "Nothing had to be made")


@app.command()
def pools() -> None:
    """Print the pools that the tasks name, as JSON for ``airflow pools import``."""
    from lenke.local.pools import as_json

    tell(as_json(installed()))
