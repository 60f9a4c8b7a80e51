"""Secrets that are made once and then kept: Fernet key, signing key, passwords, the ledger's digest key."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

USER = "admin"


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """All of them; never printed, but for the password of the UI.

    :param digest: 32 bytes in hex; the ledger cannot be read without it.
    :param passwords: the file with the UI's passwords, as Airflow's simple auth manager reads it.
    """

    fernet: str
    signing: str
    database: str
    digest: str
    password: str
    passwords: Path


def load(folder: Path) -> Keys:
    """The keys of one home; those that are not there yet are made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords = folder / "passwords.json"
    entry = kept(passwords, lambda: json.dumps({USER: secrets.token_urlsafe(12)}) + "\n")
    return Keys(
        fernet=kept(folder / "fernet", lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()),
        signing=kept(folder / "signing", lambda: secrets.token_urlsafe(64)),
        database=kept(folder / "database", lambda: secrets.token_urlsafe(24)),
        digest=kept(folder / "digest", lambda: secrets.token_hex(32)),
        password=json.loads(entry)[USER],
        passwords=passwords,
    )


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text of ``path``; made if the file does not exist or is empty (an interrupted first start)."""
    if not path.exists() or not path.stat().st_size:
        replace(path, make())
    return path.read_text(encoding="utf-8").strip()


def replace(path: Path, text: str) -> None:
    """Write a file that only its owner may read, in one step."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
