"""Puts back what an undo's plan says: asked again right before the write, journalled, sent in the hook's own way, reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from lenke.core.errors import LenkeError
from lenke.core.links.rows import Side
from lenke.core.mapping.apply import Constants
from lenke.core.ports import LineWrite, Write
from lenke.runtime.flow_run import FlowRun
from lenke.runtime.steps.writing import Writer
from lenke.runtime.undo.changes import is_alike
from lenke.runtime.undo.images import Image, Images, LineImage, PropertyImage
from lenke.runtime.undo.judging import Row, What, judge
from lenke.runtime.undo.recording import ended, held
from lenke.runtime.undo.standing import Ledger, Standing, standing


def put_back(
    run: FlowRun, side: Side, rows: Sequence[Row], ledger: Ledger, constants: Constants, quiet: Callable[[], None]
) -> Iterator[Row]:
    """Write one side's rows that are to be put back; every row comes back with what became of it.

    :param run: under the undo's own run id, so that its before-images make an undo of the undo.
    :param quiet: asked before each batch; raises BusyError where a run has begun. From the first error on nothing more is sent.
    """
    images = Images(run.folder("journal"), f"{side}-1", run.now)
    waiting = [row for row in rows if row.what is What.PUT_BACK]
    yield from (row for row in rows if row.what is not What.PUT_BACK)
    ids = list(dict.fromkeys(row.id for row in waiting))
    size = run.traits(side).batch
    stopped = ""
    for start in range(0, len(ids), size):
        group = [row for row in waiting if row.id in set(ids[start : start + size])]
        try:
            found = [] if stopped else list(_batch(run, side, group, ledger, constants, images, quiet))
        except LenkeError as error:
            stopped, found = str(error), []
        yield from found or (replace(row, what=What.FAILED, reason=stopped) for row in group)


def _batch(
    run: FlowRun, side: Side, rows: Sequence[Row], ledger: Ledger, constants: Constants, images: Images, quiet: Callable[[], None]
) -> Iterator[Row]:
    quiet()
    stands = standing(run, side, [row.change for row in rows], ledger, constants)
    again = [judge(stands, row.change) for row in rows]
    yield from (row for row in again if row.what is not What.PUT_BACK)
    by_id: dict[str, list[Row]] = {}
    for row in again:
        if row.what is What.PUT_BACK:
            by_id.setdefault(row.id, []).append(row)
    if not by_id:
        return
    writes = [_write(stands, id, found) for id, found in by_id.items()]
    begun = images.begin([_image(stands, write, by_id[write.key]) for write in writes])
    results = Writer(run, side, constants).results(run.system(side).write(run.entity(side), writes))
    done = {one.key: ended(run.flow, one, results[one.key]) for one in begun[1].images}
    images.end(begun, list(done.values()))
    for id, found in by_id.items():
        yield from (told(row, done[id], results[id].reason) for row in found)


def _write(stands: Standing, id: str, rows: Sequence[Row]) -> Write:
    raw = stands.raw(id)
    header = _back([row for row in rows if not row.line])
    lines = {row.line: [one for one in rows if one.line == row.line] for row in rows if row.line}
    return Write(
        key=id,
        verb="update",
        id=id,
        fields=header,
        before=held(raw, header),
        current=raw,
        lines=tuple(_line(stands, line, found) for line, found in lines.items()),
    )


def _line(stands: Standing, line: str, rows: Sequence[Row]) -> LineWrite:
    fields = _back(rows)
    return LineWrite("update", line, fields, _held(stands, rows[0], fields))


def _back(rows: Sequence[Row]) -> dict[str, Any]:
    """What stood there before, for every path that the run wrote; a path that the record did not have is emptied."""
    return {path: row.change.image.before.get(path) for row in rows for path in row.change.image.sent}


def _held(stands: Standing, row: Row, fields: dict[str, Any]) -> dict[str, Any]:
    spot = stands.spot(row.change)
    return held(spot.raw, fields) if spot is not None else {}


def _image(stands: Standing, write: Write, rows: Sequence[Row]) -> Image:
    """The undo's own before-image."""
    header = {row.change.property: _property(stands, row) for row in rows if not row.line}
    lines: dict[str, dict[str, PropertyImage]] = {}
    for row in (row for row in rows if row.line):
        lines.setdefault(row.line, {})[row.change.property] = _property(stands, row)
    other = {row.line: row.change.other_line for row in rows}
    told = tuple(LineImage("update", id, other[id], found) for id, found in lines.items())
    return Image(write.key, stands.side, "update", rows[0].change.left, str(write.id), properties=header, lines=told)


def _property(stands: Standing, row: Row) -> PropertyImage:
    sent = _back([row])
    return PropertyImage(_held(stands, row, sent), sent, row.before, agreed=True)


def told(row: Row, done: Image, reason: str) -> Row:
    """A row with the outcome of its record's write."""
    if done.status != "done":
        return replace(row, what=What.FAILED, reason=f"{done.status}: {reason}".rstrip(": "))
    line = next((one for one in done.lines if one.id == row.line), None)
    one = (line.properties if line is not None else done.properties)[row.change.property]
    if one.stored is None:
        return replace(row, what=What.FAILED, reason=reason) if done.partial else row
    is_kept = is_alike(one.stored, one.before) and not is_alike(one.stored, one.sent)
    return replace(row, what=What.FAILED, reason=reason or "the system answered with success and kept the value") if is_kept else row
