"""What people do to each pair of systems before the runs: records, edits and line edits on both sides, none of them in conflict."""

from __future__ import annotations

from typing import Any

from lenke.systems.woocommerce.guests import guest_id
from tests.faults.people import People
from tests.flows import shopify_shop, superoffice_small
from tests.flows.woocommerce import shop as woocommerce_shop

SHOP, OFFICE, ERP = "custom_webshop", "poweroffice_go", "custom_erp"
WOO, SHOPIFY, SUPEROFFICE = "woocommerce", "shopify", "superoffice"
Body = dict[str, Any]


def webshop_and_office(people: People) -> None:
    """Two customers, a product and two orders in the shop; edits of both sides' records and lines."""
    products, orders = people.pairs("product_to_product"), people.pairs("order_to_salesorders")
    _in_the_shop(people, products, orders)
    (ours, _), (_, theirs), *_ = people.pairs("customer_to_customers")
    people.edit(SHOP, "Customer", ours, phone="+47 22700001")
    people.edit(OFFICE, "Customers", theirs, PhoneNumber="+4722700002")
    people.edit(OFFICE, "Products", products[1][1], Description="Fra kontoret")
    (_, second), (_, fourth) = orders[1], orders[3]
    fields = {"ProductId": int(products[-1][1]), "Description": "Ekstra", "Quantity": 2, "ProductUnitPrice": 80.0}
    people.line(OFFICE, "SalesOrders", second, None, fields | {"SortOrder": 9, "LineType": "Normal"})
    line = people.record(OFFICE, "SalesOrders", fourth)["SalesOrderLines"][0]
    people.line(OFFICE, "SalesOrders", fourth, line["Id"], {"Quantity": 13})
    people.edit(OFFICE, "SalesOrders", fourth, CustomerReference="Fra kontoret")


def webshop_and_erp(people: People) -> None:
    """The same in the shop; edits of the ERP's records and lines."""
    products, orders = people.pairs("product_to_product"), people.pairs("order_to_order")
    _in_the_shop(people, products, orders)
    (ours, _), (_, theirs), *_ = people.pairs("customer_to_customer")
    people.edit(SHOP, "Customer", ours, phone="+47 22700001")
    people.edit(ERP, "Customer", theirs, telephone="+4722700002")
    people.edit(ERP, "Product", products[1][1], text="Fra ERP")
    people.line(ERP, "Order", orders[1][1], None, {"articleId": "A000900", "qty": 1, "price": 40, "vatRate": 0.25, "text": "Frakt"})
    first, other, *_ = people.record(ERP, "Order", orders[3][1])["orderLines"]
    people.line(ERP, "Order", orders[3][1], first["lineId"], {"qty": 9, "text": "Fra ERP"})
    people.line(ERP, "Order", orders[3][1], other["lineId"], None)
    people.edit(ERP, "Order", orders[3][1], yourReference="Fra ERP")


def _in_the_shop(people: People, products: list[tuple[str, str]], orders: list[tuple[str, str]]) -> None:
    address = {"line1": "Nygata 1", "postal_code": "0155", "city": "Oslo", "country": "NOR"}
    common = {"billing": address, "currency": "NOK"}
    company = people.create(SHOP, "Customer", type="company", company_name="Nytt AS", email="post@ny.example.org", **common)
    named = {"first_name": "Kari", "last_name": "Nordmann", "email": "kari@ny.example.org"}
    person = people.create(SHOP, "Customer", type="person", **named, **common)
    product = people.create(SHOP, "Product", sku="NY-1", name="Ny vare", price="125.00", vat_rate="25", unit="pcs", kind="physical")
    for customer in (company, person):
        lines = [_shop_line(product, 0), _shop_line(products[0][0], 1)]
        people.create(SHOP, "Order", customer_id=int(customer), currency="NOK", exchange_rate="1.000000", lines=lines)
    people.edit(SHOP, "Product", products[0][0], description="Ny tekst")
    (first, _), (third, _) = orders[0], orders[2]
    people.edit(SHOP, "Order", first, customer_reference="Ny referanse")
    people.line(SHOP, "Order", first, None, _shop_line(products[-1][0], 9))
    changed, removed, *_ = people.record(SHOP, "Order", third)["lines"]
    people.line(SHOP, "Order", third, changed["id"], {"quantity": "17"})
    people.line(SHOP, "Order", third, removed["id"], None)


