"""Documents and mappings as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lenke.core.errors import ConfigurationError
from lenke.core.mapping.document import close_to
from lenke.core.mapping.load import load_dataflow
from lenke.document.parse import parse
from lenke.document.rst import text
from lenke.document.scaffold import Skeleton, skeleton
from lenke.document.written import document


def mappings(folder: Path, names: Sequence[str]) -> list[Path]:
    """The mapping files of these dataflows, all of them where none is named; raises ConfigurationError for one that is not there."""
    known = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    for name in names:
        if name not in known:
            raise ConfigurationError(f"{folder}: no mapping {name!r}; {close_to(name, list(known))}")
    return [known[name] for name in names or known]


def write(folder: Path, documents: Path, names: Sequence[str], *, dry: bool) -> list[Path]:
    """Write the documents of these dataflows; the files that were not what their mapping gives (dry: that are not)."""
    changed = []
    for path in mappings(folder, names):
        place, wanted = documents / f"{path.stem}.rst", text(document(load_dataflow(path)))
        if place.exists() and place.read_text(encoding="utf-8") == wanted:
            continue
        changed.append(place)
        if not dry:
            documents.mkdir(parents=True, exist_ok=True)
            place.write_text(wanted, encoding="utf-8")
    return changed


def scaffolded(file: Path) -> Skeleton:
    """The mapping's skeleton that a document gives; raises ConfigurationError where it cannot be read."""
    try:
        found = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: cannot be read: {type(error).__name__}") from None
    return skeleton(parse(found, str(file)))
