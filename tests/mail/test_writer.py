"""Appending: together, in a pipeline, one by one, and what is done when the server says no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

import pytest

from mailmove_gui.domain.messages import AppendAnswer, Appended, AppendInterrupted, OutgoingMessage, Refused
from mailmove_gui.domain.reasons import MailError, Reason, Side
from tests.mail.opening import open_destination
from tests.mail.scripted_server import Reply, Rules, ScriptedServer

_BASE = "IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS"
_TOGETHER = _BASE + " LITERAL+ MULTIAPPEND"
_PIPELINED = _BASE + " LITERAL+"
_OK = b"TAG OK done\r\n"
_WHEN = datetime(2020, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=5, minutes=30)))


def _message(text: bytes, *flags: str, date: datetime | None = None) -> OutgoingMessage:
    return OutgoingMessage(text, date, frozenset(flags))


def _uid(number: int) -> bytes:
    return b"TAG OK [APPENDUID 7 %d] done\r\n" % number


def _append(
    answers: Reply | Sequence[Reply],
    messages: Sequence[OutgoingMessage],
    capabilities: str = _BASE,
    refuse_literal: Callable[[bytes], bytes | None] = lambda command: None,
) -> tuple[AppendAnswer | MailError, list[bytes]]:
    rules: Rules = {"APPEND": answers}
    with ScriptedServer(rules, capabilities=capabilities, refuse_literal=refuse_literal) as server:
        destination = open_destination(server, timeout_s=0.5)
        result: AppendAnswer | MailError
        try:
            result = destination.append(("INBOX",), messages)
        except MailError as error:
            result = error
        destination.close()
    assert isinstance(result, AppendAnswer) or result.side is Side.DESTINATION
    return result, server.sent("APPEND")


def _outcomes(result: AppendAnswer | MailError) -> tuple[object, ...]:
    assert isinstance(result, AppendAnswer), result
    return result.outcomes


# -- ways to send


def test_one_by_one_with_synchronising_literals() -> None:
    messages = [_message(b"a\r\nb", "\\Seen", "\\Recent", "kw", date=_WHEN), _message(b"c\nd\re")]
    result, sent = _append([_uid(3), _uid(4)], messages)
    assert result == AppendAnswer((Appended(3), Appended(4)), 7)
    assert sent == [
        b'APPEND "INBOX" (\\Seen kw) " 3-Feb-2020 04:05:06 +0530" {4}\r\na\r\nb',
        b'APPEND "INBOX" {5}\r\nc\nd\re',
    ]


def test_one_by_one_where_tcp_cannot_be_told_to_acknowledge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailmove_gui.mail.appending.ACKNOWLEDGES_AT_ONCE", False)
    result, _ = _append([_uid(3), b"TAG NO no\r\n", _uid(4)], [_message(b"a"), _message(b"b"), _message(b"c")])
    assert _outcomes(result) == (Appended(3), Refused("no"), Appended(4))


def test_pipelined() -> None:
    messages = [_message(b"%d" % number) for number in range(200)]
    numbers = iter(range(1, 1000))
    result, sent = _append(lambda command: _uid(next(numbers)), messages, _PIPELINED)
    assert result == AppendAnswer(tuple(Appended(number) for number in range(1, 201)), 7)
    assert sent[123] == b'APPEND "INBOX" {3+}\r\n123'


def test_literal_minus_waits_for_large_messages_only() -> None:
    messages = [_message(b"x" * 4096), _message(b"y" * 4097), _message(b"z")]
    result, sent = _append([_uid(1), _uid(2), _uid(3)], messages, _BASE + " LITERAL-")
    assert result == AppendAnswer((Appended(1), Appended(2), Appended(3)), 7)
    assert [command.split(b"\r\n")[0].rsplit(b" ", 1)[1] for command in sent] == [b"{4096+}", b"{4097}", b"{1+}"]


@pytest.mark.parametrize("uids", [b"5:7", b"5,6,7", b"5:6,7"])
def test_together(uids: bytes) -> None:
    messages = [_message(b"a", "\\Seen", date=_WHEN), _message(b"b"), _message(b"")]
    result, sent = _append(b"TAG OK [APPENDUID 7 " + uids + b"] done\r\n", messages, _TOGETHER)
    assert result == AppendAnswer((Appended(5), Appended(6), Appended(7)), 7)
    # One space between messages: Cyrus takes no more.
    assert sent == [b'APPEND "INBOX" (\\Seen) " 3-Feb-2020 04:05:06 +0530" {1+}\r\na {1+}\r\nb {0+}\r\n']


def test_together_with_literal_minus() -> None:
    messages = [_message(b"x" * 5000), _message(b"y")]
    result, sent = _append(b"TAG OK [APPENDUID 7 5:6] x\r\n", messages, _BASE + " LITERAL- MULTIAPPEND")
    assert result == AppendAnswer((Appended(5), Appended(6)), 7)
    assert len(sent) == 1


def test_together_without_uids() -> None:
    result, _ = _append(_OK, [_message(b"a"), _message(b"b")], _TOGETHER)
    assert result == AppendAnswer((Appended(None), Appended(None)), None)


def test_uids_that_do_not_fit_the_batch_are_not_believed() -> None:
    result, _ = _append(b"TAG OK [APPENDUID 7 5] x\r\n", [_message(b"a"), _message(b"b")], _TOGETHER)
    assert _outcomes(result) == (Appended(None), Appended(None))


def test_a_large_message_goes_out_unchanged() -> None:
    body = bytes(range(256)) * 4096 * 3
    result, sent = _append(_uid(1), [_message(body)], _PIPELINED)
    assert _outcomes(result) == (Appended(1),)
    assert sent == [b'APPEND "INBOX" {%d+}\r\n' % len(body) + body]


def test_nothing_to_append() -> None:
    assert _append(_OK, []) == (AppendAnswer(()), [])


def test_folder_name_and_prefix() -> None:
    namespace = b'* NAMESPACE (("INBOX." ".")) NIL NIL\r\n' + _OK
    with ScriptedServer({"NAMESPACE": namespace, "APPEND": _OK}, capabilities=_BASE + " NAMESPACE") as server:
        destination = open_destination(server)
        destination.append(("Ä", 'q"'), [_message(b"a")])
        destination.close()
    assert server.sent("APPEND") == [b'APPEND "INBOX.&AMQ-.q\\"" {1}\r\na']


def test_select_tells_what_flags_are_kept() -> None:
    selected = (
        b"* 3 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen \\* a])] Limited\r\n* OK [UIDVALIDITY 7] x\r\n"
        b"* OK [UIDNEXT 8] x\r\nTAG OK [READ-WRITE] done\r\n"
    )
    without = selected.replace(b"* OK [PERMANENTFLAGS (\\Seen \\* a])] Limited\r\n", b"")
    with ScriptedServer({"SELECT": [selected, without]}) as server:
        destination = open_destination(server)
        state, flags = destination.select(("INBOX",))
        assert (state.uidvalidity, state.uidnext, state.messages) == (7, 8, 3)
        assert flags == frozenset({"\\Seen", "\\*", "a]"})
        assert destination.select(("INBOX",))[1] is None
        destination.close()


# -- refusals of a message


@pytest.mark.parametrize("refusal", [b"TAG NO bad one in there\r\n", b"TAG BAD [CLIENTBUG] too many\r\n"])
def test_a_refused_batch_is_tried_message_by_message(refusal: bytes) -> None:
    messages = [_message(b"a"), _message(b"poison"), _message(b"c")]
    answers = [refusal, _uid(1), b"TAG NO Message contains NUL characters\r\n", _uid(2)]
    result, sent = _append(answers, messages, _TOGETHER)
    assert _outcomes(result) == (Appended(1), Refused("Message contains NUL characters"), Appended(2))
    assert len(sent) == 4


def test_refused_before_the_literal_was_sent() -> None:
    messages = [_message(b"a"), _message(b"poison"), _message(b"c")]
    result, sent = _append(
        [_uid(1), _uid(2)],
        messages,
        refuse_literal=lambda command: b"TAG NO [TOOBIG] too big\r\n" if command.endswith(b"{6}") else None,
    )
    assert _outcomes(result) == (Appended(1), Refused("[TOOBIG] too big", too_large=True), Appended(2))
    assert sent[1] == b'APPEND "INBOX" {6}'


def test_larger_than_announced_is_not_sent() -> None:
    messages = [_message(b"a"), _message(b"x" * 11), _message(b"b")]
    result, sent = _append([_uid(1), _uid(2)], messages, _TOGETHER + " APPENDLIMIT=10")
    assert _outcomes(result) == (Appended(1), Refused("APPENDLIMIT 10", too_large=True), Appended(2))
    assert len(sent) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        b"TAG NO [CANNOT] Invalid keyword\r\n",
        b"TAG NO Too many user flags\r\n",
        b"TAG NO Error in IMAP command received by server.\r\n",
        b"TAG BAD Invalid system flag $x\r\n",
        b"TAG BAD parse error\r\n",
    ],
)
def test_refused_keywords_are_left_out(refusal: bytes) -> None:
    result, sent = _append([refusal, _uid(1)], [_message(b"a", "\\Seen", "kw", "\\Odd")])
    assert _outcomes(result) == (Appended(1, keywords_dropped=True),)
    assert [command.split(b" {")[0] for command in sent] == [
        b'APPEND "INBOX" (\\Odd \\Seen kw)', b'APPEND "INBOX" (\\Seen)',
    ]  # fmt: skip


def test_flags_that_no_command_can_hold_are_not_sent() -> None:
    result, sent = _append(_uid(1), [_message(b"a", "\\Seen", "two words", "para(", "mötley", "x\r\ny", "")])
    assert _outcomes(result) == (Appended(1, keywords_dropped=True),)
    assert sent == [b'APPEND "INBOX" (\\Seen) {1}\r\na']


@pytest.mark.parametrize("text", ["Message contains NUL characters", "Zero-length message literal", "[TOOBIG] 9 MB"])
def test_keywords_stay_where_something_else_is_plainly_at_fault(text: str) -> None:
    result, sent = _append(b"TAG NO " + text.encode() + b"\r\n", [_message(b"a", "kw")])
    assert _outcomes(result) == (Refused(text, too_large="TOOBIG" in text),)
    assert len(sent) == 1


def test_bare_lf_is_made_crlf_only_when_refused() -> None:
    answers = [b"TAG NO Message contains bare newlines\r\n", _uid(1)]
    result, sent = _append(answers, [_message(b"a\nb\r\nc\rd\n", "kw")])
    assert _outcomes(result) == (Appended(1, line_ends_changed=True),)
    assert [command.split(b"}\r\n")[1] for command in sent] == [b"a\nb\r\nc\rd\n", b"a\r\nb\r\nc\rd\r\n"]


def test_both_changes_and_no_more() -> None:
    answers = [b"TAG NO Too many user flags\r\n", b"TAG NO Message contains bare newlines\r\n", _uid(1)]
    result, _ = _append(answers, [_message(b"a\nb", "kw")])
    assert _outcomes(result) == (Appended(1, keywords_dropped=True, line_ends_changed=True),)
    result, sent = _append(b"TAG NO Message contains bare newlines\r\n", [_message(b"a\nb", "kw")])
    assert _outcomes(result) == (Refused("Message contains bare newlines"),)
    assert len(sent) == 2


# -- refusals that are not the message's fault


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"[OVERQUOTA] Quota exceeded", Reason.DESTINATION_FULL),
        (b"Over quota", Reason.DESTINATION_FULL),
        (b"[OVERQUOTA] Account exceeded command or bandwidth limits.", Reason.THROTTLED),
        (b"[UNAVAILABLE] later", Reason.SERVER_BUSY),
        (b"[TRYCREATE] no such folder", Reason.FOLDER_REFUSED),
        (b"[NOPERM] Permission denied", Reason.FOLDER_REFUSED),
    ],
)
@pytest.mark.parametrize("capabilities", [_BASE, _PIPELINED, _TOGETHER])
def test_nothing_was_stored(text: bytes, reason: Reason, capabilities: str) -> None:
    result, _ = _append(b"TAG NO " + text + b"\r\n", [_message(b"a"), _message(b"b")], capabilities)
    assert isinstance(result, MailError)
    assert result.reason is reason
    assert result.server_text == text.decode()
    # What is busy may be a proxy in front of a server that has stored them.
    certain = isinstance(result, AppendInterrupted) and result.nothing_more and not result.answer.outcomes
    assert certain == (reason in {Reason.DESTINATION_FULL, Reason.FOLDER_REFUSED})


@pytest.mark.parametrize("capabilities", [_BASE, _PIPELINED])
def test_what_was_stored_before_the_mailbox_was_full_is_told(capabilities: str) -> None:
    answers: list[Reply] = [_uid(1), b"TAG NO bad header\r\n", _uid(2), b"TAG NO Over quota\r\n"]
    result, _ = _append(answers, [_message(b"%d" % number) for number in range(70)], capabilities)
    assert isinstance(result, AppendInterrupted)
    assert result.reason is Reason.DESTINATION_FULL
    assert result.answer == AppendAnswer((Appended(1), Refused("bad header"), Appended(2)), 7)


def test_a_batch_that_does_not_fit_fills_the_room_there_is() -> None:
    answers: list[Reply] = [b"TAG NO Over quota\r\n", _uid(1), b"TAG NO Over quota\r\n"]
    result, _ = _append(answers, [_message(b"%d" % number) for number in range(5)], _TOGETHER)
    assert isinstance(result, AppendInterrupted)
    assert result.answer.outcomes == (Appended(1),)
    assert result.nothing_more


def test_turned_down_while_later_ones_are_taken() -> None:
    def room_for_small_ones(command: bytes) -> bytes:
        return b"TAG NO Over quota\r\n" if b"large" in command else _uid(int(command[-1:]))

    messages = [_message(b"1"), _message(b"large"), _message(b"3"), _message(b"large")]
    result, sent = _append(room_for_small_ones, messages, _PIPELINED)
    # Settled is always the beginning of a batch: for the second there may be room later, and so it ends there.
    assert isinstance(result, AppendInterrupted)
    assert result.reason is Reason.DESTINATION_FULL
    assert result.answer.outcomes == (Appended(1),)
    assert not result.nothing_more
    assert len(sent) == 4


def test_turned_down_for_a_moment() -> None:
    answers: list[Reply] = [_uid(1), b"TAG NO [UNAVAILABLE] hiccup\r\n", _uid(3), _uid(4)]
    result, _ = _append(answers, [_message(b"a"), _message(b"b"), _message(b"c")], _PIPELINED)
    assert _outcomes(result) == (Appended(1), Appended(4), Appended(3))


# -- lost connections


@pytest.mark.parametrize("capabilities", [_BASE, _PIPELINED, _TOGETHER])
@pytest.mark.parametrize(("answer", "reason"), [(b"CUT", Reason.CONNECTION_LOST), (b"STALL", Reason.TIMED_OUT)])
def test_an_answer_that_does_not_come_leaves_all_in_doubt(answer: bytes, reason: Reason, capabilities: str) -> None:
    result, _ = _append(answer, [_message(b"a"), _message(b"b")], capabilities)
    assert isinstance(result, MailError)
    assert not isinstance(result, AppendInterrupted)
    assert result.reason is reason


@pytest.mark.parametrize("capabilities", [_BASE, _PIPELINED])
def test_what_was_answered_before_the_line_broke_is_told(capabilities: str) -> None:
    result, _ = _append([_uid(1), _uid(2), b"CUT"], [_message(b"%d" % number) for number in range(5)], capabilities)
    assert isinstance(result, AppendInterrupted)
    assert result.reason is Reason.CONNECTION_LOST
    assert result.answer.outcomes == (Appended(1), Appended(2))


def test_a_message_that_another_form_may_save_is_not_given_up_when_the_line_breaks() -> None:
    answers: list[Reply] = [_uid(1), b"TAG NO [CANNOT] Invalid keyword\r\n", _uid(2), b"CUT"]
    messages = [_message(b"a"), _message(b"b", "kw"), _message(b"c")]
    result, _ = _append(answers, messages, _PIPELINED)
    assert isinstance(result, AppendInterrupted)
    assert result.answer.outcomes == (Appended(1),)


def test_bye_with_a_reason() -> None:
    bye = b"* BYE Request is throttled. Suggested Backoff Time: 7000 milliseconds\r\nCUT"
    result, _ = _append(bye, [_message(b"a")])
    assert isinstance(result, MailError)
    assert (result.reason, result.retry_after_s) == (Reason.THROTTLED, 7.0)
