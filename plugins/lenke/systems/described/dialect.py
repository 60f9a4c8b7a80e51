"""Every key that a system's description may hold: read this file, know the language.

A path is dotted (``error.code``); an empty path is the whole reply. ``{id}`` in an address stands for the record's id.
Secrets never stand in a description: they come from the connection's login, password and extra.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Intent = Literal["auth", "rejected", "not_unique", "moved", "locked", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """How requests prove who sends them.

    - ``basic``: login and password. ``bearer``: the password is the token.
    - ``api_key``: the password in header ``name``, or in query parameter ``name`` where ``place`` is query.
    - ``oauth2``: client credentials; login is the client id, password the secret, ``token_url`` an address of the system or
      a whole URL, sent as basic auth or in the form (``client_in``).
    """

    kind: Literal["none", "basic", "bearer", "api_key", "oauth2"]
    name: str = "X-Api-Key"
    place: Literal["header", "query"] = "header"
    token_url: str = ""
    scope: str = ""
    client_in: Literal["basic", "form"] = "basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a list goes on after its first page.

    - ``none``: it does not. ``page``: ``number`` counts pages from ``first``. ``offset``: ``number`` counts rows from 0.
    - ``cursor``: the value at ``next`` in the reply is sent as ``number``. ``next_url``: the value at ``next`` is the address.
    - ``link``: the Link header's rel=next (RFC 8288).

    :param size: the parameter for rows a page, of which ``size_most`` are asked for; empty where there is none.
    :param ends: how the last page is known where pages or rows are counted: ``short_page`` - it holds fewer rows than asked for;
        ``no_link`` - its reply has no Link header with rel=next, whatever the server makes of the size asked for.
    :param records: path of the rows in the reply.
    :param total: path of the count of all rows, where the reply tells it: a walk that brings fewer is walked again.
    """

    kind: Literal["none", "page", "offset", "cursor", "next_url", "link"]
    number: str = "page"
    first: int = 1
    next: str = ""
    size: str = ""
    size_most: int = 100
    ends: Literal["short_page", "no_link"] = "short_page"
    records: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """The shape of an error: where its code, message and property stand, and what each code means."""

    code: str = ""
    message: str = ""
    property: str = ""
    codes: Mapping[str, Intent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Where the system tells whose data it holds: ``path`` in the reply of ``address``."""

    address: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Id:
    """The id's path; ``integer`` ids are sent as JSON numbers (they may be above 2**53), ``text`` ids as texts."""

    path: str = "id"
    type: Literal["integer", "text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Modified:
    """The last change of a record.

    :param since: filter parameter for records changed after a time; empty where the system has none.
    :param until: filter parameter for the other end.
    :param inclusive: the filters let records of that very time through.
    :param sorted: a list is in the order of this time, so rows move to its end while they change.
    :param trustworthy: the time moves with every edit of a mapped property.
    """

    path: str
    format: Literal["iso8601", "epoch", "epoch_ms"] = "iso8601"
    since: str = ""
    until: str = ""
    inclusive: bool = True
    sorted: bool = False
    trustworthy: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """The filter that brings several records by id, at most ``most`` a call."""

    parameter: str
    separator: str = ","
    most: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The field that holds Lenke's marker, and the filter that finds it."""

    path: str
    length: int
    unique: bool = False
    parameter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One kind of write.

    :param envelope: path at which the record stands in the request; empty where the request is the record.
    :param record: path of the stored record in the reply.
    """

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    address: str
    envelope: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Several writes in one call, each with a result of its own, in the order sent.

    :param create: member of request and reply that holds the creates; empty where they go singly.
    :param update: the same for updates; each item then holds its id at the id's path.
    :param status: path of an item's HTTP status. Its error stands at the same paths as in a reply of its own.
    :param record: path of an item's stored record.
    """

    address: str
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    most: int = 100
    create: str = ""
    update: str = ""
    status: str = "status"
    record: str = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The field that says that a record is archived."""

    path: str
    value: bool | str = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Optimistic check: an update carries ``parameter`` with the value of ``path`` as last read; a stale one is refused."""

    parameter: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines that live inside their record and are written with it.

    :param removed: member that a line to be removed carries, with the value true.
    :param integers: paths within a line whose values are JSON integers though they travel as text (references).
    """

    path: str
    id: Id = field(default_factory=Id)
    removed: str = ""
    marker: str = ""
    integers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kind of record.

    :param address: of its list; one record is at ``address/{id}``.
    :param record: path of the record in the reply of one.
    :param keys: path to the filter parameter that finds it exactly.
    :param caseless: those of the keys whose filter tells no upper from lower case, nor blanks around; look-ups by an e-mail address that
        is none of them read the whole list.
    :param integers: paths whose values are JSON integers though they travel as text (references to other records).
    :param created: path of the time at which a record was created, ISO 8601; empty where the system does not tell.
    :param nested: ``merge`` - an update may hold a part of a nested object; ``whole`` - it replaces the object.
    :param whole: a list's rows hold everything; where false, each record is read for its details.
    """

    address: str
    id: Id = field(default_factory=Id)
    record: str = ""
    version: str = ""
    modified: Modified | None = None
    created: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    caseless: tuple[str, ...] = ()
    ids: Ids | None = None
    marker: Marker | None = None
    create: Call | None = None
    update: Call | None = None
    delete: Call | None = None
    archive: Archive | None = None
    batch: Batch | None = None
    check: Check | None = None
    lines: Lines | None = None
    integers: tuple[str, ...] = ()
    nested: Literal["merge", "whole"] = "merge"
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A whole description.

    :param base_path: follows the connection's host where that names no path of its own.
    :param requests_per_second: the system's limit; the connection's extra may lower it.
    :param read_lag_seconds: a read may be this much behind the last write.
    """

    system: str
    auth: Auth
    paging: Paging
    entities: Mapping[str, Entity]
    title: str = ""
    base_path: str = ""
    errors: Errors = field(default_factory=Errors)
    tenant: Tenant | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    requests_per_second: float = 10
    read_lag_seconds: float = 0
