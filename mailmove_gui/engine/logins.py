"""What servers say to logins: remembered, and heeded before a company's mailboxes are locked one after the other."""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, Mailbox, Options
from mailmove_gui.domain.ports import Destination, MailboxReader, MailGateway, Source
from mailmove_gui.domain.probing import ConnectionTester, Stage, StageResult
from mailmove_gui.domain.reasons import MailError, Reason, Side, refuses_login
from mailmove_gui.domain.secret import Secret, SecretKey

_REFUSALS_IN_A_ROW = 3

_Connection = TypeVar("_Connection", bound=MailboxReader)


class WatchedGateway:
    """Passes logins on to a gateway, and notes in the ledger what came of them. Thread-safe.

    When a host has refused three different users in a row, it is more likely at fault than their passwords (a wrong
    server name, a column of a list that slipped): then no user whom it has not accepted yet is tried there until
    `allow` is called.
    """

    def __init__(self, gateway: MailGateway, ledger: Ledger) -> None:
        self._gateway = gateway
        self._ledger = ledger
        self._lock = threading.Lock()
        self._refused: defaultdict[tuple[Side, str], set[str]] = defaultdict(set)
        self._accepted: set[SecretKey] = set()

    def source(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Source:
        """See `MailGateway.source`; also raises `MailError` with HOST_REFUSES_ALL."""
        return self.watch(Side.SOURCE, mailbox, lambda: self._gateway.source(mailbox, secret, cancel))

    def destination(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Destination:
        """See `MailGateway.destination`; also raises `MailError` with HOST_REFUSES_ALL."""
        return self.watch(Side.DESTINATION, mailbox, lambda: self._gateway.destination(mailbox, secret, cancel))

    def allow(self, account: Account) -> None:
        """Somebody wants this account tried: its hosts get three more tries."""
        with self._lock:
            for side in Side:
                self._refused.pop((side, account.mailbox(side).endpoint.server), None)

    def watch(self, side: Side, mailbox: Mailbox, log_in: Callable[[], _Connection]) -> _Connection:
        """Log in by other means, and note what came of it; raises what `log_in` does, and HOST_REFUSES_ALL."""
        host, key = (side, mailbox.endpoint.server), mailbox.secret_key(side)
        with self._lock:
            if len(self._refused[host]) >= _REFUSALS_IN_A_ROW and key not in self._accepted:
                raise MailError(Reason.HOST_REFUSES_ALL, side=side)
        try:
            connection = log_in()
        except MailError as error:
            if refuses_login(error.reason):
                with self._lock:
                    self._refused[host].add(mailbox.owner)
                self._ledger.note_login(key, Failure(error.reason, side, error.server_text))
            raise
        try:
            self._ledger.note_login(key, None)
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._refused.pop(host, None)
            self._accepted.add(key)
        return connection


class WatchedTester:
    """A `ConnectionTester` whose refused logins count like any others: providers do not tell a test from a try.

    An accepted one ends no count: the password that was tested is not kept yet, and until it is, the old one stays
    refused.
    """

    def __init__(self, tester: ConnectionTester, ledger: Ledger) -> None:
        self._tester = tester
        self._ledger = ledger

    def test(
        self,
        mailbox: Mailbox,
        secret: Secret,
        side: Side,
        options: Options,
        report: Callable[[StageResult], None],
        cancel: CancelToken,
    ) -> None:
        """See `ConnectionTester.test`; also raises `MailError` with LOCAL_DISK if a refusal cannot be kept."""

        def note(result: StageResult) -> None:
            if result.stage is Stage.LOGIN and result.failure is not None and refuses_login(result.failure.reason):
                self._ledger.note_login(mailbox.secret_key(side), result.failure)
            report(result)

        self._tester.test(mailbox, secret, side, options, note, cancel)
