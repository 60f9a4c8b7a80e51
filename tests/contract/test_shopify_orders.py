"""What is Shopify's own about orders: lines that do not fit, two currencies, order edits and their locks."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from lenke.core.errors import LockedError, RejectedRecordError
from lenke.core.ports import LineWrite, System
from lenke.systems.shopify import batch, order_lines
from lenke.systems.shopify.client import ShopifyClient
from sandbox import Running
from tests.contract.test_shopify_rules import body, client, product, write

__all__ = ["client"]
SYSTEM = "shopify"


def order(client: System, *lines: dict[str, Any], **fields: Any) -> Any:
    new = tuple(LineWrite("create", None, {"variant.legacyResourceId": product(client)["legacyResourceId"], **line}) for line in lines)
    return body(write(client, "Order", fields=fields, lines=new))


def stored(sandbox: Running, key: str) -> Any:
    return sandbox.record(SYSTEM, "Order", key)


class TestOrders:
    @pytest.mark.parametrize(
        ("quantity", "price", "discount", "held"),
        [
            ("2", "99.00", "0", (2, "99.00", {})),
            ("1.5", "10.00", "0", (1, "15.00", {"_quantity": "1.5", "_unit_price": "10"})),
            ("1", "-0.40", "0", (1, "0.00", {"_unit_price": "-0.4"})),
            ("-1", "10.00", "0", (1, "0.00", {"_quantity": "-1", "_unit_price": "10"})),
            ("5000", "0.003", "0", (1, "15.00", {"_quantity": "5000", "_unit_price": "0.003"})),
            ("1000", "0.8765", "0", (1, "876.50", {"_quantity": "1000", "_unit_price": "0.8765"})),
            ("100", "9.99", "12.5", (1, "874.13", {"_quantity": "100", "_unit_price": "9.99", "_discount_percent": "12.5"})),
            ("2", "0.0049", "0", (1, "0.01", {"_quantity": "2", "_unit_price": "0.0049"})),
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
            {"exactQuantity": "5000", "unitPrice": "0.003", "discountPercent": "0"},
            {"exactQuantity": "100", "unitPrice": "9.99", "discountPercent": "12.5"},
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

    @pytest.mark.parametrize(
        ("fields", "total"),
        [
            ({"unitPrice": "90"}, "180.0"),
            ({"unitPrice": "130"}, "260.0"),
            ({"exactQuantity": "1.5"}, "150.0"),
            ({"exactQuantity": "1.5", "discountPercent": "10", "title": "Annet"}, "135.0"),
        ],
    )
    def test_another_line_takes_the_place_of_one_that_cannot_hold_it(
        self, client: ShopifyClient, sandbox: Running, fields: dict[str, Any], total: str
    ) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100", "title": "Kopp", "taxLines.0.rate": "0.25"})
        key, (before,) = made["legacyResourceId"], made["lines"]
        outcome = write(client, "Order", "update", id=key, lines=(LineWrite("update", before["id"], fields, {"unitPrice": "100"}),))
        (line,), now = body(outcome)["lines"], body(outcome)
        assert line["id"] != before["id"]
        kept = {name: before[name] for name in ("exactQuantity", "unitPrice", "discountPercent", "title")}
        assert {name: line[name] for name in kept} == kept | fields
        assert line["variant"]["legacyResourceId"] == before["variant"]["legacyResourceId"]
        assert (line["taxLines"][0]["rate"], now["currentTotalPriceSet"]["presentmentMoney"]["amount"]) == (0.25, total)
        assert [one["currentQuantity"] for one in stored(sandbox, key)["lineItems"]] == [0, line["currentQuantity"]]
        # The note names its line once it has an id, and goes with it.
        more = body(write(client, "Order", "update", id=key, lines=(LineWrite("update", line["id"], {"title": "Fat"}),)))
        assert (more["lines"][0]["id"], more["lines"][0]["title"]) == (line["id"], "Fat")
        assert '"id"' in more["metafields"]["lenke"]["lines"]

    @pytest.mark.parametrize(
        ("price", "few", "many", "total"),
        [("10.333", "1", "1000", "10333.0"), ("0.003", "5000", "10000", "30.0"), ("0.8765", "1000", "3", "2.63")],
    )
    def test_another_quantity_costs_what_it_should(self, client: ShopifyClient, price: str, few: str, many: str, total: str) -> None:
        made = order(client, {"exactQuantity": few, "unitPrice": price, "title": "Skrue"})
        edit = LineWrite("update", made["lines"][0]["id"], {"exactQuantity": many}, {"exactQuantity": few})
        now = body(write(client, "Order", "update", id=made["legacyResourceId"], lines=(edit,)))
        (line,) = now["lines"]
        assert (line["exactQuantity"], line["unitPrice"], line["title"]) == (many, price, "Skrue")
        assert now["currentTotalPriceSet"]["presentmentMoney"]["amount"] == total

    def test_another_product(self, client: ShopifyClient) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100", "title": "Kopp"})
        other = product(client)["legacyResourceId"]
        changed = LineWrite("update", made["lines"][0]["id"], {"variant.legacyResourceId": other})
        (line,) = body(write(client, "Order", "update", id=made["legacyResourceId"], lines=(changed,)))["lines"]
        assert (line["variant"]["legacyResourceId"], line["title"], line["unitPrice"]) == (other, "Kopp", "100")

    def test_a_text_is_noted_without_an_order_edit(self, client: ShopifyClient, sandbox: Running) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        line = made["lines"][0]["id"]
        found = body(write(client, "Order", "update", id=made["legacyResourceId"], lines=(LineWrite("update", line, {"title": "Fat"}),)))
        assert [(one["id"], one["title"]) for one in found["lines"]] == [(line, "Fat")]
        assert len(stored(sandbox, made["legacyResourceId"])["lineItems"]) == 1

    @pytest.mark.parametrize("lost", ["mutation OrderEdit.*orderEditCommit", "mutation OrderEdit.*orderUpdate"])
    def test_a_lost_answer_adds_no_line_twice(self, client: ShopifyClient, sandbox: Running, lost: str) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        key, line = made["legacyResourceId"], made["lines"][0]["id"]
        edit = (LineWrite("update", line, {"unitPrice": "90"}, {"unitPrice": "100"}),)
        sandbox.fault(SYSTEM, "drop_reply", count=1, match={"body": lost})
        outcome = write(client, "Order", "update", id=key, lines=edit)
        committed = "Commit" in lost
        assert outcome.status == ("unknown" if committed else "retriable")
        again = write(client, "Order", "update", id=key, lines=edit)
        assert again.status == ("moved" if committed else "done")
        (now,) = client.get("Order", [key])
        (held,) = json.loads(now.raw)["lines"]
        assert (held["unitPrice"], held["exactQuantity"], held["discountPercent"]) == ("90", "2", "0")

    def test_a_refused_commit_leaves_no_note_behind(self, client: ShopifyClient, sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        key, edit = made["legacyResourceId"], LineWrite("update", made["lines"][0]["id"], {"unitPrice": "90"})
        run = batch.run

        def refused(wire: Any, operations: Any, name: str) -> Any:
            commits = [operation.name for operation in operations] == ["orderEditCommit"]
            return [batch.Result(error=RejectedRecordError("refused"))] if commits else run(wire, operations, name)

        monkeypatch.setattr(batch, "run", refused)
        assert write(client, "Order", "update", id=key, lines=(edit,)).status == "rejected"
        held = stored(sandbox, key)
        assert (json.loads(held["metafields"]["lenke"]["lines"]), len(held["lineItems"])) == ([], 1)

    def test_a_discount_that_a_person_gives_beside_is_told(self, client: ShopifyClient, sandbox: Running) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        key, edit = made["legacyResourceId"], LineWrite("update", made["lines"][0]["id"], {"unitPrice": "80"})
        line = body(write(client, "Order", "update", id=key, lines=(edit,)))["lines"][0]["id"]
        sandbox.edit_line(SYSTEM, "Order", key, line, {"discountPercent": 40})
        (now,) = client.get("Order", [key])
        assert json.loads(now.raw)["lines"][0]["discountPercent"] == "25"

    def test_a_line_without_a_product_is_locked(self, client: ShopifyClient) -> None:
        made = order(client, {"exactQuantity": "2", "unitPrice": "100"})
        edit = LineWrite("update", made["lines"][0]["id"], {"variant.legacyResourceId": None})
        assert write(client, "Order", "update", id=made["legacyResourceId"], lines=(edit,)).status == "locked"

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

    @pytest.mark.parametrize("price", ["75", "100", "125"])
    def test_a_new_line_of_any_price(self, client: ShopifyClient, price: str) -> None:
        made = order(client, {"exactQuantity": "1", "unitPrice": "100"})
        variant = product(client)["legacyResourceId"]
        fields = {"variant.legacyResourceId": variant, "exactQuantity": "1", "unitPrice": price, "title": "Ny", "taxLines.0.rate": "0.15"}
        new = LineWrite("create", None, fields, marker="lk-line")
        line = body(write(client, "Order", "update", id=made["legacyResourceId"], lines=(new,)))["lines"][1]
        assert (line["unitPrice"], line["discountPercent"], line["title"], line["marker"]) == (price, "0", "Ny", "lk-line")
        assert (line["variant"]["legacyResourceId"], line["taxLines"][0]["rate"]) == (variant, 0.15)

    def test_only_what_can_be_edited_is_sent(self, client: ShopifyClient) -> None:
        made = order(client, {"exactQuantity": "1", "unitPrice": "100"})
        outcome = write(client, "Order", "update", id=made["legacyResourceId"], fields={"sourceIdentifier": "9"})
        assert (outcome.status, "never after" in outcome.reason) == ("rejected", True)

    def test_a_part_of_a_piece_cannot_be_held(self) -> None:
        with pytest.raises(LockedError):
            order_lines.pieces({"customAttributes": [{"key": "_quantity", "value": "1.5"}]}, Decimal("2"))
        assert order_lines.pieces({"customAttributes": [{"key": "_quantity", "value": "1.5"}]}, Decimal("4.5")) == 3
