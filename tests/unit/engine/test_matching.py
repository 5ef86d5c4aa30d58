"""What is at the destination already, where a server does not hand out all that it takes to know it."""

from __future__ import annotations

from collections import Counter

import pytest

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import AppendAnswer, AppendInterrupted
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.states import AccountState
from tests.unit.engine.conftest import World
from tests.unit.engine.fake_mail import FakeMailbox, mail


def both(world: World, *bodies: bytes) -> None:
    for body in bodies:
        world.source.folder("INBOX").add(body)
        world.destination.folder("INBOX").add(body)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("reason", [Reason.MESSAGE_UNREADABLE, Reason.SERVER_BUSY])
def test_a_header_that_is_not_handed_out_holds_up_nothing(world: World, side: Side, reason: Reason) -> None:
    both(world, *(mail(f"m{number}") for number in range(5)))
    world.source.folder("INBOX").add(mail("new"))
    mailbox = world.source if side is Side.SOURCE else world.destination
    mailbox.hides_header = lambda body: MailError(reason, "no") if body == mail("m2") else None
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.bodies() == Counter(mail(name) for name in ("m0", "m1", "m2", "m3", "m4", "new"))


def test_a_server_that_fails_at_every_header_is_asked_again_later(world: World) -> None:
    both(world, *(mail(f"m{number}") for number in range(5)))
    world.destination.hides_header = world.destination.fails = lambda body: MailError(Reason.MESSAGE_UNREADABLE, "no")

    def recover() -> None:
        world.destination.hides_header = world.destination.fails = lambda body: None

    world.clock.before_wait = recover
    assert world.run().state is AccountState.DONE
    assert world.clock.waits
    assert world.destination.appended == 0


@pytest.mark.parametrize("side", Side)
def test_what_nobody_can_compare_is_not_sent_as_if_it_were_new(world: World, side: Side) -> None:
    both(world, mail("twin"), mail("twin"))
    for number in range(5):
        world.source.folder("INBOX").add(mail(f"m{number}"))
    mailbox = world.source if side is Side.SOURCE else world.destination
    mailbox.fails = lambda body: MailError(Reason.MESSAGE_UNREADABLE, "broken") if body == mail("twin") else None
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert world.destination.appended == 5
    refusals = list(world.ledger.refusals())
    expected = Reason.MESSAGE_UNREADABLE if side is Side.SOURCE else Reason.ARRIVAL_UNKNOWN
    assert [refusal.reason for refusal in refusals] == [expected] * 2
    assert record.counts.doubtful == (2 if side is Side.DESTINATION else 0)


class _LeftOutOnce(set[bytes]):
    def __contains__(self, body: object) -> bool:
        was_in = super().__contains__(body)
        self.clear()
        return was_in


@pytest.mark.parametrize("side", Side)
def test_what_does_not_come_once_is_asked_for_again(world: World, side: Side) -> None:
    both(world, mail("twin"), mail("twin"))
    mailbox = world.source if side is Side.SOURCE else world.destination
    mailbox.omitted = _LeftOutOnce({mail("twin")})
    assert world.run().state is AccountState.DONE
    assert not mailbox.omitted
    assert not world.clock.waits
    assert world.destination.appended == 0


@pytest.mark.parametrize("side", Side)
def test_what_does_not_come_for_a_while_is_compared_later(world: World, side: Side) -> None:
    both(world, mail("twin"), mail("twin"))
    world.source.folder("INBOX").add(mail("new"))
    mailbox = world.source if side is Side.SOURCE else world.destination
    mailbox.omitted.add(mail("twin"))
    world.clock.before_wait = mailbox.omitted.clear
    assert world.run().state is AccountState.DONE
    assert world.destination.appended == 1


def test_a_copy_that_is_not_handed_out_when_it_has_another_number_holds_up_nothing(world: World) -> None:
    for _ in range(2):
        world.source.folder("INBOX").add(mail("twin"))
    world.run()
    world.destination.folder("INBOX").renumber()
    world.destination.fails = lambda body: MailError(Reason.MESSAGE_UNREADABLE, "no") if body == mail("twin") else None
    world.source.folder("INBOX").add(mail("new"))
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_mail_that_is_there_already_is_not_read_and_neither_when_it_is_filed_elsewhere(world: World) -> None:
    both(world, *(mail(f"m{number}") for number in range(50)))
    assert world.run().counts.already_there == 50
    world.source.folders[("Filed",)] = world.source.folders[("INBOX",)]
    world.source.folders[("INBOX",)] = type(world.source.folders[("INBOX",)])(uidvalidity=2)
    world.source.folder("INBOX").add(mail("new"))
    counts = world.run().counts
    assert (counts.already_there, counts.moved) == (50, 1)
    assert world.source.calls["messages"] == 1
    assert world.destination.appended == 1


def test_what_a_server_did_not_take_because_its_folder_is_gone_is_not_in_doubt(world: World) -> None:
    for number in range(30):
        world.source.folder("Work").add(mail(f"m{number}"))

    def lose_folder(mailbox: FakeMailbox, path: FolderPath) -> None:
        mailbox.before_append = lambda mailbox, path: None
        mailbox.folders.pop(path)
        error = MailError(Reason.FOLDER_REFUSED, "[TRYCREATE] no such folder")
        raise AppendInterrupted(error, AppendAnswer(()), nothing_more=True)

    world.destination.before_append = lose_folder
    world.run()
    assert world.ledger.sending(world.account.id) == ()
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()
    assert record.counts.doubtful == 0
