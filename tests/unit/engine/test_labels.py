"""A source that shows one message in several folders, as Gmail does with labels."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.folders import FolderPath, FolderRole
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.preflight import CheckPorts, check_account
from tests.unit.engine.conftest import World
from tests.unit.engine.fake_mail import FakeMailbox, mail

INBOX = ("INBOX",)
SENT = ("[Gmail]", "Sent Mail")
STARRED = ("[Gmail]", "Starred")
IMPORTANT = ("[Gmail]", "Important")
ALL = ("[Gmail]", "All Mail")
ACME, PROJECTS = ("Acme",), ("Projects",)


class Gmail:
    """Puts messages into a mailbox as Gmail shows them: under each label, and in All Mail."""

    def __init__(self, mailbox: FakeMailbox) -> None:
        self.mailbox = mailbox
        self.numbers = Counter[str]()
        for path, role in (
            (SENT, FolderRole.SENT),
            (STARRED, FolderRole.FLAGGED),
            (IMPORTANT, FolderRole.IMPORTANT),
            (ALL, FolderRole.ALL),
        ):
            mailbox.folder(*path).role = role

    def add(self, body: bytes, *labels: FolderPath) -> str:
        self.numbers["messages"] += 1
        email_id = str(1_278_455_344_230_334_000 + self.numbers["messages"])
        for label in (*labels, ALL):
            self.mailbox.folder(*label).add(body, email_id=email_id)
        return email_id

    def unlabel(self, email_id: str, label: FolderPath) -> None:
        folder = self.mailbox.folder(*label)
        folder.remove(next(one.uid for one in folder.messages if one.email_id == email_id))


@pytest.fixture
def gmail(world: World) -> Gmail:
    return Gmail(world.source)


def folders_of(world: World, body: bytes) -> list[FolderPath]:
    return [path for path, folder in world.destination.folders.items() for one in folder.messages if one.body == body]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ((), ALL),
        ((IMPORTANT,), IMPORTANT),
        ((IMPORTANT, STARRED), STARRED),
        ((IMPORTANT, STARRED, PROJECTS, ACME), ACME),
        ((PROJECTS, SENT), SENT),
        ((SENT, ACME, INBOX), INBOX),
    ],
)
def test_a_message_is_moved_once_into_its_first_folder(
    world: World, gmail: Gmail, labels: tuple[FolderPath, ...], expected: FolderPath
) -> None:
    gmail.add(mail("a"), *labels)
    record = world.run()
    assert record.state is AccountState.DONE
    assert folders_of(world, mail("a")) == [expected]
    assert (record.counts.total, record.counts.moved) == (len(labels) + 1, 1)
    assert record.counts.repeated == record.counts.skipped == len(labels)
    assert record.counts.left_by_choice == 0
    lost = {path: 1 for path in (*labels, ALL) if path != expected}
    assert dict(world.ledger.repeated(world.account.id)) == lost
    assert {one.source: one.counts.repeated for one in world.ledger.folder_counts(world.account.id)} == {
        path: lost.get(path, 0) for path in world.source.folders
    }


def test_two_equal_messages_are_two(world: World, gmail: Gmail) -> None:
    gmail.add(mail("a"), ACME)
    gmail.add(mail("a"), ACME)
    assert world.run().counts.moved == 2
    assert world.destination.bodies() == Counter({mail("a"): 2})


def test_a_further_pass_moves_only_what_is_new(world: World, gmail: Gmail) -> None:
    first = gmail.add(mail("a"), ACME)
    world.run()
    gmail.add(mail("b"), PROJECTS)
    # Labelled since: to be found where it was put.
    world.source.folder(*INBOX).add(mail("a"), email_id=first)
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.bodies() == Counter([mail("a"), mail("b")])
    assert (record.counts.moved, record.counts.repeated) == (2, 3)
    heads = world.source.calls["heads"]
    world.run()
    assert world.source.calls["heads"] == heads
    assert world.ledger.counts(world.account.id) == record.counts


def test_a_label_that_is_taken_away_leaves_the_copy_to_the_next(world: World, gmail: Gmail) -> None:
    email_id = gmail.add(mail("a"), ACME, PROJECTS)
    world.run()
    appended, fetched = world.destination.appended, world.source.calls["messages"]
    gmail.unlabel(email_id, ACME)
    record = world.run()
    assert record.state is AccountState.DONE
    assert (world.destination.appended, world.source.calls["messages"]) == (appended, fetched)
    assert folders_of(world, mail("a")) == [ACME]
    assert (record.counts.total, record.counts.moved, record.counts.repeated, record.counts.gone) == (2, 1, 1, 0)
    assert dict(world.ledger.repeated(world.account.id)) == {ALL: 1}


def test_a_renumbered_source_brings_nothing_twice(world: World, gmail: Gmail) -> None:
    gmail.add(mail("a"), ACME, PROJECTS)
    gmail.add(mail("b"))
    world.run()
    appended = world.destination.appended
    for folder in world.source.folders.values():
        folder.renumber()
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.appended == appended
    assert (record.counts.total, record.counts.moved, record.counts.repeated) == (4, 2, 2)


def test_a_folder_that_is_left_out_leaves_its_messages_to_others(world_with: Callable[..., World]) -> None:
    world = world_with(options=Options(exclude=("Acme",)))
    Gmail(world.source).add(mail("a"), ACME, PROJECTS)
    assert world.run().counts.moved == 1
    assert folders_of(world, mail("a")) == [PROJECTS]


def test_what_is_left_out_afterwards_is_found_under_another_label(world: World, gmail: Gmail) -> None:
    gmail.add(mail("a"), ACME, PROJECTS)

    def refuse(mailbox: FakeMailbox, path: FolderPath) -> None:
        raise MailError(Reason.SERVER_SAID, "Not today")

    world.destination.before_append = refuse
    assert world.run().state is AccountState.FAILED
    assert dict(world.ledger.repeated(world.account.id)) == {PROJECTS: 1, ALL: 1}
    world.destination.before_append = lambda mailbox, path: None
    world.options = replace(world.options, exclude=("Acme",))
    record = world.run()
    assert record.state is AccountState.DONE
    assert folders_of(world, mail("a")) == [PROJECTS]


def test_a_folder_that_cannot_be_read_for_once(world: World, gmail: Gmail) -> None:
    gmail.add(mail("a"), ACME, PROJECTS)
    world.source.unreadable.add(ACME)
    assert world.run().state is AccountState.FAILED
    world.source.unreadable.clear()
    assert world.run().state is AccountState.DONE
    assert folders_of(world, mail("a")) == [PROJECTS]


def test_a_refused_message_is_refused_once(world: World, gmail: Gmail) -> None:
    gmail.add(mail("a"), ACME, PROJECTS)
    world.destination.refuses = lambda body: "No"
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert (record.counts.refused, record.counts.repeated) == (1, 2)
    refusal = next(iter(world.ledger.refusals(world.account.id)))
    assert refusal.reason is Reason.MESSAGE_REFUSED
    world.ledger.dismiss(world.account.id, [refusal.message_id])
    assert world.run().counts.left_by_choice == 1
    assert world.destination.appended == 0


def test_copies_in_every_folder_if_wanted(world: World, gmail: Gmail) -> None:
    gmail.add(mail("a"), ACME, PROJECTS)
    world.run()
    world.options = replace(world.options, label_copies=True)
    record = world.run()
    assert record.state is AccountState.DONE
    assert sorted(folders_of(world, mail("a"))) == sorted([ACME, PROJECTS, ALL])
    assert (record.counts.moved, record.counts.repeated) == (3, 0)
    world.options = replace(world.options, label_copies=False)
    assert world.run().counts == record.counts


def test_the_check_counts_each_message_once(world: World, gmail: Gmail) -> None:
    gmail.add(mail("a"), ACME, PROJECTS)
    gmail.add(mail("b"), INBOX)
    ports = CheckPorts(world.gateway, world.secrets)
    found = check_account(world.account, world.options, ports, CancelToken())
    assert (found.messages, found.messages_repeated) == (2, 3)
    assert found.size_bytes == len(mail("a")) + len(mail("b"))
    copies = check_account(world.account, Options(label_copies=True), ports, CancelToken())
    assert (copies.messages, copies.messages_repeated) == (5, 0)


def test_an_account_in_doubt_is_not_sent_under_its_next_label(world: World, gmail: Gmail) -> None:
    gmail.add(mail("a"), ACME, PROJECTS)
    world.destination.breaks = [0]
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.bodies() == Counter([mail("a")])
