"""The ticked list as a page: the same for the same outcome, whenever it was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lenke.core.links.rows import SIDES
from lenke.core.mapping.model import Dataflow
from lenke.qa.sheet import Line, Sheet, Tick

_BOX = {"yes": "- [x] ", "no": "- [ ] ", "none": "- "}
_TITLES = {
    "create": "Create: every left record has its right one",
    "create by a person": "Create: a record made on the left by a person",
    "edit left": "Edit left",
    "edit right": "Edit right",
    "conflict": "Conflict",
    "line added left": "Line added on the left",
    "line removed left": "Line removed on the left",
    "line added right": "Line added on the right",
    "line removed right": "Line removed on the right",
    "locked": "Locked",
    "delete": "Delete",
    "silence": "Silence afterwards",
}


def page(dataflow: Dataflow, sheets: Sequence[Sheet], where: str) -> str:
    """The dataflow's checklist in Markdown.

    :param where: on what it was carried out, for the introduction.
    """
    return "\n".join([*_head(dataflow, sheets, where), *(text for sheet in sheets for text in _sheet(sheet))]).rstrip() + "\n"


def _head(dataflow: Dataflow, sheets: Sequence[Sheet], where: str) -> Iterator[str]:
    yield f"# {dataflow.title or dataflow.name}: checklist"
    yield ""
    yield f"Written by `lenke qa {dataflow.name}`, which carried it out on {where}. A box is ticked where the check was seen to hold."
    yield "A property is ticked where edits of it cross both ways; one that is not names the reason. What both systems reckon by"
    yield "themselves is compared and never written, and has no box."
    yield ""
    lines = [line for sheet in sheets for line in sheet.synchronised]
    unticked = sum(len(sheet.unticked) for sheet in sheets)
    yield f"{len(sheets)} flows, {len(lines)} properties, {unticked} of them not ticked."
    if complaints := [text for sheet in sheets for text in sheet.complaints()]:
        yield ""
        yield "What the checklist does not allow:"
        yield ""
        yield from (f"- {text}" for text in complaints)


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield ""
    yield f"## {sheet.flow}"
    yield ""
    yield from (_check(name, sheet.checks[name]) for name in _TITLES if name in sheet.checks)
    yield ""
    yield f"Properties, {len(sheet.unticked)} of {len(sheet.synchronised)} not ticked:"
    yield ""
    yield from map(_line, sheet.synchronised)
    yield from map(_compared, sheet.compared)
    if sheet.remarks:
        yield ""
        yield "Values that did not go through on the way (all made up):"
        yield ""
        yield from (f"- {text}" for text in sheet.remarks)


def _check(name: str, tick: Tick) -> str:
    return f"{_BOX[tick.state]}{_TITLES[name]}" + (f": {tick.note}" if tick.note else "")


def _compared(line: Line) -> str:
    reason = f": {line.reason}" if line.reason else ""
    return f"- {line.name}: {_paths(line)}, compared only{reason}"


def _paths(line: Line) -> str:
    return " and ".join(f"`{path}`" for path in (line.left, line.right) if path)


def _line(line: Line) -> str:
    told = "; ".join(f"edit {side}: {_told(line.edits[side])}" for side in SIDES)
    reason = f". Reason: {line.reason}" if line.reason else ""
    return f"{_BOX['yes' if line.ticked else 'no']}{line.name}: {_paths(line)}; {told}{reason}"


def _told(tick: Tick) -> str:
    return "crosses" if tick.state == "yes" else tick.note
