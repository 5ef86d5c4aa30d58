"""A world without network: fake mailboxes, real ledgers, passwords in memory."""

import threading
from collections.abc import Callable
from pathlib import Path

from mailmove_gui.desktop.bridge.report_writing import write_report
from mailmove_gui.desktop.bridge.services import MigrationSecrets, SampleMigration, Services
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.mx import DomainMail
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options, account_id
from mailmove_gui.domain.ports import Destination, Remover, Source
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.providers import Detection
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import KeyringProblem, Secret, SecretKey
from mailmove_gui.ledger import create_ledger, open_ledger
from mailmove_gui.secrets import MemoryStore
from tests.unit.engine.fake_mail import FakeGateway, FakeMailbox, mail

OLD = Endpoint("imap.old.example", 993)
NEW = Endpoint("imap.new.example", 993)
_LONGEST_S = 30.0


def account(name: str) -> Account:
    source, destination = f"{name}@old.example", f"{name}@new.example"
    return Account(account_id(source, destination), Mailbox(OLD, source), Mailbox(NEW, destination))


def wait_for(gate: threading.Event, cancel: CancelToken) -> None:
    """Be held back by a test, but no longer than somebody wants the result."""
    while not gate.wait(0.01):
        cancel.check()
    cancel.check()


class GatedGateway:
    """Fake mailboxes behind a gate."""

    def __init__(self, world: "FakeWorld") -> None:
        self._gate = world.gate
        self._gateway = FakeGateway(world.sources, world.destinations)

    def source(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Source:
        self._wait(cancel)
        return self._gateway.source(mailbox, secret, cancel)

    def destination(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Destination:
        self._wait(cancel)
        return self._gateway.destination(mailbox, secret, cancel)

    def remover(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Remover:
        self._wait(cancel)
        return self._gateway.remover(mailbox, secret, cancel)

    def _wait(self, cancel: CancelToken) -> None:
        wait_for(self._gate, cancel)


class FakeTester:
    """Every step passes, unless a test says what comes instead."""

    def __init__(self) -> None:
        self.results: tuple[StageResult, ...] = tuple(StageResult(stage) for stage in Stage)
        self.asked: list[tuple[Mailbox, Side, Options]] = []
        self.gate = threading.Event()
        self.gate.set()

    def test(
        self,
        mailbox: Mailbox,
        secret: Secret,
        side: Side,
        options: Options,
        report: Callable[[StageResult], None],
        cancel: CancelToken,
    ) -> None:
        self.asked.append((mailbox, side, options))
        for result in self.results:
            wait_for(self.gate, cancel)
            report(result)


class FakeWorld:
    """What the bridge is given. `gate` holds back connections while it is cleared, `append_gate` what arrives,
    `detect_gate` the recognition of providers, `mx_gate` what name servers say."""

    def __init__(self, folder: Path, names: tuple[str, ...] = ("anna", "bo")) -> None:
        self.folder = folder
        self.accounts = tuple(account(name) for name in names)
        self.gate = threading.Event()
        self.gate.set()
        self.append_gate = threading.Event()
        self.append_gate.set()
        self.appending = threading.Event()
        self.sources: dict[str, FakeMailbox] = {}
        self.destinations: dict[str, FakeMailbox] = {}
        for one in self.accounts:
            for mailbox, boxes in ((one.source, self.sources), (one.destination, self.destinations)):
                boxes[mailbox.user] = FakeMailbox(password=f"right {mailbox.user}", before_append=self._before_append)
            inbox = self.sources[one.source.user].folder("INBOX")
            for number in range(12):
                inbox.add(mail(f"{one.source.user}.{number}"))
        self.kept: MigrationSecrets = MemoryStore()
        self.keyring_problem: KeyringProblem | None = None
        self.detections: dict[str, Detection] = {}
        self.detect_gate = threading.Event()
        self.detect_gate.set()
        self.detected: list[str] = []
        self.detected_online: list[bool] = []
        self.tester = FakeTester()
        self.mails: tuple[DomainMail, ...] = ()
        self.mx_gate = threading.Event()
        self.mx_gate.set()

    def given_passwords(self) -> dict[SecretKey, Secret]:
        boxes = {**self.sources, **self.destinations}
        return {
            one.secret_key(side): Secret(boxes[one.mailbox(side).user].password)
            for one in self.accounts
            for side in Side
        }

    def gateway(self, options: Options) -> GatedGateway:
        return GatedGateway(self)

    def choose_secrets(self, plan_id: str, tell: Callable[[KeyringProblem], None]) -> MigrationSecrets:
        if self.keyring_problem is not None:
            tell(self.keyring_problem)
        return self.kept

    def detect(self, asked: str, cancel: CancelToken, *, online: bool = True) -> Detection:
        self.detected.append(asked)
        self.detected_online.append(online)
        wait_for(self.detect_gate, cancel)
        return self.detections.get(asked, Detection(asked, asked.rpartition("@")[2]))

    def watch_mx(self, plan: MigrationPlan, cancel: CancelToken) -> tuple[DomainMail, ...]:
        wait_for(self.mx_gate, cancel)
        return self.mails

    def samples(self) -> SampleMigration:
        folder = self.folder / "samples"
        folder.mkdir(exist_ok=True)
        return SampleMigration(self.accounts, self.given_passwords(), folder)

    def services(self) -> Services:
        return Services(
            create_ledger=create_ledger,
            open_ledger=open_ledger,
            gateway=self.gateway,
            detect=self.detect,
            tester=self.tester,
            secrets=self.choose_secrets,
            temporary_secrets=MemoryStore,
            write_report=write_report,
            samples=self.samples,
            migrations_folder=self.folder / "migrations",
            settings_folder=self.folder / "settings",
            undo_gateway=self.gateway,
            mx_watch=self.watch_mx,
        )

    def _before_append(self, mailbox: FakeMailbox, path: FolderPath) -> None:
        """A destination that is slow until the test lets it go on."""
        self.appending.set()
        assert self.append_gate.wait(_LONGEST_S)
