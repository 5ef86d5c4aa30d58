"""Many accounts at once."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import QueueEmptied
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.ports import Clock, MailGateway, RunningThread, SecretStore, Sink, Spawn
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import FINISHED, RUNNING, AccountState
from mailmove_gui.engine.account_run import AccountStates, run_account
from mailmove_gui.engine.clock import SystemClock
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.threads import spawn_thread

_log = logging.getLogger(__name__)
_LAST_LOOK_S = 0.1
GRACE_S = 5.0
"""How long a stopped run may take to come to the border of a batch before its connections are cut."""

_NOT_BY_ITSELF = FINISHED | {AccountState.SKIPPED, AccountState.CLOSED}


@dataclass(slots=True)
class _Run:
    account: Account
    cancel: CancelToken = field(default_factory=CancelToken)


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
        self._ports = Ports(ledger, gateway, secrets, sink, clock or SystemClock(), spawn)
        self._changed = threading.Condition()
        self._queue: list[str] = []
        self._runs: dict[str, _Run] = {}
        self._threads: list[RunningThread] = []
        self._workers = 0
        self._again: set[str] = set()
        self._refused_again: set[str] = set()
        self._closed = False

    def recover(self) -> None:
        """After opening a ledger: what was running when the program ended is paused."""
        for record in self.snapshot():
            if record.state in RUNNING:
                AccountStates(record.account_id, self._ports).enter(AccountState.PAUSED)

    def snapshot(self) -> tuple[AccountRecord, ...]:
        """Where every account stands, from the ledger."""
        return self._ports.ledger.accounts()

    @property
    def running(self) -> frozenset[str]:
        """Accounts that occupy a worker or wait for one."""
        with self._changed:
            return frozenset(self._queue) | frozenset(self._runs)

    def start(self, account_ids: Iterable[str] | None = None) -> None:
        """Queue accounts; None means all that are not finished, skipped or closed.

        Named accounts start whatever their state is: so a finished one makes another pass, and a failed one tries
        again.
        """
        records = {record.account_id: record.state for record in self.snapshot()}
        if account_ids is None:
            wanted = [account_id for account_id, state in records.items() if state not in _NOT_BY_ITSELF]
        else:
            wanted = [account_id for account_id in account_ids if account_id in records]
        with self._changed:
            if self._closed:
                return
            for account_id in wanted:
                if account_id in self._runs:
                    if self._runs[account_id].cancel.is_set:
                        self._again.add(account_id)
                elif account_id not in self._queue:
                    self._enqueue(account_id)
            self._spawn_workers()
            self._changed.notify_all()

    def pause(self, account_ids: Iterable[str] | None = None) -> None:
        """Have accounts (None: all) come to rest at the end of their batch."""
        self._take_out(account_ids)

    def stop(self, account_ids: Iterable[str] | None = None) -> None:
        """As `pause`; what has not come to rest after `GRACE_S` seconds has its connections cut."""
        stopped = self._take_out(account_ids)
        if stopped:
            self._spawn("cut off", lambda: self._cut_off(stopped))

    def retry_refused(self, account_ids: Iterable[str]) -> None:
        """Try refused messages of these accounts again."""
        for account_id in account_ids:
            with self._changed:
                if account_id in self._runs:
                    # Not under its feet: the numbers of its pass would not add up.
                    self._refused_again.add(account_id)
                    continue
            self._ports.ledger.retry_refused(account_id)
            self.start([account_id])

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until no account runs or waits for its turn; True if so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._runs, timeout_s)

    def close(self, timeout_s: float = 15.0) -> bool:
        """Stop everything and join all threads; True if all have ended. The ledger stays open."""
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
        if self._ports.ledger.account(account_id).state in RUNNING:
            # Its last run could not write its end, the disk being full for instance.
            states.enter(AccountState.PAUSED)
        states.enter(AccountState.QUEUED)
        self._queue.append(account_id)

    def _take_out(self, account_ids: Iterable[str] | None) -> list[_Run]:
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

    def _cut_off(self, runs: list[_Run]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not any(self._is_running(run) for run in runs), GRACE_S)
            late = [run for run in runs if self._is_running(run)]
        for run in late:
            run.cancel.abort()

    def _is_running(self, run: _Run) -> bool:
        return self._runs.get(run.account.id) is run

    def _spawn_workers(self) -> None:
        """Have as many workers as there is work for, up to what the plan allows. The lock is held."""
        limit = max(1, self._ports.ledger.plan().options.accounts_at_once)
        while self._workers < min(limit, len(self._queue) + len(self._runs)):
            self._workers += 1
            self._spawn(f"account worker {self._workers}", self._work)

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
            with self._changed:
                del self._runs[run.account.id]
                self._start_again(run.account.id)
                emptied = not self._queue and not self._runs
                self._changed.notify_all()
            if emptied:
                self._ports.sink(QueueEmptied())

    def _start_again(self, account_id: str) -> None:
        """Queue an account that was started while it was coming to rest. The lock is held."""
        if account_id in self._refused_again:
            self._ports.ledger.retry_refused(account_id)
        if account_id in self._again | self._refused_again and not self._closed:
            self._enqueue(account_id)
        self._again.discard(account_id)
        self._refused_again.discard(account_id)

    def _next_run(self) -> _Run | None:
        """Wait for an account whose destination mailbox is free; None when nothing is left to do."""
        with self._changed:
            while self._queue:
                accounts = {account.id: account for account in self._ports.ledger.plan().accounts}
                busy = {run.account.destination.key for run in self._runs.values()}
                for account_id in self._queue:
                    account = accounts[account_id]
                    if account.destination.key not in busy:
                        self._queue.remove(account_id)
                        run = _Run(account)
                        self._runs[account_id] = run
                        return run
                self._changed.wait()
            self._workers -= 1
            return None
