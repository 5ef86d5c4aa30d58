"""Accounts whose addresses were wrong."""

from dataclasses import replace

import pytest

from mailmove_gui.domain.plan import Account, Mailbox
from mailmove_gui.domain.problems import InvalidInput, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.records import SendingMessage
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from tests.unit.engine.company import Company
from tests.unit.engine.fake_mail import FakeMailbox, mail
from tests.unit.engine.test_choices import U0, Held


def other(company: Company, side: Side, user: str = "right") -> Account:
    """u0 with another mailbox at one side, which has a password."""
    before = company.ledger.plan().account(U0)
    mailbox = Mailbox(before.mailbox(side).endpoint, user)
    company.secrets.put(mailbox.secret_key(side), Secret("secret"))
    if side is Side.SOURCE:
        return replace(before, source=mailbox)
    return replace(before, destination=mailbox)


def refused(company: Company, account: Account) -> ProblemKind:
    before = company.ledger.plan()
    with pytest.raises(InvalidInput) as caught:
        company.migration.correct(account)
    assert company.ledger.plan() == before
    return caught.value.problem.kind


def test_after_an_undo_another_destination_gets_everything(company: Company) -> None:
    company.destinations["right"] = FakeMailbox()
    company.run("u0")
    assert refused(company, other(company, Side.DESTINATION)) is ProblemKind.MESSAGES_MOVED
    assert company.state("u0") is AccountState.DONE
    company.migration.undo(U0, company.gateway)
    record = company.migration.correct(other(company, Side.DESTINATION))
    assert record.state is AccountState.PAUSED
    company.run()
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["right"].bodies() == company.sources["u0"].bodies()
    assert not company.destinations["u0"].bodies()


def test_another_source_is_read_from_its_beginning_though_its_numbers_are_the_same(company: Company) -> None:
    right = company.sources["right"] = FakeMailbox()
    for number in range(3):
        right.folder("INBOX").add(mail(f"right {number}"))
    company.run("u0")
    company.migration.undo(U0, company.gateway)
    record = company.migration.correct(other(company, Side.SOURCE))
    assert (record.state, record.counts.total) == (AccountState.NOT_STARTED, 0)
    assert company.ledger.folder_counts(U0) == ()
    company.run()
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["u0"].bodies() == right.bodies()
    assert company.ledger.counts(U0).moved == 3


def test_an_account_that_was_done_with_its_old_addresses_is_done_no_more(company: Company) -> None:
    company.sources["u0"].folder("INBOX").messages.clear()
    company.run("u0")
    assert company.state("u0") is AccountState.DONE
    assert company.migration.correct(other(company, Side.SOURCE)).state is AccountState.NOT_STARTED


def test_an_account_that_runs_is_not_corrected(company: Company) -> None:
    held = Held(company)
    assert refused(company, other(company, Side.SOURCE)) is ProblemKind.ACCOUNT_RUNS
    held.let_go()
    assert company.migration.wait(20)


def test_what_was_being_sent_is_doubtful_under_another_destination(company: Company) -> None:
    company.destinations["right"] = FakeMailbox()
    leave_in_doubt(company)
    assert refused(company, other(company, Side.SOURCE)) is ProblemKind.MESSAGES_IN_DOUBT
    company.migration.correct(other(company, Side.DESTINATION))
    assert company.ledger.counts(U0).doubtful == 1
    company.run()
    assert company.state("u0") is AccountState.DONE_WITH_REFUSALS
    counts = company.ledger.counts(U0)
    assert (counts.moved, counts.doubtful) == (4, 1)
    assert sum(company.destinations["right"].bodies().values()) == 4


def leave_in_doubt(company: Company) -> None:
    """One message was being sent when the program was killed; nothing else was moved."""
    ledger = company.ledger
    inbox = company.sources["u0"].folder("INBOX")
    company.destinations["u0"].refuses = lambda body: "not yet"
    company.run("u0")
    ledger.retry_refused(U0)
    (folder,) = ledger.source_folders(U0)
    owner = ledger.plan().account(U0).destination.key
    destination = ledger.destination_folder(owner, ("INBOX",))
    first = next(row for row in ledger.pending(folder.id, ledger.plan().options.order, None, 1))
    body = inbox.messages[first.uid - 1].body
    message = SendingMessage(first.id, len(body), first.internal_date, b"k" * 16, b"h" * 32)
    ledger.mark_sending(destination.id, 1, 1, [message])
    company.migration.skip([U0])


def test_nobody_is_corrected_who_is_not_there(company: Company) -> None:
    with pytest.raises(KeyError):
        company.migration.correct(replace(other(company, Side.SOURCE), id="nobody"))
