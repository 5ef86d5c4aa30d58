"""Other addresses for an account of a migration that has begun."""

from mailmove_gui.domain.correcting import correction_problems
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, with_accounts
from mailmove_gui.domain.problems import InvalidInput


def check_correction(ledger: Ledger, corrected: Account) -> None:
    """Whether an account that does not run can move from or to other mailboxes.

    Raises:
        KeyError: there is no such account.
        InvalidInput: something is in the way (see `correction_problems`).
    """
    plan = ledger.plan()
    problems = correction_problems(
        plan.account(corrected.id),
        corrected,
        [account for account in plan.accounts if account.id != corrected.id],
        ledger.counts(corrected.id),
        in_doubt=len(_in_doubt(ledger, corrected.id)),
    )
    for problem in problems:
        if problem.stops:
            raise InvalidInput(problem)


def correct_account(ledger: Ledger, corrected: Account) -> None:
    """Have an account that was checked by `check_correction` move from or to other mailboxes, in a new plan revision.

    What is known of another source mailbox's messages is forgotten: their UIDs mean other messages now. Messages that
    were being sent to another destination mailbox are doubtful, because nobody will look for them there any more.
    """
    plan = ledger.plan()
    before = plan.account(corrected.id)
    if corrected.source.key != before.source.key:
        ledger.forget_source(corrected.id)
    elif corrected.destination.key != before.destination.key:
        ledger.mark_doubtful(corrected.id, _in_doubt(ledger, corrected.id))
    ledger.save_plan(with_accounts(plan, [corrected]))


def _in_doubt(ledger: Ledger, account_id: str) -> list[int]:
    return [message.id for batch in ledger.sending(account_id) for message in batch.messages]