def _shop_line(product: str, place: int) -> Body:
    fields = {"kind": "product", "product_id": int(product), "description": f"Linje {place}", "quantity": "2", "unit_price": "125.00"}
    return fields | {"discount_percent": "0", "unit": "pcs", "vat_rate": "25", "position": place}


def woocommerce_and_office(people: People) -> None:
    """A customer, a product, an account's order and a guest's; edits of both sides' records and lines, a variation's among them."""
    customers, products = (dict(people.pairs(flow)) for flow in (woocommerce_shop.CUSTOMERS, woocommerce_shop.PRODUCTS))
    orders = dict(people.pairs(woocommerce_shop.ORDERS))
    billing = {"first_name": "Nina", "last_name": "Ny", "email": "nina.ny@example.com", **woocommerce_shop.ADDRESS}
    account = people.create(WOO, "Customer", email="nina.ny@example.com", first_name="Nina", last_name="Ny", billing=billing)
    product = people.create(WOO, "Product", name="Ny vare", sku="NY-1", regular_price="125.00")
    lines = [{"product_id": int(product), "quantity": 2}, {"product_id": 11, "quantity": 1}]
    guest = billing | {"email": "gjest.to@example.com"}
    people.touched.add((WOO, "Customer", guest_id("gjest.to@example.com")))
    for buyer, address in ((int(account), billing), (0, guest)):
        people.create(WOO, "Order", customer_id=buyer, status="processing", billing=address, line_items=lines)
    people.edit(WOO, "Customer", "2", billing__city="Tromsø", billing__postcode="9008")
    people.edit(WOO, "Product", "21", regular_price="599.00")
    people.edit(WOO, "Order", "500003", transaction_id="PAY-7")
    people.line(WOO, "Order", "500003", None, {"product_id": 10, "quantity": 3})
    people.edit(OFFICE, "Customers", customers["3"], PhoneNumber="+4722334455")
    people.edit(OFFICE, "Products", products["10"], Name="Sokk, grå", UnitPrice=8)
    people.edit(OFFICE, "SalesOrders", orders["500002"], CustomerReference="Ref & co")
    extra = {"ProductId": int(products["21"]), "Quantity": 2, "ProductUnitPrice": 300, "Description": "Genser, ekstra"}
    people.line(OFFICE, "SalesOrders", orders["500002"], None, extra)
    held = {line["ProductCode"]: line["Id"] for line in people.record(OFFICE, "SalesOrders", orders["500001"])["SalesOrderLines"]}
    people.line(OFFICE, "SalesOrders", orders["500001"], held["ULL-1"], {"Quantity": 4})
    people.line(OFFICE, "SalesOrders", orders["500001"], held["GEBYR"], None)


