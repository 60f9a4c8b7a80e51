"""Names as documents spell them, and the ids that they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lenke.core.mapping.model import EntitySide, Where

SYSTEMS = {
    "custom_webshop": "Custom Webshop",
    "poweroffice_go": "PowerOffice GO",
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "superoffice": "SuperOffice",
    "custom_erp": "Custom ERP",
}
# What documents call an entity of a system, where the system has another name for it.
_ENTITIES = {
    ("poweroffice_go", "customer"): "Customers",
    ("poweroffice_go", "product"): "Products",
    ("poweroffice_go", "salesorders"): "SalesOrders",
    ("poweroffice_go", "salesorderlines"): "SalesOrders",
}
# Where a system keeps people and companies in one entity: the member that tells them apart.
_PERSONS = {"poweroffice_go": "IsPerson"}
_HUMAN = re.compile(r"\s*\((?:human(?:\s+data)?|persons?|people)\)\s*$", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as a document names it.

    :param word: the name as it stands in a flow's id, ``customers_person``; :param is_human: it says that people are meant.
    """

    word: str
    name: str
    is_human: bool

    def side(self, system: str, *, is_parted: bool) -> EntitySide:
        """The mapping's side; :param is_parted: the document has people and companies of this entity apart."""
        member = _PERSONS.get(system)
        where = (Where(member, (self.is_human,)),) if member and (self.is_human or is_parted) else ()
        return EntitySide(self.name, where, system=system)


def plain(text: str) -> str:
    """Letters and digits only, in lower case: how two spellings of one name are compared."""
    return "".join(char for char in text.lower() if char.isalnum())


def system_id(text: str) -> str:
    """The id of a system in any spelling; of one that is not known, its words joined by underscores."""
    known = {plain(name): id for id, name in SYSTEMS.items()} | {plain(id): id for id in SYSTEMS}
    return known.get(plain(text)) or snake(text)


def without_system(text: str, *, systems: tuple[str, ...]) -> tuple[str, str]:
    """A system's id and the rest of a text that begins with its name in any spelling; "" where it begins with none of ``systems``."""
    words = text.split()
    for count in range(len(words), 0, -1):
        id = system_id(" ".join(words[:count]))
        if id in systems:
            return id, " ".join(words[count:])
    return "", text


def entity(system: str, text: str) -> Entity:
    """The entity that a document's words name."""
    is_human = bool(_HUMAN.search(text))
    bare = _HUMAN.sub("", text).strip()
    word = "_".join(plain(part) for part in bare.split())
    name = _ENTITIES.get((system, plain(bare))) or "".join(part[:1].upper() + part[1:] for part in bare.split())
    return Entity(f"{word}_person" if is_human else word, name, is_human)


def title(word: str) -> str:
    """An entity's name in a document for its word in a flow's id: ``customers_person`` as ``Customers (human data)``."""
    bare = word.removesuffix("_person")
    return bare.replace("_", " ").capitalize() + (" (human data)" if bare != word else "")


def snake(text: str) -> str:
    """``MailAddress.ZipCode`` as ``mail_address_zip_code``."""
    found = "_".join(word.lower() for word in _WORD.findall(text))
    return found if found and not found[0].isdigit() else f"p_{found}".rstrip("_")
