"""What a report tells of one account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import FINISHED, AccountState

ENDED_WELL = FINISHED | {AccountState.WATCHING}


@dataclass(frozen=True, slots=True)
class ReportedAccount:
    """An account of the plan, where it stands, and when it first moved something (None: not yet)."""

    account: Account
    record: AccountRecord
    started: datetime | None

    @property
    def verified(self) -> bool:
        """Whether the account is done and everything that was moved was looked at."""
        return self.record.state in ENDED_WELL and not self.record.counts.unverified


def reported_accounts(ledger: Ledger) -> Iterator[ReportedAccount]:
    """The accounts of the plan, in its order."""
    accounts = {account.id: account for account in ledger.plan().accounts}
    for record in ledger.accounts():
        moving = (line.at for line in ledger.attempts(record.account_id) if line.state is AccountState.MOVING)
        yield ReportedAccount(accounts[record.account_id], record, next(moving, None))
