"""The migration that is open: its file, what is running in it, and what the start page remembers of it."""

import functools
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mailmove_gui.desktop.bridge.account_details import AccountDetails
from mailmove_gui.desktop.bridge.logins import Logins
from mailmove_gui.desktop.bridge.open_mark import OpenMark
from mailmove_gui.desktop.bridge.password_keeper import PasswordKeeper
from mailmove_gui.desktop.bridge.recent import RecentMigrations, describe
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.ports import Sink, Spawn
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.reasons import Side, needs_password
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.migration import Migration

_LOG = logging.getLogger(__name__)

FILE_SUFFIX = ".mailmove"
CLOSE_TIMEOUT_S = 15.0
"""After this time what still runs is cut off."""
_PASSWORDS_TIMEOUT_S = 3.0
"""So long closing waits for passwords that are on their way into the keyring; the others are asked for next time."""
_TESTS_TIMEOUT_S = 1.0
"""So long it waits for connection tests, which were given up."""
_DETAILS_TIMEOUT_S = 1.5
"""So long it waits for a message that is being saved as a file, after its connection was cut."""


@dataclass(frozen=True, slots=True)
class NewMigration:
    """What the wizard hands over: the plan, typed passwords, what the check found, and what to start with."""

    path: Path
    plan: MigrationPlan
    passwords: Mapping[SecretKey, Secret] = field(repr=False)
    checks: tuple[AccountCheck, ...] = ()
    start: tuple[str, ...] = ()
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class OpenedMigration:
    """A migration that is open now; `providers` has those of its hosts that are known."""

    path: Path
    plan: MigrationPlan
    records: tuple[AccountRecord, ...]
    providers: Mapping[str, Provider] = field(default_factory=dict)


class OpenDocument:
    """One migration from its opening to its closing. Touched by the commands thread only.

    Passwords, logins and details work with the migration, too: they get it when it is opened, and give it back.
    """

    def __init__(
        self,
        services: Services,
        spawn: Spawn,
        recent: RecentMigrations,
        sink: Sink,
        passwords: PasswordKeeper,
        logins: Logins,
        details: AccountDetails,
    ) -> None:
        self._services = services
        self._spawn = spawn
        self._recent = recent
        self._sink = sink
        self._passwords = passwords
        self._logins = logins
        self._details = details
        self._path: Path | None = None
        self._mark: OpenMark | None = None
        self._is_sample = False
        self.ledger: Ledger | None = None
        self.migration: Migration | None = None

    def create(self, wanted: NewMigration) -> OpenedMigration:
        """Make the file; raises `FileExistsError`, `OSError` or `MailError` where that cannot be done."""
        wanted.path.parent.mkdir(parents=True, exist_ok=True)
        ledger = self._services.create_ledger(wanted.path, wanted.plan)
        try:
            _keep_findings(ledger, wanted)
        except BaseException:
            ledger.close()
            raise
        self._is_sample = wanted.is_sample
        opened = self._have(wanted.path, ledger)
        self._passwords.put(wanted.passwords)
        return opened

    def open(self, path: Path) -> OpenedMigration:
        """Open the file; raises `InvalidInput`, `OSError` or `MailError` where that cannot be done."""
        return self._have(path, self._services.open_ledger(path))

    def _have(self, path: Path, ledger: Ledger) -> OpenedMigration:
        try:
            plan = ledger.plan()
            secrets = self._passwords.open(ledger, is_sample=self._is_sample)
            gateway = self._services.gateway(plan.options)
            migration = Migration(ledger, gateway, secrets, self._sink, spawn=self._spawn)
            migration.recover()
        except BaseException:
            ledger.close()
            raise
        self.ledger, self.migration, self._path = ledger, migration, path
        self._logins.open(ledger)
        self._details.attach(ledger, migration)
        if not self._is_sample:
            self._mark = self._recent.mark_of(path)
            self._mark.set()
        self.remember()
        hosts = {one.mailbox(side).endpoint.host for one in plan.accounts for side in Side}
        known = {host: provider for host in hosts if (provider := self._services.provider_of_host(host)) is not None}
        opened = OpenedMigration(path, plan, migration.snapshot(), known)
        # Passes that somebody has switched on go on wherever the migration is open.
        migration.watch()
        return opened

    def plan(self) -> MigrationPlan:
        """What holds now; an empty one where nothing is open."""
        return self.ledger.plan() if self.ledger is not None else MigrationPlan()

    def remember(self) -> None:
        """Tell the start page where it stands; it forgets sample mail."""
        if self.ledger is None or self.migration is None or self._path is None or self._is_sample:
            return
        records = self.migration.snapshot()
        self._recent.remember(describe(self._path, self.ledger.plan().name, datetime.now(UTC), records))

    def close(self) -> bool:
        """Stop everything in bounded time and close the file; whether all threads have ended."""
        if self.migration is None or self.ledger is None:
            return True
        migration, ledger = self.migration, self.ledger
        ended = migration.close(CLOSE_TIMEOUT_S)
        ended = self._logins.close(_TESTS_TIMEOUT_S) and ended
        ended = self._details.detach(_DETAILS_TIMEOUT_S) and ended
        self._passwords.close(_PASSWORDS_TIMEOUT_S)
        try:
            self.remember()
        finally:
            self.ledger = self.migration = None
            if self._mark is not None:
                self._mark.clear()
            if ended:
                ledger.close()
            else:
                _LOG.warning("threads of the migration did not end in %s s", CLOSE_TIMEOUT_S)
                # What comes back from its system call late still finds the file open, and leaves it in order.
                self._spawn("late close", functools.partial(_close_late, migration, ledger))
        return ended


def _close_late(migration: Migration, ledger: Ledger) -> None:
    migration.wait()
    ledger.close()


def _keep_findings(ledger: Ledger, wanted: NewMigration) -> None:
    """Accounts that the check found failing, and that are not started, show that on the board from the beginning."""
    now = datetime.now(UTC)
    for check in wanted.checks:
        failure = check.source_failure or check.destination_failure
        if failure is None or check.account_id in wanted.start:
            continue
        state = AccountState.NEEDS_PASSWORD if needs_password(failure.reason) else AccountState.FAILED
        ledger.set_account_state(check.account_id, AccountState.CHECKING, at=now)
        ledger.set_account_state(check.account_id, state, failure, at=now)
