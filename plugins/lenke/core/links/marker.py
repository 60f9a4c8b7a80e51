"""The marker: the key that Lenke leaves in a record it created, so that a lost answer never makes a second one."""

from __future__ import annotations

import base64
import hashlib

PREFIX = "lk-"


def marker(system: str, entity: str, id: str) -> str:
    """``lk-`` and 26 base32 characters that name the left record; the same for every flow (29 characters in all)."""
    digest = hashlib.blake2b("\x1f".join((system, entity, id)).encode(), digest_size=16).digest()
    return PREFIX + base64.b32encode(digest).decode().rstrip("=").lower()[:26]
