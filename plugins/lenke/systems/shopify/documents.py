"""The GraphQL documents that are sent, put together from each entity's fields.

Documents are plain queries of the Admin API 2026-10; a test holds every one of them, with its variables, against the vendor's schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lenke.systems.shopify.entities import CUSTOMER, NAMESPACE, ORDER, SESAMPRODUCT, Entity

LINES_AT_ONCE = 50
_ADDRESS = "id company address1 address2 city zip countryCodeV2 phone"
_MONEY = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"


def _plain(names: str) -> dict[str, str]:
    """Fields without a selection of their own."""
    return dict.fromkeys(names.split(), "")


_PLAIN: Mapping[str, Mapping[str, str]] = {
    "Customer": {
        **_plain("id legacyResourceId firstName lastName note tags locale taxExempt state createdAt updatedAt"),
        "defaultEmailAddress": "{ emailAddress }",
        "defaultPhoneNumber": "{ phoneNumber }",
        "defaultAddress": f"{{ {_ADDRESS} }}",
    },
    "Sesamproduct": {
        **_plain("id legacyResourceId sku barcode title displayName price compareAtPrice taxable createdAt updatedAt"),
        "product": (
            "{ id legacyResourceId title descriptionHtml status vendor productType hasOnlyDefaultVariant updatedAt"
            " variantsCount { count } }"
        ),
        "inventoryItem": (
            "{ id legacyResourceId tracked requiresShipping updatedAt unitCost { amount currencyCode }"
            ' inventoryLevel(locationId: $location) { id quantities(names: ["available"]) { name quantity } } }'
        ),
    },
    "Order": {
        **_plain(
            "id legacyResourceId name note poNumber email phone tags sourceIdentifier currencyCode presentmentCurrencyCode taxesIncluded"
            " createdAt updatedAt processedAt cancelledAt closedAt displayFinancialStatus displayFulfillmentStatus merchantEditable"
            " merchantEditableErrors currentSubtotalLineItemsQuantity"
        ),
        "customer": "{ id legacyResourceId }",
        "currentTotalPriceSet": _MONEY,
        "currentTotalTaxSet": _MONEY,
    },
}
_LINE = (
    "id title sku quantity currentQuantity unfulfilledQuantity merchantEditable variant { id legacyResourceId }"
    f" customAttributes {{ key value }} originalUnitPriceSet {_MONEY} taxLines {{ title rate }}"
    " discountAllocations { allocatedAmountSet { presentmentMoney { amount currencyCode } } }"
)
LINES = f"lineItems(first: $lines, after: $line) {{ nodes {{ {_LINE} }} pageInfo {{ hasNextPage endCursor }} }}"
_ROOT = {"Customer": "customers", "Sesamproduct": "productVariants", "Order": "orders"}
_BY_IDENTIFIER = {"Customer": "customerByIdentifier", "Sesamproduct": "productVariantByIdentifier", "Order": "orderByIdentifier"}
_IDENTIFIER = {"Customer": "CustomerIdentifierInput", "Sesamproduct": "ProductVariantIdentifierInput", "Order": "OrderIdentifierInput"}
_SORTED = {"Customer": ", sortKey: $sort", "Sesamproduct": ", sortKey: ID", "Order": ", sortKey: $sort"}
_SORT_TYPE = {"Customer": "$sort: CustomerSortKeys!", "Order": "$sort: OrderSortKeys!"}

SHOP = "query Shop { shop { id name myshopifyDomain currencyCode taxesIncluded } currentAppInstallation { accessScopes { handle } } }"
LOCATIONS = "query Locations { locations(first: 50) { nodes { id legacyResourceId name isActive } pageInfo { hasNextPage endCursor } } }"
READABLE = "query Readable { customers(first: 1) { nodes { id firstName lastName defaultEmailAddress { emailAddress } } } }"


def parts(entity: Entity, *, without: Iterable[str] = (), lines: bool = False) -> str:
    """The fields of one record, without those that the app may not read."""
    hidden = frozenset(without)
    plain = [f"{name} {inner}".strip() for name, inner in _PLAIN[entity.name].items() if name not in hidden]
    meta = [f'm_{key}: metafield(namespace: "{NAMESPACE}", key: "{key}") {{ value }}' for key in entity.metafields]
    return " ".join([*plain, *meta, *([LINES] if lines else [])])


def page(entity: Entity, fields: str) -> str:
    """One page of a list. Variables: first, after, query, and sort where the entity's list has more than one order."""
    given = ["$first: Int!", "$after: String", "$query: String"]
    given += [_SORT_TYPE[entity.name]] if entity.name in _SORT_TYPE else []
    root = f"{_ROOT[entity.name]}(first: $first, after: $after, query: $query{_SORTED[entity.name]})"
    head = ", ".join([*given, *_extra(fields)])
    return f"query {entity.name}Page({head}) {{ page: {root} {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"


