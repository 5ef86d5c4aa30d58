"""Goes through the wizard as a person does: fields, tables, buttons."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.accounts_model import Column
from mailmove_gui.desktop.wizard.server_page import ServerPage
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import RUNNING, AccountState
from tests.desktop.conftest import wait_until


def type_server(page: ServerPage, endpoint: Endpoint) -> None:
    """Choose to enter the server by hand, choose the protocol, type its name, then choose encryption and port."""
    page.manual_choice.click()
    form = page.form
    protocol = form.protocol_field.findData(endpoint.protocol)
    form.protocol_field.setCurrentIndex(protocol)
    form.protocol_field.activated.emit(protocol)
    form.host_field.clear()
    QTest.keyClicks(form.host_field, endpoint.host)
    position = form.security_field.findData(endpoint.security)
    form.security_field.setCurrentIndex(position)
    form.security_field.activated.emit(position)
    form.port_field.setValue(endpoint.port)
    assert page.entry.endpoint == endpoint


def go_on(wizard: MigrationWizard, to: Step) -> None:
    """Press the primary button, and be on that page then."""
    button = wizard.primary_button()
    assert button.isEnabled(), f"cannot go on from page {wizard.currentId()}"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert wizard.currentId() == to


def type_accounts(wizard: MigrationWizard, accounts: Iterable[Account], passwords: dict[SecretKey, Secret]) -> None:
    """Type accounts into the table, one row after the other."""
    model = wizard.accounts_page.model
    for number, account in enumerate(accounts):
        if number >= model.rowCount():
            model.add_blank()
        for column, text in (
            (Column.SOURCE_USER, account.source.user),
            (Column.SOURCE_PASSWORD, passwords[account.secret_key(Side.SOURCE)].reveal()),
            (Column.DESTINATION_USER, account.destination.user),
            (Column.DESTINATION_PASSWORD, passwords[account.secret_key(Side.DESTINATION)].reveal()),
        ):
            assert model.setData(model.index(number, column), text)


def open_wizard(window: MainWindow) -> MigrationWizard:
    """From the start page to the wizard's first page."""
    QTest.mouseClick(window.start_page.many_button, Qt.MouseButton.LeftButton)
    assert window.wizard is not None
    return window.wizard


def to_accounts(wizard: MigrationWizard, source: Endpoint, destination: Endpoint) -> None:
    """From the first page to the third."""
    type_server(wizard.source_page, source)
    go_on(wizard, Step.DESTINATION)
    type_server(wizard.destination_page, destination)
    go_on(wizard, Step.ACCOUNTS)


def to_check(wizard: MigrationWizard) -> None:
    """From the accounts to the check; everything is moved."""
    go_on(wizard, Step.WHAT)
    go_on(wizard, Step.CHECK)


def check(wizard: MigrationWizard, timeout_s: float = 20.0) -> None:
    """From the accounts over what to move to the check, until that is over."""
    to_check(wizard)
    wait_until(lambda: not wizard.checker.is_running, timeout_s)


def start(window: MainWindow, wizard: MigrationWizard, timeout_s: float = 20.0) -> None:
    """From the check over the last page to the board."""
    go_on(wizard, Step.START)
    wait_until(wizard.start_page.isComplete)
    QTest.mouseClick(wizard.primary_button(), Qt.MouseButton.LeftButton)
    wait_until(lambda: window.wizard is None, timeout_s)
    assert window.has_migration


def wait_for_rest(window: MainWindow, timeout_s: float = 60.0) -> None:
    """Until all accounts were started and none runs any more."""
    before_or_in_a_run = RUNNING | {AccountState.NOT_STARTED}
    wait_until(lambda: not any(row.state in before_or_in_a_run for row in window.board.model.rows), timeout_s)
