import os
import socket

import pytest

from lenke.core.errors import ConfigurationError
from lenke.local import ports


def test_the_wanted_port_if_free_else_the_next() -> None:
    with socket.socket() as taken:
        taken.bind((ports.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.free(port)
        assert port < ports.reserve(port).port <= port + 50
    assert ports.reserve(port).port == port


def test_no_free_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "free", lambda port, host: False)
    with pytest.raises(ConfigurationError, match="8080 to 8129"):
        ports.reserve(8080)


def test_a_port_that_another_run_has_chosen_is_taken_before_it_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        port = probe.getsockname()[1]
    first = ports.reserve(port)
    second = ports.reserve(port)
    assert first.port == port < second.port
    os.close(first.lock)
    assert ports.reserve(port).port == port
