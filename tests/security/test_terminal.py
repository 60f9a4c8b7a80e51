"""A terminal obeys no text of another system, nor does a log line break in two for it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from lenke import cli
from lenke.cli.installation import tell
from lenke.core.errors import ConfigurationError, LenkeError, MappingError, RejectedRecordError
from lenke.core.links.rows import Link
from lenke.core.plan.model import Action, SideWrite
from lenke.core.printable import printable
from lenke.local.screen import Screen
from lenke.runtime import plans
from lenke.systems.redaction import redact

EVIL = "\x1b]0;eier\x07\x1b[2J\x9b31m\r\nINFO - alt vel\u202egpj\u2066\ud800\x00"


def is_tame(text: str) -> bool:
    controls = [letter for letter in text if (ord(letter) < 32 and letter != "\n") or 127 <= ord(letter) < 160]
    return not controls and not set(text) & set("\u202e\u2066\ud800")


@pytest.mark.parametrize("kind", [LenkeError, ConfigurationError, RejectedRecordError])
def test_a_message_is_one_line_and_tame(kind: type[LenkeError]) -> None:
    text = str(kind(f"Customer {EVIL}: no"))
    assert is_tame(text)
    assert "\n" not in text
    assert text.startswith("Customer \\x1b]0;eier\\x07")
    assert is_tame(str(MappingError(EVIL, EVIL, EVIL)))


def test_a_property_name_that_can_be_none_is_not_taken() -> None:
    assert RejectedRecordError("no", property=EVIL).property is None
    assert RejectedRecordError("no", property="MailAddress.City").property == "MailAddress.City"


def test_what_a_server_says_is_tame() -> None:
    assert is_tame(redact(f"no {EVIL} no"))


def test_the_command_line_prints_it_tame(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tell([f"left {EVIL}", f"right {EVIL}"])
    told = capsys.readouterr().out
    assert is_tame(told)
    assert "right" in told

    def fail(**_: object) -> None:
        raise ConfigurationError(f"no {EVIL}")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert is_tame(capsys.readouterr().err)


def test_what_a_disk_refuses_is_one_tame_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise OSError(28, "No space left on device", f"/srv/{EVIL}")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert is_tame(told)
    assert told.endswith(": No space left on device\n")


def test_a_plan_is_printed_tame(capsys: pytest.CaptureFixture[str]) -> None:
    action = Action(key="u", verb="update", left=EVIL, right=EVIL, link=Link(EVIL, EVIL), to_right=SideWrite({"name": EVIL}))
    tell(list(plans._lines(action, with_values=True)))
    assert is_tame(capsys.readouterr().out)


def test_progress_is_printed_tame() -> None:
    sink = io.StringIO()
    Screen(console=Console(file=sink, highlight=False)).line(f"run {EVIL} [bold]x[/bold]")
    assert is_tame(sink.getvalue())
    assert "[bold]" in sink.getvalue(), "markup is text, too"


def test_what_is_harmless_stays_as_it_is() -> None:
    for text in ("Ærlig Østlandske Bjørn & sønn «AS»", "שלום مرحبا", "日本 👩‍👩‍👧 ☕", "a|b <c> =1+1"):
        assert printable(text) == text
