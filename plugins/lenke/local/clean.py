"""``lenke clean``: forget a home's state."""

from __future__ import annotations

import shutil

from lenke.core.errors import ConfigurationError
from lenke.local import processes
from lenke.local.lock import Lock
from lenke.local.places import Places


def clean(places: Places) -> bool:
    """Remove the home with all that is in it; False if there was none.

    Raises ConfigurationError while a run uses it, or where the folder is not a home of ours.
    """
    if not places.home.exists():
        return False
    if not places.keys.is_dir() and any(places.home.iterdir()):
        message = f"{places.home} does not look like a home of Lenke (it has no keys/): remove it by hand if you are sure"
        raise ConfigurationError(message)
    with Lock(places.lock):
        processes.end_stale(places)
        shutil.rmtree(places.home)
    return True
