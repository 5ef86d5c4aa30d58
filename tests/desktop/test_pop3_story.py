"""A mailbox read by POP3, from the wizard's first page to the board, on the embedded server."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from mailmove_gui.app import open_gateway
from mailmove_gui.demo import EmbeddedServer, NewMessage, ServerOptions, Store
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.wizard import Step
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.plan import Account, Mailbox, account_id
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import wait_until
from tests.desktop.driving import check, go_on, open_wizard, start, to_accounts, type_accounts, wait_for_rest
from tests.desktop.services import FakeWorld

OpenWindow = Callable[[Services], MainWindow]
OLD_USER, NEW_USER, PASSWORD = "anna@old.example", "anna@new.example", "right"
MAILS = tuple(
    b"Message-ID: <%d@old.example>\r\nSubject: %d\r\n\r\n.text\r\n" % (number, number) for number in range(30)
)


@pytest.fixture
def old() -> Iterator[EmbeddedServer]:
    """An inbox, a folder, and a server that says that it deletes what was read."""
    store = Store()
    user = store.add_user(OLD_USER, PASSWORD)
    user.folder("INBOX").add_messages([NewMessage(mail) for mail in MAILS])
    user.add_folder(("Work",))
    user.folder("Work").add_messages([NewMessage(b"Subject: unseen by POP3\r\n\r\n")])
    with EmbeddedServer(store, ServerOptions(pop3_expire_days=0), pop3_port=0) as server:
        yield server


@pytest.fixture
def new() -> Iterator[EmbeddedServer]:
    store = Store()
    store.add_user(NEW_USER, PASSWORD)
    with EmbeddedServer(store) as server:
        yield server


def test_an_inbox_comes_over(
    open_window: OpenWindow, world: FakeWorld, old: EmbeddedServer, new: EmbeddedServer
) -> None:
    source = Endpoint(old.host, old.pop3_port, Security.PLAIN, MailProtocol.POP3)
    destination = Endpoint(new.host, new.imap_port, Security.PLAIN)
    account = Account(account_id(OLD_USER, NEW_USER), Mailbox(source, OLD_USER), Mailbox(destination, NEW_USER))
    passwords = {account.secret_key(side): Secret(PASSWORD) for side in Side}
    window = open_window(replace(world.services(), gateway=open_gateway))
    wizard = open_wizard(window)
    to_accounts(wizard, source, destination)
    type_accounts(wizard, [account], passwords)
    check(wizard)
    failure = wizard.draft.checks[account.id].source_failure
    assert failure is not None
    assert failure.reason is Reason.READING_DELETES
    assert not wizard.primary_button().isEnabled()

    wizard.back()
    wizard.what_page.pop3.may_delete_box.click()
    wizard.what_page.pop3.unread_box.click()
    go_on(wizard, Step.CHECK)
    wait_until(lambda: not wizard.checker.is_running)
    assert wizard.draft.passed() == (account.id,)
    start(window, wizard)
    wait_for_rest(window)
    (row,) = window.board.model.rows
    assert row.state is AccountState.DONE
    assert row.counts.moved == len(MAILS)
    moved = new.store.user(NEW_USER).folder("INBOX").messages
    assert Counter(message.content for message in moved) == Counter(MAILS)
    assert not any("\\Seen" in message.flags for message in moved)
    assert "DELE" not in old.commands_seen
