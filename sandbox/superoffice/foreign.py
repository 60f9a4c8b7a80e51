"""``ForeignApp/...``: keys of other programs, app by app and device by device."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from sandbox.store import Store
from sandbox.superoffice.refusals import bad, refuse
from sandbox.superoffice.shapes import stamped
from sandbox.superoffice.tables import Tables
from sandbox.wire import Json, Reply, Request

TABLE_IDS: Mapping[str, int] = {"contact": 5, "sale": 13, "quoteline": 127, "product": 129}


class ForeignApps:
    """Applications, devices and keys."""

    def __init__(self, store: Store, tables: Tables) -> None:
        self._store = store
        self._tables = tables

    def answer(self, rest: list[str], request: Request) -> Reply:
        """The answer to what follows ``ForeignApp/``."""
        match request.method, [unquote(part) for part in rest]:
            case "PUT" | "POST", [app]:
                self._store.keep(f"foreign app {app}", "1")
                return Reply(200, {"ForeignAppId": 1, "Name": app, "Devices": []})
            case "PUT" | "POST", [app, device, identifier]:
                if self._store.meta(f"foreign app {app}") is None:
                    raise bad("There is no such application")
                self._store.keep(f"foreign device {app}/{device}/{identifier}", "1")
                return Reply(200, {"ForeignDeviceId": 1, "Name": device, "DeviceIdentifier": identifier, "ForeignAppId": 1})
            case "PUT" | "POST", [app, device, identifier, "Key"]:
                return Reply(200, self._put(f"{app}/{device}/{identifier}", request.json(), adds=request.method == "POST"))
            case "GET", [app, device, identifier, "Key", key, table]:
                return self._find(f"{app}/{device}/{identifier}", key, table, request.query.get("value", ""))
        raise refuse(404, "SoNotFoundException", "No such path")

    def _put(self, place: str, body: Json, *, adds: bool) -> Json:
        """PUT replaces the record's key of that name, POST adds one more."""
        if self._store.meta(f"foreign device {place}") is None:
            raise bad("There is no such device")
        app, device, _ = place.split("/")
        own = {"appName": app, "deviceName": device, "keyName": body["Key"], "keyValue": body["Value"]}
        own |= {"tableId": TABLE_IDS[body["TableName"].lower()], "recordId": body["RecordId"]}
        same = ("appName", "deviceName", "keyName", "tableId", "recordId")
        old = next((row for row in self._tables.rows("ForeignKey") if all(row[name] == own[name] for name in same)), None)
        id = old["foreignKeyId"] if old and not adds else self._store.next_number("ForeignKey", 1)
        self._tables.keep("ForeignKey", {"foreignKeyId": id, "ForeignKeyId": id, **own})
        return self._carrier(own, body["TableName"])

    def _find(self, place: str, key: str, table: str, value: str) -> Reply:
        app, device, _ = place.split("/")
        for row in self._tables.rows("ForeignKey"):
            if (row["appName"], row["deviceName"], row["keyName"], row["keyValue"]) == (app, device, key, value):
                return Reply(200, self._carrier(row, table))
        return Reply(200, b"null")

    def _carrier(self, row: Json, table: str) -> Json:
        dates = {"CreatedDate": stamped(), "UpdatedDate": stamped(), "CreatedBy": "", "UpdatedBy": ""}
        return {"Key": row["keyName"], "Value": row["keyValue"], "RecordId": row["recordId"], "TableName": table, **dates}