def office_and_shopify(people: People) -> None:
    """A person, a company, a product and an order in PowerOffice GO; edits of both sides' records and lines."""
    ids, flows = people.ids, shopify_shop
    address = {"MailAddress": flows.ADDRESS}
    person = people.create(OFFICE, "Customers", IsPerson=True, FirstName="Nina", LastName="Ny", EmailAddress="nina@ny.example", **address)
    firm = {"Name": "Nytt AS", "OrganizationNumber": "974760673", "EmailAddress": "post@ny.example"}
    people.create(OFFICE, "Customers", IsPerson=False, **firm, **address)
    goods = {"StandardSalesAccountId": 510001, "UnitOfMeasureCode": "EA", "ProductType": "Product"}
    product = people.create(OFFICE, "Products", Code="NY-1", Name="Ny vare", UnitPrice=100, **goods)
    lines = [_sale(product, 2, "Ny vare"), _sale(ids["bread"], 1, "Brød")]
    people.create(OFFICE, "SalesOrders", CustomerId=int(person), SalesOrderDate="2026-05-06", SalesOrderLines=lines)
    people.edit(OFFICE, "Customers", ids["kari"], FirstName="Karianne", MailAddress__City="Moss")
    people.edit(OFFICE, "Products", ids["cup"], UnitPrice=100, StockOnHand=9)
    people.edit(OFFICE, "SalesOrders", ids["order"], PurchaseOrderReference="PO-2")
    held = {line["Description"]: line["Id"] for line in people.record(OFFICE, "SalesOrders", ids["order"])["SalesOrderLines"]}
    people.line(OFFICE, "SalesOrders", ids["order"], held["Kopp"], {"Quantity": 5})
    people.line(OFFICE, "SalesOrders", ids["order"], held["Frakt tilbake"], None)
    people.line(OFFICE, "SalesOrders", ids["order"], None, _sale(ids["shirt"], 1, "Skjorte, blå"))
    firms, variants, orders = (dict(people.pairs(flow)) for flow in (flows.COMPANIES, flows.PRODUCTS, flows.ORDERS))
    people.edit(SHOPIFY, "Customer", firms[ids["firm"]], defaultAddress__company="Havørn ASA")
    people.edit(SHOPIFY, "Sesamproduct", variants[ids["bread"]], price="57.50")
    people.edit(SHOPIFY, "Order", orders[ids["abroad"]], poNumber="PO-9")
    people.line(SHOPIFY, "Order", orders[ids["abroad"]], None, {"variantId": variants[ids["shirt"]], "quantity": 2})


def _sale(product: str, quantity: float, text: str) -> Body:
    return {"ProductId": int(product), "Quantity": quantity, "ProductUnitPrice": 400, "Description": text}


def superoffice_and_webshop(people: People) -> None:
    """A company, a product and a sale with a line in SuperOffice; edits of both sides' records and lines."""
    flows = superoffice_small
    contacts, products, sales = (dict(people.pairs(flow)) for flow in (flows.CONTACTS, flows.PRODUCTS, flows.SALES))
    norway = {"CountryId": 578, "TwoLetterISOCountry": "NO"}
    contact = people.create(SUPEROFFICE, "Contact", Name="Nytt AS", OrgNr="815493000", Country=norway)
    goods = {"VAT": 25, "QuantityUnit": "stk", "ProductTypeKey": "1", "ERPPriceListKey": "1"}
    product = people.create(SUPEROFFICE, "Product", Code="NY-1", Name="Ny vare", UnitListPrice=100.0, **goods)
    sale = people.create(SUPEROFFICE, "Sale", Heading="Nytt salg", Contact={"ContactId": int(contact)}, Quote__PoNumber="PO-7")
    people.line(SUPEROFFICE, "Sale", sale, None, {"ProductId": int(product), "Quantity": 3})
    people.edit(SUPEROFFICE, "Contact", "101", Address__Postal__City="Bodø")
    people.edit(SUPEROFFICE, "Product", "2001", Name="Tauverk")
    people.edit(SUPEROFFICE, "Sale", "502", Heading="Nytt navn")
    people.line(SUPEROFFICE, "Sale", "501", "SUO_2001#1", {"Quantity": 3})
    people.edit(SHOP, "Customer", contacts["102"], billing__city="Bergen")
    people.edit(SHOP, "Product", products["2002"], price="149.90")
    people.edit(SHOP, "Order", sales["503"], title="Fra butikken")
    garn = people.record(SHOP, "Product", products["2002"])["id"]
    lines = {line["position"]: line["id"] for line in people.record(SHOP, "Order", sales["501"])["lines"]}
    people.line(SHOP, "Order", sales["501"], lines[2], {"quantity": "5"})
    people.line(SHOP, "Order", sales["501"], None, {"product_id": garn, "quantity": "4"})
