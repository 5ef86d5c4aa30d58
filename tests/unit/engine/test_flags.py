"""Flags that change at the source follow to what was moved, and to nothing else."""

import pytest

from mailmove_gui.domain.messages import flag_changes
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.records import Change
from mailmove_gui.domain.states import AccountState
from tests.unit.engine.conftest import World
from tests.unit.engine.fake_mail import mail

SEEN, FLAGGED, DELETED, KEYWORD = "\\Seen", "\\Flagged", "\\Deleted", "$Forwarded"


def moved(world: World, *flags: str) -> None:
    """One message with these flags, moved."""
    world.source.folder("INBOX").add(mail("a"), flags=frozenset(flags))
    assert world.run().state is AccountState.DONE


def at_destination(world: World, *path: str) -> set[str]:
    (message,) = world.destination.folders[path or ("INBOX",)].messages
    return set(message.flags)


@pytest.mark.parametrize("condstore", [True, False])
@pytest.mark.parametrize(
    ("base", "source", "destination", "expected"),
    [
        ((), (SEEN,), (), {SEEN}),
        ((SEEN,), (), (SEEN,), set()),
        # Nothing has changed at the source: what the destination's user has done stays.
        ((SEEN,), (SEEN,), (), set()),
        ((), (), (SEEN,), {SEEN}),
        # Both have changed something.
        ((), (SEEN,), (FLAGGED,), {SEEN, FLAGGED}),
        ((SEEN,), (), (SEEN, FLAGGED), {FLAGGED}),
        ((SEEN,), (SEEN, FLAGGED), (), {FLAGGED}),
        ((SEEN, FLAGGED), (SEEN,), (FLAGGED, KEYWORD), {KEYWORD}),
        # Both have changed the same.
        ((), (SEEN,), (SEEN,), {SEEN}),
        ((SEEN,), (), (), set()),
        # A flag like any other.
        ((), (DELETED,), (), {DELETED}),
        ((DELETED,), (), (DELETED,), set()),
        ((), (KEYWORD,), (), {KEYWORD}),
    ],
)
def test_only_what_changed_at_the_source_follows(
    world: World,
    base: tuple[str, ...],
    source: tuple[str, ...],
    destination: tuple[str, ...],
    expected: set[str],
    *,
    condstore: bool,
) -> None:
    world.source.condstore = condstore
    moved(world, *base)
    world.source.folder("INBOX").flag(1, *source)
    world.destination.folder("INBOX").flag(1, *destination)
    assert world.run().state is AccountState.DONE
    assert at_destination(world) == expected


@pytest.mark.parametrize("condstore", [True, False])
def test_flags_that_change_again_and_again(world: World, *, condstore: bool) -> None:
    world.source.condstore = condstore
    moved(world)
    for flags in ((SEEN,), (SEEN, FLAGGED), (), (FLAGGED,)):
        world.source.folder("INBOX").flag(1, *flags)
        world.run()
        assert at_destination(world) == set(flags)
    # What has followed once does not follow again.
    world.destination.folder("INBOX").flag(1)
    world.run()
    assert at_destination(world) == set()


def test_what_this_program_did_not_move_is_left_alone(world: World) -> None:
    world.destination.folder("INBOX").add(mail("a"))
    world.source.folder("INBOX").add(mail("a"))
    assert world.run().counts.already_there == 1
    world.source.folder("INBOX").flag(1, SEEN)
    world.run()
    assert at_destination(world) == set()
    assert not world.destination.calls["set_flag"]


def test_a_message_that_was_filed_elsewhere_is_followed_there(world: World) -> None:
    moved(world)
    message = world.destination.folder("INBOX").remove(1)
    world.destination.folder("Filed").add(message.body, date=message.date)
    world.source.folder("INBOX").flag(1, SEEN)
    assert world.run().counts.refiled == 1
    assert at_destination(world, "Filed") == {SEEN}


def test_flags_follow_a_message_that_was_filed_elsewhere_at_the_source(world: World) -> None:
    moved(world, SEEN)
    message = world.source.folder("INBOX").remove(1)
    world.source.folder("Filed").add(message.body, flags=frozenset({FLAGGED}), date=message.date)
    record = world.run()
    assert (record.counts.moved, world.destination.appended) == (1, 1)
    assert at_destination(world) == {FLAGGED}


def test_a_message_that_its_source_hid_meanwhile(world: World) -> None:
    moved(world)
    message = world.source.folder("INBOX").remove(1)
    world.run()
    message.flags = frozenset({SEEN})
    world.source.folder("INBOX").messages.append(message)
    world.run()
    assert at_destination(world) == {SEEN}


def test_a_uid_that_means_another_message_now_is_left_alone(world: World) -> None:
    moved(world)
    world.source.folder("INBOX").flag(1, SEEN)
    inbox = world.destination.folder("INBOX")
    inbox.uidvalidity += 1
    inbox.remove(1)
    inbox.uidnext = 1
    inbox.add(mail("another"))
    world.run()
    assert at_destination(world) == set()


def test_a_folder_that_is_renumbered_in_the_middle_of_a_pass(world: World) -> None:
    moved(world)
    inbox = world.destination.folder("INBOX")
    inbox.add(mail("another"))
    world.source.folder("INBOX").flag(1, SEEN)
    world.source.folder("INBOX").add(mail("b"))

    def renumber(_body: bytes) -> None:
        if inbox.uidvalidity == 1:
            inbox.uidvalidity = 2
            inbox.messages.reverse()
            for uid, message in enumerate(inbox.messages, 1):
                message.uid = uid

    world.source.fails = renumber
    world.run()
    assert inbox.uidvalidity == 2
    assert {message.body: message.flags for message in inbox.messages}[mail("another")] == frozenset()
    # What could not be said to whom is said when the message has been recognised.
    world.run()
    assert {message.body: message.flags for message in inbox.messages} == {
        mail("a"): {SEEN},
        mail("another"): frozenset(),
        mail("b"): frozenset(),
    }


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_flag_that_the_destination_does_not_keep_is_told(world: World, *, is_announced: bool) -> None:
    if is_announced:
        world.destination.permanent_flags = frozenset({SEEN})
    else:
        world.destination.fixed_flags = frozenset({FLAGGED})
    moved(world)
    world.source.folder("INBOX").flag(1, SEEN, FLAGGED)
    assert world.run().state is AccountState.DONE
    assert at_destination(world) == {SEEN}
    assert world.ledger.change_counts(world.account.id) == {Change.FLAGS_DROPPED: 1}


def test_what_could_not_follow_follows_later(world: World) -> None:
    moved(world)
    world.source.folder("INBOX").flag(1, SEEN)
    world.source.folder("INBOX").add(mail("b"))
    world.destination.fails = lambda body: MailError(Reason.DESTINATION_FULL) if body == mail("b") else None
    world.clock.before_wait = lambda: setattr(world.destination, "fails", lambda body: None)
    assert world.run().state is AccountState.DONE
    assert SEEN in world.destination.folder("INBOX").messages[0].flags


def test_nothing_is_asked_for_where_nothing_changed(world: World) -> None:
    world.source.condstore = True
    moved(world)
    world.source.calls.clear()
    world.run()
    assert not world.source.calls["flags"]
    assert not world.source.calls["examine"]


def test_case_makes_no_other_flag() -> None:
    added, removed = flag_changes(frozenset({"\\seen", "$a"}), frozenset({"\\Seen", "$B"}))
    assert (set(added), set(removed)) == ({"$B"}, {"$a"})
