"""Reading from servers that answer in odd ways."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.identity import header_key
from mailmove_gui.domain.messages import FetchedMessage, FolderState
from mailmove_gui.domain.ports import Source
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from tests.mail.opening import PASSWORD, gateway, mailbox, open_source
from tests.mail.scripted_server import Rules, ScriptedServer

_OK = b"TAG OK done\r\n"
_BASE = "IMAP4rev1 AUTH=PLAIN SASL-IR"


def _examined(messages: int) -> bytes:
    return (
        b"* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 900] next\r\n"
        b"* OK [PERMANENTFLAGS (\\Seen \\*)] limited\r\n* OK [HIGHESTMODSEQ 12] x\r\nTAG OK [READ-ONLY] done\r\n"
    ) % messages


def _head(sequence: int, uid: int) -> bytes:
    return b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE " 1-Jan-2020 00:00:00 +0000" FLAGS ())\r\n' % (
        sequence,
        uid,
        uid * 10,
    )


def _heads_by_range(command: bytes) -> bytes:
    match = re.match(rb"FETCH (\d+)(?::(\d+))? ", command)
    assert match
    first, last = int(match[1]), int(match[2] or match[1])
    return b"".join(_head(number, number * 2) for number in range(first, last + 1)) + _OK


def _open(server: ScriptedServer, **changes: object) -> Source:
    source = open_source(server, **changes)  # type: ignore[arg-type]
    source.examine(("INBOX",))
    return source


def _messages(answer: bytes, uids: list[int]) -> list[FetchedMessage]:
    with ScriptedServer({"EXAMINE": _examined(9), "UID FETCH": answer}) as server:
        source = _open(server)
        messages = list(source.messages(uids))
        source.close()
    assert all(b"BODY.PEEK[]" in command for command in server.sent("UID FETCH"))
    assert server.sent("SELECT") == []
    return messages


# -- numbers


def test_examine_and_status() -> None:
    status = b'* STATUS "IN BOX (2)" (MESSAGES 3 UIDNEXT 44 UIDVALIDITY 7 HIGHESTMODSEQ 5 SIZE 12345)\r\n' + _OK
    with ScriptedServer(
        {"EXAMINE": _examined(4), "STATUS": status}, capabilities=_BASE + " CONDSTORE STATUS=SIZE"
    ) as server:
        source = open_source(server)
        assert source.examine(("INBOX",)) == FolderState(7, 900, 4, 12)
        assert source.status(("INBOX",)) == FolderState(7, 44, 3, 5, 12345)
        source.close()
    assert server.sent("STATUS") == [b'STATUS "INBOX" (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ SIZE)']


def test_no_modseq_where_there_is_none() -> None:
    examined = _examined(4).replace(b"[HIGHESTMODSEQ 12] x", b"[NOMODSEQ] none")
    with ScriptedServer({"EXAMINE": examined}) as server:
        source = open_source(server)
        assert source.examine(("INBOX",)).highest_modseq is None
        source.close()


def test_uidnext_that_only_status_tells() -> None:
    examined = _examined(4).replace(b"* OK [UIDNEXT 900] next\r\n", b"")
    status = b"* STATUS INBOX (UIDNEXT 44 UIDVALIDITY 7)\r\n" + _OK
    with ScriptedServer({"EXAMINE": examined, "STATUS": status}) as server:
        source = open_source(server)
        assert source.examine(("INBOX",)).uidnext == 44
        source.close()


def test_uidnext_that_nobody_tells() -> None:
    examined = _examined(4).replace(b"* OK [UIDNEXT 900] next\r\n", b"")
    rules: Rules = {"EXAMINE": examined, "STATUS": b"TAG NO no\r\n", "FETCH \\*": b"* 4 FETCH (UID 71)\r\n" + _OK}
    with ScriptedServer(rules) as server:
        source = open_source(server)
        assert source.examine(("INBOX",)) == FolderState(7, 72, 4)
        source.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"TAG NO [NONEXISTENT] none\r\n", Reason.FOLDER_UNREADABLE),
        (b"TAG NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n", Reason.WEB_LOGIN_REQUIRED),
        (b"TAG NO [UNAVAILABLE] later\r\n", Reason.SERVER_BUSY),
        (b"* BYE Request is throttled. Suggested Backoff Time: 5000 milliseconds\r\nCUT", Reason.THROTTLED),
        (b"* BYE gone\r\nCUT", Reason.CONNECTION_LOST),
        (b"CUT", Reason.CONNECTION_LOST),
        (b"* 4 EXIS", Reason.TIMED_OUT),
        (b"STALL", Reason.TIMED_OUT),
    ],
)
def test_a_folder_that_does_not_open(answer: bytes, reason: Reason) -> None:
    with ScriptedServer({"EXAMINE": answer}) as server:
        source = open_source(server, timeout_s=0.5)
        with pytest.raises(MailError) as caught:
            source.examine(("INBOX",))
        assert caught.value.reason is reason
        assert caught.value.side is Side.SOURCE
        if reason is Reason.THROTTLED:
            assert caught.value.retry_after_s == 5.0
        source.close()


# -- heads


def test_heads_of_a_large_folder_come_in_chunks() -> None:
    with ScriptedServer({"EXAMINE": _examined(2500), "FETCH": _heads_by_range}) as server:
        source = _open(server)
        chunks = list(source.heads())
        source.close()
    assert [len(chunk) for chunk in chunks] == [1000, 1000, 500]
    assert [head.uid for chunk in chunks for head in chunk] == list(range(2, 5001, 2))
    assert [command.split()[1] for command in server.sent("FETCH")] == [b"1:1000", b"1001:2000", b"2001:2500"]


def test_an_empty_folder_is_not_asked() -> None:
    with ScriptedServer({"EXAMINE": _examined(0)}) as server:
        source = _open(server)
        assert list(source.heads()) == []
        assert list(source.heads_of([])) == []
        assert list(source.header_keys([])) == []
        assert list(source.messages([])) == []
        source.close()
    assert not server.sent("FETCH")
    assert not server.sent("UID FETCH")


def test_heads_that_were_left_out_are_asked_for_again() -> None:
    answers: list[Callable[[bytes], bytes] | bytes] = [_head(1, 10) + _head(3, 30) + _OK, _head(2, 20) + _OK]
    with ScriptedServer({"EXAMINE": _examined(3), "FETCH": answers}) as server:
        source = _open(server)
        heads = [head for chunk in source.heads() for head in chunk]
        source.close()
    assert sorted(head.uid for head in heads) == [10, 20, 30]
    assert server.sent("FETCH")[1].startswith(b"FETCH 2 ")


def test_noise_between_answers_is_overlooked() -> None:
    noise = (
        b"* OK still here\r\n* 9 EXISTS\r\n* 1 RECENT\r\n* FLAGS ()\r\n*\r\n* \r\nnoise\r\n\r\nM999 OK for nobody\r\n"
        b"* SEARCH 1 2 3\r\n* 3 FETCH (FLAGS (\\Seen))\r\n* X-STRANGE {3}\r\nabc tail\r\n* NO [ALERT] x\r\n+ what\r\n"
    )
    answer = noise + _head(1, 10) + noise + _head(2, 20) + noise + _OK
    with ScriptedServer({"EXAMINE": noise + _examined(2), "FETCH": answer}) as server:
        source = _open(server)
        assert [head.uid for chunk in source.heads() for head in chunk] == [10, 20]
        source.close()


def test_messages_that_go_while_the_list_is_read_hide_no_others() -> None:
    with ScriptedServer(
        {"EXAMINE": _examined(5000), "FETCH": _heads_by_range, "UID FETCH": b"* 7 EXPUNGE\r\n* 8 EXPUNGE\r\n" + _OK}
    ) as server:
        source = _open(server)
        chunks = source.heads()
        seen = [head.uid for head in next(chunks)]
        # Three commands are under way. The header is asked for three times, each time two messages go: what is asked
        # for from here on has moved down by six.
        assert list(source.header_keys([2])) == []
        for chunk in chunks:
            seen += [head.uid for head in chunk]
        source.close()
    asked = [command.split()[1] for command in server.sent("FETCH")]
    assert asked[3:] == [b"2995:3994", b"3995:4994"]
    assert len(seen) == len(set(seen))


def test_header_that_does_not_come_is_asked_for_again() -> None:
    header = b"Message-ID: <a@example.org>\r\n\r\n"
    answer = b"* %d FETCH (UID %d BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM TO SUBJECT)] %b)\r\n"
    literal = b"{%d}\r\n%b" % (len(header), header)
    # One is left out once, the other comes as NIL once.
    answers = [answer % (2, 6, b"NIL") + _OK, answer % (1, 5, literal) + answer % (2, 6, literal) + _OK]
    with ScriptedServer({"EXAMINE": _examined(2), "UID FETCH": answers}) as server:
        source = _open(server)
        assert dict(source.header_keys([5, 6])) == {5: header_key(header), 6: header_key(header)}
        source.close()
    assert len(server.sent("UID FETCH")) == 2


def test_two_folders_cannot_be_read_at_once() -> None:
    with ScriptedServer({"EXAMINE": _examined(2500), "FETCH": _heads_by_range}) as server:
        source = _open(server)
        chunks = source.heads()
        next(chunks)
        source.examine(("INBOX",))
        with pytest.raises(RuntimeError):
            next(chunks)
        assert sum(len(chunk) for chunk in source.heads()) == 2500
        source.close()


def test_heads_from_looks_anew_and_leaves_lower_uids_out() -> None:
    with ScriptedServer({"EXAMINE": _examined(3), "UID FETCH": _head(3, 30) + _OK}) as server:
        source = _open(server)
        assert source.heads_from(31) == []
        assert [head.uid for head in source.heads_from(30)] == [30]
        source.close()
    assert server.commands[-4:-1] == [
        b"UID FETCH 31:* (UID RFC822.SIZE INTERNALDATE FLAGS)",
        b"NOOP",
        b"UID FETCH 30:* (UID RFC822.SIZE INTERNALDATE FLAGS)",
    ]


def test_heads_from_where_answers_to_fetch_come_before_the_end_of_noop() -> None:
    def late(command: bytes) -> bytes:
        return _head(1, 10) + server.tags[server.commands.index(b"NOOP")] + b" OK noop\r\n" + _OK

    with ScriptedServer({"EXAMINE": _examined(1), "NOOP": b"* OK wait\r\n", "UID FETCH": late}) as server:
        source = _open(server)
        assert [head.uid for head in source.heads_from(1)] == [10]
        source.close()


def test_heads_from_an_empty_folder_whose_server_calls_that_an_error() -> None:
    with ScriptedServer({"EXAMINE": _examined(0), "UID FETCH": b"TAG BAD invalid set\r\n"}) as server:
        source = _open(server)
        assert source.heads_from(1) == []
        source.close()


def test_heads_of() -> None:
    with ScriptedServer(
        {"EXAMINE": _examined(9), "UID FETCH": _head(1, 5) + _head(2, 6) + _head(9, 99) + _OK}
    ) as server:
        source = _open(server)
        assert [[head.uid for head in chunk] for chunk in source.heads_of([6, 5, 7])] == [[5, 6]]
        source.close()
    assert server.sent("UID FETCH")[0].startswith(b"UID FETCH 5:7 (")


def test_header_keys() -> None:
    header = b"Message-ID: <a@b>\r\nSubject: x\r\n\r\n"
    answer = (
        b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM TO SUBJECT)] {%d}\r\n%s)\r\n"
        % (len(header), header)
        + b"* 2 FETCH (BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM TO SUBJECT)] NIL UID 6)\r\n"
        + b"* 3 FETCH (UID 7 FLAGS ())\r\n"
    )
    with ScriptedServer({"EXAMINE": _examined(3), "UID FETCH": answer + _OK}) as server:
        source = _open(server)
        assert dict(source.header_keys([5, 6, 7])) == {5: header_key(header), 6: header_key(b"")}
        source.close()
    assert b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM TO SUBJECT)]" in server.sent("UID FETCH")[0]


# -- messages


def test_messages_come_as_they_are() -> None:
    body = b"Subject: \xff\x00\r\n\r\nbare\nlf, bare\rcr, )\r\n* 1 EXISTS\r\nM1 OK no\r\n{5}"
    answer = (
        b'* 1 FETCH (FLAGS (\\Seen $Label1) UID 5 INTERNALDATE " 1-Feb-2020 10:00:00 +0800" BODY[] {%d}\r\n%s)\r\n'
        % (len(body), body)
        + _OK
    )
    (message,) = _messages(answer, [5])
    assert message.uid == 5
    assert message.body == body
    assert message.flags == {"\\Seen", "$Label1"}
    assert message.internal_date is not None
    assert message.internal_date.isoformat() == "2020-02-01T10:00:00+08:00"


def test_nil_omitted_twice_and_unasked() -> None:
    answer = (
        b"* 1 FETCH (UID 5 FLAGS () BODY[] NIL)\r\n"
        b"* 2 FETCH (UID 6 FLAGS () BODY[] {1}\r\na)\r\n"
        b"* 2 FETCH (UID 6 FLAGS () BODY[] {1}\r\na)\r\n"
        b"* 3 FETCH (UID 99 FLAGS () BODY[] {1}\r\nb)\r\n"
        b"* 4 FETCH (FLAGS (\\Seen))\r\n" + _OK
    )
    assert [(one.uid, one.body) for one in _messages(answer, [5, 6, 7])] == [(5, None), (6, b"a")]


def test_message_in_two_answers() -> None:
    answer = (
        b"* 1 FETCH (UID 5 BODY[] {1}\r\na)\r\n* 1 FETCH (FLAGS (\\Seen) UID 5)\r\n"
        b"* 2 FETCH (UID 6 FLAGS (\\Draft))\r\n* 2 FETCH (BODY[] {1}\r\nb)\r\n"
        b"* 3 FETCH (UID 7 BODY[] {1}\r\nc)\r\n" + _OK
    )
    assert [(one.uid, one.body, one.flags) for one in _messages(answer, [5, 6, 7])] == [
        (5, b"a", frozenset({"\\Seen"})),
        (6, b"b", frozenset({"\\Draft"})),
        (7, b"c", frozenset()),
    ]


def test_what_came_before_a_refusal_is_not_lost() -> None:
    answer = b"* 1 FETCH (UID 5 FLAGS () BODY[] {1}\r\na)\r\nTAG NO cannot read 6\r\n"
    with ScriptedServer({"EXAMINE": _examined(9), "UID FETCH": answer}) as server:
        source = _open(server)
        messages = source.messages([5, 6])
        assert next(messages).uid == 5
        with pytest.raises(MailError) as caught:
            next(messages)
        assert caught.value.reason is Reason.MESSAGE_UNREADABLE
        source.close()


def test_expunged_meanwhile_is_no_failure() -> None:
    answer = b"* 1 FETCH (UID 5 FLAGS () BODY[] {1}\r\na)\r\nTAG NO [EXPUNGEISSUED] some are gone\r\n"
    assert [one.uid for one in _messages(answer, [5, 6])] == [5]


def test_reading_may_be_left_off_in_the_middle() -> None:
    answer = b"".join(b"* %d FETCH (UID %d FLAGS () BODY[] {1}\r\na)\r\n" % (n, n) for n in (1, 2, 3)) + _OK
    with ScriptedServer({"EXAMINE": _examined(3), "UID FETCH": answer, "FETCH": _heads_by_range}) as server:
        source = _open(server)
        messages = source.messages([1, 2, 3])
        assert next(messages).uid == 1
        assert [head.uid for chunk in source.heads() for head in chunk] == [2, 4, 6]
        assert [one.uid for one in messages] == [2, 3]
        source.close()


@pytest.mark.parametrize(
    "answer", [b"* 1 FETCH (UID 5 FLAGS () BODY[] {100}\r\nabcCUT", b"* 1 FETCH (UID 5 BODY[] {99999999999}\r\nCUT"]
)
def test_a_connection_that_ends_inside_a_message(answer: bytes) -> None:
    with ScriptedServer({"EXAMINE": _examined(9), "UID FETCH": answer}) as server:
        source = _open(server)
        with pytest.raises(MailError) as caught:
            list(source.messages([5]))
        assert caught.value.reason is Reason.CONNECTION_LOST
        source.close()


# -- the end


def test_close_never_raises_and_says_goodbye() -> None:
    with ScriptedServer() as server:
        source = open_source(server)
        source.close()
        source.close()
    assert server.commands[-1] == b"LOGOUT"
    with ScriptedServer({"LOGOUT": b"CUT"}) as server:
        open_source(server).close()


def test_abort_ends_a_blocked_read_from_another_thread() -> None:
    cancel = CancelToken()
    with ScriptedServer({"EXAMINE": b"STALL"}) as server:
        source = gateway(timeout_s=20.0).source(mailbox(server.port), Secret(PASSWORD), cancel)
        timer = threading.Timer(0.2, cancel.abort)
        timer.start()
        with pytest.raises(Cancelled):
            source.examine(("INBOX",))
        timer.join()
        source.close()
        source.abort()


def test_a_connection_that_was_closed_is_a_lost_one() -> None:
    with ScriptedServer() as server:
        source = open_source(server)
        source.close()
        with pytest.raises(MailError) as caught:
            source.examine(("INBOX",))
    assert caught.value.reason is Reason.CONNECTION_LOST


def test_abort_without_a_stop_is_a_lost_connection() -> None:
    with ScriptedServer({"EXAMINE": _OK}) as server:
        source = open_source(server)
        source.abort()
        with pytest.raises(MailError) as caught:
            source.examine(("INBOX",))
        assert caught.value.reason is Reason.CONNECTION_LOST
        source.close()
