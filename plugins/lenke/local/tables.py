"""What a command tells as a table in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from lenke.runtime.connections import Checked

_STYLES = {"ok": "green", "missing": "yellow", "failed": "bold red"}
# Where the output is no terminal, rich takes 80 columns: too few for a remedy on one line.
_WIDTH = 160


def connection_table(checked: Sequence[Checked], console: Console | None = None) -> None:
    """A row a system: result, whose data it is or what is wrong, and the remedy."""
    out = console or Console()
    if not out.is_terminal:
        out = Console(file=out.file, width=_WIDTH)
    table = Table("system", "connection", "result", "told", "remedy", title="Connections")
    for one in checked:
        result = Text(one.result, style=_STYLES[one.result])
        # Text: a message may hold brackets, which are markup otherwise.
        told = f"{one.told} (sandbox)" if one.is_sandbox else one.told
        table.add_row(one.system, one.id, result, Text(told), Text(one.remedy))
    out.print(table)
