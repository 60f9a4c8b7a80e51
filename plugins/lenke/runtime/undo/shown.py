"""An undo as a person reads it: a table, counts, and what follows from it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lenke.core.mapping.model import Dataflow, Flow
from lenke.runtime.undo.judging import Row, What
from lenke.runtime.undo.undo import Undone

_COLUMNS = ("side", "system", "entity", "id", "property", "what happens", "")
_WIDE = 250
_LISTED = 50
_VALUES = ("now", "before the run")


def show(undone: Undone, *, values: bool) -> None:
    """Print it; as wide as it takes where no terminal says how wide it is.

    :param values: with the values that stand there now and stood there before: personal data.
    """
    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=_WIDE)
    for table in _tables(undone, values=values):
        screen.print(table)
    for line in told(undone):
        screen.print(Text(line), soft_wrap=True)


def _tables(undone: Undone, *, values: bool) -> Iterator[Table]:
    for name, rows in undone.rows.items():
        if rows:
            yield _table(undone.dataflow, undone.dataflow.flow(name), rows, values=values)


def _table(dataflow: Dataflow, flow: Flow, rows: list[Row], *, values: bool) -> Table:
    table = Table(title=f"{dataflow.name}.{flow.name}", title_justify="left", box=None, pad_edge=False)
    for column in _COLUMNS + (_VALUES if values else ()):
        table.add_column(column, overflow="fold")
    for row in rows:
        # What a system holds must not be read as markup.
        table.add_row(*(Text(cell) for cell in (*_cells(dataflow, flow, row), *(_values(row) if values else ()))))
    return table


def _cells(dataflow: Dataflow, flow: Flow, row: Row) -> tuple[str, ...]:
    side = row.change.side
    property = f"line {row.line or 'new'} {row.change.property}".rstrip() if row.change.line_verb is not None else row.change.property
    return (side, dataflow.system(side), flow.entity(side).entity, row.id or "-", property or "-", row.what, row.reason)


def _values(row: Row) -> tuple[str, str]:
    return tuple("" if value is None else value for value in (row.now, row.before))  # type: ignore[return-value]


def told(undone: Undone) -> Iterator[str]:
    """Counts, and what the next run makes of it."""
    rows = [row for found in undone.rows.values() for row in found]
    counts = Counter(row.what for row in rows)
    if not rows:
        yield f"run {undone.run} of {undone.dataflow.name} changed nothing"
        return
    yield ", ".join(f"{what} {counts[what]}" for what in What if counts[what])
    if not counts[What.PUT_BACK]:
        return
    if undone.own:
        yield f"The undo is run {undone.own}; it can be undone in its turn"
        yield f"The next run of {undone.dataflow.name} finds {_edits(counts)} and carries the old values to the other side"
        yield f"A run that reads just that, for a system that does not tell of every edit, has the params {json.dumps(params(undone))}"
    else:
        yield (
            f"Nothing is sent without --apply. What is put back is an edit to the next run of {undone.dataflow.name}: it carries the old "
            f"values to the other side, so that the edits which the run had carried are undone there, too"
        )


def params(undone: Undone) -> dict[str, Any]:
    """The trigger form's params of a run that reads what was put back."""
    written = {flow: [row for row in rows if row.what is What.PUT_BACK] for flow, rows in undone.rows.items()}
    flows = [flow for flow, rows in written.items() if rows]
    ids = sorted({row.change.left for rows in written.values() for row in rows})
    return {"flows": flows, "records": ids} if len(ids) <= _LISTED else {"flows": flows, "full": True}


def _edits(counts: Counter[What]) -> str:
    number = counts[What.PUT_BACK]
    return "one edit" if number == 1 else f"{number} edits"


def is_failed(undone: Undone) -> bool:
    """Whether anything that was to be put back was not."""
    return any(row.what is What.FAILED for found in undone.rows.values() for row in found)
