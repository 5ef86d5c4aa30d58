"""Removing single messages: which commands, and what is done when the server does not."""

from __future__ import annotations

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from tests.mail.opening import PASSWORD, gateway, mailbox
from tests.mail.scripted_server import Rules, ScriptedServer

_CAPABILITIES = "IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS"
_OPENED = (
    b"* 9 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 99]\r\n* OK [PERMANENTFLAGS (\\Seen \\*)]\r\nTAG OK done\r\n"
)
_OK = b"TAG OK done\r\n"


def _head(uid: int) -> bytes:
    return b'* 1 FETCH (UID %d RFC822.SIZE 5 INTERNALDATE " 3-Feb-2020 04:05:06 +0000" FLAGS ())\r\n' % uid


def _remove(rules: Rules, *uids: int) -> tuple[frozenset[int] | MailError, list[bytes]]:
    """What was left, or what it ended with; and which commands were sent about messages."""
    result: frozenset[int] | MailError
    with ScriptedServer({"SELECT": _OPENED, **rules}, capabilities=_CAPABILITIES) as server:
        remover = gateway().remover(mailbox(server.port), Secret(PASSWORD), CancelToken())
        try:
            remover.select(("INBOX",))
            result = remover.remove(uids)
        except MailError as error:
            result = error
        finally:
            remover.close()
    return result, server.sent("UID")


def test_exactly_the_named_ones_are_marked_and_expunged() -> None:
    left, sent = _remove({"UID": _OK}, 3, 9, 4)
    assert left == frozenset()
    assert sent[:2] == [b"UID STORE 3:4,9 +FLAGS.SILENT (\\Deleted)", b"UID EXPUNGE 3:4,9"]
    assert len(sent) == 3, "the third one looks what is left"


def test_nothing_to_remove_is_nothing_to_say() -> None:
    assert _remove({}) == (frozenset(), [])


@pytest.mark.parametrize("answer", [b"TAG NO [NOPERM] not allowed\r\n", _OK], ids=["refused", "ignored"])
def test_what_is_not_removed_does_not_stay_marked(answer: bytes) -> None:
    left, sent = _remove({"UID EXPUNGE": answer, "UID FETCH": _head(4) + _OK, "UID": _OK}, 3, 4)
    assert left == frozenset({4})
    assert sent[-1] == b"UID STORE 4 -FLAGS.SILENT (\\Deleted)"


def test_a_server_that_lets_nothing_be_marked_is_told_so() -> None:
    failure, sent = _remove({"UID STORE": b"TAG NO [NOPERM] not allowed\r\n", "UID": _OK}, 3)
    assert isinstance(failure, MailError)
    assert (failure.reason, failure.side, failure.server_text) == (
        Reason.CANNOT_UNDO,
        Side.DESTINATION,
        "[NOPERM] not allowed",
    )
    assert not any(command.startswith(b"UID EXPUNGE") for command in sent)


@pytest.mark.parametrize("capability", ["UIDPLUS", "IMAP4rev2"])
def test_servers_that_expunge_by_uid_are_used(capability: str) -> None:
    with ScriptedServer(capabilities=f"IMAP4rev1 AUTH=PLAIN SASL-IR {capability}") as server:
        gateway().remover(mailbox(server.port), Secret(PASSWORD), CancelToken()).close()


def test_other_servers_are_not_and_are_left_in_order() -> None:
    with ScriptedServer(capabilities="IMAP4rev1 AUTH=PLAIN SASL-IR MOVE") as server:
        with pytest.raises(MailError) as caught:
            gateway().remover(mailbox(server.port), Secret(PASSWORD), CancelToken())
        assert caught.value.reason is Reason.CANNOT_UNDO
    assert server.sent("LOGOUT") == [b"LOGOUT"]
