"""What a report tells of one account, and of one migration."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, MigrationPlan
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.records import AccountRecord, VerificationRecord
from mailmove_gui.domain.states import FINISHED, AccountState
from mailmove_gui.texts import _

ENDED_WELL = FINISHED | {AccountState.WATCHING}


@dataclass(frozen=True, slots=True)
class ReportedAccount:
    """An account of the plan and where it stands.

    `started` is when it first moved something (None: not yet), `verifications` what looking again found, newest first.
    """

    account: Account
    record: AccountRecord
    started: datetime | None
    verifications: tuple[VerificationRecord, ...] = ()

    @property
    def compared(self) -> VerificationRecord | None:
        """When the content of every message was compared; None if it never was."""
        return next((one for one in self.verifications if one.result.deep), None)

    @property
    def verified(self) -> bool:
        """Whether the account is done and everything that was moved was looked at."""
        return self.record.state in ENDED_WELL and not self.record.counts.unverified

    @property
    def is_left_out(self) -> bool:
        """Whether somebody decided not to move it at all."""
        return self.record.state is AccountState.SKIPPED

    @property
    def not_moved(self) -> int:
        """Messages that were refused, or of which nobody can say whether they arrived."""
        return self.record.counts.refused + self.record.counts.doubtful


def reported_accounts(ledger: Ledger) -> Iterator[ReportedAccount]:
    """The accounts of the plan, in its order."""
    accounts = {account.id: account for account in ledger.plan().accounts}
    for record in ledger.accounts():
        moving = (line.at for line in ledger.attempts(record.account_id) if line.state is AccountState.MOVING)
        verifications = ledger.verifications(record.account_id)
        yield ReportedAccount(accounts[record.account_id], record, next(moving, None), verifications)


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a ledger at the moment `now`, but for folders and refusals, which are read as they are told."""

    ledger: Ledger
    plan: MigrationPlan
    accounts: tuple[ReportedAccount, ...]
    now: datetime

    @property
    def title(self) -> str:
        """What the report is called."""
        return (
            _("Report: {name}").format(name=self.plan.name) if self.plan.name else _("Report on the move of mailboxes")
        )

    @property
    def counts(self) -> Counts:
        """The numbers of all accounts together."""
        return sum((reported.record.counts for reported in self.accounts), Counts())

    @property
    def wanted(self) -> tuple[ReportedAccount, ...]:
        """The accounts that are not left out as a whole."""
        return tuple(reported for reported in self.accounts if not reported.is_left_out)

    @property
    def is_finished(self) -> bool:
        """Whether every account that is wanted has come to its end."""
        return all(reported.record.state in ENDED_WELL for reported in self.wanted)

    @property
    def begun(self) -> datetime | None:
        """When the first account began to move; None if none did."""
        return min((reported.started for reported in self.accounts if reported.started is not None), default=None)

    @property
    def last_ended(self) -> datetime | None:
        """When the last complete pass over an account ended; None if there was none."""
        ends = (reported.record.finished for reported in self.accounts)
        return max((end for end in ends if end is not None), default=None)


def read_contents(ledger: Ledger, now: datetime | None = None) -> Contents:
    """Read what a report begins with; `now` is the moment that it bears (None: the present).

    Raises:
        MailError: LOCAL_DISK, the ledger cannot be read.
    """
    return Contents(ledger, ledger.plan(), tuple(reported_accounts(ledger)), now or datetime.now(UTC))
