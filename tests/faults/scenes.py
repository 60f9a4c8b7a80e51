"""Five small installations, one for each dataflow, after their first sync; copies of them are what faults are tried on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import sandbox
from lenke.core.mapping.load import load_dataflow
from sandbox.seed import Seed, build
from tests.faults import stirs
from tests.faults.people import People
from tests.flows import shopify_shop, small, superoffice_small
from tests.flows.custom_erp import pair as erp_pair
from tests.flows.harness import ROOT, Harness
from tests.flows.woocommerce import shop as woocommerce_shop
from tests.oracle.databases import Body, Database, read
from tests.oracle.tree.case import Case

Records = Mapping[str, Mapping[str, list[dict[str, Any]]]]
# What a first sync leaves undone for a second one, such as an order's new number, is done by then.
FIRST_RUNS = 3


@dataclass(frozen=True)
class Scene:
    """A dataflow between two systems.

    :param begin: serves both, seeded, in a folder.
    :param stir: what people do before the runs that meet the fault.
    """

    dataflow: str
    systems: tuple[str, str]
    begin: Callable[[Path], AbstractContextManager[People]]
    stir: Callable[[People], None]


@dataclass(frozen=True)
class Synced:
    """A scene after its first sync: its files, its ledger, and what both systems held."""

    scene: Scene
    folder: Path
    state: Any
    held: Mapping[str, Mapping[str, Mapping[str, Body]]]
    ids: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def copy(self, folder: Path) -> Iterator[People]:
        """The same installation once more, in a folder of its own; without limits of the sandbox's own."""
        shutil.copytree(self.folder / "sandbox", folder / "sandbox")
        shutil.copytree(self.folder / "lenke/ledger", folder / "lenke/ledger")
        with sandbox.start(folder / "sandbox", systems=self.scene.systems, port_base=0, rate=0, seed=None) as systems:
            engine = Harness(folder / "lenke", systems.connections, dataflow=_mapping(self.scene.dataflow))
            engine.restore(self.state)
            yield People(systems, engine, self.ids)

    def case(self, folder: Path, people: People) -> Case:
        """A copy's databases as the judge reads them: the first sync's state is what was there from the start."""
        return Case(_databases(folder, self.scene), _seed(), self.held, frozenset(people.touched))


def synced(scene: Scene, folder: Path) -> Synced:
    """Carry out a scene's first sync."""
    with scene.begin(folder) as people:
        for _ in range(FIRST_RUNS):
            people.engine.run()
        state = people.engine.state()
    # SuperOffice's stamps move with every save.
    held = {
        system: {entity: bodies for entity, bodies in database.live.items() if entity != "Stamp"}
        for system, database in _databases(folder, scene).items()
    }
    return Synced(scene, folder, state, held, people.ids)


@cache
def _seed() -> Seed:
    return build(1)


def _databases(folder: Path, scene: Scene) -> dict[str, Database]:
    return {system: read(folder / "sandbox" / f"{system}.sqlite") for system in scene.systems}


def _mapping(dataflow: str) -> Any:
    return load_dataflow(ROOT / f"include/mappings/{dataflow}.yaml")


@contextmanager
def _seeded(folder: Path, dataflow: str, records: Records) -> Iterator[People]:
    with sandbox.start(folder / "sandbox", systems=tuple(records), records=records, port_base=0, rate=5_000) as systems:
        yield People(systems, Harness(folder / "lenke", systems.connections, dataflow=_mapping(dataflow)))


@contextmanager
def _with_shopify(folder: Path) -> Iterator[People]:
    with shopify_shop.paired(folder) as pair:
        yield People(pair.systems, pair.engine, pair.ids)


@contextmanager
def _with_superoffice(folder: Path) -> Iterator[People]:
    with superoffice_small.installed(folder) as pair:
        yield People(pair.systems, pair.engine)


@contextmanager
def _with_woocommerce(folder: Path) -> Iterator[People]:
    with woocommerce_shop.paired(folder) as pair:
        yield People(pair.systems, pair.engine)


WEBSHOP = Scene(
    "custom_webshop_to_poweroffice_go",
    ("custom_webshop", "poweroffice_go"),
    lambda folder: _seeded(folder, "custom_webshop_to_poweroffice_go", small.records()),
    stirs.webshop_and_office,
)
ERP = Scene(
    "custom_webshop_to_custom_erp",
    ("custom_webshop", "custom_erp"),
    lambda folder: _seeded(folder, "custom_webshop_to_custom_erp", erp_pair.records()),
    stirs.webshop_and_erp,
)
WOOCOMMERCE = Scene("woocommerce_to_poweroffice_go", ("woocommerce", "poweroffice_go"), _with_woocommerce, stirs.woocommerce_and_office)
SHOPIFY = Scene("poweroffice_go_to_shopify", ("poweroffice_go", "shopify"), _with_shopify, stirs.office_and_shopify)
SUPEROFFICE = Scene("superoffice_to_custom_webshop", ("superoffice", "custom_webshop"), _with_superoffice, stirs.superoffice_and_webshop)
# Each system in the dataflow in which it is written most.
SCENES: Mapping[str, Scene] = {
    "custom_webshop": WEBSHOP,
    "poweroffice_go": WEBSHOP,
    "woocommerce": WOOCOMMERCE,
    "shopify": SHOPIFY,
    "superoffice": SUPEROFFICE,
    "custom_erp": ERP,
}
