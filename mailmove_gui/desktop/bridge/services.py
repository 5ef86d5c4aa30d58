"""What the composition root hands to the window."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, MigrationPlan
from mailmove_gui.domain.ports import GatewayFactory, ProviderOfHost, SecretStore
from mailmove_gui.domain.probing import ConnectionTester
from mailmove_gui.domain.providers import Detection, no_provider_known
from mailmove_gui.domain.secret import Secret, SecretKey


@dataclass(frozen=True, slots=True)
class SampleMigration:
    """Sample mail on embedded servers: accounts to move, their passwords, and a folder for the migration's file."""

    accounts: tuple[Account, ...]
    passwords: dict[SecretKey, Secret]
    folder: Path


class SecretsChooser(Protocol):
    """Finds out where a migration's passwords can be kept; may block for as long as a keyring asks its user."""

    def __call__(self, plan_id: str) -> tuple[SecretStore, str]:
        """The store of this migration alone, and a sentence for when it forgets as the program ends (else empty)."""
        ...


class Detector(Protocol):
    """Finds out who runs the mail of a domain; blocks for about 5 s at the most."""

    def __call__(self, asked: str, cancel: CancelToken) -> Detection:
        """Look for the servers of an address or domain; Cancelled if asked to stop."""
        ...


class ReportFormat(Enum):
    """What a report is written as."""

    WEB_PAGE = "html"
    PDF = "pdf"
    ACCOUNTS = "accounts"
    REFUSALS = "refusals"


class ReportWriter(Protocol):
    """Writes what stands in a ledger into a file, as a whole or not at all."""

    def __call__(self, ledger: Ledger, path: Path, form: ReportFormat, cancel: CancelToken) -> None:
        """Write it; raises OSError, `MailError` with LOCAL_DISK, and Cancelled if asked to stop."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Factories for what the bridge needs of the world. All may block: they are called away from the UI thread.

    `create_ledger` raises OSError and `MailError`, `open_ledger` `InvalidInput`. `samples` starts the embedded servers
    at its first call.
    """

    create_ledger: Callable[[Path, MigrationPlan], Ledger]
    open_ledger: Callable[[Path], Ledger]
    gateway: GatewayFactory
    detect: Detector
    tester: ConnectionTester
    secrets: SecretsChooser
    temporary_secrets: Callable[[], SecretStore]
    write_report: ReportWriter
    samples: Callable[[], SampleMigration]
    migrations_folder: Path
    settings_folder: Path
    provider_of_host: ProviderOfHost = no_provider_known
