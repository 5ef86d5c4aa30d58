"""What users and servers change on either side between passes: rows follow, nothing is sent twice, nothing is lost."""

from collections import Counter
from collections.abc import Callable

import pytest

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState
from tests.unit.engine.conftest import World, account
from tests.unit.engine.fake_mail import FakeFolder, FakeMailbox, mail

A, B, C = mail("a"), mail("b"), mail("c")
UNNAMED = mail("unnamed", message_id=False)


@pytest.fixture
def moved(world: World) -> World:
    inbox = world.source.folder("INBOX")
    for body in (A, B, C, UNNAMED, UNNAMED):
        inbox.add(body)
    world.source.folder("Projects").add(mail("project"))
    assert world.run().state is AccountState.DONE
    return world


def refile(mailbox: FakeMailbox, body: bytes, *, source: FolderPath = ("INBOX",), to: str = "Filed") -> None:
    folder = mailbox.folders[source]
    uid = next(message.uid for message in folder.messages if message.body == body)
    mailbox.folder(to).add(folder.remove(uid).body)


def delete(mailbox: FakeMailbox, body: bytes, *path: str) -> None:
    folder = mailbox.folder(*path or ("INBOX",))
    folder.remove(next(message.uid for message in folder.messages if message.body == body))


def restore(folder: FakeFolder, uidnext: int) -> None:
    """What a server does that comes back from a backup: later messages are gone, and their UIDs are given again."""
    folder.messages = [message for message in folder.messages if message.uid < uidnext]
    folder.uidnext = uidnext


def once(change: Callable[[], object]) -> Callable[[], None]:
    """The change, the first time that it is asked for."""
    changes = [change]

    def next_change() -> None:
        if changes:
            changes.pop()()

    return next_change


def assert_unchanged(world: World, record: AccountRecord, appended: int) -> None:
    assert record.state is AccountState.DONE
    assert record.counts.unverified == 0
    assert world.destination.appended == appended


# At the destination


@pytest.mark.parametrize("body", [A, UNNAMED], ids=["told by its header", "told by its content"])
def test_a_refiled_message_is_known_and_a_later_twin_is_moved(moved: World, body: bytes) -> None:
    copies = moved.destination.bodies()[body]
    refile(moved.destination, body)
    moved.source.folder("INBOX").add(body)
    record = moved.run()
    assert record.state is AccountState.DONE
    assert moved.destination.bodies()[body] == copies + 1
    assert moved.source.bodies() == moved.destination.bodies()
    assert (record.counts.refiled, record.counts.removed) == (1, 0)


def test_what_is_filed_back_counts_as_refiled_no_more(moved: World) -> None:
    refile(moved.destination, A)
    assert moved.run().counts.refiled == 1
    delete(moved.destination, A, "Filed")
    moved.destination.folder("INBOX").add(A)
    record = moved.run()
    assert (record.counts.refiled, record.counts.removed) == (0, 0)


def test_what_its_user_deleted_is_told_and_brought_back_only_when_asked(moved: World) -> None:
    appended = moved.destination.appended
    delete(moved.destination, A)
    delete(moved.destination, UNNAMED)
    for _ in range(2):
        record = moved.run()
        assert_unchanged(moved, record, appended)
        assert (record.counts.removed, record.counts.refiled) == (2, 0)
    (inbox, projects) = moved.ledger.folder_counts(moved.account.id)
    assert (inbox.counts.removed, projects.counts.removed) == (2, 0)
    missing = moved.ledger.missing(moved.account.id)
    assert [(one.source, one.destination, one.source_uid) for one in missing] == [
        (("INBOX",), ("INBOX",), 1),
        (("INBOX",), ("INBOX",), 4),
    ]
    assert moved.ledger.bring_back(moved.account.id) == 2
    record = moved.run()
    assert record.counts.removed == 0
    assert moved.destination.appended == appended + 2
    assert moved.source.bodies() == moved.destination.bodies()


def test_what_is_gone_at_both_sides_cannot_be_brought_back(moved: World) -> None:
    delete(moved.destination, A)
    delete(moved.source, A)
    moved.run()
    assert moved.run().counts.removed == 1
    assert moved.ledger.bring_back(moved.account.id) == 0


def test_what_comes_out_of_the_bin_again_is_not_missing_any_more(moved: World) -> None:
    delete(moved.destination, A)
    assert moved.run().counts.removed == 1
    moved.destination.folder("Restored").add(A)
    record = moved.run()
    assert (record.counts.removed, record.counts.refiled) == (0, 1)
    assert moved.source.bodies() == moved.destination.bodies()


def test_a_deleted_message_is_not_brought_back_by_a_renumbered_source(moved: World) -> None:
    appended = moved.destination.appended
    delete(moved.destination, A)
    moved.run()
    moved.source.folder("INBOX").renumber()
    record = moved.run()
    assert_unchanged(moved, record, appended)
    assert record.counts.removed == 1


