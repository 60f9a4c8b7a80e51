"""Lists of a tenant that brings fewer rows than it was asked for, and says by ``odata.nextLink`` that there are more."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lenke.core.errors import AuthenticationError, RecordNotFoundError, RejectedRecordError, RetriableError
from lenke.systems.superoffice.archive import Archive
from lenke.systems.superoffice.tenant import Tenant

COLUMNS = ("contactId", "place")


class Short:
    """Of its rows at most ``most`` come at once, whatever ``$top`` says; a link may stand on the last page, too."""

    def __init__(self, keys: list[int], *, most: int, always: bool = False) -> None:
        self.rows: list[dict[str, Any]] = [{"contactId": str(key), "place": at} for at, key in enumerate(keys)]
        self.most, self.always = most, always

    def read(self, path: str, query: dict[str, str]) -> Any:
        found = re.match(r"contactId (gt|eq) (\d+)", query["$filter"])
        assert found
        key = int(found[2])
        rows = [row for row in self.rows if (int(row["contactId"]) > key if found[1] == "gt" else int(row["contactId"]) == key)]
        rows = rows[int(query.get("$skip", 0)) :]
        most = min(self.most, int(query["$top"]))
        link = f"https://tenant:443/{path}?$skip={most}" if self.always or len(rows) > most else None
        return SimpleNamespace(body={"odata.nextLink": link, "value": rows[:most]})


def walked(tenant: Short, *, page_size: int) -> list[int]:
    return [row["place"] for row in Archive(cast("Tenant", tenant), page_size=page_size).walk("/Contact", COLUMNS)]


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("most", [1, 3, 4, 10, 100])
@pytest.mark.parametrize("page_size", [4, 1000])
def test_every_row_comes_once_though_pages_are_shorter_than_asked_for(most: int, page_size: int, always: bool) -> None:
    assert walked(Short(list(range(1, 11)), most=most, always=always), page_size=page_size) == list(range(10))


@pytest.mark.parametrize("most", [1, 2, 3, 100])
def test_a_key_with_more_rows_than_a_page_is_read_to_its_end(most: int) -> None:
    keys = [1, 2, 2, 2, 2, 2, 3, 3]
    assert walked(Short(keys, most=most), page_size=1000) == list(range(len(keys)))


class Asked:
    """A tenant whose archive agent answers with ``told``, or raises it."""

    def __init__(self, told: Any) -> None:
        self.told = told

    def ask(self, agent: str, body: Any) -> Any:
        assert (agent, body["ProviderName"]) == ("Archive/GetAvailableColumns", "FindSale")
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


@pytest.mark.parametrize(
    ("told", "columns"),
    [
        ([{"Name": "saleId"}, {"Name": "quote/orderComment"}], {"saleId", "quote/orderComment"}),
        ([{"Name": None}, {"Other": 1}, "saleId"], set()),
        (None, set()),
        ({"Error": True}, set()),
        (RecordNotFoundError("404"), set()),
        (RejectedRecordError("400"), set()),
        (AuthenticationError("403"), set()),
        (RetriableError("500"), set()),
    ],
)
def test_a_tenant_that_does_not_tell_its_columns_is_asked_for_none_more(told: Any, columns: set[str]) -> None:
    assert Archive(cast("Tenant", Asked(told)), page_size=10).columns("FindSale") == columns
