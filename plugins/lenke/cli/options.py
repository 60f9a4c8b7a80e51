"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lenke.local.places import REPOSITORY

HOME = REPOSITORY / ".airflow"
Home = Annotated[Path, typer.Option(help="AIRFLOW_HOME of the local installation: all its state.", envvar="LENKE_AIRFLOW_HOME")]
DataflowId = Annotated[str, typer.Argument(help="The mapping's file name without .yaml.")]
DataflowIds = Annotated[list[str] | None, typer.Argument(help="Mappings' file names without .yaml; all, if none is named.")]
FlowId = Annotated[str, typer.Argument(help="A flow of that mapping.")]
WithValues = Annotated[bool, typer.Option("--values", help="Show the values, too: personal data.")]
