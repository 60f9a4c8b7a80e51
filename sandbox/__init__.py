"""Local servers that answer as the vendors' systems do, with SQLite behind them: for ``make run`` and for tests."""

from sandbox.running import Running
from sandbox.server import start

__all__ = ["Running", "start"]
