"""Every text that a server is known to answer with has its reason, also when a server really answers it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.messages import Appended, OutgoingMessage, Refused
from mailmove_gui.domain.reasons import MailError, Reason, Side, refuses_login
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.errors import classify
from mailmove_gui.mail.session import EASE_OFF_S
from tests.mail.opening import PASSWORD, gateway, mailbox, open_destination
from tests.mail.scripted_server import Rules, ScriptedServer
from tests.mail.server_texts import ServerText, server_texts

EXAMINED = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\nTAG OK [READ-ONLY] done\r\n"
INBOX = ("INBOX",)
_OF_A_MESSAGE = {Reason.MESSAGE_REFUSED, Reason.MESSAGE_TOO_LARGE}

Resolver = Callable[..., list[tuple[Any, ...]]]


def name(row: ServerText) -> str:
    return f"{row.when}-{row.reason}-{row.text[:24]}"


def is_an_error_of_imap(row: ServerText) -> bool:
    return row.when != "pop3" and row.status != "OK"


@pytest.mark.parametrize("row", [row for row in server_texts() if not is_an_error_of_imap(row)], ids=name)
def test_every_text_that_no_imap_server_says_as_an_error_has_its_reason(row: ServerText) -> None:
    assert classify(row.text, row.default, host=row.host).reason is row.reason


@pytest.fixture
def all_hosts_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every host name leads to the loopback interface, so that servers answer under their own names."""

    def here(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", here)


def answering(row: ServerText, text: bytes | None = None) -> ScriptedServer:
    """A server that says the text at its moment, and is well otherwise."""
    words = row.text.encode() if text is None else text
    said = b"* BYE %s\r\nCUT" % words if row.status == "BYE" else b"TAG %s %s\r\n" % (row.status.encode(), words)
    rules: Rules = {"EXAMINE|SELECT": EXAMINED}
    match row.when:
        case "greeting":
            return ScriptedServer(greeting=said)
        case "login":
            rules = {"AUTHENTICATE|LOGIN": said}
        case "select":
            rules = {"EXAMINE|SELECT": said}
        case "fetch":
            rules = {**rules, "UID FETCH": said}
        case _:
            rules = {**rules, "APPEND": said}
    return ScriptedServer(rules)


def what_comes_of(row: ServerText, server: ScriptedServer) -> MailError | Refused:
    """The error, or the refusal of the one message, that the engine gets to see."""
    side = Side.DESTINATION if row.when == "append" else Side.SOURCE
    box = mailbox(server.port, host=row.host)
    try:
        if side is Side.DESTINATION:
            destination = gateway().destination(box, Secret(PASSWORD), CancelToken())
            try:
                answer = destination.append(INBOX, [OutgoingMessage(b"Subject: x\r\n\r\nx\r\n", None, frozenset())])
            finally:
                destination.close()
            (outcome,) = answer.outcomes
            assert isinstance(outcome, Refused)
            return outcome
        source = gateway().source(box, Secret(PASSWORD), CancelToken())
        try:
            source.examine(INBOX)
            list(source.messages([1, 2]))
        finally:
            source.close()
    except MailError as error:
        return error
    raise AssertionError("nothing came of it")


@pytest.mark.usefixtures("all_hosts_are_here")
@pytest.mark.parametrize("row", [row for row in server_texts() if is_an_error_of_imap(row)], ids=name)
def test_every_known_text_has_its_reason_when_a_server_says_it(row: ServerText) -> None:
    with answering(row) as server:
        outcome = what_comes_of(row, server)
    if row.reason in _OF_A_MESSAGE:
        assert isinstance(outcome, Refused)
        assert outcome.too_large is (row.reason is Reason.MESSAGE_TOO_LARGE)
    else:
        assert isinstance(outcome, MailError)
        assert outcome.reason is row.reason
        assert outcome.side is (Side.DESTINATION if row.when == "append" else Side.SOURCE)
    assert outcome.server_text == row.text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        ("NO", "密码错误", Reason.WRONG_PASSWORD),
        ("BAD", "您的login密码不正确", Reason.WRONG_PASSWORD),
        ("NO", "请使用授权码登录", Reason.NEEDS_APP_PASSWORD),
        ("NO", "该邮箱未开启IMAP服务", Reason.PROTOCOL_DISABLED),
        ("NO", "登录过于频繁", Reason.THROTTLED),
        ("NO", "账号已冻结", Reason.LOCKED_OUT),
        ("NO", "系统繁忙", Reason.SERVER_BUSY),
    ],
)
def test_chinese_servers_are_understood_in_either_encoding(
    encoding: str, status: str, text: str, reason: Reason
) -> None:
    row = ServerText(reason, "127.0.0.1", "login", status, text, "")
    with answering(row, text.encode(encoding)) as server:
        outcome = what_comes_of(row, server)
    assert isinstance(outcome, MailError)
    assert (outcome.reason, outcome.server_text) == (reason, text)


