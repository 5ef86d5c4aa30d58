"""How late the UI thread is while the wizard waits for others: name servers, mail servers, logins."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mailmove_gui.app import Program, Samples, Secrets, make_application, make_services
from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.server_entry import entry_of
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.probe import ImapProber
from mailmove_gui.mail.tls import client_context
from mailmove_gui.providers.detection import ServerDetector
from mailmove_gui.providers.name_servers import NameServers
from mailmove_gui.secrets import Redactor
from tests.bench.ui_responsiveness import PASSWORD, TWENTY, servers
from tests.bench.watching import GOAL_MAX_MS, GOAL_P99_MS, Measured, measured, run_until
from tests.unit.providers.name_server import NameServer, Zone

AT_ONCE = 4
"""As many as a new migration begins with."""
_ZONE: Zone = {("acme.example", "MX"): ["10 mxbiz1.qq.com."]}


def _search(wizard: MigrationWizard, name: str, asked: str) -> Measured:
    page = wizard.source_page
    page.automatic_choice.click()

    def begin() -> None:
        page.automatic.asked_field.clear()
        QTest.keyClicks(page.automatic.asked_field, asked)

    return measured(name, begin, lambda: wizard.draft.source.detection is not None)


def _check(wizard: MigrationWizard) -> Measured:
    for _step in range(Step.WHAT):
        wizard.next()
    assert wizard.currentId() == Step.WHAT
    return measured(
        f"check of {TWENTY.accounts} accounts, {TWENTY.messages} messages each, {AT_ONCE} at once",
        wizard.next,
        lambda: wizard.currentId() == Step.CHECK and not wizard.checker.is_running,
    )


def _draft(source_port: int, destination_port: int) -> MigrationDraft:
    source = Endpoint("127.0.0.1", source_port, Security.PLAIN)
    destination = Endpoint("127.0.0.1", destination_port, Security.PLAIN)
    secret = Secret(PASSWORD)
    rows = tuple(
        AccountRow(number, f"user{number}@old.example", secret, f"user{number}@new.example", secret)
        for number in range(TWENTY.accounts)
    )
    options = Options(accounts_at_once=AT_ONCE)
    return MigrationDraft(entry_of(source), entry_of(destination), rows, options=options)


def _measure(folder: Path) -> list[Measured]:
    services = make_services(
        Secrets(Redactor()), Samples(), migrations_folder=folder, settings_folder=folder / "settings"
    )
    found: list[Measured] = []
    with NameServer(_ZONE) as answering, NameServer(mute=True) as silent, servers(TWENTY, inside=False) as ports:
        for name, server, asked in (
            ("search that finds", answering, "anna@acme.example"),
            ("search that nobody answers", silent, "anna@acme.example"),
        ):
            detect = ServerDetector(
                ImapProber(),
                tls_context=client_context,
                name_servers=NameServers(("127.0.0.1",), (), server.port),
            )
            program = Program(replace(services, detect=detect))
            window = program.open_window()
            wizard = MigrationWizard(window.background, window.checker, window.questions, folder, None, window)
            wizard.show()
            found.append(_search(wizard, name, asked))
            wizard.close_for_good()
            window.close_for_good()
            run_until(lambda program=program: not program.windows)  # type: ignore[misc]
            assert program.spawn.join(10)
        program = Program(services)
        window = program.open_window()
        wizard = MigrationWizard(window.background, window.checker, window.questions, folder, _draft(*ports), window)
        wizard.show()
        found.append(_check(wizard))
        assert len(wizard.draft.passed()) == TWENTY.accounts
        wizard.close_for_good()
        window.close_for_good()
        run_until(lambda: not program.windows)
        assert program.spawn.join(10)
    return found


def run() -> list[str]:
    """The table."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else make_application([])
    application.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory(prefix="mailmove-bench-") as name:
        rows = [one.line() for one in _measure(Path(name))]
    return [
        "UI thread while the wizard waits",
        f"(goal: late at p99 {GOAL_P99_MS:.0f} ms, max {GOAL_MAX_MS:.0f} ms)",
        "",
        "| what | seconds | late p99 ms | max ms | goal met |",
        "|---|---|---|---|---|",
        *rows,
    ]
