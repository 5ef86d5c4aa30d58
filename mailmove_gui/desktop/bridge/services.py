"""What the composition root hands to the window."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from mailmove_gui.desktop.bridge.awake import WakeLock
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.mx import DomainMail, MxWatch, domains_of
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.domain.plan import Account, MigrationPlan, Options
from mailmove_gui.domain.ports import GatewayFactory, ProviderOfHost, SecretStore, UndoGateway
from mailmove_gui.domain.probing import ConnectionTester
from mailmove_gui.domain.providers import Detection, no_provider_known
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords, Secret, SecretKey


@dataclass(frozen=True, slots=True)
class SampleMigration:
    """Sample mail on embedded servers: accounts to move, their passwords, and a folder for the migration's file."""

    accounts: tuple[Account, ...]
    passwords: dict[SecretKey, Secret]
    folder: Path


class MigrationSecrets(SecretStore, Protocol):
    """The passwords of one migration: in memory at once, and in the system's keyring as far as that works.

    All but `put` may block for as long as a keyring asks its user.
    """

    def save(self, cancel: CancelToken) -> None:
        """Bring into the keyring what was put since; ends early when asked to."""
        ...

    def release(self, keys: Iterable[SecretKey]) -> RemovedPasswords:
        """Delete these from the keyring; memory keeps them."""
        ...

    def remove(self, keys: Iterable[SecretKey]) -> RemovedPasswords:
        """Delete these from the keyring, even if it had failed before, and from memory."""
        ...


class SecretsChooser(Protocol):
    """Makes the store of a migration; returns at once."""

    def __call__(self, plan_id: str, tell: Callable[[KeyringProblem], None]) -> MigrationSecrets:
        """The store of this migration alone; `tell` is called, from any thread, when the keyring does not keep it."""
        ...


class Detector(Protocol):
    """Finds out who runs the mail of a domain; blocks for about 5 s at the most."""

    def __call__(self, asked: str, cancel: CancelToken, *, online: bool = True) -> Detection:
        """Look for the servers of an address or domain, without asking anybody if not `online`.

        Raises:
            Cancelled: asked to stop.
        """
        ...


class ReportFormat(Enum):
    """What a report is written as."""

    WEB_PAGE = "html"
    PDF = "pdf"
    ACCOUNTS = "accounts"
    REFUSALS = "refusals"


class ReportWriter(Protocol):
    """Writes what stands in a ledger into a file, as a whole or not at all."""

    def __call__(self, ledger: Ledger, path: Path, form: ReportFormat | ControlPanel, cancel: CancelToken) -> None:
        """Write it; raises OSError, `MailError` with LOCAL_DISK, and Cancelled if asked to stop."""
        ...


def nothing_is_removed(options: Options) -> UndoGateway:  # noqa: ARG001 -- an `undo_gateway`
    """Where nothing can be removed: raises CANNOT_UNDO."""
    raise MailError(Reason.CANNOT_UNDO, side=Side.DESTINATION)


def no_name_servers(plan: MigrationPlan, cancel: CancelToken) -> tuple[DomainMail, ...]:  # noqa: ARG001 -- an `MxWatch`
    """Where nobody can be asked: nothing is known of any domain."""
    return tuple(DomainMail(domain) for domain in domains_of(plan))


@dataclass(frozen=True, slots=True)
class Services:
    """Factories for what the bridge needs of the world. All may block: they are called away from the UI thread.

    `create_ledger` raises OSError and `MailError`, `open_ledger` `InvalidInput`. `samples` starts the embedded servers
    at its first call; `undo_gateway` opens connections that can remove. Without a `wake_lock` the computer sleeps when
    it likes; without a `logs_folder` there is no log.
    """

    create_ledger: Callable[[Path, MigrationPlan], Ledger]
    open_ledger: Callable[[Path], Ledger]
    gateway: GatewayFactory
    detect: Detector
    tester: ConnectionTester
    secrets: SecretsChooser
    temporary_secrets: Callable[[], MigrationSecrets]
    write_report: ReportWriter
    samples: Callable[[], SampleMigration]
    migrations_folder: Path
    settings_folder: Path
    provider_of_host: ProviderOfHost = no_provider_known
    logs_folder: Path | None = None
    wake_lock: Callable[[], WakeLock] | None = None
    undo_gateway: Callable[[Options], UndoGateway] = nothing_is_removed
    mx_watch: MxWatch = no_name_servers
