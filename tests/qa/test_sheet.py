"""What a checklist allows, and its page."""

from __future__ import annotations

from lenke.core.mapping.model import Dataflow
from lenke.qa.markdown import page
from lenke.qa.sheet import Line, Sheet, Tick

YES, NO = Tick("yes"), Tick("no", "carried from the left only")


def sheet(lines: list[Line], **checks: Tick) -> Sheet:
    return Sheet("customer_to_customer", "Customer to Customer", dict(checks), lines)


def line(name: str, *, ticked: bool = True, reason: str = "") -> Line:
    return Line(name, name, name.title(), {"left": YES, "right": YES if ticked else NO}, reason)


def test_all_ticked_has_no_complaints() -> None:
    assert list(sheet([line("a")], create=YES, locked=Tick("none", "no lock")).complaints()) == []


def test_an_unticked_check_is_complained_of() -> None:
    assert list(sheet([line("a")], create=Tick("no", "3 missing")).complaints()) == ["customer_to_customer: create: 3 missing"]


def test_an_unticked_property_needs_a_reason() -> None:
    found = sheet([line("a", ticked=False), *(line(f"b{n}") for n in range(9))])
    assert list(found.complaints()) == ["customer_to_customer: unticked without a reason: a"]


def test_one_in_ten_may_be_unticked_and_no_more() -> None:
    one = line("a", ticked=False, reason="computed (vendor: X: Y)")
    assert list(sheet([one, *(line(f"b{n}") for n in range(9))]).complaints()) == []
    assert list(sheet([one, *(line(f"b{n}") for n in range(8))]).complaints()) == [
        "customer_to_customer: 1 of 9 properties are unticked, more than one in ten"
    ]


def test_the_page() -> None:
    one = line("total", ticked=False, reason="computed (vendor: X: Y)")
    found = sheet([line("name"), one], create=YES, silence=Tick("no", "2 written"))
    found.remarks.append("`name` given 'QA 1': refused")
    text = page(Dataflow("a_to_b", "a", "b", (), title="A and B"), [found], "the sandbox (seed 1)")
    assert text.startswith("# A and B: checklist\n")
    assert "1 flows, 2 properties, 1 of them not ticked." in text
    assert "- customer_to_customer: silence: 2 written" in text
    assert "- [x] Create: every left record has its right one\n" in text
    assert "- [ ] Silence afterwards: 2 written\n" in text
    assert "- [x] name: `name` and `Name`; edit left: crosses; edit right: crosses\n" in text
    assert (
        "- [ ] total: `total` and `Total`; edit left: crosses; edit right: carried from the left only. Reason: computed (vendor: X: Y)"
        in text
    )
    assert "- `name` given 'QA 1': refused\n" in text
