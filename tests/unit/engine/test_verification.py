"""Looking again later: what is there, what was filed elsewhere, what is gone, what was altered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.findings import AccountVerification
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.migration import Migration
from mailmove_gui.engine.threads import spawn_thread
from mailmove_gui.engine.verification import verify_account
from mailmove_gui.ledger import create_ledger
from tests.unit.engine.conftest import USER, World, account
from tests.unit.engine.fake_mail import FakeClock, FakeGateway, FakeMailbox, FakeSecrets, mail

A, B, C = mail("a"), mail("b"), mail("c")


def verify(world: World, *, deep: bool = False) -> AccountVerification:
    return verify_account(world.account, world.options, world.ports, CancelToken(), deep=deep)


@pytest.fixture
def moved(world: World) -> World:
    for body in (A, B, C):
        world.source.folder("INBOX").add(body)
    world.run()
    return world


@pytest.mark.parametrize("deep", [False, True])
def test_what_is_untouched_is_found(moved: World, deep: bool) -> None:
    result = verify(moved, deep=deep)
    assert result.passed
    (folder,) = result.folders
    assert (folder.path, folder.expected, folder.found, folder.refiled) == (("INBOX",), 3, 3, 0)


def test_what_its_user_filed_elsewhere_is_no_failure(moved: World) -> None:
    inbox = moved.destination.folder("INBOX")
    moved.destination.folder("Filed").add(inbox.remove(inbox.messages[1].uid).body)
    result = verify(moved)
    assert result.passed
    (folder,) = result.folders
    assert (folder.found, folder.refiled, folder.missing) == (2, 1, ())


def test_what_is_gone_is_named(moved: World) -> None:
    moved.destination.folder("INBOX").remove(2)
    result = verify(moved)
    assert not result.passed
    assert result.folders[0].missing == ("INBOX #2",)


def test_altered_content_is_seen_by_a_deep_look_only(moved: World) -> None:
    message = moved.destination.folder("INBOX").messages[0]
    message.body = message.body.replace(b"This", b"That")
    assert verify(moved).passed
    result = verify(moved, deep=True)
    assert not result.passed
    assert result.folders[0].altered == ("INBOX #1",)


def test_what_cannot_be_compared_does_not_pass_for_compared(world: World) -> None:
    # There before, told by its header alone; and the source is gone by the time of the deep look.
    world.source.folder("INBOX").add(A)
    world.destination.folder("INBOX").add(A)
    world.run()
    assert verify(world, deep=True).passed
    world.forget()
    world.run()
    world.source.folder("INBOX").messages.clear()
    result = verify(world, deep=True)
    assert not result.passed
    assert result.folders[0].uncompared == 1


@pytest.mark.parametrize("deep", [False, True])
def test_what_was_found_is_remembered(moved: World, deep: bool) -> None:
    moved.destination.folder("INBOX").remove(2)
    result = verify(moved, deep=deep)
    (record,) = moved.ledger.verifications(moved.account.id)
    assert (record.at, record.result) == (moved.clock.now(), result)
    counts = moved.ledger.counts(moved.account.id)
    assert (counts.moved, counts.removed) == (3, 1)


def test_a_deep_look_reads_what_was_filed_elsewhere_too(moved: World) -> None:
    inbox = moved.destination.folder("INBOX")
    moved.destination.folder("Filed").add(inbox.remove(2).body)
    assert verify(moved).passed
    filed = moved.destination.folder("Filed").messages[0]
    filed.body = filed.body.replace(b"This", b"That")
    result = verify(moved, deep=True)
    assert (result.total.refiled, result.total.altered) == (1, ("INBOX #2",))


def test_a_renumbered_source_is_not_compared_with_other_messages(world: World) -> None:
    for body in (A, B, C):
        world.source.folder("INBOX").add(body)
        world.destination.folder("INBOX").add(body)
    world.run()
    inbox = world.source.folder("INBOX")
    inbox.renumber()
    inbox.messages = [type(one)(uid, mail(f"other {uid}")) for uid, one in enumerate(inbox.messages, 1)]
    result = verify(world, deep=True)
    assert (result.total.uncompared, result.total.altered) == (3, ())


def test_what_a_verification_misses_before_it_was_seen_is_doubtful_in_the_next_pass(moved: World) -> None:
    moved.ledger._database.row("UPDATE messages SET verified = 0 WHERE uid = 2")
    moved.destination.folder("INBOX").remove(2)
    assert verify(moved).total.missing == ("INBOX #2",)
    record = moved.run()
    assert (record.counts.doubtful, record.counts.removed) == (1, 0)


def test_half_an_undo_cannot_be_verified(moved: World) -> None:
    moved.ledger.begin_undo(moved.account.id)
    failure = verify(moved).failure
    assert failure is not None
    assert failure.reason is Reason.UNDO_UNFINISHED
    assert moved.ledger.verifications(moved.account.id) == ()


def test_a_login_that_fails_is_a_failure(moved: World) -> None:
    moved.secrets.put(SecretKey(Side.DESTINATION, "new.example", 993, USER), Secret("wrong"))
    result = verify(moved)
    assert not result.passed
    assert result.failure is not None
    assert result.failure.reason is Reason.WRONG_PASSWORD


@pytest.fixture
def merged(tmp_path: Path) -> Iterator[tuple[Ports, FakeMailbox]]:
    """Two sources in one destination mailbox."""
    sources = {"anna": FakeMailbox(), "bo": FakeMailbox()}
    for name, mailbox in sources.items():
        for number in range(3):
            mailbox.folder("INBOX").add(mail(f"{name} {number}"))
    destination = FakeMailbox()
    accounts = (account("anna"), account("bo", "anna"))
    secrets = FakeSecrets({})
    for one in accounts:
        secrets.put(one.secret_key(Side.SOURCE), Secret("secret"))
        secrets.put(one.secret_key(Side.DESTINATION), Secret("secret"))
    ledger = create_ledger(tmp_path / "merged.mailmove", MigrationPlan("merged", accounts))
    gateway = FakeGateway(sources, {"anna": destination})
    ports = Ports(ledger, gateway, secrets, lambda event: None, FakeClock(), spawn_thread)
    migration = Migration(ledger, ports.gateway, secrets, ports.sink)
    migration.start()
    assert migration.wait(30)
    assert migration.close()
    yield ports, destination
    ledger.close()


def test_accounts_that_share_a_destination_answer_for_their_own_messages(
    merged: tuple[Ports, FakeMailbox],
) -> None:
    ports, destination = merged
    lost = next(message for message in destination.folder("INBOX").messages if b"bo 1@" in message.body)
    destination.folder("INBOX").remove(lost.uid)
    plan = ports.ledger.plan()
    anna, bo = (verify_account(one, plan.options, ports, CancelToken(), deep=True) for one in plan.accounts)
    assert anna.passed
    assert (anna.folders[0].expected, anna.folders[0].found) == (3, 3)
    assert bo.folders[0].missing == ("INBOX #2",)
