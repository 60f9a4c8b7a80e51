"""The places at which a process may die: each thing that lasts, wrapped from outside, so that the product has no hooks for it.

Places are numbered as they are passed, from 1. Each is *before* something that lasts, and so after the thing before it; a request
and a file that is written in place have a state in between, which is a place of its own: the server has done it and the answer is
not read, half of the file is there.
"""

from __future__ import annotations

import os
import pathlib
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
from airflow.sdk import ObjectStoragePath

from lenke.runtime.flow_run import Access
from lenke.runtime.ledger.claim import Claim
from lenke.runtime.ledger.keys import Keys
from lenke.runtime.ledger.store import Witness

_READS = ("/oauth", "/token", "/archive")


@dataclass
class Boundaries:
    """Counts the places of this process, notes each in a file, and kills the process at one of them.

    :param at: the place to die at; 0 only counts.
    """

    notes: Path
    at: int = 0
    passed: int = 0

    def __call__(self, place: str, halfway: Callable[[], Any] | None = None) -> None:
        """Pass a place.

        :param halfway: what is done in part before the process dies here.
        """
        self.passed += 1
        with self.notes.open("a", encoding="utf-8") as file:
            file.write(f"{place}\n")
        if self.passed == self.at:
            if halfway is not None:
                halfway()
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Wrap requests and files, in this process."""
        self._systems()
        self._files()

    def _systems(self) -> None:
        send, carry = requests.Session.send, requests.adapters.HTTPAdapter.send

        def carried(adapter: Any, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
            if not _writes(request):
                return carry(adapter, request, *args, **kwargs)
            self(f"before send {_told(request)}")
            response = carry(adapter, request, *args, **kwargs)
            self(f"after send {_told(request)}, answer not read")
            return response

        def sent(session: Any, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
            response = send(session, request, **kwargs)
            if _writes(request):
                self(f"after answer to {_told(request)}")
            return response

        requests.adapters.HTTPAdapter.send = carried  # type: ignore[assignment, method-assign]
        requests.Session.send = sent  # type: ignore[assignment, method-assign]

    def ledger(self, access: Access) -> Access:
        """The same ways to the ledger, with what lasts wrapped."""
        return replace(
            access,
            keys=lambda flow, generation: _Keys(access.keys(flow, generation), self),
            witness=lambda flow: _Witness(access.witness(flow), self),
            claim=lambda flow: _Claim(access.claim(flow), self),
        )

    def _files(self) -> None:
        replace, write = pathlib.Path.replace, ObjectStoragePath.write_bytes

        def replaced(path: Path, target: Any) -> Path:
            self(f"before {_file(Path(target))} takes its place")
            return replace(path, target)

        def written(path: Any, data: bytes) -> int:
            self(f"before {_file(path)}")
            self(f"half of {_file(path)}", lambda: write(path, data[: len(data) // 2]))
            return write(path, data)

        pathlib.Path.replace = replaced  # type: ignore[assignment, method-assign]
        ObjectStoragePath.write_bytes = written  # type: ignore[method-assign]


@dataclass(frozen=True)
class _Keys:
    keys: Keys
    boundaries: Boundaries

    def get(self, key: str) -> str | None:
        return self.keys.get(key)

    def set(self, key: str, value: str) -> None:
        self.boundaries(f"before {_key(key, value)}")
        self.keys.set(key, value)

    def delete(self, key: str) -> None:
        self.boundaries(f"before {_key(key, '')} is deleted")
        self.keys.delete(key)

    def prepare(self) -> None:
        self.keys.prepare()


@dataclass(frozen=True)
class _Witness:
    witness: Witness
    boundaries: Boundaries

    def get(self) -> dict[str, int] | None:
        return self.witness.get()

    def set(self, value: Mapping[str, int]) -> None:
        self.boundaries(f"before witness {'of what is to come' if 'next' in value else 'of what was done'}")
        self.witness.set(value)


@dataclass(frozen=True)
class _Claim:
    claim: Claim
    boundaries: Boundaries

    def get(self) -> str:
        return self.claim.get()

    def set(self, run_id: str) -> None:
        self.boundaries(f"before claim is {'taken' if run_id else 'released'}")
        self.claim.set(run_id)


def _writes(request: requests.PreparedRequest) -> bool:
    if request.method in ("GET", "HEAD") or any(part in str(request.url).lower() for part in _READS):
        return False
    body = request.body or b""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    # GraphQL: a read is a POST, too.
    return "graphql" not in str(request.url) or '"query": "mutation' in text or '"query":"mutation' in text


def _told(request: requests.PreparedRequest) -> str:
    path = str(request.path_url).split("?")[0]
    return f"{request.method} {'/'.join('#' if part[-1:].isdigit() else part for part in path.split('/'))}"


def _key(key: str, value: str) -> str:
    if key.startswith("j."):
        return f"journal {_entry(value)}"
    return f"segment {'.'.join(key.split('.')[2:])}" if key.startswith("seg.") else key


def _entry(value: str) -> str:
    if not value:
        return "key"
    return "settles" if '"rows":"' in value else "begins"


def _file(path: Any) -> str:
    name = str(path.name)
    kind = "segment" if name.endswith(".parquet") else name.split("-")[0].split(".")[0]
    return f"export's {kind}" if "/ledger/" in str(path) else f"{path.parent.parent.parent.name} file {kind}"
