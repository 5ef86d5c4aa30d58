"""Mailboxes that do not let us in, and what somebody is asked about them."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Account, Mailbox
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.reasons import Reason, Side, needs_password, refuses_login
from mailmove_gui.domain.records import AccountRecord, RefusedLogins
from mailmove_gui.domain.states import AccountState

_HELPED_BY_PASSWORD = frozenset({Reason.OAUTH_REQUIRED})
"""besides those of `needs_password`: an app password is the way around the browser"""


@dataclass(frozen=True, slots=True)
class LoginQuestion:
    """One side of an account that somebody has to help into its mailbox.

    `tries` are the logins refused since the last accepted one, `provider` whose server it is if that is known.
    """

    account: Account
    side: Side
    failure: Failure
    tries: int = 0
    provider: Provider | None = None

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox that does not let us in."""
        return self.account.mailbox(self.side)

    @property
    def needs_password(self) -> bool:
        """Whether another password helps; else something is set at the provider, and the same one is tried again."""
        return needs_password(self.failure.reason) or self.failure.reason in _HELPED_BY_PASSWORD

    @property
    def tries_allowed(self) -> int | None:
        """After about how many wrong tries the provider locks a mailbox; None if that is not known."""
        return self.provider.limits.login_tries if self.provider is not None else None


@dataclass(frozen=True, slots=True)
class AccountLogins:
    """What an account waits for at its two doors; nothing if there are no questions."""

    account_id: str
    state: AccountState
    questions: tuple[LoginQuestion, ...] = ()


def waits_at_login(state: AccountState, failure: Failure | None) -> bool:
    """Whether an account stands still because a mailbox does not let us in, and somebody can do something about it."""
    match state:
        case AccountState.NEEDS_PASSWORD:
            return True
        case AccountState.FAILED:
            return failure is not None and (needs_password(failure.reason) or refuses_login(failure.reason))
        case _:
            return False


def questions_of(
    account: Account,
    record: AccountRecord,
    refused: Mapping[Side, RefusedLogins],
    providers: Mapping[Side, Provider | None],
) -> AccountLogins:
    """What has to be asked about an account: both sides at once, if both have refused."""
    if not waits_at_login(record.state, record.failure):
        return AccountLogins(account.id, record.state)
    questions = []
    for side in Side:
        failure = record.failure if record.failure is not None and record.failure.side in (side, None) else None
        failure = failure or refused[side].last
        if failure is not None:
            questions.append(LoginQuestion(account, side, failure, refused[side].tries, providers[side]))
    return AccountLogins(account.id, record.state, tuple(questions))
