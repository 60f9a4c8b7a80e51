"""Ends what ``lenke run`` started when ``lenke run`` itself is gone (kill -9, out of memory).

Run as ``python -m lenke.local.watchdog RECORD`` with a pipe from ``lenke run`` as standard input: it closes when that
process ends, however it ends. An orderly end leaves an empty record, and nothing is done.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from lenke.local import sessions


def main(record: Path) -> None:
    """Wait for the pipe to close, then end what the record still names."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.read()
    left = sessions.read(record)
    sessions.end(left, patience=2.0)
    # A new run may have begun meanwhile, with a record of its own.
    if sessions.read(record) == left:
        record.unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
