"""What the start asks of a shop before anything else: its currency and tax basis, the app's scopes, its stock's location."""

from __future__ import annotations

from dataclasses import dataclass, field

from lenke.core.errors import ConfigurationError
from lenke.systems.paths import look
from lenke.systems.shopify import documents
from lenke.systems.shopify.entities import PRIVATE, SESAMPRODUCT, Entity
from lenke.systems.shopify.problems import WithheldError
from lenke.systems.shopify.wire import Wire

_SCOPE_HINT = {"read_all_orders": "; without it orders older than 60 days are invisible and would look deleted"}


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop.

    :param id: global id; :param domain: ``my-shop.myshopify.com``.
    :param currency: of variants' prices, and of every order's ``shopMoney``.
    :param taxes_included: whether prices hold VAT.
    :param scopes: what the app was granted.
    """

    id: str
    domain: str
    currency: str
    taxes_included: bool
    scopes: frozenset[str]


@dataclass(slots=True)
class Access:
    """Asks once for each fact, when it is first needed.

    :param location: digits of the configured location; empty where the shop has only one.
    """

    wire: Wire
    location: str
    _shop: Shop | None = None
    _location: str = ""
    _withheld: dict[str, frozenset[str]] = field(default_factory=dict)

    def shop(self) -> Shop:
        """The shop that the token opens."""
        if self._shop is None:
            data = self.wire.ask(documents.SHOP)
            scopes = look(data, "currentAppInstallation.accessScopes") or ()
            shop = data["shop"]
            self._shop = Shop(
                str(shop["id"]),
                str(shop["myshopifyDomain"]),
                str(shop["currencyCode"]),
                bool(shop["taxesIncluded"]),
                _implied(frozenset(str(scope["handle"]) for scope in scopes)),
            )
        return self._shop

    def check(self, entity: Entity) -> None:
        """Raise ConfigurationError where the app lacks a scope that the entity needs."""
        for scope in sorted(entity.scopes - self.shop().scopes):
            hint = _SCOPE_HINT.get(scope, "")
            raise ConfigurationError(f"Shopify {entity.name}: the app lacks the access scope {scope}{hint}; grant it and install it again")

    def location_id(self) -> str:
        """The global id of the location whose stock counts; raises ConfigurationError where the shop has several and none is named."""
        if not self._location:
            nodes = [node for node in self.wire.ask(documents.LOCATIONS)["locations"]["nodes"] if node["isActive"]]
            named = [node for node in nodes if not self.location or str(node["legacyResourceId"]) == self.location]
            if len(named) != 1:
                known = ", ".join(f"{node['legacyResourceId']} ({node['name']})" for node in nodes)
                raise ConfigurationError(f"connection shopify: extra location_id must name the location whose stock counts: {known}")
            self._location = str(named[0]["id"])
        return self._location

    def withheld(self, entity: Entity) -> frozenset[str]:
        """Members of a customer's data that the app may not read; asked with one customer.

        Raises ConfigurationError where it may not read customers at all.
        """
        private = PRIVATE.get(entity.name, frozenset())
        if not private:
            return frozenset()
        if entity.name not in self._withheld:
            self._withheld[entity.name] = self._refused() & private
        return self._withheld[entity.name]

    def withhold(self, entity: Entity, error: WithheldError) -> bool:
        """Leave out what a read was refused for; whether that may help."""
        private = PRIVATE.get(entity.name, frozenset())
        named = {str(part) for path in error.paths for part in path} & private
        new = named - self._withheld.get(entity.name, frozenset())
        self._withheld[entity.name] = self._withheld.get(entity.name, frozenset()) | new
        return bool(new)

    def variables(self, entity: Entity) -> dict[str, str]:
        """Variables that every document of the entity needs."""
        return {"location": self.location_id()} if entity is SESAMPRODUCT else {}

    def _refused(self) -> frozenset[str]:
        try:
            self.wire.ask(documents.READABLE)
        except WithheldError as error:
            named = frozenset(str(part) for path in error.paths for part in path)
            if not named & PRIVATE["Customer"]:
                raise
            return named | PRIVATE["Order"] if "defaultEmailAddress" in named else named
        return frozenset()


def _implied(scopes: frozenset[str]) -> frozenset[str]:
    """A scope to write lets read, too."""
    return scopes | {scope.replace("write_", "read_", 1) for scope in scopes if scope.startswith("write_")}
