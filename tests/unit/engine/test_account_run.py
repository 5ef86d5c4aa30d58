"""One account's run against mailboxes in memory and a real ledger."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import AccountChanged, MessageRefused
from mailmove_gui.domain.folders import FolderPath, FolderRole, NamingRules
from mailmove_gui.domain.plan import Account, Mailbox, MessageOrder, MigrationPlan, Options
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.account_run import AccountStates, run_account
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.threads import spawn_thread
from mailmove_gui.ledger import create_ledger
from tests.unit.engine.conftest import USER, World
from tests.unit.engine.fake_mail import FakeClock, FakeFolder, FakeGateway, FakeMailbox, FakeSecrets, mail

A, B, C = mail("a"), mail("b"), mail("c", body="first body.")
C_OTHER_BODY = mail("c", body="other body.")
assert len(C) == len(C_OTHER_BODY)


def fill(world: World) -> None:
    inbox = world.source.folder("INBOX")
    for number in range(23):
        inbox.add(mail(f"inbox {number}"), flags=frozenset({"\\Seen"}) if number % 2 else frozenset())
    world.source.folder("Projects", "2024").add(mail("contract"), flags=frozenset({"\\Flagged", "$Forwarded"}))
    world.source.folder("空的")


def test_everything_arrives_once_with_flags_dates_and_empty_folders(world: World) -> None:
    fill(world)
    record = world.run()
    assert record.state is AccountState.DONE
    assert record.counts.moved == record.counts.total == 24
    assert record.counts.unverified == 0
    assert set(world.destination.folders) == set(world.source.folders)
    for path, folder in world.source.folders.items():
        expected = sorted((message.body, message.date, message.flags) for message in folder.messages)
        arrived = world.destination.folders[path].messages
        assert sorted((message.body, message.date, message.flags) for message in arrived) == expected


def test_second_run_appends_nothing_and_reads_nothing(world: World) -> None:
    fill(world)
    world.run()
    appended, heads = world.destination.appended, world.source.calls["heads"]
    assert world.run().state is AccountState.DONE
    assert world.destination.appended == appended
    assert world.source.calls["heads"] == heads


def test_second_run_without_ledger_appends_nothing(world: World) -> None:
    fill(world)
    world.run()
    appended = world.destination.appended
    world.forget()
    record = world.run()
    assert record.state is AccountState.DONE
    assert record.counts.already_there == record.counts.total == 24
    assert world.destination.appended == appended


@pytest.mark.parametrize("message_id", [True, False])
@pytest.mark.parametrize("filed", ["INBOX", "Elsewhere"])
def test_duplicates_are_counted_and_twins_told_apart(world: World, message_id: bool, filed: str) -> None:
    a, c = mail("a", message_id=message_id), mail("c", body="first body.", message_id=message_id)
    c_other = mail("c", body="other body.", message_id=message_id)
    unrelated = mail("unrelated")
    inbox = world.source.folder("INBOX")
    for body in (a, a, c, c_other):
        inbox.add(body)
    for body in (a, c, unrelated):
        world.destination.folder(filed).add(body)
    untouched = world.destination.folder(filed).messages[2]

    world.run()
    assert world.destination.bodies() == Counter({a: 2, c: 1, c_other: 1, unrelated: 1})
    assert world.destination.folder(filed).messages[2] == untouched

    inbox.add(a)
    world.run()
    assert world.destination.bodies() == Counter({a: 3, c: 1, c_other: 1, unrelated: 1})

    appended = world.destination.appended
    world.forget()
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.appended == appended


def test_copy_in_its_own_folder_is_preferred_to_one_filed_elsewhere(world: World) -> None:
    world.source.folder("One").add(A)
    world.source.folder("Two").add(A)
    world.destination.folder("Two").add(A)
    world.run()
    assert world.destination.bodies_in("One") == [A]
    assert world.destination.bodies_in("Two") == [A]


def test_other_body_with_known_key_is_not_taken_for_a_copy_that_the_user_made(world: World) -> None:
    world.source.folder("INBOX").add(C)
    world.run()
    # The user copies C at the destination; a twin of C with another body arrives at the source.
    world.destination.folder("Copies").add(C)
    world.source.folder("INBOX").add(C_OTHER_BODY)
    world.run()
    assert world.destination.bodies() == Counter({C: 2, C_OTHER_BODY: 1})


def test_message_moved_between_source_folders_is_not_copied_again(world: World) -> None:
    message = world.source.folder("INBOX").add(A)
    world.source.folder("Done")
    world.run()
    world.source.folder("INBOX").remove(message.uid)
    world.source.folder("Done").add(A)
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.bodies() == Counter({A: 1})


def test_renumbered_source_folder_is_recognised(world: World) -> None:
    fill(world)
    world.run()
    appended = world.destination.appended
    world.source.folder("INBOX").renumber()
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.appended == appended


def test_lower_uids_that_become_visible_are_brought(world: World) -> None:
    inbox = world.source.folder("INBOX")
    hidden = [inbox.add(mail(f"old {number}")) for number in range(3)]
    inbox.add(A)
    inbox.messages = [message for message in inbox.messages if message not in hidden]
    world.run()
    inbox.messages = hidden + inbox.messages
    world.run()
    assert len(world.destination.bodies()) == 4
    assert set(world.destination.bodies().values()) == {1}


def test_refused_message_stands_in_the_report_and_the_others_arrive(world: World) -> None:
    fill(world)
    world.destination.refuses = lambda body: "5.7.1 Not wanted" if b"inbox 7@" in body else None
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert (record.counts.moved, record.counts.refused, record.counts.pending) == (23, 1, 0)
    (refusal,) = world.ledger.refusals(world.account.id)
    assert (refusal.subject, refusal.server_text, refusal.folder) == ("inbox 7", "5.7.1 Not wanted", ("INBOX",))
    assert [event.refusal for event in world.events if isinstance(event, MessageRefused)] == [refusal]


def test_refused_messages_are_tried_again_only_when_asked_for(world: World) -> None:
    fill(world)
    world.destination.refuses = lambda body: "no" if b"inbox 7@" in body else None
    world.run()
    world.destination.refuses = lambda body: None
    assert world.run().state is AccountState.DONE_WITH_REFUSALS
    assert world.ledger.retry_refused(world.account.id) == 1
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_message_larger_than_announced_limit_is_not_sent(world: World) -> None:
    world.source.folder("INBOX").add(mail("big", body="x" * 5000))
    world.source.folder("INBOX").add(A)
    world.destination.max_message_bytes = 1000
    world.run()
    (refusal,) = world.ledger.refusals(world.account.id)
    assert refusal.reason is Reason.MESSAGE_TOO_LARGE
    assert world.destination.bodies() == Counter({A: 1})


def test_message_that_the_source_leaves_out_is_a_refusal_not_a_success(world: World) -> None:
    fill(world)
    world.source.omitted.add(mail("inbox 3"))
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    (refusal,) = world.ledger.refusals(world.account.id)
    assert refusal.reason is Reason.MESSAGE_UNREADABLE


@pytest.mark.parametrize("stored", [0, 1, 5, 23])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("uidplus", [False, True])
def test_lost_answer_doubles_nothing_and_loses_nothing(world: World, stored: int, late: bool, uidplus: bool) -> None:
    fill(world)
    world.destination.uidplus = uidplus
    world.destination.breaks = [stored]
    world.destination.arrives_late = late
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_lost_answer_with_identical_messages_in_the_batch(world: World) -> None:
    inbox = world.source.folder("INBOX")
    for body in (A, A, A, C, C_OTHER_BODY, C):
        inbox.add(body)
    world.destination.breaks = [4]
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_lost_answer_while_other_mail_is_delivered(world: World) -> None:
    fill(world)
    others = [mail(f"delivered {number}") for number in range(2)]
    world.destination.breaks = [3]
    deliveries = list(others)

    def deliver(mailbox: FakeMailbox, path: FolderPath) -> None:
        if deliveries:
            mailbox.folders[path].add(deliveries.pop())

    world.destination.before_append = deliver
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies() + Counter(others)


def test_arrived_message_that_a_rule_filed_is_found_in_the_whole_account(world: World) -> None:
    world.source.folder("INBOX").add(A)
    world.destination.breaks = [1]
    world.destination.folder("Filed")
    filed = False

    def file_it() -> None:
        nonlocal filed
        inbox = world.destination.folder("INBOX")
        if not filed and inbox.messages:
            world.destination.folder("Filed").add(inbox.remove(inbox.messages[0].uid).body)
            filed = True

    world.clock.before_wait = file_it
    record = world.run()
    assert filed
    assert record.state is AccountState.DONE
    assert world.destination.bodies() == Counter({A: 1})


def test_message_that_nobody_can_say_arrived_is_doubtful_and_not_sent_again(world: World) -> None:
    world.source.folder("INBOX").add(A)
    world.source.folder("INBOX").add(B)
    world.destination.breaks = [1]
    gone = False

    def delete_it() -> None:
        nonlocal gone
        inbox = world.destination.folder("INBOX")
        if not gone and inbox.messages:
            inbox.remove(inbox.messages[0].uid)
            gone = True

    world.clock.before_wait = delete_it
    record = world.run()
    assert gone
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert record.counts.doubtful == 2
    appended = world.destination.appended
    world.run()
    assert world.destination.appended == appended
    assert {refusal.reason for refusal in world.ledger.refusals()} == {Reason.ARRIVAL_UNKNOWN}


def test_what_was_sent_to_a_folder_that_is_gone_does_not_hold_up_the_account(world: World) -> None:
    world.source.folder("Old").add(A)
    world.destination.breaks = [1]

    def remove_it() -> None:
        world.source.folders.pop(("Old",), None)
        world.destination.folders.pop(("Old",), None)

    world.clock.before_wait = remove_it
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert [refusal.reason for refusal in world.ledger.refusals()] == [Reason.ARRIVAL_UNKNOWN]


def test_what_was_delivered_to_both_mailboxes_is_not_taken_for_what_was_sent(world: World) -> None:
    world.source.folder("INBOX").add(C)
    world.destination.breaks = [0]

    def deliver(mailbox: FakeMailbox, path: FolderPath) -> None:
        mailbox.folders[path].add(C_OTHER_BODY, date=datetime(2026, 5, 1, tzinfo=UTC))

    world.destination.before_append = deliver
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert [refusal.reason for refusal in world.ledger.refusals()] == [Reason.ARRIVAL_UNKNOWN]
    assert world.destination.bodies() == Counter({C_OTHER_BODY: 1})


def test_wrong_password_names_its_side_and_is_tried_once(world: World) -> None:
    fill(world)
    world.secrets.put(SecretKey(Side.DESTINATION, "new.example", 993, USER), Secret("wrong"))
    record = world.run()
    assert record.state is AccountState.NEEDS_PASSWORD
    assert record.failure is not None
    assert (record.failure.reason, record.failure.side) == (Reason.WRONG_PASSWORD, Side.DESTINATION)
    assert world.gateway.logins[Side.DESTINATION, USER] == 1


def test_missing_password_asks_for_it_without_a_login(world: World) -> None:
    world.secrets.forget(SecretKey(Side.SOURCE, "old.example", 993, USER))
    record = world.run()
    assert record.state is AccountState.NEEDS_PASSWORD
    assert record.failure is not None
    assert (record.failure.reason, record.failure.side) == (Reason.PASSWORD_MISSING, Side.SOURCE)
    assert not world.gateway.logins


def test_lost_connections_are_waited_out_and_shown(world: World) -> None:
    fill(world)
    world.destination.breaks = [2, 0, 1]
    record = world.run()
    assert record.state is AccountState.DONE
    waiting = [
        event.failure
        for event in world.events
        if isinstance(event, AccountChanged) and event.state is AccountState.WAITING
    ]
    assert [failure.reason for failure in waiting if failure] == [Reason.CONNECTION_LOST] * 3
    assert all(failure is not None and failure.until is not None for failure in waiting)


def test_server_that_never_comes_back_fails_within_its_budget(world: World) -> None:
    fill(world)
    world.destination.breaks = [0] * 50
    record = world.run()
    assert record.state is AccountState.FAILED
    assert record.failure is not None
    assert record.failure.reason is Reason.CONNECTION_LOST
    assert len([wait for wait in world.clock.waits if wait != 2.0]) < 20


def test_folder_that_is_refused_does_not_keep_the_others_back(world: World) -> None:
    fill(world)
    world.source.folder("bad").add(B)
    world.destination.refuses_folder = lambda path: path == ("bad",)
    record = world.run()
    assert record.state is AccountState.FAILED
    assert record.failure is not None
    assert record.failure.reason is Reason.FOLDER_REFUSED
    assert record.counts.moved == 24


def test_folder_name_is_made_harmless_if_refused(world: World) -> None:
    world.source.folder('a "quoted" name').add(A)
    world.destination.refuses_folder = lambda path: '"' in path[-1]
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies_in("a _quoted_ name") == [A]
    assert world.run().state is AccountState.DONE
    assert world.destination.appended == 1


def test_unreadable_folder_does_not_keep_the_others_back(world: World) -> None:
    fill(world)
    world.source.folder("broken").add(B)
    world.source.unreadable.add(("broken",))
    record = world.run()
    assert record.state is AccountState.FAILED
    assert record.failure is not None
    assert (record.failure.reason, record.failure.side) == (Reason.FOLDER_UNREADABLE, Side.SOURCE)
    assert record.counts.moved == 24
    world.source.unreadable.clear()
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_folder_deleted_at_the_source_between_passes(world: World) -> None:
    fill(world)
    world.run()
    del world.source.folders["Projects", "2024"]
    record = world.run()
    assert record.state is AccountState.DONE
    assert world.destination.bodies()[mail("contract")] == 1


def test_special_folders_go_to_the_destinations_own(world: World) -> None:
    world.source.folders["Sent Messages",] = FakeFolder(role=FolderRole.SENT)
    world.source.folder("Sent Messages").add(A)
    world.destination.folders["已发送",] = FakeFolder(role=FolderRole.SENT)
    world.run()
    assert world.destination.bodies_in("已发送") == [A]


def test_dates_outside_what_servers_store_are_clamped_and_named(world: World) -> None:
    inbox = world.source.folder("INBOX")
    inbox.add(A, date=datetime(1969, 5, 1, tzinfo=UTC))
    inbox.add(B, date=datetime(2050, 1, 1, tzinfo=UTC))
    assert world.run().state is AccountState.DONE
    dates = {message.body: message.date for message in world.destination.folder("INBOX").messages}
    assert dates[A] == datetime(1970, 1, 1, tzinfo=UTC)
    assert dates[B] == world.clock.now()


def test_selection_by_date_and_size_and_its_later_widening(world_with: Callable[..., World]) -> None:
    world = world_with(options=Options(since=date(2021, 1, 1), max_size_bytes=2000))
    inbox = world.source.folder("INBOX")
    inbox.add(A, date=datetime(2020, 6, 1, tzinfo=UTC))
    inbox.add(B, date=datetime(2022, 6, 1, tzinfo=UTC))
    inbox.add(mail("big", body="x" * 5000), date=datetime(2022, 6, 1, tzinfo=UTC))
    record = world.run()
    assert (record.state, record.counts.moved, record.counts.skipped) == (AccountState.DONE, 1, 2)
    world.options = Options()
    record = world.run()
    assert (record.state, record.counts.moved, record.counts.skipped) == (AccountState.DONE, 3, 0)


@pytest.mark.parametrize("order", list(MessageOrder))
def test_order_of_batches(world_with: Callable[..., World], order: MessageOrder) -> None:
    world = world_with(options=Options(order=order))
    for number in range(250):
        world.source.folder("INBOX").add(mail(f"m{number:03}"))
    world.run()
    arrived = [message.date for message in world.destination.folder("INBOX").messages]
    assert all(arrived)
    first, last = arrived[:100], arrived[-50:]
    assert first == sorted(first, key=str)
    newest_first = order is MessageOrder.NEWEST_FIRST
    assert (str(min(first, key=str)) > str(max(last, key=str))) is newest_first


def test_cancel_pauses_and_a_later_run_goes_on(world: World) -> None:
    for number in range(250):
        world.source.folder("INBOX").add(mail(f"m{number:03}"))
    cancel = CancelToken()
    world.destination.before_append = lambda mailbox, path: cancel.cancel() if mailbox.appended >= 100 else None
    record = world.run(cancel)
    assert record.state is AccountState.PAUSED
    assert 100 <= record.counts.moved < 250
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()


def test_server_that_changes_line_ends_is_verified_and_named(world: World) -> None:
    world.source.folder("INBOX").add(A + b"\r\n\r\n")
    world.destination.rewrites = lambda body: body.rstrip(b"\r\n") + b"\r\n"
    record = world.run()
    assert record.state is AccountState.DONE
    assert record.counts.unverified == 0
    world.forget()
    assert world.run().counts.already_there == 1


def test_dots_in_names_where_the_separator_is_a_dot(world: World) -> None:
    world.destination.naming = NamingRules(".", prefix_is_inbox=True)
    world.source.folder("v1.2").add(A)
    world.source.folder("v1_2").add(B)
    assert world.run().state is AccountState.DONE
    assert sorted(world.destination.folders) == [("INBOX",), ("v1_2",), ("v1_2 (1)",)]
    assert world.run().state is AccountState.DONE
    assert world.destination.appended == 2


def test_mail_that_comes_in_during_the_pass_is_brought_too(world: World) -> None:
    fill(world)
    late = mail("late")
    came = False

    def come_in(mailbox: FakeMailbox, path: FolderPath) -> None:
        nonlocal came
        if not came:
            came = True
            world.source.folder("INBOX").add(late)

    world.destination.before_append = come_in
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies()[late] == 1


def test_copies_in_a_folder_that_is_gone_are_not_taken_for_there_already(world: World) -> None:
    old = world.destination.folder("Old import")
    for number in range(3):
        world.source.folder("INBOX").add(mail(f"m{number}"))
        old.add(mail(f"m{number}"))
    # Listed, but not yet claimed when the run was stopped; then the user deletes the folder.
    cancel = CancelToken()
    world.destination.before_header_keys = cancel.cancel
    assert world.run(cancel).state is AccountState.PAUSED
    world.destination.before_header_keys = lambda: None
    del world.destination.folders["Old import",]
    record = world.run()
    assert (record.state, record.counts.moved) == (AccountState.DONE, 3)
    assert world.destination.bodies() == world.source.bodies()


@pytest.mark.parametrize("uidplus", [True, False])
def test_a_server_that_rewrites_messages_gets_each_once(world: World, uidplus: bool) -> None:
    world.destination.uidplus = uidplus
    world.destination.rewrites = lambda body: body.replace(b"This is", b"This was")
    inbox = world.source.folder("INBOX")
    for body in (C.replace(b"first", b"This is"), C_OTHER_BODY.replace(b"other", b"This is not"), A, B):
        inbox.add(body)
    world.destination.breaks = [4]
    for _ in range(3):
        record = world.run()
        assert record.counts.pending == 0
    assert world.destination.appended == 4
    assert record.state is AccountState.DONE


def test_a_uid_that_another_message_has_is_no_arrival_and_nothing_is_sent_for_ever(world: World) -> None:
    world.source.folder("INBOX").add(A)
    world.source.folder("INBOX").add(B)
    world.destination.same_uid_for_all = True
    for _ in range(3):
        record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert (record.counts.moved, record.counts.doubtful) == (1, 1)
    assert world.destination.appended == 2


def test_mail_goes_into_a_folder_that_only_held_others_so_far(world: World) -> None:
    world.source.folder("Projects").add(A)
    world.destination.folder("Projects", "2024")
    world.destination.folders["Projects",] = FakeFolder(selectable=False)
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies_in("Projects") == [A]


def test_an_unreadable_folder_of_the_destinations_own_is_no_matter(world: World) -> None:
    fill(world)
    world.destination.folder("Sync Issues")
    world.destination.unreadable.add(("Sync Issues",))
    assert world.run().state is AccountState.DONE


def test_a_body_without_bytes_is_a_refusal(world: World) -> None:
    fill(world)
    world.source.emptied.add(mail("inbox 3"))
    record = world.run()
    assert (record.state, record.counts.refused) == (AccountState.DONE_WITH_REFUSALS, 1)
    assert b"" not in world.destination.bodies()


def test_equal_size_proves_nothing_where_there_is_no_message_id(world: World) -> None:
    note, other = mail("fax", body="page one", message_id=False), mail("fax", body="page two", message_id=False)
    world.source.folder("INBOX").add(note)
    world.destination.folder("INBOX").add(other)
    world.run()
    assert world.destination.bodies() == Counter({note: 1, other: 1})


def test_a_corrected_server_keeps_what_is_known_of_the_mailbox(world: World) -> None:
    fill(world)
    world.run()
    moved = replace(world.account, destination=replace(world.account.destination, endpoint=Endpoint("10.0.0.7", 993)))
    world.account = moved
    world.secrets.put(moved.secret_key(Side.DESTINATION), Secret("secret"))
    world.ledger.save_plan(MigrationPlan("test", (moved,)))
    world.source.folder("INBOX").add(mail("inbox 3"))
    record = world.run()
    # The new one is a second message of that content: what was moved before does not stand for it.
    assert (record.counts.moved, record.counts.already_there) == (25, 0)
    assert world.destination.bodies() == world.source.bodies()


def test_users_of_one_name_at_two_servers_are_two_mailboxes(tmp_path: Path) -> None:
    sources = {"info a": FakeMailbox(), "info b": FakeMailbox()}
    for mailbox in sources.values():
        for number in range(5):
            mailbox.folder("INBOX").add(mail(f"m{number}"))
    at_a, at_b = Endpoint("a.example", 993), Endpoint("b.example", 993)
    accounts = tuple(
        Account(name, Mailbox(Endpoint("old.example", 993), name), Mailbox(endpoint, "info"))
        for name, endpoint in (("info a", at_a), ("info b", at_b))
    )
    assert accounts[0].destination.key != accounts[1].destination.key
    ledger = create_ledger(tmp_path / "two.mailmove", MigrationPlan("two", accounts))
    destinations = [FakeMailbox(), FakeMailbox()]
    for one, destination in zip(accounts, destinations, strict=True):
        secrets = FakeSecrets(
            {one.secret_key(Side.SOURCE): Secret("secret"), one.secret_key(Side.DESTINATION): Secret("secret")}
        )
        ports = Ports(
            ledger, FakeGateway(sources, {"info": destination}), secrets, lambda event: None, FakeClock(), spawn_thread
        )
        AccountStates(one.id, ports).enter(AccountState.QUEUED)
        run_account(one, Options(), ports, CancelToken())
        assert ledger.account(one.id).state is AccountState.DONE
    ledger.close()
    assert destinations[0].bodies() == destinations[1].bodies() == sources["info a"].bodies()
