"""Pages from templates: everything escaped, nothing from elsewhere, nothing kept by a cache."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lenke.runtime import tries
from lenke.ui import words

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates, every value escaped, an unknown name an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["instant"] = words.instant
    made.filters["failed_try"] = tries.line
    made.filters["ago"] = lambda at: words.ago(at, datetime.now(UTC))
    made.globals.update(reason=words.reason, help=words.HELP, states=words.STATES, statuses=words.STATUSES, relinkable=words.RELINKABLE)
    return made


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A rendered page; ``base`` in it is where the pages are mounted."""
    html = environment().get_template(template).render(base=request.scope.get("root_path", ""), **values)
    return HTMLResponse(html, status_code=status, headers=HEADERS)
