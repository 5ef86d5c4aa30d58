"""The run of one account, from its first login to its last verification."""

import logging
import zlib
from contextlib import suppress
from datetime import datetime, timedelta

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.events import AccountChanged, AccountNoted, Failure
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import MailError, Reason, Side, needs_password, refuses_login
from mailmove_gui.domain.states import RUNNING, AccountState, move
from mailmove_gui.engine.context import Pass, Ports, open_destination, open_source
from mailmove_gui.engine.one_pass import run_pass
from mailmove_gui.engine.patience import Patience

_log = logging.getLogger(__name__)
_LOOK_AGAIN_S = 5.0
_SHORTEST_LOOK_S = 1.0


class AccountStates:
    """Where one account stands: checked against the transition table, in the ledger first, then told."""

    def __init__(self, account_id: str, ports: Ports) -> None:
        self._account_id = account_id
        self._ports = ports

    def enter(self, state: AccountState, failure: Failure | None = None) -> None:
        """Come into `state`."""
        ledger = self._ports.ledger
        current = ledger.account(self._account_id).state
        ledger.set_account_state(self._account_id, move(current, state), failure, at=self._ports.clock.now())
        record = ledger.account(self._account_id)
        self._ports.sink(AccountChanged(self._account_id, state, record.counts, failure, record.started))

    def come_to_rest(self) -> None:
        """Pause an account that does not run, should its last run have been unable to write its end (a full disk)."""
        if self._ports.ledger.account(self._account_id).state in RUNNING:
            self.enter(AccountState.PAUSED)


def run_account(account: Account, options: Options, ports: Ports, cancel: CancelToken) -> None:
    """Move one account as far as it goes; blocks until it is done, stopped, or someone is needed.

    Never raises for what a server or a line does: that becomes the account's state.
    """
    states = AccountStates(account.id, ports)
    patience = Patience(seed=zlib.crc32(account.id.encode()))
    failure: Failure | None
    try:
        while not _attempt(account, options, ports, cancel, states, patience):
            pass
        return
    except Cancelled:
        end, failure = AccountState.PAUSED, None
    except MailError as error:
        end, failure = _state_after(error), _failure(error)
    except Exception:  # noqa: BLE001  one account's bug must not end the others' runs; it is logged and shown
        _log.exception("The run of an account ended unexpectedly")
        end, failure = AccountState.FAILED, Failure(Reason.INTERNAL_ERROR)
    try:
        states.enter(end, failure)
    except MailError as error:
        # The ledger cannot be written: whoever looks on learns it, and the next start finds the last state written.
        ports.sink(AccountChanged(account.id, AccountState.FAILED, Counts(), _failure(error)))


def _attempt(
    account: Account, options: Options, ports: Ports, cancel: CancelToken, states: AccountStates, patience: Patience
) -> bool:
    """One try; True if the account is done, False if it is to be tried again (after the wait, which is over)."""
    settled_before = ports.ledger.counts(account.id).settled
    cancel.check()
    _sit_out_quiet_hours(ports, cancel, states)
    states.enter(AccountState.CHECKING)
    try:
        with (
            open_source(account, ports.gateway, ports.secrets, cancel) as source,
            open_destination(account, ports.gateway, ports.secrets, cancel) as destination,
        ):
            patience.connected = True
            run_pass(Pass(account, options, ports, cancel, source, destination), states.enter)
        counts = ports.ledger.counts(account.id)
        missed = counts.refused or counts.doubtful
        states.enter(AccountState.DONE_WITH_REFUSALS if missed else AccountState.DONE)
        return True
    except MailError as error:
        # A connection that was cut because the run was stopped looks like one that was lost; a refusal is a word.
        if not refuses_login(error.reason):
            cancel.check()
        if error.reason is Reason.QUIET_HOURS:
            return False
        if ports.ledger.counts(account.id).settled > settled_before:
            patience.progressed()
        delay_s = patience.delay_s(error)
        if delay_s is None:
            if refuses_login(error.reason) and error.side is Side.SOURCE:
                _try_destination(account, ports, cancel)
            raise
        failure = _failure(error)
        ports.sink(AccountNoted(account.id, failure))
        until = ports.clock.now() + timedelta(seconds=delay_s)
        states.enter(AccountState.WAITING, Failure(failure.reason, failure.side, failure.server_text, until))
        ports.clock.wait(cancel, delay_s)
        return False


def _try_destination(account: Account, ports: Ports, cancel: CancelToken) -> None:
    """The source has refused: learn whether the destination does too, so that somebody is asked for both at once.

    One that was refused before is not tried again: providers lock accounts for that.
    """
    if not ports.ledger.refused_logins(account.secret_key(Side.DESTINATION)).tries:
        with suppress(MailError, Cancelled), open_destination(account, ports.gateway, ports.secrets, cancel):
            pass


def _sit_out_quiet_hours(ports: Ports, cancel: CancelToken, states: AccountStates) -> None:
    """Wait, with no connection open and nothing in memory, until moving is allowed.

    In small steps: the plan's hours may be changed meanwhile, and the clock stands still while a computer sleeps.
    """
    told: datetime | None = None
    while (until := ports.limits.quiet_until(now := ports.clock.now())) is not None:
        if until != told:
            states.enter(AccountState.WAITING, Failure(Reason.QUIET_HOURS, until=until))
            told = until
        # At least a while: in the night in which the clocks are put back, `until` may seem to be over.
        left_s = max(_SHORTEST_LOOK_S, (until - now).total_seconds())
        ports.clock.wait(cancel, min(_LOOK_AGAIN_S, left_s))


def _state_after(error: MailError) -> AccountState:
    return AccountState.NEEDS_PASSWORD if needs_password(error.reason) else AccountState.FAILED


def _failure(error: MailError) -> Failure:
    return Failure(error.reason, error.side, error.server_text)
