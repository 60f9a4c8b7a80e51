"""Made-up Nordic business data for the sandbox, the same for the same number.

``build(seed)`` gives every record that the sandbox's systems hold when they are first opened, and the manifest of the
shop's records that must end parked. Pure data making: no server, no clock, no files.
"""

from __future__ import annotations

from sandbox.seed.assembly import build
from sandbox.seed.model import Parking, Seed, record_id

__all__ = ["Parking", "Seed", "build", "record_id"]
