"""Keyed 64-bit digests of canonical values: the ledger remembers these instead of personal data.

A digest of 0 means *unknown* (the property was never agreed, or its mapping changed); no value has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Digests = NDArray[np.uint64]

UNKNOWN = 0
ABSENT, NULL, VALUE = 0, 1, 2


@dataclass(frozen=True)
class Digester:
    """Digests under the installation's secret key (16 to 64 bytes); a wrong key matches nothing."""

    key: bytes

    @property
    def key_id(self) -> str:
        """A name for the key that does not reveal it: 16 hexadecimal characters."""
        return hashlib.blake2b(b"lenke key id", key=self.key, digest_size=8).hexdigest()

    def value(self, name: str, text: str | None) -> int:
        """The digest of one canonical text (None: the property is empty) of property ``name``."""
        payload = b"\x00" if text is None else b"\x01" + text.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(name.encode() + b"\x00" + payload, key=self.key, digest_size=8).digest()
        return int.from_bytes(digest, "little") or 1

    def column(self, name: str, texts: pd.Series, presence: NDArray[np.int8]) -> Digests:
        """Digests of one property over all records; UNKNOWN where the property is absent.

        :param texts: canonical text or None per record.
        :param presence: ABSENT, NULL or VALUE per record.
        """
        codes, uniques = pd.factorize(texts.to_numpy(dtype=object))
        table = np.fromiter((self.value(name, text) for text in uniques), dtype=np.uint64, count=len(uniques))
        result = np.full(len(codes), self.value(name, None), dtype=np.uint64)
        filled = codes >= 0
        result[filled] = table[codes[filled]]
        result[presence == ABSENT] = UNKNOWN
        return result

    def matrix(self, names: Sequence[str], texts: pd.DataFrame, presence: pd.DataFrame) -> Digests:
        """Digests of all properties: one row a record, one column a property, in the order of ``names``."""
        columns = [self.column(name, texts[name], presence[name].to_numpy(dtype=np.int8)) for name in names]
        return np.column_stack(columns) if columns else np.zeros((len(texts), 0), dtype=np.uint64)

    def together(self, parts: Iterable[int]) -> int:
        """One digest over several."""
        joined = b"".join(int(part).to_bytes(8, "little") for part in parts)
        return int.from_bytes(hashlib.blake2b(joined, key=self.key, digest_size=8).digest(), "little") or 1
