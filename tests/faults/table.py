"""The campaign's table for docs/reliability.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.faults.cell import Result
from tests.faults.traffic import BUDGETS

_MENDED = (
    "in all of them one clean run mended everything "
    "(two with SuperOffice, fault or none: the totals that it reckons reach the shop in the second)"
)


def markdown(results: Sequence[Result]) -> str:
    """Each system and fault by share; what stays unknown; how the storms of 429 were borne."""
    return "\n\n".join(["\n".join(_faults(results)), "\n".join(_unknown(results)), "\n".join(_storms(results))])


def _faults(results: Sequence[Result]) -> Iterator[str]:
    shares = sorted({result.share for result in results})
    yield f"Calls that were hit, of all calls of the runs under the fault; {len(results)} cells, {_count(results)}."
    yield ""
    yield f"| system | fault | {' | '.join(f'{share:.0%}' for share in shares)} |"
    yield "|---" * (2 + len(shares)) + "|"
    for system, label in dict.fromkeys((result.system, result.kind.label) for result in results):
        cells = {result.share: result for result in results if (result.system, result.kind.label) == (system, label)}
        yield f"| {system} | {label} | {' | '.join(_cell(cells[share]) if share in cells else '' for share in shares)} |"


def _count(results: Iterable[Result]) -> str:
    wrong = sum(bool(result.complaints) for result in results)
    return f"{wrong} of them broken" if wrong else _MENDED


def _cell(result: Result) -> str:
    unknown = f", {len(result.unknown)} unknown" if result.unknown else ""
    broken = f", **{len(result.complaints)} wrong**" if result.complaints else ""
    return f"{result.hits} of {result.calls}{unknown}{broken}"


def _unknown(results: Sequence[Result]) -> Iterator[str]:
    left = [(result, flow, id) for result in results for flow, id in result.unknown]
    if not left:
        yield "No outcome stayed unknown."
        return
    yield "Outcomes that stay unknown, of targets without a marker:"
    yield ""
    for result, flow, id in left:
        yield f"- {result.system}, {result.kind.label}, {result.share:.0%}: {flow} {id}"


def _storms(results: Sequence[Result]) -> Iterator[str]:
    yield "Storms of 429: what arrived at each system, refused calls among them."
    yield ""
    yield "| system | share | calls | refused | most in one second | allowed |"
    yield "|---|---|---|---|---|---|"
    for result in results:
        if result.kind.name == "429":
            counted = f"{result.calls} | {result.refused} | {result.busiest} | {BUDGETS[result.system]}"
            yield f"| {result.system} | {result.share:.0%} | {counted} |"
