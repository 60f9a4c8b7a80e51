"""REST: Person by id. A contact's persons are kept in their contact, which shows short forms of them."""

from __future__ import annotations

from sandbox.superoffice.json_patch import patched
from sandbox.superoffice.refusals import bad, not_found, refuse
from sandbox.superoffice.tables import Tables
from sandbox.wire import BadJsonError, Json, Reply, Request

_NAMES = ("Firstname", "Lastname")


class Persons:
    """Handles what follows ``v1/Person``."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def answer(self, rest: list[str], request: Request) -> Reply:
        """The answer; refusals are raised."""
        match request.method, rest:
            case "GET", [key]:
                return Reply(200, self._entity(*self._found(key)))
            case "PATCH", [key]:
                return Reply(200, self._patch(key, request))
        raise refuse(405, "SoException", "The resource does not support this method")

    def _patch(self, key: str, request: Request) -> Json:
        contact, person = self._found(key)
        try:
            after = patched(self._entity(contact, person), request.json())
        except BadJsonError:
            raise bad("The body is not JSON") from None
        if not str(after["Lastname"]).strip():
            raise bad("Lastname is required")
        names = {name: str(after[name]) for name in _NAMES}
        own = person | names | {"FullName": " ".join(filter(None, names.values()))}
        people = [own if one is person else one for one in contact["Persons"]]
        self._tables.keep("Contact", contact | {"Persons": people})
        return self._entity(contact, own)

    def _found(self, key: str) -> tuple[Json, Json]:
        for contact in self._tables.rows("Contact"):
            for person in contact["Persons"]:
                if str(person.get("PersonId")) == key:
                    return contact, person
        raise not_found()

    def _entity(self, contact: Json, person: Json) -> Json:
        texts = {name: str(person.get(name) or "") for name in (*_NAMES, "MiddleName", "Title")}
        own = {"PersonId": person["PersonId"], **texts, "FullName": " ".join(filter(None, (texts[name] for name in _NAMES)))}
        return own | {"Retired": bool(person.get("Retired")), "Contact": {"ContactId": contact["ContactId"], "Name": contact["Name"]}}
