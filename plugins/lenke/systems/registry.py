"""Which systems there are: each one's hook, and the client that a plain connection opens without Airflow."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from lenke.core.errors import ConfigurationError
from lenke.core.ports import System
from lenke.systems.described import client as described
from lenke.systems.poweroffice_go import client as poweroffice_go
from lenke.systems.shopify import client as shopify
from lenke.systems.superoffice import client as superoffice
from lenke.systems.woocommerce import client as woocommerce

if TYPE_CHECKING:
    from lenke.systems.hook import SystemHook


@dataclass(frozen=True, slots=True)
class Entry:
    """One system.

    :param hook: import path of its hook class, which alone needs Airflow.
    :param connect: opens the client; takes the plain connection and ``patience`` and ``adapter`` of the transport.
    """

    hook: str
    connect: Callable[..., System]


SYSTEMS: Mapping[str, Entry] = {
    "custom_webshop": Entry("lenke.systems.custom_webshop.hook.CustomWebshopHook", partial(described.connect, "custom_webshop")),
    "poweroffice_go": Entry("lenke.systems.poweroffice_go.hook.PowerofficeGoHook", poweroffice_go.connect),
    "shopify": Entry("lenke.systems.shopify.hook.ShopifyHook", shopify.connect),
    "woocommerce": Entry("lenke.systems.woocommerce.hook.WoocommerceHook", woocommerce.connect),
    "superoffice": Entry("lenke.systems.superoffice.hook.SuperofficeHook", superoffice.connect),
    "custom_erp": Entry("lenke.systems.custom_erp.hook.CustomErpHook", partial(described.connect, "custom_erp")),
}


def client_for(system: str, connection: Mapping[str, Any], **options: Any) -> System:
    """The client of ``system`` on a plain connection (``host``, ``login``, ``password``, ``extra``).

    Raises ConfigurationError for a system that is not there, or a connection that lacks something.
    """
    return _entry(system).connect(connection, **options)


def hook_class(system: str) -> type[SystemHook]:
    """The hook class of ``system``; needs Airflow. Raises ConfigurationError for a system that is not there."""
    module, _, name = _entry(system).hook.rpartition(".")
    found: type[SystemHook] = getattr(importlib.import_module(module), name)
    return found


def _entry(system: str) -> Entry:
    if system not in SYSTEMS:
        raise ConfigurationError(f"no system {system}; there are {', '.join(sorted(SYSTEMS))}")
    return SYSTEMS[system]
