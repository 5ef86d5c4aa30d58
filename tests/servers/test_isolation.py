"""One message at which a server hangs up each time, over real connections: found and refused, nothing sent twice."""

from collections import Counter
from pathlib import Path

import pytest

from mailmove_gui.demo import EmbeddedServer, NewMessage, ServerOptions, Store
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.states import AccountState
from tests.servers.dovecot import User
from tests.servers.in_process import TIMEOUT_S, Moving

USER = User("anna", "pass word")
POISON = b"Subject: poison\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    "hidden",
    [(), ("MULTIAPPEND",), ("UIDPLUS", "MULTIAPPEND", "LITERAL+")],
    ids=["together", "pipelined", "one-by-one"],
)
def test_a_destination_that_hangs_up_at_one_message(tmp_path: Path, hidden: tuple[str, ...]) -> None:
    left, right = Store(), Store()
    sent = [b"Subject: %d\r\n\r\nx\r\n" % number for number in range(120)]
    left.add_user(*_named(USER)).folder("INBOX").add_messages(
        [NewMessage(body) for body in (*sent[:60], POISON, *sent[60:])]
    )
    right.add_user(*_named(USER))
    with EmbeddedServer(left) as source, EmbeddedServer(right) as destination:

        def hang_up(message: bytes) -> str | None:
            if message != POISON:
                return None
            destination.close_sessions()
            return "said to nobody"

        destination.options = ServerOptions(refuse_message=hang_up, hidden=frozenset(hidden))
        with Moving(tmp_path, [(USER, USER)], source.imap_port, destination.imap_port) as moving:
            moving.migration.start()
            assert moving.migration.wait(TIMEOUT_S)
            assert moving.states() == {USER.name: AccountState.DONE_WITH_REFUSALS}
            (refusal,) = moving.ledger.refusals()
            assert (refusal.subject, refusal.reason) == ("poison", Reason.MESSAGE_BREAKS_CONNECTION)
        arrived = Counter(message.content for message in right.user(USER.name).folder("INBOX").messages)
        assert arrived == Counter(sent)


def _named(user: User) -> tuple[str, str]:
    return user.name, user.password
