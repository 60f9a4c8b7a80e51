"""What a scenario begins with: two systems, some of whose flows are synced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sandbox
from tests.flows import installation, shopify_shop, small, stir, superoffice_small
from tests.flows.custom_erp import pair as erp
from tests.flows.harness import Harness
from tests.flows.woocommerce import shop as woocommerce_shop
from tests.kills.dataflows import dataflow
from tests.kills.stage import Base, made

SHOP, OFFICE, SHOPIFY, WOO, SUPER, ERP = "custom_webshop", "poweroffice_go", "shopify", "woocommerce", "superoffice", "custom_erp"
COMPANY, PERSON = stir._customer(0), stir._customer(1)


@contextmanager
def _shop_and_erp(folder: Path) -> Iterator[Any]:
    with sandbox.start(folder / "sandbox", systems=(SHOP, ERP), port_base=0, rate=5_000, records=erp.records()) as systems:
        mapping = dataflow("custom_webshop_to_custom_erp")
        yield SimpleNamespace(systems=systems, engine=Harness(folder / "lenke", systems.connections, dataflow=mapping))


@contextmanager
def _shop_and(other: str, theirs: Mapping[str, Any], customer: dict[str, Any], folder: Path) -> Iterator[Any]:
    """The shop with two customers and three products that the other system does not have."""
    given = {SHOP: {"Customer": [], "Product": [], "Order": []}, other: theirs}
    with sandbox.start(folder / "sandbox", systems=(SHOP, other), port_base=0, rate=5_000, records=given) as systems:
        for n in range(2):
            systems.create(SHOP, "Customer", customer | {"email": f"fast.{n}@ny.example.org"})
        for n in range(3):
            systems.create(SHOP, "Product", stir._product() | {"sku": f"FAST-{n}"})
        mapping = dataflow(f"{SHOP}_to_{other}")
        yield SimpleNamespace(systems=systems, engine=Harness(folder / "lenke", systems.connections, dataflow=mapping))


@contextmanager
def _shop_and_office(folder: Path) -> Iterator[Any]:
    with installation.installed(folder, records=small.records()) as found:
        yield found


BASES: dict[str, Callable[[Path], Base]] = {
    "webshop and accounts": lambda at: made("custom_webshop_to_poweroffice_go", at, _shop_and_office, None),
    "webshop and ERP": lambda at: made("custom_webshop_to_custom_erp", at, _shop_and_erp, None),
    "accounts and Shopify, new": lambda at: made("poweroffice_go_to_shopify", at, shopify_shop.paired, ()),
    "accounts and Shopify": lambda at: made("poweroffice_go_to_shopify", at, shopify_shop.paired, None),
    "WooCommerce and accounts": lambda at: made("woocommerce_to_poweroffice_go", at, woocommerce_shop.paired, None),
    "webshop and WooCommerce": lambda at: made(
        "custom_webshop_to_woocommerce", at, partial(_shop_and, WOO, woocommerce_shop.shop(), PERSON), None
    ),
    "webshop and SuperOffice": lambda at: made(
        "custom_webshop_to_superoffice", at, partial(_shop_and, SUPER, superoffice_small.records()[SUPER], COMPANY), None
    ),
    "SuperOffice and webshop, new": lambda at: made("superoffice_to_custom_webshop", at, superoffice_small.installed, ()),
    "SuperOffice and webshop": lambda at: made("superoffice_to_custom_webshop", at, superoffice_small.installed, None),
}
