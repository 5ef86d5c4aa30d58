"""What to move: everything, unless somebody says otherwise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QDate

from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.what_page import WhatPage
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.endpoints import MailProtocol
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.texts import numbers
from tests.desktop.conftest import wait_until
from tests.desktop.driving import check, go_on, open_wizard, start, to_accounts, type_accounts, wait_for_rest
from tests.desktop.services import NEW, OLD, FakeWorld
from tests.unit.engine.fake_mail import FakeFolder, mail

OpenWindow = Callable[[Services], MainWindow]


@pytest.fixture
def wizard(open_window: OpenWindow, world: FakeWorld) -> MigrationWizard:
    opened = open_wizard(open_window(world.services()))
    to_accounts(opened, OLD, NEW)
    type_accounts(opened, world.accounts, world.given_passwords())
    return opened


@pytest.fixture
def page(wizard: MigrationWizard) -> WhatPage:
    go_on(wizard, Step.WHAT)
    return wizard.what_page


def names(wizard: MigrationWizard) -> list[str]:
    return list(wizard.draft.options.folders)


def test_one_can_just_go_on(wizard: MigrationWizard, page: WhatPage) -> None:
    assert wizard.primary_button().text().replace("&", "") == "Check 2 accounts"
    assert page.all_button.isChecked()
    assert not page.names_field.isEnabled()
    assert page.notice.text() == ""
    go_on(wizard, Step.CHECK)
    assert wizard.draft.options == Options()


def test_everything_lands_in_the_options(wizard: MigrationWizard, page: WhatPage) -> None:
    page.not_unwanted_button.click()
    page.since_box.click()
    page.since_field.setDate(QDate(2020, 2, 29))
    page.before_box.click()
    page.before_field.setDate(QDate(2024, 1, 1))
    page.size_box.click()
    page.size_field.setValue(40)
    page.order_field.setCurrentIndex(1)
    page.order_field.activated.emit(1)
    page.at_once_field.setValue(7)
    expected = Options(
        since=date(2020, 2, 29),
        before=date(2024, 1, 1),
        max_size_bytes=40_000_000,
        exclude_roles=frozenset({FolderRole.JUNK, FolderRole.TRASH}),
        order=MessageOrder.OLDEST_FIRST,
        accounts_at_once=7,
    )
    assert wizard.draft.options == expected
    wizard.back()
    go_on(wizard, Step.WHAT)
    assert page.not_unwanted_button.isChecked()
    assert page.since_field.date() == QDate(2020, 2, 29)
    assert wizard.draft.options == expected
    page.since_box.click()
    page.all_button.click()
    assert wizard.draft.options.since is None
    assert wizard.draft.options.exclude_roles == frozenset()


def test_folders_are_typed_one_a_line(wizard: MigrationWizard, page: WhatPage) -> None:
    page.named_button.click()
    assert "No folder is named." in page.notice.text()
    assert not wizard.primary_button().isEnabled()
    page.names_field.setPlainText("INBOX\n\n Projects/* \nINBOX\n")
    assert names(wizard) == ["INBOX", "Projects/*"]
    assert wizard.primary_button().isEnabled()
    assert page.pick_button.isHidden()
    page.all_button.click()
    assert names(wizard) == []
    page.named_button.click()
    assert names(wizard) == ["INBOX", "Projects/*"]


def test_days_that_leave_nothing_are_named(wizard: MigrationWizard, page: WhatPage) -> None:
    page.since_field.setDate(QDate(2024, 1, 1))
    page.before_field.setDate(QDate(2024, 1, 1))
    page.since_box.click()
    page.before_box.click()
    assert "Change one of the days." in page.notice.text()
    assert not wizard.primary_button().isEnabled()
    page.before_field.setDate(QDate(2024, 1, 2))
    assert page.notice.text() == ""
    assert wizard.primary_button().isEnabled()


def test_folders_are_picked_once_an_account_was_checked(
    wizard: MigrationWizard, world: FakeWorld, page: WhatPage
) -> None:
    for box in world.sources.values():
        box.folder("R&D", "a/b")
    go_on(wizard, Step.CHECK)
    wait_until(lambda: not wizard.checker.is_running)
    wizard.back()
    assert not page.pick_button.isHidden()
    page.pick_button.menu().aboutToShow.emit()
    actions = page.pick_button.menu().actions()
    assert [action.text() for action in actions] == ["INBOX", "R&&D/a//b"]
    actions[1].trigger()
    assert page.named_button.isChecked()
    assert names(wizard) == ["R&D/a//b"]
    actions[1].trigger()
    assert names(wizard) == ["R&D/a//b"]
    # What is moved is another selection now, so it is counted again.
    go_on(wizard, Step.CHECK)
    wait_until(lambda: not wizard.checker.is_running)
    assert wizard.check_page.status == "2 accounts can be moved · 0 messages · 0 bytes"


@pytest.fixture
def pop3_page(open_window: OpenWindow, world: FakeWorld) -> WhatPage:
    """The source of all accounts speaks POP3; what is chosen goes the way of a person."""
    wizard = open_wizard(open_window(world.services()))
    to_accounts(wizard, replace(OLD, port=995, protocol=MailProtocol.POP3), NEW)
    type_accounts(
        wizard,
        world.accounts,
        {one.secret_key(side): Secret("right") for one in world.accounts for side in Side},
    )
    return wizard.what_page


def test_pop3_has_choices_of_its_own_and_no_folders(pop3_page: WhatPage) -> None:
    wizard = pop3_page.wizard()
    assert isinstance(wizard, MigrationWizard)
    wizard.change(replace(wizard.draft, options=Options(folders=("Projects",))))
    go_on(wizard, Step.WHAT)
    assert not pop3_page.all_button.isVisible()
    # A choice of folders that was made for another server would leave nothing of the inbox.
    assert wizard.draft.options == Options()
    assert pop3_page.pop3.isVisible()
    assert not pop3_page.pop3.may_delete_box.isVisible()
    pop3_page.pop3.unread_box.click()
    assert wizard.draft.options == Options(pop3_unread=True)
    wizard.back()
    go_on(wizard, Step.WHAT)
    assert pop3_page.pop3.unread_box.isChecked()


def test_reading_where_it_deletes_is_asked_about_after_a_check_that_says_so(pop3_page: WhatPage) -> None:
    wizard = pop3_page.wizard()
    assert isinstance(wizard, MigrationWizard)
    go_on(wizard, Step.WHAT)
    first = wizard.draft.accounts()[0].id
    failed = AccountCheck(first, Failure(Reason.READING_DELETES, Side.SOURCE))
    go_on(wizard, Step.CHECK)
    wait_until(lambda: not wizard.checker.is_running)
    wizard.change(replace(wizard.draft, checks={first: failed}))
    wizard.back()
    assert pop3_page.pop3.may_delete_box.isVisible()
    assert "may be lost" in pop3_page.pop3.warning.text()
    pop3_page.pop3.may_delete_box.click()
    assert wizard.draft.options == Options(pop3_may_delete=True)
    # Having said yes, one can still take it back.
    wizard.change(replace(wizard.draft, checks={}))
    go_on(wizard, Step.CHECK)
    wait_until(lambda: not wizard.checker.is_running)
    wizard.back()
    assert pop3_page.pop3.may_delete_box.isVisible()


def test_imap_has_nothing_of_it(page: WhatPage) -> None:
    assert not page.pop3.isVisible()
    assert page.all_button.isVisible()


def test_what_was_left_out_stays_behind(open_window: OpenWindow, world: FakeWorld) -> None:
    for box in world.sources.values():
        box.folders["Spam",] = FakeFolder(role=FolderRole.JUNK)
        box.folder("Spam").add(mail("spam"))
    window = open_window(world.services())
    wizard = open_wizard(window)
    to_accounts(wizard, OLD, NEW)
    type_accounts(wizard, world.accounts, world.given_passwords())
    go_on(wizard, Step.WHAT)
    wizard.what_page.not_unwanted_button.click()
    wizard.back()
    check(wizard)
    assert wizard.check_page.status.startswith(f"2 accounts can be moved · {numbers.messages(24)}")
    start(window, wizard)
    wait_for_rest(window)
    assert [row.counts.moved for row in window.board.model.rows] == [12, 12]
    assert all("Spam" not in path for box in world.destinations.values() for path in box.folders)
