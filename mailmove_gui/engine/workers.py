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
from mailmove_gui.engine.hosts import hosts_of
from mailmove_gui.engine.place import Place

_log = logging.getLogger(__name__)
_LAST_LOOK_S = 0.1
_LOOK_FOR_PLACE_S = 5.0
_MOST_AWAY = 50
"""So many accounts at most give up their places while they wait: each of them keeps a thread."""

GRACE_S = 5.0
"""How long a stopped run may take to come to the border of a batch before its connections are cut."""


@dataclass(slots=True)
class Run:
    """An account that is being worked on."""

    account: Account
    cancel: CancelToken = field(default_factory=CancelToken)
    place: Place = field(default_factory=Place)


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
        # Runs that have given up their places, and of these those that want one again.
        self._away: set[str] = set()
        self._returning: set[str] = set()
        self._has_returned = False
        self._again: set[str] = set()
        self._at_rest: defaultdict[str, list[Callable[[], object]]] = defaultdict(list)
        self._closed = False

    @property
    def busy(self) -> frozenset[str]:
        """Accounts that run or wait for their turn."""
        with self._changed:
            return frozenset(self._queue) | frozenset(self._runs)

    def start(self, account_ids: Iterable[str]) -> None:
        """Queue accounts; those that are coming to rest, when they have; those that wait go on at once."""
        with self._changed:
            if self._closed:
                return
            # Here, since no worker starts anything: a thread cannot be asked by itself whether it has ended.
            self._threads = [thread for thread in self._threads if not thread.join(0)]
            for account_id in account_ids:
                if account_id in self._runs:
                    run = self._runs[account_id]
                    if run.cancel.is_set:
                        self._again.add(account_id)
                    else:
                        run.place.wake()
                elif account_id not in self._queue:
                    self._enqueue(account_id)
        self.adjust()

    def adjust(self) -> None:
        """Have as many workers as there is work for, up to the limit; those beyond it end with their account."""
        with self._changed:
            limit = self._ports.limits.accounts_at_once
            while not self._closed and self._workers - len(self._away) < min(limit, len(self._queue) + self._at_work):
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
            # Stopped while it waited, it had none.
            self._away.discard(account_id)
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
            self._threads.append(self._ports.spawn(name, target))

    def _work(self) -> None:
        while (run := self._next_run()) is not None:
            try:
                run_account(run.account, self._ports.ledger.plan().options, self._ports, run.cancel, run.place)
            except Exception:  # noqa: BLE001  the other accounts must not wait for a worker that is gone
                _log.exception("A run could not tell how it ended")
            try:
                self.release(run)
            except MailError:
                _log.exception("What was asked for at the end of a run could not be kept")

    def _next_run(self) -> Run | None:
        """Wait for an account that has a place and a free destination mailbox; None when this worker is not needed."""
        with self._changed:
            while self._queue and self._workers - len(self._away) <= self._ports.limits.accounts_at_once:
                account = self._next_in_queue()
                returning = sum(self._is_admitted(self._runs[account_id].account) for account_id in self._returning)
                if account is not None and self._free_places > (0 if self._has_returned else returning):
                    self._queue.remove(account.id)
                    self._has_returned = False
                    run = self._runs[account.id] = self._new_run(account)
                    return run
                # A host that has taken no more is asked for one more after a while, of which nobody tells.
                self._changed.wait(_LOOK_FOR_PLACE_S)
            self._workers -= 1
            return None

    # Places: how many runs are at work, altogether and at each host. Those that come back to their place and those
    # that have not had one take turns. The lock is held, but by `_give_up` and `_take_again`.

    @property
    def _at_work(self) -> int:
        return len(self._runs) - len(self._away)

    @property
    def _free_places(self) -> int:
        return self._ports.limits.accounts_at_once - self._at_work

    def _new_run(self, account: Account) -> Run:
        run = Run(account, place=Place(lambda: self._give_up(run), lambda told: self._take_again(run, told)))
        return run

    def _next_in_queue(self) -> Account | None:
        """The first account whose destination mailbox is free and whose hosts take one more."""
        accounts = {account.id: account for account in self._ports.ledger.plan().accounts}
        occupied = {run.account.destination.key for run in self._runs.values()}
        queued = (accounts[account_id] for account_id in self._queue)
        return next((one for one in queued if one.destination.key not in occupied and self._is_admitted(one)), None)

    def _is_admitted(self, account: Account) -> bool:
        """Whether both hosts take one more account, as far as is known."""
        at_work = [hosts_of(run.account) for account_id, run in self._runs.items() if account_id not in self._away]
        now_s = self._ports.clock.monotonic_s()
        for host in hosts_of(account):
            most = self._ports.hosts.most_accounts(host, now_s)
            if most is not None and sum(host in hosts for hosts in at_work) >= most:
                return False
        return True

    def _give_up(self, run: Run) -> bool:
        with self._changed:
            if self._closed or len(self._away) >= _MOST_AWAY:
                return False
            self._away.add(run.account.id)
        self.adjust()
        return True

    def _take_again(self, run: Run, no_place_yet: Callable[[], None]) -> None:
        account_id = run.account.id
        with self._changed:
            self._returning.add(account_id)
            try:
                if not self._may_return(run):
                    no_place_yet()
                while not self._may_return(run):
                    run.cancel.check()
                    self._changed.wait(_LOOK_FOR_PLACE_S)
                self._has_returned = True
            finally:
                self._returning.discard(account_id)
                self._away.discard(account_id)
                self._changed.notify_all()

    def _may_return(self, run: Run) -> bool:
        if self._free_places <= 0 or not self._is_admitted(run.account):
            return False
        return self._free_places > 1 or not self._has_returned or self._next_in_queue() is None
