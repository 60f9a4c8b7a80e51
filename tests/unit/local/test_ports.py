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
        assert port < ports.choose(port) <= port + 50
    assert ports.choose(port) == port


def test_no_free_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "free", lambda port, host: False)
    with pytest.raises(ConfigurationError, match="8080 to 8129"):
        ports.choose(8080)