def variants_of(kind: str, fields: str) -> str:
    """Products, or inventory items, changed in a window, each with the ids of its variants."""
    sort = ", sortKey: UPDATED_AT" if kind == "products" else ""
    head = f"query Touched_{kind}($first: Int!, $after: String, $query: String!)"
    root = f"{kind}(first: $first, after: $after, query: $query{sort})"
    return f"{head} {{ page: {root} {{ nodes {{ id updatedAt {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"


VARIANT_IDS = "variants(first: 50) { nodes { id legacyResourceId } pageInfo { hasNextPage endCursor } }"
_MORE = "variants(first: 100, after: $after) { nodes { id legacyResourceId } pageInfo { hasNextPage endCursor } }"
MORE_VARIANTS = (
    "query MoreVariants($id: ID!, $after: String!) {"
    f" node(id: $id) {{ ... on Product {{ {_MORE} }} ... on InventoryItem {{ held: {_MORE} }} }} }}"
)


def by_ids(entity: Entity, fields: str) -> str:
    """Records by global id: a current read; null where one is not there. Variable: ids."""
    head = ", ".join(["$ids: [ID!]!", *_extra(fields)])
    return f"query {entity.name}ByIds({head}) {{ nodes(ids: $ids) {{ __typename ... on {entity.gid} {{ {fields} }} }} }}"


def by_markers(entity: Entity, fields: str, count: int) -> str:
    """Records by marker: a current read, not the search index. Variables: i0, i1 ..."""
    head = ", ".join([*(f"$i{n}: {_IDENTIFIER[entity.name]}!" for n in range(count)), *_extra(fields)])
    each = " ".join(f"r{n}: {_BY_IDENTIFIER[entity.name]}(identifier: $i{n}) {{ {fields} }}" for n in range(count))
    return f"query {entity.name}ByMarkers({head}) {{ {each} }}"


MORE_LINES = f"query MoreLines($id: ID!, $lines: Int!, $line: String!) {{ order(id: $id) {{ id {LINES} }} }}"


def mutation(name: str, aliases: Sequence[tuple[str, str, str]], variables: Sequence[tuple[str, str]]) -> str:
    """Several mutations in one request, run in their order.

    :param aliases: (alias, field with its arguments, selection) of each; :param variables: (name, type).
    """
    head = ", ".join(f"${variable}: {kind}" for variable, kind in variables)
    each = " ".join(f"{alias}: {call} {{ {selection} }}" for alias, call, selection in aliases)
    return f"mutation {name}({head}) {{ {each} }}"


def _extra(fields: str) -> list[str]:
    found = ["$location: ID!"] if "$location" in fields else []
    return found + (["$lines: Int!", "$line: String"] if "$lines" in fields else [])


__all__ = ["CUSTOMER", "ORDER", "SESAMPRODUCT", "by_ids", "by_markers", "mutation", "page", "parts", "variants_of"]
