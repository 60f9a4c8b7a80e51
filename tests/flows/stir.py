"""What people do to the handful of records before a run: every kind of write that Lenke then has to make."""

from __future__ import annotations

from typing import Any

from tests.flows.installation import CUSTOMERS, OFFICE, ORDERS, PRODUCTS, SHOP, Installation


def stir(installation: Installation) -> None:
    """A new company and a new person, a new product, two new orders for them; edits and line edits on both sides."""
    systems = installation.systems
    customers = [systems.create(SHOP, "Customer", _customer(n)) for n in range(2)]
    product = systems.create(SHOP, "Product", _product())
    known = list(installation.engine.right_of(PRODUCTS))
    for n, customer in enumerate(customers):
        systems.create(SHOP, "Order", _order(customer, [product, known[n]]))
    _edit(installation)


def _edit(installation: Installation) -> None:
    right = {flow: installation.engine.right_of(flow) for flow in (CUSTOMERS, PRODUCTS, ORDERS)}
    ours, theirs, *_ = sorted(right[CUSTOMERS])
    installation.edit(SHOP, "Customer", ours, {"phone": "+47 22700001"})
    installation.edit(OFFICE, "Customers", right[CUSTOMERS][theirs], {"PhoneNumber": "+4722700002"})
    installation.edit(SHOP, "Product", min(right[PRODUCTS]), {"description": "Ny tekst"})
    first, second, third, *_ = sorted(right[ORDERS])
    other = max(right[PRODUCTS])
    installation.systems.edit_line(SHOP, "Order", first, None, _line(other, 9))
    installation.edit(SHOP, "Order", first, {"customer_reference": "Ny referanse"})
    fields = {"ProductId": int(right[PRODUCTS][other]), "Description": "Ekstra", "Quantity": 2, "ProductUnitPrice": 80.0}
    installation.systems.edit_line(OFFICE, "SalesOrders", right[ORDERS][second], None, fields | {"SortOrder": 9, "LineType": "Normal"})
    lines = installation.left(ORDERS, third)["lines"]
    installation.systems.edit_line(SHOP, "Order", third, str(lines[0]["id"]), {"quantity": "17"})
    installation.systems.edit_line(SHOP, "Order", third, str(lines[1]["id"]), None)


def _customer(n: int) -> dict[str, Any]:
    """A person, and a company that nothing but Lenke's marker tells from others."""
    fields: dict[str, Any] = (
        {"type": "person", "first_name": "Kari", "last_name": "Nordmann"} if n else {"type": "company", "company_name": "Nytt AS"}
    )
    fields |= {"email": f"post.{n}@ny.example.org"}
    address = {"line1": f"Nygata {n + 1}", "postal_code": "0155", "city": "Oslo", "country": "NOR"}
    return fields | {"billing": address, "currency": "NOK"}


def _product() -> dict[str, Any]:
    return {"sku": "NY-1", "name": "Ny vare", "price": "125.00", "vat_rate": "25", "unit": "pcs", "kind": "physical"}


def _order(customer: str, products: list[str]) -> dict[str, Any]:
    lines = [_line(product, place) for place, product in enumerate(products)]
    return {"customer_id": int(customer), "currency": "NOK", "exchange_rate": "1.000000", "lines": lines}


def _line(product: str, place: int) -> dict[str, Any]:
    fields = {"kind": "product", "product_id": int(product), "description": f"Linje {place}", "quantity": "2", "unit_price": "125.00"}
    return fields | {"discount_percent": "0", "unit": "pcs", "vat_rate": "25", "position": place}
