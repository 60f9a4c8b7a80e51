"""``lenke check``: every mapping, system description and settings file, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lenke.core.errors import ConfigurationError
from lenke.local.places import Places


@dataclass(frozen=True, slots=True)
class Finding:
    """One file; ``problem`` is empty where it is right, else it names file, key path and remedy."""

    file: Path
    problem: str = ""


def check(places: Places) -> tuple[Finding, ...]:
    """Look at all of them; what one file lacks does not hide the others."""
    return tuple(_findings(places))


def _findings(places: Places) -> Iterator[Finding]:
    from lenke.core.mapping.load import load_dataflow
    from lenke.core.mapping.settings import load_settings
    from lenke.systems.described.load import load as load_description

    if places.settings.exists():
        yield _tried(places.settings, load_settings)
    for path in sorted(places.systems.glob("*.yaml")):
        yield _tried(path, load_description)
    for path in sorted(places.mappings.glob("*.yaml")):
        found = _tried(path, load_dataflow)
        dag = places.dags / f"{path.stem}.py"
        if not found.problem and not dag.exists():
            found = Finding(path, f"{path}: no DAG file {dag}; a mapping and its DAG file share one stem")
        yield found


def _tried(path: Path, load: Callable[[Path], object]) -> Finding:
    try:
        load(path)
    except ConfigurationError as error:
        return Finding(path, str(error))
    return Finding(path)
