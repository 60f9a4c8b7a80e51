"""Wrong credentials, servers in trouble, and answers that do not come."""

from __future__ import annotations

import pytest

from lenke.core.errors import AuthenticationError, RetriableError
from lenke.core.ports import System
from lenke.systems.registry import client_for
from sandbox import Running
from tests.contract.suite.desk import HASTE, NUMBERS, Desk


class Failing(Desk):
    """What could not be done is told, and what nobody knows is not done twice."""

    def test_wrong_credentials(self, sandbox: Running) -> None:
        right, bad = sandbox.connections[self.case.system], self.case.bad_credentials
        client = client_for(self.case.system, {**right, **bad, "extra": {**right["extra"], **bad.get("extra", {})}}, patience=HASTE)
        with pytest.raises(AuthenticationError) as caught:
            client.tenant()
        for secret in [*bad.values(), *bad.get("extra", {}).values()]:
            assert not isinstance(secret, str) or secret not in str(caught.value)
        with pytest.raises(AuthenticationError):
            list(client.list(self.case.entity))
        if self.case.new:
            with pytest.raises(AuthenticationError):
                self.create(client, sandbox)

    @pytest.mark.parametrize("fault", ["429", "5xx", "html", "truncate", "drop_reply", "timeout_before"])
    def test_a_read_is_tried_again(self, client: System, sandbox: Running, fault: str) -> None:
        everything = set(self.ids(sandbox))
        self.fault(sandbox, fault, "read", count=2, seconds=0)
        assert {record.id for record in client.list(self.case.entity)} == everything

    def test_a_read_gives_up_with_a_retriable_error(self, client: System, sandbox: Running) -> None:
        self.fault(sandbox, "5xx", "read")
        with pytest.raises(RetriableError):
            list(client.list(self.case.entity))

    def test_a_throttled_write_happens_once(self, client: System, sandbox: Running) -> None:
        self.creates()
        before = len(self.ids(sandbox))
        self.fault(sandbox, "429", "write", count=1, seconds=0)
        self.made(client, sandbox)
        assert len(self.ids(sandbox)) == before + 1

    @pytest.mark.parametrize(("fault", "effect"), [("drop_reply", 1), ("truncate", 1), ("html", 0), ("5xx", 0), ("timeout_before", 0)])
    def test_a_write_without_an_answer_is_unknown_and_not_sent_again(
        self, client: System, sandbox: Running, fault: str, effect: int
    ) -> None:
        self.creates()
        marker, before = f"lk-{next(NUMBERS)}", len(self.ids(sandbox))
        self.fault(sandbox, fault, "write", count=1)
        outcome = self.create(client, sandbox, marker=marker)
        assert (outcome.status, outcome.id) == ("unknown", None)
        assert len(self.ids(sandbox)) == before + effect
        path = client.traits(self.case.entity).marker
        if path:
            assert len(list(client.find(self.case.entity, path, [marker]))) == effect

    def test_a_page_that_forbids_one_write_refuses_that_record(self, client: System, sandbox: Running) -> None:
        self.creates()
        self.made(client, sandbox)
        before = len(self.ids(sandbox))
        self.fault(sandbox, "html", "write", status=403, count=1)
        assert self.create(client, sandbox).status == "rejected"
        assert len(self.ids(sandbox)) == before

    def test_a_page_that_forbids_a_list_is_asked_again_and_told_where_it_stays(self, client: System, sandbox: Running) -> None:
        whole = len(list(client.list(self.case.entity)))
        self.fault(sandbox, "html", "read", status=403, count=1)
        assert len(list(client.list(self.case.entity))) == whole
        self.fault(sandbox, "html", "read", status=403)
        with pytest.raises(RetriableError, match="403"):
            list(client.list(self.case.entity))

    def test_a_write_that_never_left_is_retriable(self, sandbox: Running) -> None:
        closed = {**sandbox.connections[self.case.system], "host": "http://127.0.0.1:9/v2"}
        self.creates()
        outcome = self.create(client_for(self.case.system, closed, patience=HASTE), sandbox)
        assert (outcome.status, outcome.id) == ("retriable", None)
