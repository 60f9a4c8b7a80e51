"""A person's edits through a test tenant's API: one write each, never a record made or deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from lenke.core.errors import ConfigurationError
from lenke.core.ports import Outcome, Record, Write
from lenke.qa.people import TenantPeople


@dataclass
class Tenant:
    """A system that keeps what it was sent; ``answer`` is the status of its outcomes, or what it raises."""

    answer: str | Exception = "done"
    sent: list[Write] = field(default_factory=list)

    def get(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        yield Record(ids[0], None, None, '{"id": 7, "name": "Før"}')

    def write(self, entity: str, writes: Sequence[Write]) -> list[Outcome]:
        self.sent += writes
        if isinstance(self.answer, Exception):
            raise self.answer
        return [Outcome(write.key, self.answer, write.id, reason="name is taken") for write in writes]  # type: ignore[arg-type]


def test_an_edit_is_one_update_without_a_marker() -> None:
    tenant = Tenant()
    TenantPeople(lambda _: tenant).edit("shop", "Customer", "7", {"name": "Etter"})
    (write,) = tenant.sent
    assert (write.verb, write.id, write.fields, write.marker) == ("update", "7", {"name": "Etter"}, None)
    assert write.current == {"id": 7, "name": "Før"}


@pytest.mark.parametrize(
    ("line", "fields", "verb"), [("3", {"quantity": "2"}, "update"), (None, {"quantity": "2"}, "create"), ("3", None, "remove")]
)
def test_a_line_goes_in_an_update_of_its_record(line: str | None, fields: dict[str, str] | None, verb: str) -> None:
    tenant = Tenant()
    TenantPeople(lambda _: tenant).edit_line("shop", "Order", "7", line, fields)
    ((one,),) = [write.lines for write in tenant.sent]
    assert (one.verb, one.id, dict(one.fields)) == (verb, line, fields or {})


@pytest.mark.parametrize("answer", ["rejected", "not_unique", "unknown", ConfigurationError("the tenant takes no name")])
def test_a_refusal_is_a_value_error(answer: str | Exception) -> None:
    with pytest.raises(ValueError, match="name"):
        TenantPeople(lambda _: Tenant(answer)).edit("shop", "Customer", "7", {"name": "Etter"})


def test_nothing_is_made_deleted_or_invoiced_there() -> None:
    people = TenantPeople(lambda _: Tenant())
    with pytest.raises(ValueError, match="made"):
        people.create("shop", "Customer", {})
    with pytest.raises(ValueError, match="deleted"):
        people.delete("shop", "Customer", "7")
    with pytest.raises(ValueError, match="invoice"):
        people.invoice("7", system="shop")
