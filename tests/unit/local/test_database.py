import os
import signal
from pathlib import Path

import psycopg2
import pytest

from lenke.local.database import NAME, USER, Cluster
from lenke.local.places import Places
from lenke.local.processes import Processes


@pytest.mark.parametrize("depth", [0, 12])
def test_a_cluster_starts_keeps_its_data_and_asks_for_its_password(tmp_path: Path, depth: int) -> None:
    """With a path too long for a Unix socket, too."""
    places = Places(home=tmp_path / "/".join(["folder"] * depth) / "home")
    places.make()
    cluster = Cluster(places.postgres, "a password")
    for statement in ("CREATE TABLE kept (n int)", "SELECT * FROM kept"):
        cluster.initialise()
        with Processes(places) as children:
            children.start("postgres", cluster.command, environment=os.environ, signal=signal.SIGINT)
            assert cluster.wait()
            connection = psycopg2.connect(host=str(cluster.socket), user=USER, password="a password", dbname=NAME)
            connection.autocommit = True
            connection.cursor().execute(statement)
            connection.close()
            with pytest.raises(psycopg2.OperationalError, match="password"):
                psycopg2.connect(host=str(cluster.socket), user=USER, password="another", dbname=NAME)
    assert not cluster.answers()
    assert cluster.socket.stat().st_mode & 0o777 == 0o700
