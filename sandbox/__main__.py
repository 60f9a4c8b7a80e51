"""``python -m sandbox --home DIR``: serve until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from sandbox.server import SYSTEMS, start


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--home", required=True, help="folder of the state; filled from the seed when it is empty")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="comma-separated")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port-base", type=int, default=8091)
    parser.add_argument("--rate", type=float, default=100, help="requests per second and system; 0 for no limit")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to end; 0 for a clean end, 1 where it could not begin."""
    given = _arguments(argv)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    systems = [name for name in given.systems.split(",") if name]
    try:
        running = start(given.home, seed=given.seed, systems=systems, host=given.host, port_base=given.port_base, rate=given.rate)
    except (RuntimeError, ValueError, KeyError, OSError) as error:
        sys.stderr.write(f"The sandbox cannot start: {error}\n")
        return 1
    for name, url in running.urls.items():
        sys.stdout.write(f"{name}: {url}\n")
    sys.stdout.flush()
    ended.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
