"""The run of one account, from its first login to its last verification."""

import logging
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.events import AccountChanged, AccountNoted, Failure
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.domain.ports import Destination, Source
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import MailError, Reason, Side, needs_password, refuses_login
from mailmove_gui.domain.states import RUNNING, AccountState, move
from mailmove_gui.engine.context import Pass, Ports, open_destination, open_source
from mailmove_gui.engine.one_pass import run_pass
from mailmove_gui.engine.patience import Patience
from mailmove_gui.engine.place import Place

_log = logging.getLogger(__name__)
_LOOK_AGAIN_S = 5.0
_SHORTEST_LOOK_S = 1.0

# What keeps one account waiting while others may well go on. What is wrong with a line or a whole server, or this
# computer's disk, stops them all: starting others would only have them fail one after the other.
_OF_ONE_ACCOUNT = frozenset(
    {Reason.DESTINATION_FULL, Reason.THROTTLED, Reason.DAILY_LIMIT, Reason.TOO_MANY_CONNECTIONS}
)


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
        self._ports.sink(
            AccountChanged(self._account_id, state, record.counts, failure, record.started, record.finished)
        )

    def wait(self, failure: Failure) -> None:
        """Come into WAITING; where the ledger cannot be written, whoever looks on learns it all the same."""
        try:
            self.enter(AccountState.WAITING, failure)
        except MailError:
            counts = self._ports.ledger.counts(self._account_id)
            self._ports.sink(AccountChanged(self._account_id, AccountState.WAITING, counts, failure))

    def come_to_rest(self) -> None:
        """Pause an account that does not run, should its last run have been unable to write its end (a full disk)."""
        if self._ports.ledger.account(self._account_id).state in RUNNING:
            self.enter(AccountState.PAUSED)


def run_account(
    account: Account, options: Options, ports: Ports, cancel: CancelToken, place: Place | None = None
) -> None:
    """Move one account as far as it goes; blocks until it is done, stopped, or someone is needed.

    Never raises for what a server or a line does: that becomes the account's state.

    Args:
        account: whose mail.
        options: what to move.
        ports: the world.
        cancel: stops the run.
        place: what the run gives up for others while it waits for something of its own.
    """
    states = AccountStates(account.id, ports)
    run = _AccountRun(account, options, ports, cancel, place or Place(), states, Patience(_seed(account)))
    failure: Failure | None
    try:
        while not run.attempt():
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


def rest_after_pass(counts: Counts, options: Options) -> AccountState:
    """Where an account stands between two passes, or after the only one."""
    if options.pass_every_s is not None:
        return AccountState.WATCHING
    return AccountState.DONE_WITH_REFUSALS if counts.refused or counts.doubtful else AccountState.DONE


@dataclass(slots=True)
class _AccountRun:
    """The attempts of one run, and the waits between them."""

    account: Account
    options: Options
    ports: Ports
    cancel: CancelToken
    place: Place
    states: AccountStates
    patience: Patience

    def attempt(self) -> bool:
        """One try; True if the account is done, False if it is to be tried again (after the wait, which is over)."""
        settled_before = self.ports.ledger.counts(self.account.id).settled
        self.cancel.check()
        try:
            self._sit_out_quiet_hours()
            self.states.enter(AccountState.CHECKING)
            with self._opened() as (source, destination):
                run_pass(
                    Pass(self.account, self.options, self.ports, self.cancel, source, destination), self.states.enter
                )
            ledger = self.ports.ledger
            # Whether there are further passes may have been changed since this one began.
            self.states.enter(rest_after_pass(ledger.counts(self.account.id), ledger.plan().options))
            return True
        except MailError as error:
            # A connection that was cut because the run was stopped looks like one that was lost; a refusal is a word.
            if not refuses_login(error.reason):
                self.cancel.check()
            if error.reason is Reason.QUIET_HOURS:
                return False
            if self.ports.ledger.counts(self.account.id).settled > settled_before:
                self.patience.progressed()
            self._wait_out(error)
            return False

    @contextmanager
    def _opened(self) -> Iterator[tuple[Source, Destination]]:
        """Both connections, logged in."""
        account, ports = self.account, self.ports
        with ExitStack() as stack:
            try:
                source = stack.enter_context(open_source(account, ports.gateway, ports.secrets, self.cancel))
                destination = stack.enter_context(open_destination(account, ports.gateway, ports.secrets, self.cancel))
            except MailError as error:
                raise self._meant(error) from None
            stack.enter_context(ports.hosts.connected(account))
            self.patience.connected = True
            yield source, destination

    def _meant(self, error: MailError) -> MailError:
        """What a failed login means: Courier ends a connection that is one too many without a word."""
        silent = error.reason is Reason.CONNECTION_LOST and error.side is not None and not error.server_text
        if silent and error.side is not None and self.ports.hosts.has_connections(self.account, error.side):
            return MailError(Reason.TOO_MANY_CONNECTIONS, side=error.side)
        return error

    def _wait_out(self, error: MailError) -> None:
        """Wait until the next try; raises `error` where trying again by itself does not help."""
        ports = self.ports
        if error.reason is Reason.TOO_MANY_CONNECTIONS and error.side is not None:
            ports.hosts.too_many(self.account, error.side, ports.clock.monotonic_s())
        self.patience.connected = self.patience.connected or ports.hosts.were_reached(self.account)
        delay_s = self.patience.delay_s(error)
        if delay_s is None:
            if refuses_login(error.reason) and error.side is Side.SOURCE:
                self._try_destination()
            raise error
        failure = _failure(error)
        ports.sink(AccountNoted(self.account.id, failure))
        waiting = replace(failure, until=ports.clock.now() + timedelta(seconds=delay_s))
        with ExitStack() as stack:
            if error.reason in _OF_ONE_ACCOUNT:
                stack.enter_context(self.place.given_up(lambda: self.states.enter(AccountState.QUEUED, failure)))
            self.place.wait(ports.clock, self.cancel, delay_s, tell=lambda: self.states.wait(waiting))

    def _try_destination(self) -> None:
        """The source has refused: learn whether the destination does too, so that somebody is asked for both at once.

        One that was refused before is not tried again: providers lock accounts for that.
        """
        account, ports = self.account, self.ports
        if not ports.ledger.refused_logins(account.secret_key(Side.DESTINATION)).tries:
            with (
                suppress(MailError, Cancelled),
                open_destination(account, ports.gateway, ports.secrets, self.cancel),
            ):
                pass

    def _sit_out_quiet_hours(self) -> None:
        """Wait, with no connection open and nothing in memory, until moving is allowed.

        In small steps: the plan's hours may be changed meanwhile, and the clock stands still while a computer sleeps.
        """
        ports = self.ports
        told: datetime | None = None
        while (until := ports.limits.quiet_until(now := ports.clock.now())) is not None:
            if until != told:
                self.states.enter(AccountState.WAITING, Failure(Reason.QUIET_HOURS, until=until))
                told = until
            # At least a while: in the night in which the clocks are put back, `until` may seem to be over.
            left_s = max(_SHORTEST_LOOK_S, (until - now).total_seconds())
            ports.clock.wait(self.cancel, min(_LOOK_AGAIN_S, left_s))


def _seed(account: Account) -> int:
    return zlib.crc32(account.id.encode())


def _state_after(error: MailError) -> AccountState:
    return AccountState.NEEDS_PASSWORD if needs_password(error.reason) else AccountState.FAILED


def _failure(error: MailError) -> Failure:
    return Failure(error.reason, error.side, error.server_text)
