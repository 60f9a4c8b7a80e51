"""What people do in the shop's own admin pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.shopify.customers import Customers
from sandbox.shopify.orders import Orders, bag, new_line, own_taxes, status_of
from sandbox.shopify.products import Products, blank_variant
from sandbox.shopify.shop import LOCATION, Shop, UserError, now
from sandbox.wire import Json

_CUSTOMER = {"defaultEmailAddress.emailAddress": "email", "defaultPhoneNumber.phoneNumber": "phone"}
_PLAIN = ("firstName", "lastName", "note", "taxExempt", "locale")
_ITEM = {"inventoryItem.tracked": "tracked", "inventoryItem.requiresShipping": "requiresShipping", "inventoryItem.unitCost.amount": "cost"}
_PRODUCT = {"name": "title", "product.title": "title", "product.vendor": "vendor", "product.status": "status"}


class People:
    """Edits by dotted paths as a record's raw has them; raises ValueError where the pages would refuse."""

    def __init__(self, shop: Shop, customers: Customers, products: Products, orders: Orders) -> None:
        self._shop = shop
        self._customers = customers
        self._products = products
        self._orders = orders

    def edit(self, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        """Change a record."""
        act = {"Customer": self._customer, "Sesamproduct": self._variant, "Order": self._order}.get(entity)
        if act is None:
            raise ValueError(f"no pages for {entity}")
        try:
            act(key, fields)
        except UserError as refused:
            raise ValueError(str(refused)) from None

    def edit_line(self, key: str, line: str | None, fields: Mapping[str, Any] | None) -> str:
        """Edit an order's line: ``quantity``, ``discountPercent``, ``fulfilled``; a new one by ``variantId`` and ``quantity``."""
        body = self._shop.get("Order", f"gid://shopify/Order/{key}")
        if body is None:
            raise ValueError("no such order")
        if line is None:
            found = self._new_line(body, fields or {})
        else:
            found = next(one for one in body["lineItems"] if one["id"].endswith(f"/{line}"))
            _change(found, fields)
        body["displayFulfillmentStatus"] = status_of(body["lineItems"])
        self._shop.put("Order", body)
        return str(found["id"]).rpartition("/")[2]

    def create(self, entity: str, fields: Mapping[str, Any]) -> str:
        """Make a customer, or a variant (``productId`` for a further one of a product, with ``title`` as its option)."""
        try:
            if entity == "Customer":
                given = {_CUSTOMER.get(path, path): value for path, value in fields.items() if path in _CUSTOMER or path in _PLAIN}
                body = self._customers.create(given)
                self.edit(entity, body["legacyResourceId"], {path: value for path, value in fields.items() if path not in given})
                return str(body["legacyResourceId"])
            if entity == "Sesamproduct":
                return self._new_variant(fields)
            if entity == "Order":
                return str(self._orders.create(fields)["legacyResourceId"])
        except UserError as refused:
            raise ValueError(str(refused)) from None
        raise ValueError(f"no pages for {entity}")

    def delete(self, entity: str, key: str) -> None:
        """Delete a record; a customer with orders stays, and a product goes with its last variant."""
        if entity == "Customer" and any(order["customerId"] == f"gid://shopify/Customer/{key}" for order in self._shop.all("Order")):
            raise ValueError("Customer can't be deleted because they have associated orders")
        kept = "ProductVariant" if entity == "Sesamproduct" else entity
        body = self._shop.get(kept, f"gid://shopify/{kept}/{key}")
        if body is None:
            raise ValueError(f"no such {entity}")
        self._shop.store.remove(kept, key)
        if kept == "ProductVariant" and not self._products.variants(body["productId"]):
            self._shop.store.remove("Product", body["productId"].rpartition("/")[2])

    def _customer(self, key: str, fields: Mapping[str, Any]) -> None:
        gid = f"gid://shopify/Customer/{key}"
        plain = {_CUSTOMER.get(path, path): value for path, value in fields.items() if path in _CUSTOMER or path in _PLAIN}
        if plain:
            self._customers.update({"id": gid, **plain})
        address = {path.partition(".")[2]: value for path, value in fields.items() if path.startswith("defaultAddress.")}
        if address:
            given = {"countryCode" if name == "countryCodeV2" else name: value for name, value in address.items()}
            held = (self._known("Customer", key)["defaultAddress"] or {}).get("id")
            if held:
                self._customers.change_address({"customerId": gid, "addressId": held, "address": given})
            else:
                self._customers.add_address({"customerId": gid, "address": given, "setAsDefault": True})
        if "archived" in fields:
            self._customers.tag(gid, ["archived"], add=bool(fields["archived"]))
        self._metafields("CUSTOMER", "Customer", key, fields)

    def _variant(self, key: str, fields: Mapping[str, Any]) -> None:
        body = self._known("ProductVariant", key)
        product = {_PRODUCT[path]: value for path, value in fields.items() if path in _PRODUCT}
        if "description" in fields:
            product["descriptionHtml"] = fields["description"] or ""
        if "archived" in fields:
            product["status"] = "ARCHIVED" if fields["archived"] else "ACTIVE"
        if product:
            self._products.update_product({"id": body["productId"], **product})
        variant = {path: fields[path] for path in ("barcode", "price", "compareAtPrice", "taxable") if path in fields}
        item = {member: fields[path] for path, member in _ITEM.items() if path in fields}
        item |= {"sku": fields["sku"]} if "sku" in fields else {}
        if variant or item:
            given = {"id": body["id"], **variant, **({"inventoryItem": item} if item else {})}
            self._products.update_variants({"productId": body["productId"], "variants": [given]})
        if "stock" in fields:
            body = self._known("ProductVariant", key)
            body["levels"][LOCATION] = int(fields["stock"])
            self._products.moved(body)
        self._metafields("PRODUCTVARIANT", "ProductVariant", key, fields)

    def _order(self, key: str, fields: Mapping[str, Any]) -> None:
        plain = {path: value for path, value in fields.items() if path in ("note", "poNumber", "email", "phone")}
        if plain:
            self._orders.update({"id": f"gid://shopify/Order/{key}", **plain})
        if "customer.legacyResourceId" in fields:
            self._orders.set_customer(f"gid://shopify/Order/{key}", f"gid://shopify/Customer/{fields['customer.legacyResourceId']}")
        own = {path: value for path, value in fields.items() if path in ("cancelledAt", "closedAt", "displayFinancialStatus")}
        if own:
            body = self._known("Order", key) | own
            if own.get("cancelledAt") or own.get("displayFinancialStatus") == "REFUNDED":
                # The lines stay; their units are removed or refunded.
                body["lineItems"] = [line | {"currentQuantity": 0, "unfulfilledQuantity": 0} for line in body["lineItems"]]
            self._shop.put("Order", body)
        self._metafields("ORDER", "Order", key, fields)

    def _metafields(self, owner: str, entity: str, key: str, fields: Mapping[str, Any]) -> None:
        found = {path.split(".", 2)[2]: (path.split(".")[1], value) for path, value in fields.items() if path.startswith("metafields.")}
        if not found:
            return
        body = self._known(entity, key)
        given = [{"namespace": space, "key": name, "value": value} for name, (space, value) in found.items() if value not in (None, "")]
        for name, (space, value) in found.items():
            if value in (None, ""):
                body["metafields"].get(space, {}).pop(name, None)
        self._shop.set_metafields(owner, body, given, ["metafields"])
        self._shop.put(entity, body)

    def _known(self, entity: str, key: str) -> Json:
        body = self._shop.get(entity, f"gid://shopify/{entity}/{key}")
        if body is None:
            raise ValueError(f"no such {entity}")
        return body

    def _new_variant(self, fields: Mapping[str, Any]) -> str:
        if "productId" not in fields:
            option = [{"name": "Title", "values": [{"name": "Default Title"}]}]
            variant = {"optionValues": [{"optionName": "Title", "name": "Default Title"}]}
            product = self._products.set_product({"title": fields.get("name") or "?", "productOptions": option, "variants": [variant]})
            key = str(self._products.variants(product["id"])[0]["legacyResourceId"])
            self.edit("Sesamproduct", key, {path: value for path, value in fields.items() if path != "name"})
            return key
        gid = f"gid://shopify/Product/{str(fields['productId']).rpartition('/')[2]}"
        body = blank_variant(self._shop.new_id("ProductVariant"), self._shop.new_id("InventoryItem"), gid)
        option = [{"name": "Variant", "value": str(fields.get("title") or "?")}]
        body |= {
            "title": option[0]["value"],
            "selectedOptions": option,
            "position": len(self._products.variants(gid)) + 1,
            "createdAt": now(),
        }
        self._shop.put("ProductVariant", body)
        self.edit(
            "Sesamproduct", body["legacyResourceId"], {path: value for path, value in fields.items() if path not in ("productId", "title")}
        )
        return str(body["legacyResourceId"])

    def _new_line(self, order: Json, fields: Mapping[str, Any]) -> Json:
        variant = self._known("ProductVariant", str(fields["variantId"]))
        product = self._shop.get("Product", variant["productId"])
        assert product is not None
        codes = {"shopMoney": order["currencyCode"], "presentmentMoney": order["presentmentCurrencyCode"]}
        price = bag({side: {"amount": variant["price"], "currencyCode": code} for side, code in codes.items()})
        line = new_line(self._shop, variant, product["title"], int(fields.get("quantity") or 1), price)
        line["taxLines"] = own_taxes(taxable=True)
        order["lineItems"].append(line)
        return line


def _change(line: Json, fields: Mapping[str, Any] | None) -> None:
    given = {"quantity": 0} if fields is None else dict(fields)
    if "fulfilled" in given:
        line["unfulfilledQuantity"] = line["currentQuantity"] - int(given["fulfilled"])
    quantity = given.get("quantity", given.get("exactQuantity"))
    if quantity is not None:
        if line["unfulfilledQuantity"] < line["currentQuantity"]:
            raise ValueError("the line is fulfilled")
        line |= {"currentQuantity": int(quantity), "unfulfilledQuantity": int(quantity), "quantity": max(line["quantity"], int(quantity))}
    if "discountPercent" in given:
        line["discounts"] = [{"id": "gid://shopify/CalculatedManualDiscountApplication/1", "percent": float(given["discountPercent"])}]
