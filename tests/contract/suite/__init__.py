"""What every system's client must do, whatever its dialect: a new system's test names its cases and inherits the rest.

Each test speaks through real HTTP to the sandbox and looks at what the sandbox stored and noted. A new system's test is this,
once for each entity; only the case's system is started (fixture ``sandbox`` in conftest.py)::

    class TestCustomer(SystemContract):
        case: ClassVar = Case(
            system="shop",
            entity="Customer",
            new=lambda n: {"name": f"Prøve {n} AS", "email": f"post@prove{n}.example"},
            edited=("city", "Bodø"),
            other=("website", "https://prove.example"),
            key="email",
            id="id",
            address="/customers",
            archived="archived",
        )

Where an entity cannot do something the case says so: ``new=None`` (no create: records are born by a person, from ``born``),
``key=None`` (no key to find by), ``archived=None`` (no archive), ``compares=False`` (the client, not the server, compares before it
writes). Where reads and writes are not told apart by their HTTP method (GraphQL, agents) ``reads`` and ``writes`` are the matches of
the faults: ``{"method": "POST", "path": "/graphql.json", "body": "mutation"}``, the body a regular expression. Where a record's
raw is not the body that the sandbox keeps, ``shaped`` names the members that the client adds or changes, ``selected`` says that
reads bring a part of the members only, and a test class overrides ``stored``, ``ids``, ``edit`` or ``delete``; ``fields`` and
``lines`` where a new record refers to others.
"""

from __future__ import annotations

from tests.contract.suite.case import Case
from tests.contract.suite.desk import HASTE, last_seq
from tests.contract.suite.failing import Failing
from tests.contract.suite.reading import Reading
from tests.contract.suite.writing import Writing

__all__ = ["HASTE", "Case", "SystemContract", "last_seq"]


class SystemContract(Reading, Writing, Failing):
    """The contract; ``case`` is the system under test."""
