"""Which accounts run, which wait for their turn, and the threads that run them."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.events import QueueEmptied
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.ports import RunningThread
from mailmove_gui.domain.reasons import MailError
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.account_run import AccountStates, run_account
from mailmove_gui.engine.context import Ports

_log = logging.getLogger(__name__)
_LAST_LOOK_S = 0.1
GRACE_S = 5.0
"""How long a stopped run may take to come to the border of a batch before its connections are cut."""


@dataclass(slots=True)
class Run:
    """An account that is being worked on."""

    account: Account
    cancel: CancelToken = field(default_factory=CancelToken)


class Workers:
    """Runs accounts in threads, as many at a time as the limits allow. Thread-safe.

    Two accounts with the same destination mailbox never run at once.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._changed = threading.Condition()
        self._queue: list[str] = []
        self._runs: dict[str, Run] = {}
        self._threads: list[RunningThread] = []
        self._workers = 0
        self._again: set[str] = set()
        self._at_rest: defaultdict[str, list[Callable[[], object]]] = defaultdict(list)
        self._closed = False

    @property
    def busy(self) -> frozenset[str]:
        """Accounts that run or wait for their turn."""
        with self._changed:
            return frozenset(self._queue) | frozenset(self._runs)

    def start(self, account_ids: Iterable[str]) -> None:
        """Queue accounts; those that are coming to rest, when they have."""
        with self._changed:
            if self._closed:
                return
            for account_id in account_ids:
                if account_id in self._runs:
                    if self._runs[account_id].cancel.is_set:
                        self._again.add(account_id)
                elif account_id not in self._queue:
                    self._enqueue(account_id)
        self.adjust()

    def adjust(self) -> None:
        """Have as many workers as there is work for, up to the limit; those beyond it end with their account."""
        with self._changed:
            limit = self._ports.limits.accounts_at_once
            while not self._closed and self._workers < min(limit, len(self._queue) + len(self._runs)):
                self._workers += 1
                self._spawn(f"account worker {self._workers}", self._work)
            self._changed.notify_all()

    def pause(self, account_ids: Collection[str] | None) -> None:
        """Take accounts (None: all) out of the queue, and ask those that run to come to rest."""
        self._take_out(account_ids)

    def stop(self, account_ids: Collection[str] | None) -> None:
        """As `pause`; what has not come to rest after `GRACE_S` seconds has its connections cut."""
        stopped = self._take_out(account_ids)
        if stopped:
            self._spawn("cut off", lambda: self._cut_off(stopped))

    def when_at_rest(self, account_id: str, step: Callable[[], object], *, then_run: bool = False) -> None:
        """Do something to an account: at the end of its run if it runs, for the numbers of its pass must add up.

        Args:
            account_id: the account.
            step: what to do; the account does not start meanwhile.
            then_run: whether the account is started afterwards.
        """
        with self._changed:
            if account_id not in self._runs:
                step()
            else:
                self._at_rest[account_id].append(step)
                if then_run:
                    self._again.add(account_id)
                return
        if then_run:
            self.start([account_id])

    def if_at_rest(self, account_id: str, step: Callable[[], object]) -> bool:
        """Do something to an account that neither runs nor waits for its turn, before it can start; whether it was so.

        What `step` raises is raised here.
        """
        with self._changed:
            if account_id in self._queue or account_id in self._runs:
                return False
            step()
            return True

    def occupy(self, account: Account, cancel: CancelToken | None = None) -> Run:
        """Stop the account, wait until it and its destination mailbox are at rest, and keep others from them.

        The run that is returned can be stopped as any other, and is to be given to `release`. While it waits, it heeds
        `cancel` at the next `stop` or `pause`.

        Raises:
            Cancelled: `cancel` was asked to stop, or everything is being closed.
        """
        run = Run(account, cancel or CancelToken())
        self.stop([account.id])
        with self._changed:
            self._changed.wait_for(lambda: self._closed or run.cancel.is_set or self._is_free(account))
            if self._closed or run.cancel.is_set:
                raise Cancelled
            self._runs[account.id] = run
        return run

    def release(self, run: Run) -> None:
        """The account is at rest: do what was put off, and queue it if it was started meanwhile."""
        account_id = run.account.id
        with self._changed:
            del self._runs[account_id]
            self._changed.notify_all()
            for step in self._at_rest.pop(account_id, ()):
                step()
            if account_id in self._again and not self._closed:
                self._enqueue(account_id)
            self._again.discard(account_id)
            emptied = not self._queue and not self._runs
        self.adjust()
        if emptied:
            self._ports.sink(QueueEmptied())

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until no account runs or waits for its turn; True if so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._runs, timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Stop everything and join all threads; True if all have ended."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            self._closed = True
        self._take_out(None)
        if not self.wait(min(GRACE_S, timeout_s)):
            with self._changed:
                runs = list(self._runs.values())
            for run in runs:
                run.cancel.abort()
        ended = self.wait(max(0.0, deadline - time.monotonic()))
        with self._changed:
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads:
            ended = thread.join(max(_LAST_LOOK_S, deadline - time.monotonic())) and ended
        return ended

    def _enqueue(self, account_id: str) -> None:
        """Have the account wait for a worker. The lock is held."""
        states = AccountStates(account_id, self._ports)
        states.come_to_rest()
        states.enter(AccountState.QUEUED)
        self._queue.append(account_id)

    def _take_out(self, account_ids: Collection[str] | None) -> list[Run]:
        """Ask running accounts to stop and take waiting ones out of the queue; returns those that are running."""
        with self._changed:
            chosen = set(self._queue) | set(self._runs) if account_ids is None else set(account_ids)
            self._again -= chosen
            for account_id in [queued for queued in self._queue if queued in chosen]:
                self._queue.remove(account_id)
                AccountStates(account_id, self._ports).enter(AccountState.PAUSED)
            runs = [run for account_id, run in self._runs.items() if account_id in chosen]
            for run in runs:
                run.cancel.cancel()
            self._changed.notify_all()
        return runs

    def _cut_off(self, runs: list[Run]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not any(self._is_running(run) for run in runs), GRACE_S)
            late = [run for run in runs if self._is_running(run)]
        for run in late:
            run.cancel.abort()

    def _is_running(self, run: Run) -> bool:
        return self._runs.get(run.account.id) is run

    def _is_free(self, account: Account) -> bool:
        occupied = {run.account.destination.key for run in self._runs.values()}
        return account.id not in self.busy and account.destination.key not in occupied

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        with self._changed:
            self._threads = [thread for thread in self._threads if not thread.join(0)]
            self._threads.append(self._ports.spawn(name, target))

    def _work(self) -> None:
        while (run := self._next_run()) is not None:
            try:
                run_account(run.account, self._ports.ledger.plan().options, self._ports, run.cancel)
            except Exception:  # noqa: BLE001  the other accounts must not wait for a worker that is gone
                _log.exception("A run could not tell how it ended")
            try:
                self.release(run)
            except MailError:
                _log.exception("What was asked for at the end of a run could not be kept")

    def _next_run(self) -> Run | None:
        """Wait for an account whose destination mailbox is free; None when this worker is not needed any more."""
        with self._changed:
            while self._queue and self._workers <= self._ports.limits.accounts_at_once:
                accounts = {account.id: account for account in self._ports.ledger.plan().accounts}
                occupied = {run.account.destination.key for run in self._runs.values()}
                for account_id in self._queue:
                    account = accounts[account_id]
                    if account.destination.key not in occupied:
                        self._queue.remove(account_id)
                        run = Run(account)
                        self._runs[account_id] = run
                        return run
                self._changed.wait()
            self._workers -= 1
            return None
