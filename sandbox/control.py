"""``/_sandbox/...``: what tests and people say to the sandbox itself. No part of any vendor's API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.faults import fault
from sandbox.site import Site
from sandbox.wire import BadJsonError, Json, Reply, Request

PREFIX = "/_sandbox/"


def control(site: Site, request: Request) -> Reply:
    """Carry out one control call; 400 with the reason where it cannot be."""
    name = request.path.removeprefix(PREFIX).strip("/")
    call = _CALLS.get((request.method, name))
    if call is None:
        return Reply(404, {"error": f"know {', '.join(f'{method} {path}' for method, path in _CALLS)}"})
    try:
        body = request.json() if request.body else dict(request.query)
        with site.system.store.transaction():
            return Reply(200, call(site, body))
    except KeyError as error:
        return Reply(400, {"error": f"{name}: {error.args[0]} is missing or not known"})
    except (BadJsonError, ValueError, TypeError, AttributeError) as error:
        return Reply(400, {"error": f"{name}: {error}"})


def _fault(site: Site, body: Json) -> Json:
    site.add_fault(fault(body), seed=int(body.get("seed", 1)))
    return {}


def _clear(site: Site, _: Json) -> Json:
    site.faults.clear()
    return {}


def _lag(site: Site, body: Json) -> Json:
    site.system.lag(float(body["seconds"]))
    return {}


def _switches(site: Site, body: Json) -> Json:
    for name, on in body.items():
        site.system.switch(name, on=bool(on))
    return {}


def _audit(site: Site, body: Json) -> list[Json]:
    return site.system.store.audit(int(body.get("since", 0)))


def _record(site: Site, body: Json) -> Json:
    found = site.system.store.get(body["entity"], str(body["id"]))
    if found is None:
        raise ValueError(f"{body['entity']} {body['id']} is not there")
    return found


def _edit(site: Site, body: Json) -> Json:
    site.system.edit(body["entity"], str(body["id"]), body["fields"])
    return {}


def _edit_line(site: Site, body: Json) -> Json:
    line = body.get("line")
    key = site.system.edit_line(body["entity"], str(body["id"]), None if line is None else str(line), body.get("fields"))
    return {"id": key}


def _create(site: Site, body: Json) -> Json:
    return {"id": site.system.create(body["entity"], body["fields"])}


def _delete(site: Site, body: Json) -> Json:
    site.system.delete(body["entity"], str(body["id"]))
    return {}


def _invoice(site: Site, body: Json) -> Json:
    site.system.invoice(str(body["id"]))
    return {}


_CALLS: Mapping[tuple[str, str], Callable[[Site, Json], Any]] = {
    ("POST", "faults"): _fault,
    ("DELETE", "faults"): _clear,
    ("POST", "lag"): _lag,
    ("POST", "switches"): _switches,
    ("GET", "audit"): _audit,
    ("GET", "record"): _record,
    ("POST", "edit"): _edit,
    ("POST", "edit_line"): _edit_line,
    ("POST", "create"): _create,
    ("POST", "delete"): _delete,
    ("POST", "invoice"): _invoice,
}