def test_bytes_that_are_no_text_do_no_harm() -> None:
    row = ServerText(Reason.WRONG_PASSWORD, "127.0.0.1", "login", "NO", "", "")
    with answering(row, b"\xff\xfe\x80 sorry") as server:
        outcome = what_comes_of(row, server)
    assert isinstance(outcome, MailError)
    assert outcome.reason is Reason.WRONG_PASSWORD
    assert "sorry" in outcome.server_text


@pytest.mark.parametrize(
    "text", ["[UNAVAILABLE] Temporary authentication failure.", "Temporary authentication failure", "System busy!"]
)
def test_a_login_that_could_not_be_looked_at_is_no_refused_password(text: str) -> None:
    row = ServerText(Reason.SERVER_BUSY, "127.0.0.1", "login", "NO", text, "")
    with answering(row) as server:
        outcome = what_comes_of(row, server)
    assert isinstance(outcome, MailError)
    assert not refuses_login(outcome.reason)


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_a_throttled_batch_says_for_how_long_and_what_was_taken_before(status: str) -> None:
    words = "Request is throttled. Suggested Backoff Time: 299910 milliseconds"
    throttled = b"TAG %s %s\r\n" % (status.encode(), words.encode())
    taken = b"TAG OK [APPENDUID 7 4] done\r\n"
    messages = [OutgoingMessage(b"Subject: %d\r\n\r\nx\r\n" % number, None, frozenset()) for number in range(5)]
    with ScriptedServer({"SELECT": EXAMINED, "APPEND": [taken, throttled]}) as server:
        destination = open_destination(server)
        with pytest.raises(MailError) as raised:
            destination.append(INBOX, messages)
        destination.close()
    assert raised.value.reason is Reason.THROTTLED
    assert raised.value.retry_after_s == pytest.approx(299.91)
    assert getattr(raised.value, "answer").outcomes == (Appended(4),)  # noqa: B009 -- of AppendInterrupted


def test_a_message_that_was_throttled_between_others_is_not_refused() -> None:
    words = b"TAG NO [OVERQUOTA] Account exceeded command or bandwidth limits.\r\n"
    answers = [b"TAG OK [APPENDUID 7 4] done\r\n", words, b"TAG OK [APPENDUID 7 5] done\r\n", words]
    messages = [OutgoingMessage(b"Subject: %d\r\n\r\nx\r\n" % number, None, frozenset()) for number in range(3)]
    with ScriptedServer({"SELECT": EXAMINED, "APPEND": answers}) as server:
        destination = open_destination(server)
        with pytest.raises(MailError) as raised:
            destination.append(INBOX, messages)
        destination.close()
    # The third one was taken, but cannot stand before the second: it is found when what is in doubt is settled.
    assert raised.value.reason is Reason.THROTTLED
    assert getattr(raised.value, "answer").outcomes == (Appended(4),)  # noqa: B009 -- of AppendInterrupted


def test_a_message_at_which_a_server_fails_three_times_while_it_takes_others_is_refused_with_its_words() -> None:
    failing = b"TAG NO [SERVERBUG] Internal error occurred.\r\n"

    def answer(command: bytes) -> bytes:
        return failing if b"Subject: 1" in command else b"TAG OK [APPENDUID 7 4] done\r\n"

    messages = [OutgoingMessage(b"Subject: %d\r\n\r\nx\r\n" % number, None, frozenset()) for number in range(3)]
    with ScriptedServer({"SELECT": EXAMINED, "APPEND": answer}) as server:
        destination = open_destination(server)
        outcomes = destination.append(INBOX, messages).outcomes
        destination.close()
        tries = sum(b"Subject: 1" in command for command in server.sent("APPEND"))
    assert outcomes[1] == Refused("[SERVERBUG] Internal error occurred.")
    assert isinstance(outcomes[0], Appended)
    assert isinstance(outcomes[2], Appended)
    assert tries == 3


def test_a_server_may_slow_down_with_an_ok() -> None:
    cancel = RecordedWaits()
    with ScriptedServer({"EXAMINE": EXAMINED, "UID FETCH": b"TAG OK Success [THROTTLED]\r\n"}) as server:
        source = gateway().source(mailbox(server.port), Secret(PASSWORD), cancel)
        source.examine(INBOX)
        assert cancel.waits == []
        assert list(source.messages([1])) == []
        assert list(source.messages([1])) == []
        source.close()
    assert cancel.waits == [EASE_OFF_S] * 2


class RecordedWaits(CancelToken):
    """Waits take no time."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