def test_a_renumbered_destination_is_recognised(moved: World) -> None:
    appended = moved.destination.appended
    moved.destination.folder("INBOX").renumber()
    moved.source.folder("INBOX").add(A)
    record = moved.run()
    assert_unchanged(moved, record, appended + 1)
    assert (record.counts.removed, record.counts.refiled) == (0, 0)
    assert moved.source.bodies() == moved.destination.bodies()


@pytest.mark.parametrize("listed", [False, True], ids=["not yet listed", "listed before"])
def test_a_destination_that_was_restored_from_a_backup(moved: World, listed: bool) -> None:
    if listed:
        moved.run()
    inbox = moved.destination.folder("INBOX")
    restore(inbox, 3)
    for number in range(2):
        # Under UIDs that were C's and another one's.
        inbox.add(mail(f"came later {number}"))
    record = moved.run()
    assert record.state is AccountState.DONE
    assert record.counts.removed == 3
    assert moved.ledger.bring_back(moved.account.id) == 3
    moved.run()
    assert moved.destination.bodies() - moved.source.bodies() == Counter(mail(f"came later {n}") for n in range(2))
    assert not moved.source.bodies() - moved.destination.bodies()


@pytest.mark.parametrize("uidplus", [True, False])
def test_a_destination_that_is_renumbered_while_a_batch_is_on_its_way(world: World, uidplus: bool) -> None:
    for number in range(230):
        world.source.folder("INBOX").add(mail(f"m {number % 120}"))
    world.destination.uidplus = uidplus
    batches = 0

    def renumber(mailbox: FakeMailbox, path: FolderPath) -> None:
        nonlocal batches
        batches += 1
        if batches == 2:
            mailbox.folders[path].renumber()

    world.destination.before_append = renumber
    record = world.run()
    assert record.state in (AccountState.DONE, AccountState.DONE_WITH_REFUSALS)
    lost = world.source.bodies() - world.destination.bodies()
    assert sum(lost.values()) <= record.counts.doubtful
    assert not world.destination.bodies() - world.source.bodies()


def test_a_destination_that_is_renumbered_while_the_answer_is_lost(world: World) -> None:
    for number in range(30):
        world.source.folder("INBOX").add(mail(f"m {number}"))
    world.destination.breaks = [17]
    world.clock.before_wait = once(world.destination.folder("INBOX").renumber)
    record = world.run()
    assert record.state in (AccountState.DONE, AccountState.DONE_WITH_REFUSALS)
    lost = world.source.bodies() - world.destination.bodies()
    assert sum(lost.values()) <= record.counts.doubtful
    assert not world.destination.bodies() - world.source.bodies()


def test_a_folder_that_was_renamed_at_the_destination_is_not_filled_again(moved: World) -> None:
    appended = moved.destination.appended
    moved.destination.folders[("Archive of projects",)] = moved.destination.folders.pop(("Projects",))
    record = moved.run()
    assert_unchanged(moved, record, appended)
    assert (record.counts.refiled, record.counts.removed) == (1, 0)
    assert ("Projects",) not in moved.destination.folders
    moved.source.folder("Projects").add(mail("new project"))
    record = moved.run()
    assert moved.destination.bodies_in("Projects") == [mail("new project")]
    assert moved.source.bodies() == moved.destination.bodies()


def test_a_folder_that_was_deleted_at_the_destination_is_told_and_can_be_brought_back(moved: World) -> None:
    del moved.destination.folders[("Projects",)]
    assert moved.run().counts.removed == 1
    assert ("Projects",) not in moved.destination.folders
    moved.ledger.bring_back(moved.account.id)
    moved.run()
    assert moved.source.bodies() == moved.destination.bodies()


def test_a_folder_that_cannot_be_opened_for_a_while_is_as_it_was_afterwards(moved: World) -> None:
    appended = moved.destination.appended
    moved.destination.unreadable.add(("Projects",))
    assert moved.run().counts.removed == 1
    moved.destination.unreadable.clear()
    record = moved.run()
    assert_unchanged(moved, record, appended)
    assert (record.counts.refiled, record.counts.removed) == (0, 0)


def test_a_message_that_an_answer_leaves_out_is_not_taken_for_deleted(moved: World) -> None:
    moved.destination.forgetful = True
    moved.destination.folder("INBOX").add(mail("foreign"))
    record = moved.run()
    assert (record.counts.refiled, record.counts.removed) == (0, 0)


def test_a_batch_in_doubt_in_a_folder_that_was_deleted_is_doubtful(world: World) -> None:
    world.source.folder("Projects").add(A)
    world.destination.breaks = [1]
    world.clock.before_wait = once(lambda: world.destination.folders.pop(("Projects",)))
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert [refusal.reason for refusal in world.ledger.refusals()] == [Reason.ARRIVAL_UNKNOWN]


