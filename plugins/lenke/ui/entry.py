"""What Airflow mounts: the pages, imported by the first request, and unable to take Airflow's own UI down with them."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_SORRY = b"Lenke's page could not be made. The API server's log names the error; Airflow itself is not affected.\n"


class Pages:
    """An ASGI app that loads the real one when it is first asked: every Airflow process loads plugins, only one shows pages."""

    def __init__(self, module: str = "lenke.ui.application") -> None:
        self._module = module
        self._app: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; 500 where the pages cannot be loaded or fail."""
        began = False

        async def sent(message: MutableMapping[str, Any]) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            self._app = self._app or importlib.import_module(self._module).build()
            await self._app(scope, receive, sent)
        except Exception as error:  # whatever it is, it must end here
            # The type alone: a message may hold what a record holds.
            log.error("Lenke's page failed: %s at %s", type(error).__name__, _place(error))
            if scope["type"] == "http" and not began:
                await send({"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
                await send({"type": "http.response.body", "body": _SORRY})


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "-"
