"""The archives' columns: each archive has its own, by the vendor's names, and refuses a list that asks for another one."""

from __future__ import annotations

from typing import Any

import pytest

from lenke.core.errors import RejectedRecordError
from lenke.core.ports import LineWrite, Write
from tests.contract.superoffice.desk import read, update


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("/Product", "erpPriceListKey"),
        ("/Archive/dynamic", "contact.dbiKey"),
        ("/Archive/FindSale", "quote/version/none"),
        ("/Archive/FindQuoteLine", "updated"),
        ("/Archive/RecycleContact", "orgNr"),  # without a row
    ],
)
def test_another_archive_s_column_is_refused(client: Any, path: str, column: str) -> None:
    with pytest.raises(RejectedRecordError):
        list(client._archive.walk(path, (column,)))


def test_a_contact_is_found_by_the_key_that_was_stored_with_it(client: Any) -> None:
    (outcome,) = client.write("Contact", [Write("w", "create", fields={"Name": "Havna AS"}, marker="lk-contact-1")])
    assert outcome.status == "done"
    client._foreign_keys._mirrored = lambda *_: []
    assert [record.id for record in client.find("Contact", "DbiKey", ["lk-contact-1"])] == [outcome.id]


def test_a_product_is_put_on_a_quote_by_its_price_list(client: Any) -> None:
    line = LineWrite("create", None, {"ProductId": "2001", "Quantity": 1}, marker="lk-line-1")
    assert update(client, "Sale", "501", {}, lines=(line,)).status == "done"
    _, sale = read(client, "Sale", "501")
    assert [one["ERPProductKey"] for one in sale["Quotelines"]][-1] == "SUO_2001"
