"""The trigger form of a dataflow: its params as JSON schemas with help, and the check that a run's params are these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import Param

from lenke.core.errors import ConfigurationError
from lenke.core.mapping.model import Dataflow, Flow

_WHAT, _WINDOW, _SAFETY = "What to read", "Window (a run started by hand has no data interval)", "Brakes"


# Airflow checks no formats unless a package for them is there; without an offset an instant means nothing.
_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*([Zz]|[+-]\d{2}:?\d{2})$"


def params(dataflow: Dataflow) -> dict[str, Param]:
    """The params of a dataflow's DAG, in the form's order. Airflow refuses a value that its schema does not allow, by the param's name."""
    labels = {flow.name: _label(flow) for flow in dataflow.sections}
    return {
        "dry_run": Param(
            default=False,
            type="boolean",
            title="Dry run",
            description="Make and show the plan; write nothing. Read it with `lenke plan` or on the Lenke page.",
        ),
        "flows": Param(
            default=[],
            type="array",
            items={"type": "string", "enum": list(labels)},
            examples=list(labels),
            values_display=labels,
            title="Flows",
            section=_WHAT,
            description="Only these flows; empty means all. A part goes with its owner.",
        ),
        "full": Param(
            default=False,
            type="boolean",
            title="Full",
            section=_WHAT,
            description="Read everything, not only what changed since the last run. Also finds edits that move no date, and deletions.",
        ),
        "records": Param(
            default=[],
            type="array",
            items={"type": "string"},
            title="Records",
            section=_WHAT,
            description=f"Only these records and what they are linked with, by their id in {dataflow.left}; one a line.",
        ),
        "pause": Param(
            default=[],
            type="array",
            items={"type": "string"},
            title="Pause",
            section=_WHAT,
            description=f"Leave these out of this run, one a line: a flow by its name, a record as flow:id with its id in {dataflow.left}. "
            "What was edited waits for the next run. The Lenke page and `lenke ledger pause` do so for every run.",
        ),
        "since": _instant("Since", "Read records changed from this instant on, instead of since the last run. Never moves the cursor."),
        "until": _instant("Until", "Read records changed up to this instant. Never moves the cursor."),
        "window_by": Param(
            default="modified",
            type="string",
            enum=["modified", "created"],
            values_display={"modified": "when they were last modified", "created": "when they were created"},
            title="Window by",
            section=_WINDOW,
            description="Which time of a record must lie between since and until (or in a backfill's interval).",
        ),
        "max_changes": Param(
            default=None,
            type=["null", "integer"],
            minimum=0,
            title="Most changes",
            section=_SAFETY,
            description="Stop a flow before its first write if it would update or delete more linked records than this, "
            "in this run, in place of max_changes in include/settings.yaml. Creates keep their own brake.",
        ),
        "override_brake": Param(
            default=None,
            type=["null", "string"],
            pattern="^[0-9a-f]{16}$",
            title="Override brake",
            section=_SAFETY,
            description="The id of a plan that a brake stopped (16 hexadecimal characters): lets exactly that plan through.",
        ),
    }


def _instant(title: str, text: str) -> Param:
    return Param(
        default=None, type=["null", "string"], format="date-time", pattern=_INSTANT, title=title, section=_WINDOW, description=text
    )


def _label(flow: Flow) -> str:
    pair = f"{flow.left.entity} to {flow.right.entity}"
    return f"{pair} (part of {flow.owner})" if flow.owner else f"{pair} ({flow.name})"


def pauses(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What ``pause`` leaves out: the name of a flow or part, and a left id, or "" for all of it.

    :raises ConfigurationError: ``flow:`` without an id, which is not to mean the whole flow.
    """
    told = [tuple(part.strip() for part in str(one).partition(":")) for one in params.get("pause") or ()]
    for name, colon, id in told:
        if colon and not id:
            raise ConfigurationError(f"param pause: {name}: names no record; give flow:id, or the flow alone to leave out all of it")
    return [(name, id) for name, _, id in told]


def refuse_dropped(given: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """A run whose configuration does not reach its params would do something else than it was asked for: a dry run would write.

    :param given: the run's configuration.
    :param params: the params as the task has them.
    :raises ConfigurationError: one of the configuration is not among them.
    """
    dropped = sorted(name for name, value in given.items() if name not in params or params[name] != value)
    if dropped:
        raise ConfigurationError(
            f"the run was given {', '.join(dropped)}, and Airflow does not pass it on: set [core] dag_run_conf_overrides_params to True"
        )


def refuse_unknown(dataflow: Dataflow, given: Mapping[str, Any]) -> None:
    """Airflow takes any name in a run's configuration; a misspelt ``dry_run`` must not become a run that writes.

    :raises ConfigurationError: a name that is no param.
    """
    known = list(params(dataflow))
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ConfigurationError(f"there is no param {', '.join(unknown)}; there are {', '.join(known)}")
