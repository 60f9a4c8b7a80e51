"""Lenke's own keys in SuperOffice's foreign key system: app ``Lenke``, device ``sync``, key ``marker``, any table.

A key is put in a call after the record's own, so it is the mirror that people and other programs see; what makes a
create safe to settle is the key that POST stores with the record (:data:`lenke.systems.superoffice.entities.CONTACT`).
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

from lenke.core.errors import FatalError, LenkeError, RecordNotFoundError, RejectedRecordError
from lenke.systems.superoffice.archive import Archive
from lenke.systems.superoffice.tenant import Tenant

APP, DEVICE, IDENTIFIER, KEY = "Lenke", "sync", "1", "marker"
_TABLES = {"contact": "5", "product": "129", "quoteline": "127"}
_HOME = f"/ForeignApp/{APP}/{DEVICE}/{IDENTIFIER}"


class ForeignKeys:
    """Puts and finds markers."""

    def __init__(self, tenant: Tenant, archive: Archive) -> None:
        self._tenant = tenant
        self._archive = archive
        self._ready = False

    def find(self, table: str, value: str) -> list[str]:
        """Ids of the records of a table that hold the marker, by foreign key or by the key in the record itself."""
        # The dynamic archive has the names of tables and columns in the database.
        id, key = f"{table}.{table}_id", f"{table}.dbi_key"
        ids = [str(row[id]) for row in self._archive.equal("/Archive/dynamic", (id, key), key, value)]
        return ids or self._mirrored(table, value)

    def mirror(self, table: str, id: str, value: str) -> None:
        """Put the key; a refusal changes nothing, as the record holds the marker itself."""
        with suppress(LenkeError):
            self._prepare()
            body = {"Key": KEY, "Value": value, "TableName": table, "RecordId": int(id)}
            self._tenant.send("PUT", f"{_HOME}/Key", body)

    def all(self, table: str) -> dict[str, str]:
        """Marker to record id of a whole table, by the archive of keys."""
        columns = ("foreignKeyId", "appName", "keyName", "keyValue", "tableId", "recordId")
        rows = self._archive.walk("/Archive/ForeignKeys", columns, filter=f"appName eq '{APP}'")
        return {
            str(row["keyValue"]): str(row["recordId"]) for row in rows if str(row["tableId"]) == _TABLES[table] and row["keyName"] == KEY
        }

    def _mirrored(self, table: str, value: str) -> list[str]:
        try:
            found = self._tenant.read(f"{_HOME}/Key/{KEY}/{quote(table)}", {"Value": value}).body
        except (RecordNotFoundError, RejectedRecordError, FatalError):
            return []
        return [str(found["RecordId"])] if isinstance(found, dict) and found.get("RecordId") else []

    def _prepare(self) -> None:
        """Application and device, which PUT makes where they are not there."""
        if not self._ready:
            self._tenant.send("PUT", f"/ForeignApp/{APP}")
            self._tenant.send("PUT", _HOME, {"Name": DEVICE, "DeviceIdentifier": IDENTIFIER})
            self._ready = True
