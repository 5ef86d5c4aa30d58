"""Further passes over accounts that are watched, until their window closes."""

import logging
from datetime import datetime
from functools import partial

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.passes import next_pass_at, window_ends
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.ports import RunningThread
from mailmove_gui.domain.reasons import MailError
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import FINISHED, AccountState
from mailmove_gui.engine.account_run import AccountStates, rest_after_pass
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.place import Place
from mailmove_gui.engine.workers import Workers

_log = logging.getLogger(__name__)

THREAD = "passes"
_LOOK_EVERY_S = 60.0
"""The plan may be changed between two looks, and the clock stands still while a computer sleeps."""


class Passes:
    """Starts accounts whose next pass is due. One thread; between passes an account has no connection and no worker."""

    def __init__(self, ports: Ports, workers: Workers) -> None:
        self._ports = ports
        self._workers = workers
        self._cancel = CancelToken()
        self._place = Place()
        self._until: datetime | None = None
        self._thread: RunningThread | None = None

    def begin(self, until: datetime | None = None) -> None:
        """Look from now on, and to the end; `until` stands in the place of every account's own end of the window."""
        self._until = until
        self.look_soon()
        if self._thread is None and not self._cancel.is_set:
            self._thread = self._ports.spawn(THREAD, self._watch)

    def look_soon(self) -> None:
        """What is due may be another than before."""
        self._place.wake()

    def end(self, timeout_s: float) -> bool:
        """Start nothing any more; True if the thread has ended."""
        self._cancel.cancel()
        return self._thread is None or self._thread.join(timeout_s)

    def change(self, options: Options) -> None:
        """Have accounts at rest be watched where further passes are wanted now, and be done where none are."""
        is_wanted = options.pass_every_s is not None
        for record in self._ports.ledger.accounts():
            if record.state in (FINISHED if is_wanted else {AccountState.WATCHING}):
                rest = rest_after_pass(record.counts, options)
                self._leave(record.account_id, record.state, rest)
        self.look_soon()

    def pause(self, account_ids: frozenset[str] | None) -> None:
        """Make no pass of these accounts (None: all) by itself, until they are started again."""
        for record in self._ports.ledger.accounts():
            is_meant = account_ids is None or record.account_id in account_ids
            if is_meant and record.state is AccountState.WATCHING:
                self._leave(record.account_id, record.state, AccountState.PAUSED)

    def _watch(self) -> None:
        try:
            while True:
                try:
                    wait_s = self._look()
                except MailError:
                    # The disk is full; by the next look somebody may have made room.
                    _log.exception("What was due could not be looked up")
                    wait_s = _LOOK_EVERY_S
                self._place.wait(self._ports.clock, self._cancel, wait_s, tell=lambda: None)
        except Cancelled:
            pass

    def _look(self) -> float:
        """Start what is due and close what is over; seconds to the next look."""
        options = self._ports.ledger.plan().options
        now = self._ports.clock.now()
        due: list[str] = []
        wait_s = _LOOK_EVERY_S
        for record in self._ports.ledger.accounts():
            if record.state is not AccountState.WATCHING:
                continue
            if self._is_over(record, options, now):
                self._leave(record.account_id, AccountState.WATCHING, AccountState.CLOSED)
                continue
            begin = next_pass_at(record.finished or now, options)
            # A clock that was put back would else have it wait for as long.
            if begin is not None and (begin <= now or (record.finished or now) > now):
                due.append(record.account_id)
            elif begin is not None:
                wait_s = min(wait_s, (begin - now).total_seconds())
        self._workers.start(due)
        return wait_s

    def _is_over(self, record: AccountRecord, options: Options, now: datetime) -> bool:
        until = self._until or window_ends(record.watching_since or now, options)
        return now >= until

    def _leave(self, account_id: str, current: AccountState, following: AccountState) -> None:
        """From one rest to another, unless the account comes into another state meanwhile."""
        self._workers.when_at_rest(account_id, partial(self._enter, account_id, current, following))

    def _enter(self, account_id: str, current: AccountState, following: AccountState) -> None:
        if self._ports.ledger.account(account_id).state is current:
            AccountStates(account_id, self._ports).enter(following)
