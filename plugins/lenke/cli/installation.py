"""The installation that a command is about: its places, its database, and what it answers."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from lenke.core.printable import printable_lines
from lenke.local.places import Places


def places(home: Path) -> Places:
    """Where everything of the installation is."""
    return Places(home=home.resolve())


def installed() -> Places:
    """Where the data files of this installation are: in ``LENKE_INCLUDE``, else in the repository."""
    told = os.environ.get("LENKE_INCLUDE")
    return Places(data=Path(told).absolute()) if told else Places()


def tell(answer: Any) -> None:
    """Print an answer, a line for each of several; None is none."""
    for line in answer if isinstance(answer, list | tuple) else [answer]:
        if line is not None:
            # Ids and values come from other systems; a terminal would obey what some of them hold.
            typer.echo(printable_lines(str(line)))


def call(home: Path, ask: Callable[[Any], Any]) -> None:
    """Ask the ledger's maintenance something, on the installation's database, and print the answer."""
    with maintenance(home) as module:
        tell(ask(module))


@contextmanager
def maintenance(home: Path) -> Iterator[Any]:
    """The ledger's maintenance, on the installation's database."""
    with attached(home):
        yield importlib.import_module("lenke.runtime.ledger.maintenance")


@contextmanager
def attached(home: Path) -> Iterator[None]:
    """The installation's database, which runs meanwhile, in this process's environment."""
    from lenke.local.attach import attached as attach

    with attach(places(home)) as variables:
        # Airflow reads its configuration from the environment when it is imported.
        os.environ.update(variables)
        # Without this mark Airflow looks for connections among environment variables only, not in its database.
        os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"
        # What the scheduler's workers import beforehand, no command needs.
        os.environ["AIRFLOW__CORE__LAZY_LOAD_PLUGINS"] = "True"
        # This shows deprecations, on standard output.
        importlib.import_module("airflow.configuration")
        hide_deprecations()
        yield


def hide_deprecations() -> None:
    """Those of Airflow's own are nothing that the person at the command line can act on."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
