"""What everything in one account's run works with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import AccountProgressed, MessageRefused, Refusal
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, Mailbox, Options
from mailmove_gui.domain.ports import Clock, Destination, MailGateway, Remover, SecretStore, Sink, Source, Spawn
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.engine.hosts import Hosts
from mailmove_gui.engine.limits import Limits

RemoverLogin: TypeAlias = Callable[[Mailbox, Secret, CancelToken], Remover]


@dataclass(frozen=True, slots=True)
class Ports:
    """The world, as the engine sees it."""

    ledger: Ledger
    gateway: MailGateway
    secrets: SecretStore
    sink: Sink
    clock: Clock
    spawn: Spawn
    limits: Limits = field(default_factory=Limits)
    hosts: Hosts = field(default_factory=Hosts)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over an account, with both of its connections open."""

    account: Account
    options: Options
    ports: Ports
    cancel: CancelToken
    source: Source
    destination: Destination

    @property
    def ledger(self) -> Ledger:
        """The migration's ledger."""
        return self.ports.ledger

    @property
    def owner(self) -> str:
        """Which destination mailbox it is."""
        return self.account.destination.key

    def check(self) -> None:
        """At the border of a batch or a folder: whether to go on.

        Raises:
            Cancelled: the run was asked to stop.
            MailError: QUIET_HOURS have begun.
        """
        self.cancel.check()
        if self.ports.limits.quiet_until(self.ports.clock.now()) is not None:
            raise MailError(Reason.QUIET_HOURS)

    def spend(self, size_bytes: int) -> None:
        """Wait for the right to have so many bytes of messages on the line; raises `Cancelled`."""
        self.ports.limits.bandwidth.take(size_bytes, self.ports.clock, self.cancel)

    def progressed(self, folder: FolderPath | None = None) -> None:
        """Tell the account's present numbers."""
        self.ports.sink(AccountProgressed(self.account.id, self.ledger.counts(self.account.id), folder))

    def refused(self, refusal: Refusal) -> None:
        """Tell that a message will not be moved."""
        self.ports.sink(MessageRefused(refusal))


def password_of(account: Account, side: Side, secrets: SecretStore) -> Secret:
    """The password of one side.

    Raises:
        MailError: PASSWORD_MISSING.
    """
    secret = secrets.get(account.secret_key(side))
    if secret is None or not secret:
        raise MailError(Reason.PASSWORD_MISSING, side=side)
    return secret


@contextmanager
def open_source(account: Account, gateway: MailGateway, secrets: SecretStore, cancel: CancelToken) -> Iterator[Source]:
    """The source, logged in; closed in the end, and cut off when the run is."""
    source = gateway.source(account.source, password_of(account, Side.SOURCE, secrets), cancel)
    with _closing(source, Side.SOURCE, cancel):
        yield source


@contextmanager
def open_destination(
    account: Account, gateway: MailGateway, secrets: SecretStore, cancel: CancelToken
) -> Iterator[Destination]:
    """The destination, logged in; closed in the end, and cut off when the run is."""
    destination = gateway.destination(account.destination, password_of(account, Side.DESTINATION, secrets), cancel)
    with _closing(destination, Side.DESTINATION, cancel):
        yield destination


@contextmanager
def open_remover(
    account: Account, log_in: RemoverLogin, secrets: SecretStore, cancel: CancelToken
) -> Iterator[Remover]:
    """The destination for undo, logged in; closed in the end, and cut off when the run is."""
    remover = log_in(account.destination, password_of(account, Side.DESTINATION, secrets), cancel)
    with _closing(remover, Side.DESTINATION, cancel):
        yield remover


@contextmanager
def _closing(connection: Source | Destination, side: Side, cancel: CancelToken) -> Iterator[None]:
    with cancel.on_abort(connection.abort):
        try:
            yield
        except MailError as error:
            error.side = error.side or side
            raise
        finally:
            connection.close()
