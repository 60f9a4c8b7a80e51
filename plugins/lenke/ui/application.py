"""The pages' FastAPI app."""

from __future__ import annotations

import logging
import sqlite3

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from lenke.core.errors import LenkeError
from lenke.ui import render
from lenke.ui.pages import decide, ledger, links, overview, parked, plan

log = logging.getLogger(__name__)


def build() -> FastAPI:
    """The app with all pages; nobody reads a page of it but through Airflow's login and permissions."""
    app = FastAPI(title="Lenke", docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=render.HERE / "static"), name="static")
    for pages in (overview, links, parked, plan, ledger, decide):
        app.include_router(pages.router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(LenkeError, _cannot)
    app.add_exception_handler(sqlite3.Error, _no_index)
    app.add_exception_handler(Exception, _broken)
    return app


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if "text/html" in request.headers.get("accept", ""):
        return render.page(request, "problem.html", status=error.status_code, text=str(error.detail))
    return JSONResponse({"detail": error.detail}, status_code=error.status_code)


def _cannot(request: Request, error: Exception) -> HTMLResponse:
    return render.page(request, "problem.html", status=503, text=str(error))


def _broken(request: Request, _error: Exception) -> HTMLResponse:
    return render.page(request, "problem.html", status=500, text="The API server's log names the error; Airflow itself is not affected.")


def _no_index(request: Request, error: Exception) -> HTMLResponse:
    log.error("Lenke's index cannot be read or written: %s", error)
    text = f"The pages' index cannot be read or written ({error}). It holds nothing of its own: delete its folder, and it is made anew."
    return render.page(request, "problem.html", status=503, text=text)
