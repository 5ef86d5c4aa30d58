"""The plan, its accounts, and what servers said to their logins."""

from datetime import datetime
from typing import Protocol

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.records import AccountRecord, AttemptRecord, RefusedLogins
from mailmove_gui.domain.secret import SecretKey
from mailmove_gui.domain.states import AccountState


class PlanAndAccounts(Protocol):
    """A part of `Ledger`, whose promises hold."""

    def plan(self) -> MigrationPlan:
        """The newest revision."""
        ...

    def save_plan(self, plan: MigrationPlan) -> None:
        """Keep the plan as a new revision if it differs; accounts that are new start as NOT_STARTED.

        A file stays the same migration: the id of its first revision is kept.
        """
        ...

    def secret_keys(self) -> frozenset[SecretKey]:
        """Under which passwords may have been kept: the keys of every revision, so also of what was corrected."""
        ...

    def account(self, account_id: str) -> AccountRecord:
        """Where the account stands; KeyError if there is none."""
        ...

    def accounts(self) -> tuple[AccountRecord, ...]:
        """All accounts of the plan, in its order."""
        ...

    def set_account_state(
        self, account_id: str, state: AccountState, failure: Failure | None = None, *, at: datetime
    ) -> None:
        """Keep where the account stands; every call is also a line of its log (`attempts`)."""
        ...

    def attempts(self, account_id: str) -> tuple[AttemptRecord, ...]:
        """The account's log, oldest first; KeyError if there is no such account."""
        ...

    def note_login(self, key: SecretKey, refusal: Failure | None) -> None:
        """A server has refused a login with the password of `key`, or (None) has accepted one."""
        ...

    def refused_logins(self, key: SecretKey) -> RefusedLogins:
        """The refused logins of a mailbox since the last accepted one, restarts and other programs included."""
        ...
