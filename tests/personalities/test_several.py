"""Several accounts, and single messages, at servers that let not everything through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mailmove_gui.demo import EmbeddedServer, ServerOptions
from mailmove_gui.demo.personalities import Personality, courier, yahoo
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.migration import Migration
from mailmove_gui.ledger import create_ledger
from mailmove_gui.mail import ServerGateway
from tests.personalities.conftest import PASSWORD, World, contents
from tests.personalities.letters import put
from tests.servers.compare import assert_equal_mailboxes, multiset_of_hashes
from tests.unit.engine.fake_mail import FakeClock, FakeSecrets

INBOX = ("INBOX",)


def test_yahoo_never_hands_out_one_message_and_all_others_are_moved(world_of: Callable[..., World]) -> None:
    world = world_of(yahoo(unreadable=lambda message: message.uid == 7), Personality(ServerOptions()))
    put(world.old, INBOX, 20)
    put(world.old, ("Later",), 5)
    # In the second folder, too, the seventh would be the one; there are five.
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert (record.counts.moved, record.counts.refused) == (24, 1)
    (refusal,) = world.ledger.refusals()
    assert (refusal.uid, refusal.reason) == (7, Reason.MESSAGE_UNREADABLE)
    assert "try again later" in refusal.server_text
    missing = multiset_of_hashes(contents(world.old)) - multiset_of_hashes(contents(world.new))
    assert missing.total() == 1
    assert multiset_of_hashes(contents(world.new)).total() == 24


def test_courier_closes_without_a_word_and_fewer_accounts_run_at_once(tmp_path: Path) -> None:
    old, plain = courier(connections=2), Personality(ServerOptions())
    stores = old.store(), plain.store()
    users = [f"user{number}" for number in range(5)]
    for name in users:
        put(old.add_user(stores[0], name, PASSWORD), INBOX, 10)
        plain.add_user(stores[1], name, PASSWORD)
    with EmbeddedServer(stores[0], old.options) as source, EmbeddedServer(stores[1], plain.options) as destination:
        ends = [Endpoint(one.host, one.imap_port, Security.PLAIN, MailProtocol.IMAP) for one in (source, destination)]
        accounts = tuple(Account(name, Mailbox(ends[0], name), Mailbox(ends[1], name)) for name in users)
        ledger = create_ledger(tmp_path / "c.mailmove", MigrationPlan("c", accounts, Options(accounts_at_once=5)))
        secrets = FakeSecrets({account.secret_key(side): Secret(PASSWORD) for account in accounts for side in Side})
        gateway = ServerGateway(timeout_s=5.0, connect_timeout_s=5.0)
        migration = Migration(ledger, gateway, secrets, lambda event: None, clock=FakeClock())
        migration.start(None)
        assert migration.wait(60)
        states = {record.account_id: record for record in ledger.accounts()}
        print({k: (v.state, v.failure) for k, v in states.items()})
        assert {record.state for record in states.values()} == {AccountState.DONE}
        assert migration.close()
        ledger.close()
        for name in users:
            assert_equal_mailboxes(contents(stores[0].user(name)), contents(stores[1].user(name)))
