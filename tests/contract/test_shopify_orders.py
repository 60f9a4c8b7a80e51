"""What is Shopify's own about orders: lines that do not fit, two currencies, order edits and their locks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lenke.core.errors import LockedError
from lenke.core.ports import LineWrite, Outcome, System
from lenke.systems.shopify import order_lines
from lenke.systems.shopify.client import ShopifyClient
from sandbox import Running
from tests.contract.test_shopify_rules import body, client, product, write

__all__ = ["client"]
SYSTEM = "shopify"


def order(client: System, *lines: dict[str, Any], **fields: Any) -> Any:
    new = tuple(LineWrite("create", None, {"variant.legacyResourceId": product(client)["legacyResourceId"], **line}) for line in lines)
    return body(write(client, "Order", fields=fields, lines=new))


class TestOrders:
    @pytest.mark.parametrize(
        ("quantity", "price", "discount", "held"),
        [
            ("2", "99.00", "0", (2, "99.00", {})),
            ("1.5", "10.00", "0", (1, "15.00", {"_quantity": "1.5", "_unit_price": "10"})),
            ("1", "-0.40", "0", (1, "0.00", {"_unit_price": "-0.4"})),
            ("-1", "10.00", "0", (1, "0.00", {"_quantity": "-1", "_unit_price": "10"})),
            ("3", "129.90", "33.3333", (3, "86.60", {"_unit_price": "129.9", "_discount_percent": "33.3333"})),
        ],
    )
    def test_lines_that_do_not_fit_say_what_they_stand_for(self, quantity: str, price: str, discount: str, held: Any) -> None:
        found = order_lines.placed(Decimal(quantity), Decimal(price), Decimal(discount))
        assert (found.quantity, f"{found.price:.2f}", dict(found.attributes)) == held

    def test_they_come_back_as_they_were(self, client: ShopifyClient) -> None:
        told = [
            {"exactQuantity": "1.5", "unitPrice": "10", "discountPercent": "5"},
            {"exactQuantity": "-1", "unitPrice": "10", "discountPercent": "0"},
            {"exactQuantity": "2", "unitPrice": "99.9", "discountPercent": "100"},
        ]
        found = order(client, *told)
        assert [{name: line[name] for name in told[0]} for line in found["lines"]] == told

    def test_two_currencies(self, client: ShopifyClient) -> None:
        found = order(
            client,
            {"exactQuantity": "2", "unitPrice": "100"},
            **{"presentmentCurrencyCode": "SEK", "metafields.lenke.exchange_rate": "1.05"},
        )
        total = found["currentTotalPriceSet"]
        assert total["presentmentMoney"] == {"amount": "200.0", "currencyCode": "SEK"}
        assert total["shopMoney"] == {"amount": "210.0", "currencyCode": "NOK"}
        assert write(client, "Order", fields={"presentmentCurrencyCode": "SEK"}).status == "rejected"

    def test_prices_are_told_in_the_shop_s_basis(self) -> None:
        line = {
            "currentQuantity": 1,
            "quantity": 1,
            "originalUnitPriceSet": {"presentmentMoney": {"amount": "80"}},
            "taxLines": [{"rate": 0.25}],
        }
        assert order_lines.told(line, taxes=(False, True))["unitPrice"] == "100"
        assert order_lines.told(line, taxes=(True, True))["unitPrice"] == "80"

    def test_lines_change_by_order_edits(self, client: ShopifyClient) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"}, {"exactQuantity": "1", "unitPrice": "50"})
        first, second = (line["id"] for line in made["lines"])
        edits = (
            LineWrite("update", first, {"exactQuantity": "5", "discountPercent": "10"}, {"exactQuantity": "2"}),
            LineWrite("remove", second),
        )
        changed = body(write(client, "Order", "update", id=made["legacyResourceId"], lines=edits))
        (left,) = changed["lines"]
        assert (left["id"], left["exactQuantity"], left["discountPercent"]) == (first, "5", "10")

    def test_a_fulfilled_line_is_locked_and_the_rest_of_the_order_is_not(self, client: ShopifyClient, sandbox: Running) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        key, line = made["legacyResourceId"], made["lines"][0]["id"]
        sandbox.edit_line(SYSTEM, "Order", key, line, {"fulfilled": 2})
        outcome = write(
            client, "Order", "update", id=key, fields={"poNumber": "P"}, lines=(LineWrite("update", line, {"exactQuantity": "3"}),)
        )
        assert (outcome.status, "fulfilled" in outcome.reason) == ("locked", True)
        assert body(write(client, "Order", "update", id=key, fields={"poNumber": "P"}))["poNumber"] == "P"

    @pytest.mark.parametrize("fields", [{"unitPrice": "90"}, {"title": "Annet"}, {"exactQuantity": "1.5"}])
    def test_what_a_placed_line_cannot_hold_is_locked(self, client: ShopifyClient, fields: dict[str, Any]) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        outcome = write(
            client, "Order", "update", id=made["legacyResourceId"], lines=(LineWrite("update", made["lines"][0]["id"], fields),)
        )
        assert outcome.status == "locked"

    def test_a_cancelled_order_s_lines_are_locked(self, client: ShopifyClient, sandbox: Running) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        sandbox.edit(SYSTEM, "Order", made["legacyResourceId"], {"cancelledAt": "2026-11-01T00:00:00Z"})
        lines = (LineWrite("remove", made["lines"][0]["id"]),)
        assert write(client, "Order", "update", id=made["legacyResourceId"], lines=lines).status == "locked"

    def test_a_line_that_moved_is_not_written(self, client: ShopifyClient, sandbox: Running) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        line = made["lines"][0]["id"]
        sandbox.edit_line(SYSTEM, "Order", made["legacyResourceId"], line, {"quantity": 4})
        lines = (LineWrite("update", line, {"exactQuantity": "3"}, {"exactQuantity": "2"}),)
        assert write(client, "Order", "update", id=made["legacyResourceId"], lines=lines).status == "moved"

    def test_a_new_line_is_discounted_down_and_never_raised(self, client: ShopifyClient) -> None:
        made = order(client, {"exactQuantity": "1", "unitPrice": "100"})
        variant = product(client)["legacyResourceId"]

        def add(price: str) -> Outcome:
            fields = {"variant.legacyResourceId": variant, "exactQuantity": "1", "unitPrice": price}
            return write(client, "Order", "update", id=made["legacyResourceId"], lines=(LineWrite("create", None, fields),))

        assert body(add("75"))["lines"][1]["discountPercent"] == "25"
        assert add("125").status == "locked"

    def test_only_what_can_be_edited_is_sent(self, client: ShopifyClient) -> None:
        made = order(client, {"exactQuantity": "1", "unitPrice": "100"})
        outcome = write(client, "Order", "update", id=made["legacyResourceId"], fields={"sourceIdentifier": "9"})
        assert (outcome.status, "never after" in outcome.reason) == ("rejected", True)

    def test_a_part_of_a_piece_cannot_be_held(self) -> None:
        with pytest.raises(LockedError):
            order_lines.pieces({"customAttributes": [{"key": "_quantity", "value": "1.5"}]}, Decimal("2"))
        assert order_lines.pieces({"customAttributes": [{"key": "_quantity", "value": "1.5"}]}, Decimal("4.5")) == 3