def test_copies_of_accounts_that_share_a_mailbox_are_not_mixed_up(world: World) -> None:
    other = account("bo", "anna")
    world.ledger.save_plan(MigrationPlan("test", (world.account, other)))
    theirs = FakeMailbox()
    theirs.folder("INBOX").add(A)
    world.gateway._mailboxes[next(iter(world.gateway._mailboxes))]["bo"] = theirs
    for side in world.gateway._mailboxes:
        world.secrets.put(other.secret_key(side), world.secrets.get(world.account.secret_key(side)))  # type: ignore[arg-type]
    anna, world.account = world.account, other
    world.run()
    refile(world.destination, A)
    world.account = anna
    world.source.folder("INBOX").add(A)
    world.run()
    assert world.destination.bodies() == Counter({A: 2})


# At the source


@pytest.mark.parametrize("renumbered", [False, True])
def test_a_folder_that_was_renamed_at_the_source_keeps_its_place(moved: World, renumbered: bool) -> None:
    for number in range(30):
        moved.source.folder("Projects").add(mail(f"p {number}"))
    moved.run()
    appended, read = moved.destination.appended, moved.source.calls["messages"]
    renamed = moved.source.folders.pop(("Projects",))
    moved.source.folders[("Customers",)] = renamed
    if renumbered:
        renamed.renumber()
    record = moved.run()
    assert_unchanged(moved, record, appended)
    assert ("Customers",) not in moved.destination.folders
    if not renumbered:
        assert moved.source.calls["messages"] == read
    renamed.add(mail("new customer"))
    moved.run()
    assert mail("new customer") in moved.destination.bodies_in("Projects")
    assert moved.source.bodies() == moved.destination.bodies()


def test_a_new_folder_in_the_place_of_a_deleted_one_is_not_taken_for_it(moved: World) -> None:
    del moved.source.folders[("Projects",)]
    moved.source.folder("Other").add(mail("other"))
    record = moved.run()
    assert record.state is AccountState.DONE
    assert moved.destination.bodies_in("Other") == [mail("other")]
    assert moved.destination.bodies_in("Projects") == [mail("project")]


def test_a_folder_of_copies_is_not_taken_for_the_one_they_are_of(moved: World) -> None:
    moved.source.folder("Copies").add(mail("project"))
    moved.run()
    assert moved.destination.bodies_in("Copies") == moved.destination.bodies_in("Projects") == [mail("project")]


def test_a_source_that_was_restored_from_a_backup_brings_what_has_old_uids(moved: World) -> None:
    appended = moved.destination.appended
    inbox = moved.source.folder("INBOX")
    restore(inbox, 3)
    inbox.add(mail("came later"))
    record = moved.run()
    assert_unchanged(moved, record, appended + 1)
    assert mail("came later") in moved.destination.bodies()


def test_a_restored_source_that_has_gone_past_its_old_numbers(moved: World) -> None:
    inbox = moved.source.folder("INBOX")
    later = inbox.uidnext + 1
    restore(inbox, 2)
    while inbox.uidnext < later:
        message = inbox.add(mail(f"came later {inbox.uidnext}"))
        assert message.date is not None
        message.date = message.date.replace(year=2022)
    record = moved.run()
    assert record.state is AccountState.DONE
    assert not moved.source.bodies() - moved.destination.bodies()
    assert sum(moved.destination.bodies().values()) == 6 + 5


def test_messages_that_come_and_go_while_they_are_moved(world: World) -> None:
    inbox = world.source.folder("INBOX")
    for number in range(250):
        inbox.add(mail(f"m {number}"))
    batches = 0

    def change(mailbox: FakeMailbox, path: FolderPath) -> None:
        nonlocal batches
        batches += 1
        if batches == 1:
            for uid in (1, 2, 3, 250):
                inbox.remove(uid)
            inbox.add(mail("late"))

    world.destination.before_append = change
    record = world.run()
    assert record.state is AccountState.DONE
    assert not world.source.bodies() - world.destination.bodies()
    assert all(times == 1 for times in world.destination.bodies().values())
    counts = record.counts
    assert counts.total == 251 == counts.moved + counts.vanished


@pytest.mark.parametrize("renumbered", [1, 2])
def test_a_source_that_is_renumbered_between_two_attempts(world: World, renumbered: int) -> None:
    inbox = world.source.folder("INBOX")
    for number in range(230):
        inbox.add(mail(f"m {number % 130}"))
    world.destination.breaks = [*[None] * renumbered, 40]
    world.clock.before_wait = once(inbox.renumber)
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.source.bodies() == world.destination.bodies()
