"""Where things lie: the repository, and the git-ignored home that ``make clean`` forgets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one local installation.

    :param root: the repository, with dags/, plugins/ and include/.
    :param home: AIRFLOW_HOME; holds all state.
    :param data: the folder of the data files, where it is another one than the repository's include/; the DAG files are beside it.
    """

    root: Path = REPOSITORY
    home: Path = REPOSITORY / ".airflow"
    data: Path | None = None

    @property
    def dags(self) -> Path:
        """The DAG files."""
        return (self.data.parent if self.data else self.root) / "dags"

    @property
    def plugins(self) -> Path:
        """Airflow's plugins folder, which holds the package."""
        return self.root / "plugins"

    @property
    def include(self) -> Path:
        """Data files: mappings/, systems/, settings.yaml."""
        return self.data or self.root / "include"

    @property
    def mappings(self) -> Path:
        """One YAML file per dataflow."""
        return self.include / "mappings"

    @property
    def systems(self) -> Path:
        """One YAML file per described REST dialect."""
        return self.include / "systems"

    @property
    def settings(self) -> Path:
        """The installation's choices."""
        return self.include / "settings.yaml"

    @property
    def documents(self) -> Path:
        """One document per dataflow, written from its mapping."""
        return self.root / "docs" / "dataflows"

    @property
    def checklists(self) -> Path:
        """One ticked list per dataflow."""
        return self.root / "docs" / "qa"

    @property
    def postgres(self) -> Path:
        """The embedded database's files."""
        return self.home / "postgres"

    @property
    def logs(self) -> Path:
        """One log per process, and Airflow's task logs."""
        return self.home / "logs"

    @property
    def keys(self) -> Path:
        """Secrets made once, each in a file that only its owner may read."""
        return self.home / "keys"

    @property
    def sandbox(self) -> Path:
        """The sandbox systems' databases."""
        return self.home / "sandbox"

    @property
    def lenke(self) -> Path:
        """What runs leave outside Airflow's database: staging, journal, exports, reports."""
        return self.home / "lenke"

    @property
    def reports(self) -> Path:
        """One JSON file per flow of each run, written by the commit task."""
        return self.lenke / "reports"

    @property
    def report(self) -> Path:
        """The report of the last ``make run``."""
        return self.lenke / "report.json"

    @property
    def lock(self) -> Path:
        """Held by the one ``make run`` that may use this home."""
        return self.home / "run.lock"

    @property
    def processes(self) -> Path:
        """The record of processes that were started and have not been ended."""
        return self.home / "processes.json"

    def make(self) -> None:
        """Create the home, for its owner only, and the folders that others write to."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.logs, self.reports):
            folder.mkdir(parents=True, exist_ok=True)
