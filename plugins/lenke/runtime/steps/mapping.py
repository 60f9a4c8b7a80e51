"""Step 2, map: both sides to canonical columns of declared types."""

from __future__ import annotations

from typing import TypedDict

from lenke.core.mapping.apply import to_canonical
from lenke.runtime import staging
from lenke.runtime.flow_run import SIDES, FlowRun
from lenke.runtime.staging import Staged
from lenke.runtime.steps.extract import Extracted
from lenke.runtime.steps.records import to_frame


class Mapped(TypedDict):
    """What ``map`` hands on: per side the staged header and, for a composite entity, the staged lines."""

    header: dict[str, Staged]
    lines: dict[str, Staged]


def map_records(run: FlowRun, extracted: Extracted) -> Mapped:
    """Map what was extracted; a bad value marks its record and stops nothing.

    :raises FatalError: the mapping was changed since the extract.
    """
    run.require_mapping(extracted.get("mapping", ""))
    mapped = Mapped(header={}, lines={})
    for side in SIDES:
        frame = to_frame(staging.read(extracted[side]))
        batch = to_canonical(run.flow, side, frame, run.settings, extracted["constants"])
        place = run.folder("staging")
        mapped["header"][side] = staging.write(batch.header, place / f"{side}-header.parquet")
        if batch.lines is not None:
            mapped["lines"][side] = staging.write(batch.lines, place / f"{side}-lines.parquet")
    return mapped
