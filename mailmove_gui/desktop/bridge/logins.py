"""Mailboxes of the open migration that do not let us in: who has to help, and whether a password works."""

import functools
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.testing import ConnectionTesting
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.logins import AccountLogins, LoginQuestion, questions_of
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.engine.logins import WatchedTester


class Logins(QObject):
    """Asks the ledger what accounts wait for, in the commands' thread, and tests passwords, each in its own."""

    told = Signal(int, object)
    """number of the `ask`, and a tuple of AccountLogins"""

    def __init__(
        self,
        services: Services,
        commands: Background,
        failed: Callable[[Exception], None],
        spawn: Spawn,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._commands = commands
        self._failed = failed
        self._spawn = spawn
        self._asked = 0
        self._is_ended = False
        self._tests: dict[tuple[str, Side], ConnectionTesting] = {}
        self._options = Options()
        self._watched: Services | None = None
        # What follows is touched by the commands thread only.
        self._ledger: Ledger | None = None

    # In the commands thread

    def open(self, ledger: Ledger) -> None:
        """Speak of the accounts of this ledger from now on."""
        self._options = ledger.plan().options
        self._watched = replace(self._services, tester=WatchedTester(self._services.tester, ledger))
        self._ledger = ledger

    def close(self, timeout_s: float) -> bool:
        """Let go of the ledger when all tests have ended; True if they have. Call `end` before."""
        self._ledger = None
        deadline_s = time.monotonic() + timeout_s
        return all(test.join(max(0.0, deadline_s - time.monotonic())) for test in tuple(self._tests.values()))

    # On the UI thread; these return at once

    def ask(self, account_ids: Iterable[str]) -> int:
        """Ask what these accounts wait for; `told` answers with the number that is returned here."""
        self._asked += 1
        if not self._is_ended:
            work = functools.partial(self._look_up, self._asked, tuple(account_ids))
            self._commands.run(work, self._tell, self._failed)
        return self._asked

    def testing(self, question: LoginQuestion) -> ConnectionTesting:
        """The test of that account's side, to be listened to; there is one of each, and they do not disturb another."""
        key = (question.account.id, question.side)
        if key not in self._tests:
            self._tests[key] = ConnectionTesting(self._watched or self._services, self._spawn, self)
        return self._tests[key]

    def test(self, question: LoginQuestion, secret: Secret) -> None:
        """Try a password once. If it is refused, that counts."""
        if not self._is_ended:
            self.testing(question).start(question.mailbox, secret, question.side, self._options)

    def end(self) -> None:
        """Give up all tests, and answer and begin nothing any more. Does not wait."""
        self._is_ended = True
        for test in self._tests.values():
            test.cancel()

    def _look_up(self, number: int, account_ids: tuple[str, ...]) -> tuple[int, tuple[AccountLogins, ...]]:
        ledger = self._ledger
        if ledger is None:
            return number, ()
        wanted = set(account_ids)
        return number, tuple(
            questions_of(
                account,
                ledger.account(account.id),
                {side: ledger.refused_logins(account.secret_key(side)) for side in Side},
                {side: self._services.provider_of_host(account.mailbox(side).endpoint.host) for side in Side},
            )
            for account in ledger.plan().accounts
            if account.id in wanted
        )

    def _tell(self, answer: tuple[int, tuple[AccountLogins, ...]]) -> None:
        self.told.emit(*answer)
