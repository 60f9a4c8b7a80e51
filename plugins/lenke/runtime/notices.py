"""Who is told when a run went wrong: one of Airflow's own notifiers, named in include/settings.yaml; off by default."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import BaseNotifier
from airflow.sdk.module_loading import import_string  # type: ignore[attr-defined]

from lenke.core.errors import ConfigurationError
from lenke.core.mapping.settings import Notify, load_settings
from lenke.runtime import latest, places

log = logging.getLogger(__name__)


class LogNotifier(BaseNotifier):
    """Writes the message into the log of whoever tells it: the default, to see that it works."""

    template_fields = ("text",)

    def __init__(self, text: str = "{{ lenke.title }}: {{ lenke.text }}") -> None:
        super().__init__()
        self.text = text

    def notify(self, context: Any) -> None:
        """Log it."""
        log.warning("%s", self.text)


class RunNotifier(BaseNotifier):
    """Tells of flows that failed or braked, and of a growing list of parked records, after a run's last task."""

    def notify(self, context: Any) -> None:
        """Tell what the settings want told; ``finish`` has left what became of the flows."""
        notify = _settings()
        flows: dict[str, dict[str, Any]] = context["ti"].xcom_pull(task_ids="finish", key="flows") or {}
        name = context["dag"].dag_id
        for event, lines in events(flows, notify, failed=context.get("exception") is not None).items():
            if lines and event in notify.on:
                tell(notify, context, f"Lenke: {name}: {event}", "\n".join([*lines, f"Run {context['dag_run'].run_id}"]))


class LateNotifier(BaseNotifier):
    """Tells that a dataflow has not succeeded for its promised time.

    Airflow's triggerer calls it at the deadline of each run that has not succeeded until then.

    :param dataflow: the DAG's id; :param flows: its flows; :param minutes: the promise.
    """

    def __init__(self, dataflow: str, flows: Sequence[str], minutes: int, context: Any = None) -> None:
        super().__init__(context=context)
        self.dataflow, self.flows, self.minutes = dataflow, flows, minutes

    async def async_notify(self, context: Any) -> None:
        """Tell it; the notifier of the settings may only know how to block."""
        await asyncio.to_thread(self.notify, context)

    def notify(self, context: Any) -> None:
        """Tell it, unless a later run has succeeded in time."""
        late = overdue(self.dataflow, self.flows, self.minutes, datetime.now(UTC))
        notify = _settings()
        if late and "late" in notify.on:
            title = f"Lenke: {self.dataflow}: late"
            tell(notify, context, title, f"no success for {self.minutes} minutes, which was promised: {', '.join(late)}")


def events(flows: dict[str, dict[str, Any]], notify: Notify, *, failed: bool) -> dict[str, list[str]]:
    """What is worth telling, by event; a line a flow.

    :param flows: flow to state, note, parked and parked_before (None where there is nothing to compare with).
    :param failed: ``finish`` did, which it does for a flow, or for what the run was asked for.
    """
    found: dict[str, list[str]] = {"failure": [], "brake": [], "parked": []}
    for name, told in flows.items():
        if told["state"] == "failed":
            found["failure"].append(f"{name} failed; see the log of its first failed task")
        if told["state"] == "braked":
            found["brake"].append(str(told["note"]))
        before = told.get("parked_before")
        if before is not None and told["parked"] - before >= max(1, notify.parked_growth):
            found["parked"].append(f"{name}: {told['parked']} records are parked, {before} were")
    if failed and not (found["failure"] or found["brake"]):
        found["failure"].append("the run failed; see the log of its task finish")
    return found


def overdue(dataflow: str, flows: Sequence[str], minutes: int, now: datetime) -> list[str]:
    """The flows whose last success is older than promised, or that never had one."""
    limit = now - timedelta(minutes=minutes)
    last = {flow: latest.read(places.home(), dataflow, flow) for flow in flows}
    return [flow for flow, one in last.items() if one is None or datetime.fromisoformat(one["at"]) < limit]


def tell(notify: Notify, context: Any, title: str, text: str) -> None:
    """Hand one message to the notifier of the settings.

    :raises ConfigurationError: there is no such notifier, or it takes other options.
    """
    try:
        notifier = import_string(notify.notifier)(**notify.options)
    except (ImportError, TypeError) as error:
        raise ConfigurationError(f"include/settings.yaml: notify: {notify.notifier} cannot be made: {error}") from error
    context["lenke"] = {"title": title, "text": text}
    notifier(context)


def _settings() -> Notify:
    return load_settings(places.include() / "settings.yaml").notify
