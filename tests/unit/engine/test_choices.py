"""What people choose for accounts and messages: leave out, take in, try again, skip for good, undo."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.events import AccountChanged, Refusal
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.states import AccountState
from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.engine.export_message import Exported, file_name
from tests.unit.engine.company import Company
from tests.unit.engine.fake_mail import FakeMailbox, mail

U0 = "id of u0"


class Held:
    """An account that is in the middle of its first append until it is let go."""

    def __init__(self, company: Company, user: str = "u0") -> None:
        self.began = threading.Event()
        self._go_on = threading.Event()
        company.destinations[user].before_append = self._hold
        company.migration.start([f"id of {user}"])
        assert self.began.wait(10)

    def let_go(self) -> None:
        self._go_on.set()

    def _hold(self, mailbox: FakeMailbox, path: FolderPath) -> None:
        self.began.set()
        assert self._go_on.wait(20)


def refuse_first(company: Company, user: str = "u0") -> Refusal:
    """Have one message of an account refused, and the rest moved."""
    company.destinations[user].refuses = lambda body: "no" if body == mail(f"{user} 0") else None
    company.run(user)
    (refusal,) = company.ledger.refusals(f"id of {user}")
    return refusal


def told(company: Company, user: str = "u0") -> list[AccountState]:
    return [
        event.state
        for event in company.events
        if isinstance(event, AccountChanged) and event.account_id == f"id of {user}"
    ]


# Leaving accounts out


def test_an_account_that_is_left_out_does_not_start_by_itself(company: Company) -> None:
    company.migration.skip([U0])
    assert company.state("u0") is AccountState.SKIPPED
    company.run()
    assert company.state("u0") is AccountState.SKIPPED
    assert company.destinations["u0"].appended == 0
    company.migration.unskip([U0])
    assert company.state("u0") is AccountState.NOT_STARTED
    company.run()
    assert company.state("u0") is AccountState.DONE


def test_a_running_account_comes_to_rest_before_it_is_left_out(company: Company) -> None:
    held = Held(company)
    company.migration.skip([U0])
    assert company.state("u0") is AccountState.MOVING
    held.let_go()
    assert company.migration.wait(30)
    assert told(company)[-2:] == [AccountState.PAUSED, AccountState.SKIPPED]
    assert company.ledger.sending(U0) == ()
    company.migration.unskip([U0])
    assert company.state("u0") is AccountState.PAUSED


@pytest.mark.parametrize("company", [{"users": 2, "at_once": 1}], indirect=True)
def test_a_queued_account_is_left_out_at_once(company: Company) -> None:
    held = Held(company)
    company.migration.start(["id of u1"])
    company.migration.skip(["id of u1"])
    assert company.state("u1") is AccountState.SKIPPED
    held.let_go()
    assert company.migration.wait(30)
    assert company.state("u1") is AccountState.SKIPPED


def test_started_by_name_an_account_is_in_again(company: Company) -> None:
    company.migration.skip([U0])
    company.run("u0")
    assert company.state("u0") is AccountState.DONE


# Refused messages


def test_one_refused_message_is_tried_again(company: Company) -> None:
    refusal = refuse_first(company)
    assert refusal.message_id
    assert refusal.uidvalidity == 1
    company.destinations["u0"].refuses = lambda body: None
    company.migration.retry_messages(U0, [refusal.message_id])
    assert company.migration.wait(30)
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_a_refused_message_is_tried_again_after_the_run_that_is_under_way(company: Company) -> None:
    refusal = refuse_first(company)
    company.sources["u0"].folder("INBOX").add(mail("fresh"))
    company.destinations["u0"].refuses = lambda body: None
    held = Held(company)
    company.migration.retry_messages(U0, [refusal.message_id])
    assert company.ledger.counts(U0).refused == 1
    held.let_go()
    assert company.migration.wait(30)
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_a_doubtful_message_is_sent_again_only_when_asked_for_and_not_if_it_is_found(company: Company) -> None:
    company.run("u0")
    rows = [row for row in company.ledger.claimed(1) if row.account_id == U0]
    here, gone = rows[:2]
    company.destinations["u0"].folder("INBOX").remove(gone.uid)
    company.ledger.mark_doubtful(U0, [here.id, gone.id])
    company.run("u0")
    assert company.state("u0") is AccountState.DONE_WITH_REFUSALS
    assert company.ledger.counts(U0).doubtful == 2
    company.migration.retry_messages(U0, [here.id, gone.id])
    assert company.migration.wait(30)
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_without_the_refusals_that_are_skipped_for_good_the_account_is_done(company: Company) -> None:
    refusal = refuse_first(company)
    assert company.state("u0") is AccountState.DONE_WITH_REFUSALS
    company.migration.dismiss(U0, [refusal.message_id])
    assert company.state("u0") is AccountState.DONE
    counts = company.ledger.counts(U0)
    assert (counts.refused, counts.skipped, counts.pending) == (0, 1, 0)
    assert list(company.ledger.refusals(U0)) == []
    assert list(company.ledger.dismissed(U0)) == [refusal]
    # For good: neither another pass nor a restart brings it back.
    company.reopen()
    company.run("u0")
    assert company.state("u0") is AccountState.DONE
    assert company.ledger.counts(U0).skipped == 1
    assert company.destinations["u0"].appended == 4


def test_one_of_two_refusals_skipped_leaves_the_other(company: Company) -> None:
    company.destinations["u0"].refuses = lambda body: "no" if body in {mail("u0 0"), mail("u0 1")} else None
    company.run("u0")
    first, _ = company.ledger.refusals(U0)
    company.migration.dismiss(U0, [first.message_id])
    assert company.state("u0") is AccountState.DONE_WITH_REFUSALS
    assert company.ledger.counts(U0).refused == 1


def test_a_message_that_was_skipped_for_good_can_be_tried_after_all(company: Company) -> None:
    refusal = refuse_first(company)
    company.migration.dismiss(U0, [refusal.message_id])
    company.destinations["u0"].refuses = lambda body: None
    company.migration.retry_messages(U0, [refusal.message_id])
    assert company.migration.wait(30)
    assert company.ledger.counts(U0).moved == 5
    assert list(company.ledger.dismissed(U0)) == []


# A refused message as a file


def export(company: Company, refusal: Refusal, folder: Path) -> Exported:
    (exported,) = company.migration.export(U0, [refusal], folder, CancelToken())
    return exported


def test_a_refused_message_is_saved_byte_for_byte(company: Company, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    exported = export(company, refuse_first(company), folder)
    assert exported.file is not None
    assert exported.file.read_bytes() == mail("u0 0")
    assert list(folder.iterdir()) == [exported.file]
    assert company.gateway.open == 0


def test_many_messages_are_saved_over_one_connection_and_none_replaces_another(
    company: Company, tmp_path: Path
) -> None:
    refusal = refuse_first(company)
    gone = replace(refusal, uid=999)
    exported = list(company.migration.export(U0, [refusal, gone, refusal], tmp_path, CancelToken()))
    files = [one.file for one in exported]
    assert files[0] is not None
    assert files[2] is not None
    assert [one.failure and one.failure.reason for one in exported] == [None, Reason.MESSAGE_GONE, None]
    assert files[2].name == f"{files[0].stem} (2).eml"
    assert files[0].read_bytes() == files[2].read_bytes() == mail("u0 0")
    assert sorted(tmp_path.glob("*.eml")) == sorted([files[0], files[2]])
    assert company.gateway.open == 0


def test_a_file_is_called_after_its_message_whatever_a_stranger_wrote(company: Company) -> None:
    refusal = replace(refuse_first(company), folder=("..", "Sent"), subject='a/b:\\ "c"\u202egpj.exe\n' + "长" * 300)
    name = file_name(refusal)
    assert not set(name) & set('/\\:"\n\u202e')
    assert not name.startswith(".")
    assert len(name.encode()) <= 120


@pytest.mark.parametrize("gone", ["renumbered", "removed"])
def test_a_message_that_is_gone_is_no_other_one(company: Company, tmp_path: Path, gone: str) -> None:
    refusal = refuse_first(company)
    folder = company.sources["u0"].folder("INBOX")
    if gone == "removed":
        folder.remove(refusal.uid)
    else:
        folder.uidvalidity += 1
    exported = export(company, refusal, tmp_path)
    assert exported.failure is not None
    assert exported.failure.reason is Reason.MESSAGE_GONE
    assert not list(tmp_path.glob("*.eml"))
    assert company.gateway.open == 0


def test_a_message_without_bytes_is_unreadable(company: Company, tmp_path: Path) -> None:
    refusal = refuse_first(company)
    company.sources["u0"].omitted.add(mail("u0 0"))
    exported = export(company, refusal, tmp_path)
    assert exported.failure is not None
    assert exported.failure.reason is Reason.MESSAGE_UNREADABLE


def test_a_folder_that_takes_no_file_is_a_disk_error(company: Company, tmp_path: Path) -> None:
    refusal = refuse_first(company)
    with pytest.raises(MailError) as caught:
        export(company, refusal, tmp_path / "none")
    assert caught.value.reason is Reason.LOCAL_DISK


# Undo


def test_undo_stops_the_account_first_and_leaves_it_out(company: Company) -> None:
    company.run("u0")
    company.sources["u0"].folder("INBOX").add(mail("fresh"))
    held = Held(company)
    results: list[UndoResult] = []
    undoing = threading.Thread(target=lambda: results.append(company.migration.undo(U0, company.gateway)))
    undoing.start()
    held.let_go()
    undoing.join(20)
    assert company.state("u0") is AccountState.SKIPPED
    assert sum(company.destinations["u0"].bodies().values()) == 0
    assert results[0].removed == company.destinations["u0"].appended
    assert company.ledger.counts(U0).moved == 0


@pytest.mark.parametrize("company", [{"users": 2, "at_once": 2, "shared_destination": True}], indirect=True)
def test_undo_waits_for_others_in_the_same_mailbox_and_leaves_theirs(company: Company) -> None:
    company.run("u0", "u1")
    company.sources["u1"].folder("INBOX").add(mail("fresh"))
    began, go_on = threading.Event(), threading.Event()

    def hold(mailbox: FakeMailbox, path: FolderPath) -> None:
        began.set()
        assert go_on.wait(20)

    company.destinations["u0"].before_append = hold
    company.migration.start(["id of u1"])
    assert began.wait(10)
    undoing = threading.Thread(target=lambda: company.migration.undo(U0, company.gateway))
    undoing.start()
    undoing.join(0.1)
    assert sum(company.destinations["u0"].bodies().values()) == 10
    go_on.set()
    undoing.join(20)
    assert company.destinations["u0"].bodies() == company.sources["u1"].bodies()


def move_two_folders(company: Company) -> None:
    company.sources["u0"].folder("Work").add(mail("work"))
    company.run("u0")


def break_line_in_second_folder(company: Company) -> None:
    mailbox = company.destinations["u0"]
    mailbox.before_header_keys = lambda: fail_if(sum(mailbox.bodies().values()) == 1)


def fail_if(condition: bool) -> None:
    if condition:
        raise MailError(Reason.CONNECTION_LOST)


def test_an_undo_that_was_cut_short_goes_on_before_the_account_runs_again(company: Company) -> None:
    move_two_folders(company)
    break_line_in_second_folder(company)
    with pytest.raises(MailError):
        company.migration.undo(U0, company.gateway)
    company.reopen()
    company.run("u0")
    assert company.state("u0") is AccountState.FAILED
    company.destinations["u0"].before_header_keys = lambda: None
    assert company.migration.undo(U0, company.gateway) == UndoResult(removed=1)
    company.run("u0")
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_an_undo_that_cannot_end_can_be_given_up(company: Company) -> None:
    move_two_folders(company)
    break_line_in_second_folder(company)
    with pytest.raises(MailError):
        company.migration.undo(U0, company.gateway)
    company.destinations["u0"].before_header_keys = lambda: None
    company.migration.forget_moved(U0)
    assert company.state("u0") is AccountState.PAUSED
    assert company.ledger.counts(U0).moved == 0
    company.run()
    assert company.state("u0") is AccountState.DONE
    counts = company.ledger.counts(U0)
    assert (counts.moved, counts.already_there) == (5, 1)
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_a_finished_account_whose_moves_are_forgotten_is_done_no_more(company: Company) -> None:
    company.run("u0")
    company.migration.forget_moved(U0)
    assert company.state("u0") is AccountState.PAUSED
    company.destinations["u0"].folders.clear()
    company.run()
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_what_a_server_does_not_remove_counts_as_moved_no_more(company: Company) -> None:
    company.run("u0")
    company.destinations["u0"].keeps_all = True
    with pytest.raises(MailError) as caught:
        company.migration.undo(U0, company.gateway)
    assert caught.value.reason is Reason.CANNOT_UNDO
    assert company.ledger.counts(U0).moved == 0
    company.run("u0")
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_what_was_there_already_stays_and_is_found_again(company: Company) -> None:
    for message in company.sources["u0"].folder("INBOX").messages:
        company.destinations["u0"].folder("INBOX").add(message.body)
    company.run("u0")
    assert company.ledger.counts(U0).already_there == 5
    assert company.migration.undo(U0, company.gateway) == UndoResult()
    company.run("u0")
    assert company.ledger.counts(U0).already_there == 5
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_undo_of_a_closed_migration_does_nothing(company: Company) -> None:
    company.run("u0")
    assert company.migration.close()
    with pytest.raises(Cancelled):
        company.migration.undo(U0, company.gateway)
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


def test_undo_without_a_password_says_so_and_removes_nothing(company: Company) -> None:
    company.run("u0")
    company.destinations["u0"].password = "another"
    with pytest.raises(MailError) as caught:
        company.migration.undo(U0, company.gateway)
    assert caught.value.reason is Reason.WRONG_PASSWORD
    assert company.ledger.counts(U0).moved == 5
    assert company.migration.running == frozenset()


@pytest.mark.parametrize("company", [{"users": 2, "at_once": 2, "shared_destination": True}], indirect=True)
def test_an_undo_that_waits_for_its_turn_can_be_stopped(company: Company) -> None:
    company.run("u0", "u1")
    company.sources["u1"].folder("INBOX").add(mail("fresh"))
    began, go_on = threading.Event(), threading.Event()

    def hold(mailbox: FakeMailbox, path: FolderPath) -> None:
        began.set()
        assert go_on.wait(20)

    company.destinations["u0"].before_append = hold
    company.migration.start(["id of u1"])
    assert began.wait(10)
    cancel = CancelToken()
    cancelled = threading.Event()

    def undo() -> None:
        with pytest.raises(Cancelled):
            company.migration.undo(U0, company.gateway, cancel)
        cancelled.set()

    undoing = threading.Thread(target=undo)
    undoing.start()
    cancel.cancel()
    company.migration.stop([U0])
    undoing.join(20)
    assert cancelled.is_set()
    go_on.set()
    assert company.migration.wait(20)
    assert company.ledger.counts(U0).moved == 5
