"""Who may see and who may decide: Airflow's own login and DAG permissions, and writes that only our own pages can send."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.models.dag import DagModel
from airflow.sdk.configuration import conf
from fastapi import Depends, Form, HTTPException, Request, status

READS = Depends(requires_access_dag("GET"))
DECIDES = Depends(requires_access_dag("PUT"))


def may_read(user: Any, dag_ids: Iterable[str]) -> set[str]:
    """Those of the DAGs that a user may read."""
    return {dag_id for dag_id in dag_ids if _may("GET", user, dag_id)}


def may_decide(user: Any, dag_id: str) -> bool:
    """Whether a user may edit a DAG, and so see its records' values and decide on them."""
    return _may("PUT", user, dag_id)


def _may(method: Any, user: Any, dag_id: str) -> bool:
    details = DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id))
    return bool(get_auth_manager().is_authorized_dag(method=method, user=user, details=details))


def form_token(request: Request) -> str:
    """What our forms carry: bound to the session, of no use in another one and to nobody who cannot read our pages."""
    secret = str(conf.get("api", "secret_key"))
    return hmac.new(secret.encode(), f"lenke form {_session(request)}".encode(), hashlib.sha256).hexdigest()


def _session(request: Request) -> str:
    return request.cookies.get(COOKIE_NAME_JWT_TOKEN) or request.headers.get("authorization", "")


def own_form(request: Request, _user: GetUserDep, token: Annotated[str, Form()] = "") -> None:
    """Refuse (403) a write that was not sent by a form of ours in this session."""
    if not _is_same_origin(request):
        raise HTTPException(status.HTTP_403_FORBIDDEN, "This came from another site; nothing was changed")
    if not hmac.compare_digest(token, form_token(request)):
        raise HTTPException(status.HTTP_403_FORBIDDEN, "The page was opened in another session; reload it and decide again")


OWN_FORM = Depends(own_form)


def _is_same_origin(request: Request) -> bool:
    """Browsers tell where a form comes from; one that tells neither way is not believed."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    own = {_origin(str(request.base_url)), _origin(conf.get("api", "base_url", fallback=""))}
    return origin is not None and _origin(origin) in own - {_origin("")}  # an opaque origin is "null", and base_url may not be set


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
