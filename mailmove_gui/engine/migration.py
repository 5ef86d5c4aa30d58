"""A migration: all accounts of a plan, and what can be asked of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import AccountProgressed, Event, QueueEmptied, Refusal
from mailmove_gui.domain.findings import AccountVerification
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, Mailbox, Options
from mailmove_gui.domain.ports import Clock, MailGateway, Remover, SecretStore, Sink, Spawn, UndoGateway
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import FINISHED, RUNNING, AccountState
from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.engine.account_run import AccountStates
from mailmove_gui.engine.clock import SystemClock
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.correcting import check_correction, correct_account
from mailmove_gui.engine.export_message import Exported, export_messages
from mailmove_gui.engine.limits import Limits
from mailmove_gui.engine.logins import WatchedGateway
from mailmove_gui.engine.passes import Passes
from mailmove_gui.engine.threads import spawn_thread
from mailmove_gui.engine.undo import undo_account
from mailmove_gui.engine.verification import verify_account
from mailmove_gui.engine.workers import Run, Workers

_NOT_BY_ITSELF = FINISHED | {AccountState.WATCHING, AccountState.SKIPPED, AccountState.CLOSED}


class Migration:
    """Runs the accounts of a ledger's plan, some at a time. Thread-safe.

    Two accounts with the same destination mailbox never run at once.
    """

    def __init__(
        self,
        ledger: Ledger,
        gateway: MailGateway,
        secrets: SecretStore,
        sink: Sink,
        *,
        clock: Clock | None = None,
        spawn: Spawn = spawn_thread,
    ) -> None:
        self._logins = WatchedGateway(gateway, ledger)
        self._limits = Limits(ledger.plan().options)
        self._sink = sink
        self._ports = Ports(ledger, self._logins, secrets, self._tell, clock or SystemClock(), spawn, self._limits)
        self._workers = Workers(self._ports)
        self._passes = Passes(self._ports, self._workers)

    def recover(self) -> None:
        """After opening a ledger: what was running when the program ended is paused."""
        for record in self.snapshot():
            if record.state in RUNNING:
                self._states(record.account_id).enter(AccountState.PAUSED)

    def snapshot(self) -> tuple[AccountRecord, ...]:
        """Where every account stands, from the ledger."""
        return self._ports.ledger.accounts()

    @property
    def running(self) -> frozenset[str]:
        """Accounts that occupy a worker or wait for one."""
        return self._workers.busy

    # What runs

    def start(self, account_ids: Iterable[str] | None = None) -> None:
        """Queue accounts; None: all that have something left to do and whose password was not refused.

        Named accounts start whatever their state is: so a finished one makes another pass, and a failed one tries
        again. A refused password is tried again only for a named account: whoever names it has typed another one, or
        wants just that.
        """
        plan = self._ports.ledger.plan()
        accounts = {account.id: account for account in plan.accounts}
        if account_ids is None:
            wanted = [
                record.account_id
                for record in self.snapshot()
                if record.state not in _NOT_BY_ITSELF and not self._was_refused(accounts[record.account_id], record)
            ]
        else:
            wanted = [account_id for account_id in account_ids if account_id in accounts]
        self._limits.change(plan.options)
        for account_id in wanted:
            self._logins.allow(accounts[account_id])
        self._workers.start(wanted)

    def watch(self, until: datetime | None = None) -> None:
        """From now on start accounts that are WATCHING when their next pass is due, as the plan's options want it.

        One whose window is over is CLOSED; `start` opens it again. `until` stands in the place of the window's end.
        """
        self._passes.begin(until)

    def watch_no_more(self) -> None:
        """Start no pass any more; accounts stay WATCHING."""
        self._passes.end(0)

    def pause(self, account_ids: Iterable[str] | None = None) -> None:
        """Have accounts (None: all) come to rest at the end of their batch; those that are watched make no pass."""
        chosen = None if account_ids is None else frozenset(account_ids)
        self._workers.pause(chosen)
        self._passes.pause(chosen)

    def stop(self, account_ids: Iterable[str] | None = None) -> None:
        """As `pause`; what has not come to rest after `workers.GRACE_S` seconds has its connections cut."""
        chosen = None if account_ids is None else frozenset(account_ids)
        self._workers.stop(chosen)
        self._passes.pause(chosen)

    def skip(self, account_ids: Iterable[str]) -> None:
        """Leave accounts out; running ones are stopped first."""
        chosen = set(account_ids)
        self._workers.stop(chosen)
        for account_id in chosen:
            self._workers.when_at_rest(account_id, partial(self._leave_out, account_id))

    def unskip(self, account_ids: Iterable[str]) -> None:
        """Take accounts in again that were left out; they do not start by themselves."""
        for account_id in account_ids:
            self._workers.when_at_rest(account_id, partial(self._take_in, account_id))

    def change_options(self, options: Options) -> None:
        """Keep new options in the plan, also while accounts run.

        Bandwidth holds at once, quiet hours from the next batch, the number of accounts at once as accounts end, passes
        from the next one (accounts that are done are watched now, or those that are watched are done); the
        others from an account's next start, and what concerns connections (`ca_file`, `pins`) when the migration is
        opened again.
        """
        ledger = self._ports.ledger
        ledger.save_plan(replace(ledger.plan(), options=options))
        self._limits.change(options)
        self._workers.adjust()
        self._passes.change(options)

    def change_source_end(self, day: date | None) -> None:
        """Keep in the plan when the source ends; None if that is not known any more."""
        ledger = self._ports.ledger
        ledger.save_plan(replace(ledger.plan(), source_ends=day))

    # What was refused

    def retry_refused(self, account_ids: Iterable[str]) -> None:
        """Try refused messages of these accounts again."""
        for account_id in account_ids:
            choose = partial(self._ports.ledger.retry_refused, account_id)
            self._workers.when_at_rest(account_id, choose, then_run=True)

    def retry_messages(self, account_id: str, message_ids: Iterable[int]) -> None:
        """Try these refused messages again; send doubtful ones once more, unless they are found at the destination."""
        choose = partial(self._ports.ledger.retry_messages, account_id, tuple(message_ids))
        self._workers.when_at_rest(account_id, choose, then_run=True)

    def bring_back(self, account_id: str) -> None:
        """Send again what was moved and is not at the destination any more, as far as the source still has it."""
        choose = partial(self._ports.ledger.bring_back, account_id)
        self._workers.when_at_rest(account_id, choose, then_run=True)

    def dismiss(self, account_id: str, message_ids: Iterable[int]) -> None:
        """Skip refused or doubtful messages for good; an account that had no others is DONE."""
        self._ports.ledger.dismiss(account_id, message_ids)
        self._workers.when_at_rest(account_id, partial(self._count_anew, account_id))

    def export(
        self, account_id: str, refusals: Iterable[Refusal], folder: Path, cancel: CancelToken
    ) -> Iterator[Exported]:
        """Save messages of the source as files in a folder (see `engine.export_message`), also while the account runs.

        Raises:
            KeyError: there is no such account.
            MailError: the source could not be reached, or LOCAL_DISK.
            Cancelled: it was asked to stop.
        """
        account = self._ports.ledger.plan().account(account_id)
        self._logins.allow(account)
        return export_messages(account, refusals, folder, self._logins, self._ports.secrets, cancel)

    # Looking again

    def verify(self, account_id: str, cancel: CancelToken | None = None, *, deep: bool) -> AccountVerification:
        """Compare the ledger with the account's destination mailbox (see `engine.verification`); blocks until done.

        The account is stopped first. It is stopped by `stop`; with `cancel` set before that call, also while it still
        waits for its turn.

        Raises:
            KeyError: there is no such account.
            Cancelled: it was paused, stopped or closed meanwhile.
        """
        plan = self._ports.ledger.plan()
        account = plan.account(account_id)
        self._logins.allow(account)
        with self._occupied(account, cancel) as run:
            return verify_account(account, plan.options, self._ports, run.cancel, deep=deep)

    # Undo

    def undo(self, account_id: str, gateway: UndoGateway, cancel: CancelToken | None = None) -> UndoResult:
        """Take what was moved out of the account's destination mailbox (see `engine.undo`); blocks until that is done.

        The account is stopped first, and left out: it does not start by itself, into the same mailbox. It is stopped by
        `stop`; with `cancel` set before that call, also while it still waits for its turn.

        Raises:
            KeyError: there is no such account.
            MailError: it was not done, or not to its end.
            Cancelled: it was paused, stopped or closed meanwhile.
        """

        def log_in(mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Remover:
            return self._logins.watch(Side.DESTINATION, mailbox, lambda: gateway.remover(mailbox, secret, cancel))

        account = self._ports.ledger.plan().account(account_id)
        self._logins.allow(account)
        with self._occupied(account, cancel) as run:
            self._leave_out(account_id)
            return undo_account(account, self._ports, log_in, run.cancel)

    def forget_moved(self, account_id: str) -> None:
        """Count nothing as moved any more, and remove nothing: where undo cannot come to its end.

        The account is stopped first, and then rests: taken in again if it was left out, and done no more. Its next
        start moves everything into whatever mailbox is its destination then; what it finds there counts as already
        there.
        """
        self._workers.stop({account_id})
        self._workers.when_at_rest(account_id, partial(self._forget_moved, account_id))

    # Corrections

    def correct(self, corrected: Account) -> AccountRecord:
        """Have an account move from or to other mailboxes from now on; earlier revisions of the plan are kept.

        The account rests afterwards, whatever it was before, and does not start by itself.

        Raises:
            KeyError: there is no account of that id.
            InvalidInput: ACCOUNT_RUNS, or something is in the way (see `correction_problems`); nothing was changed.
        """
        if not self._workers.if_at_rest(corrected.id, partial(self._correct, corrected)):
            raise InvalidInput(Problem(ProblemKind.ACCOUNT_RUNS))
        return self._ports.ledger.account(corrected.id)

    # The end

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until no account runs or waits for its turn; True if so."""
        return self._workers.wait(timeout_s)

    def close(self, timeout_s: float = 15.0) -> bool:
        """Stop everything and join all threads; True if all have ended. The ledger stays open."""
        ended = self._passes.end(timeout_s)
        return self._workers.close(timeout_s) and ended

    @contextmanager
    def _occupied(self, account: Account, cancel: CancelToken | None) -> Iterator[Run]:
        """Nobody else works on the account in the block; its numbers are told anew after it."""
        run = self._workers.occupy(account, cancel)
        try:
            yield run
        finally:
            self._workers.when_at_rest(account.id, partial(self._count_anew, account.id))
            self._workers.release(run)

    def _tell(self, event: Event) -> None:
        self._sink(event)
        if isinstance(event, QueueEmptied):
            self._passes.look_soon()

    def _states(self, account_id: str) -> AccountStates:
        return AccountStates(account_id, self._ports)

    def _was_refused(self, account: Account, record: AccountRecord) -> bool:
        """Whether the account waits for another password, or for its mailbox to be unlocked."""
        if record.state is AccountState.FAILED:
            return record.failure is not None and record.failure.reason is Reason.LOCKED_OUT
        return record.state is AccountState.NEEDS_PASSWORD and any(
            self._ports.ledger.refused_logins(account.secret_key(side)).tries for side in Side
        )

    def _leave_out(self, account_id: str) -> None:
        if self._ports.ledger.account(account_id).state is not AccountState.CLOSED:
            states = self._states(account_id)
            states.come_to_rest()
            states.enter(AccountState.SKIPPED)

    def _forget_moved(self, account_id: str) -> None:
        # Left out and taken in again: that is the way from done to a rest from which everything is moved anew.
        self._leave_out(account_id)
        self._ports.ledger.end_undo(account_id)
        self._take_in(account_id)

    def _correct(self, corrected: Account) -> None:
        ledger = self._ports.ledger
        check_correction(ledger, corrected)
        # What it is said to be, it is with its old addresses.
        self._leave_out(corrected.id)
        correct_account(ledger, corrected)
        self._take_in(corrected.id)

    def _take_in(self, account_id: str) -> None:
        record = self._ports.ledger.account(account_id)
        if record.state is AccountState.SKIPPED:
            begun = record.counts.total > 0
            self._states(account_id).enter(AccountState.PAUSED if begun else AccountState.NOT_STARTED)

    def _count_anew(self, account_id: str) -> None:
        """Tell numbers that have changed while the account did not run."""
        record = self._ports.ledger.account(account_id)
        missed = record.counts.refused or record.counts.doubtful
        if record.state is AccountState.DONE_WITH_REFUSALS and not missed:
            self._states(account_id).enter(AccountState.DONE)
        else:
            self._ports.sink(AccountProgressed(account_id, record.counts))
