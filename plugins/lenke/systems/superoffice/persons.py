"""A private person's name: it belongs to a Person record, and the contact bears the same name, or it would be a company.

Two records are written, the person's first. Where the contact's patch is refused then, the person's name is put back.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lenke.core.errors import LenkeError, MovedError, RejectedRecordError
from lenke.core.ports import Write
from lenke.systems.superoffice.tenant import JSON_PATCH, Tenant

NAMES: Mapping[str, str] = {"Private.Firstname": "Firstname", "Private.Lastname": "Lastname"}


@dataclass(frozen=True, slots=True)
class Naming:
    """A person's new name.

    :param old: Firstname and Lastname as read; :param new: as they are to be.
    :param contact: the contact's Name as read.
    """

    person: int
    old: Mapping[str, str]
    new: Mapping[str, str]
    contact: str

    @property
    def whole(self) -> str:
        """What the contact is called then."""
        return f"{self.new['Firstname']} {self.new['Lastname']}"

    def write(self, tenant: Tenant) -> None:
        """Name the person; raises MovedError where somebody else has done so since it was read."""
        self._send(tenant, self.old, self.new)

    def undo(self, tenant: Tenant) -> None:
        """Put the old name back; whoever has named the person since then is left alone."""
        with suppress(LenkeError):
            self._send(tenant, self.new, self.old)

    def _send(self, tenant: Tenant, held: Mapping[str, str], told: Mapping[str, str]) -> None:
        tests = [{"op": "test", "path": f"/{name}", "value": value} for name, value in held.items()]
        changes = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in told.items()]
        tenant.send("PATCH", f"/Person/{self.person}", tests + changes, content_type=JSON_PATCH)


def naming(write: Write, contact: Mapping[str, Any], private: Mapping[str, Any]) -> Naming | None:
    """What an update does to the name of the one person of a contact; None where it does nothing.

    :param private: the added member ``Private`` of the contact as read.
    Raises MovedError for a contact that is no private person, RejectedRecordError for a name that would be empty.
    """
    told = {NAMES[path]: str(value or "").strip() for path, value in write.fields.items() if path in NAMES}
    if not told:
        return None
    if not private["IsPerson"]:
        raise MovedError("the contact is no private person (any more)")
    if empty := next((path for path, name in NAMES.items() if told.get(name) == ""), None):
        raise RejectedRecordError("a private person has a first and a last name", property=empty)
    person = next(one for one in contact["Persons"] if not one.get("Retired"))
    held = {name: str(person[name]) for name in NAMES.values()}
    return Naming(int(person["PersonId"]), held, held | told, str(contact["Name"]))
