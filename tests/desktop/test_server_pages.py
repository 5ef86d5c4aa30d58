"""The pages of the two servers as a person uses them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.dialogs.connection_test_dialog import ConnectionTestDialog
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.server_page import ServerPage
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import ServerOrigin, ServerSetup
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.providers import Detection, DetectionStep, StepOutcome, StepReport, UserNameForm
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from tests.desktop.conftest import wait_until
from tests.desktop.driving import go_on, open_wizard, type_server
from tests.desktop.services import NEW, OLD, FakeWorld
from tests.desktop.test_wizard import OpenWindow
from tests.screens.server_scenes import EXMAIL, EXMAIL_SERVER, exmail, gateway, guessed, nothing, offline

ASKED = "anna@acme.cn"


@pytest.fixture
def wizard(open_window: OpenWindow, world: FakeWorld) -> MigrationWizard:
    return open_wizard(open_window(world.services()))


@pytest.fixture
def page(wizard: MigrationWizard) -> ServerPage:
    return wizard.source_page


def type_asked(page: ServerPage, text: str) -> None:
    page.automatic.asked_field.clear()
    QTest.keyClicks(page.automatic.asked_field, text)


def find(page: ServerPage, world: FakeWorld, detection: Detection) -> None:
    """Type what it was asked for, press Enter, and wait for the answer."""
    world.detections[detection.asked] = detection
    type_asked(page, detection.asked)
    QTest.keyClick(page.automatic.asked_field, Qt.Key.Key_Return)
    wait_until(lambda: page.entry.detection == detection and not page.automatic.is_searching)


# The keyboard


def test_the_choice_is_made_with_arrow_keys(page: ServerPage) -> None:
    page.automatic_choice.setFocus()
    QTest.keyClick(page.automatic_choice, Qt.Key.Key_Right)
    assert page.manual_choice.hasFocus()
    assert page.form.isVisible()
    assert page.entry.setup is ServerSetup.MANUAL
    QTest.keyClick(page.manual_choice, Qt.Key.Key_Left)
    assert page.automatic.isVisible()


def test_tab_goes_through_the_page_as_it_is_read(page: ServerPage, world: FakeWorld) -> None:
    find(page, world, replace(exmail(ASKED), provider=replace(EXMAIL, help_urls=())))
    card = page.automatic.card
    reminders = [control for reminder in card.reminders for control in reminder.controls]
    server = (card.candidates_field, card.change_button)
    expected: list[QWidget] = [page.automatic.asked_field, *server, *reminders, page.test_button]
    assert len(expected) == 10
    page.automatic.asked_field.setFocus()
    for widget in expected:
        wait_until(widget.hasFocus)
        QTest.keyClick(widget, Qt.Key.Key_Tab)


# Automatic


def test_a_new_migration_begins_with_an_address_or_domain(wizard: MigrationWizard, page: ServerPage) -> None:
    assert page.automatic_choice.isChecked()
    assert page.automatic.asked_field.isVisible()
    wait_until(page.automatic.asked_field.hasFocus)
    assert not page.form.isVisible()
    assert not page.test_button.isVisible()
    assert not wizard.primary_button().isEnabled()


def test_a_provider_is_found_after_a_pause(wizard: MigrationWizard, page: ServerPage, world: FakeWorld) -> None:
    world.detections[ASKED] = exmail(ASKED)
    type_asked(page, ASKED)
    wait_until(page.automatic.card.isVisible)
    assert world.detected[-1] == ASKED
    assert page.entry.endpoint == EXMAIL_SERVER
    said = page.automatic.card.text()
    for expected in (
        EXMAIL.name,
        EXMAIL.name_zh,
        "MX record",
        "mxbiz1.qq.com",
        "imap.exmail.qq.com:993",
        "TLS",
        "whole address",
    ):
        assert expected in said
    assert wizard.primary_button().isEnabled()
    assert wizard.draft.source.origin == ServerOrigin(ServerSetup.AUTOMATIC, ASKED, "tencent-exmail")


def test_what_has_to_be_done_first_can_be_ticked_and_looked_up(page: ServerPage, world: FakeWorld) -> None:
    find(page, world, exmail(ASKED))
    reminders = page.automatic.card.reminders
    assert len(reminders) == 3
    names = [reminder.box.accessibleName() for reminder in reminders]
    assert "IMAP is switched on" in names[0]
    assert "客户端专用密码" in names[1]
    assert "30 days" in names[2]
    for reminder in reminders:
        assert reminder.where_button is not None
        reminder.where_button.click()
        QTest.mouseClick(reminder, Qt.MouseButton.LeftButton, pos=QPoint(60, 8))
        assert reminder.box.isChecked()
    # Another address of the same domain changes nothing of it.
    QTest.keyClick(page.automatic.asked_field, Qt.Key.Key_Home)
    QTest.keyClicks(page.automatic.asked_field, "x")
    assert page.automatic.card.reminders == reminders
    assert all(reminder.box.isChecked() for reminder in reminders)


def test_typing_on_is_not_disturbed_and_gives_up_the_former_search(
    wizard: MigrationWizard, page: ServerPage, world: FakeWorld
) -> None:
    world.detect_gate.clear()
    world.detections["acme.cn"] = exmail("acme.cn")
    type_asked(page, "acme.c")
    QTest.keyClick(page.automatic.asked_field, Qt.Key.Key_Return)
    wait_until(lambda: world.detected == ["acme.c"])
    assert page.automatic.is_searching
    wait_until(lambda: "acme.c" in page.automatic.notice.text())
    assert not wizard.primary_button().isEnabled()
    QTest.keyClicks(page.automatic.asked_field, "n")
    assert page.automatic.asked_field.text() == "acme.cn"
    assert page.automatic.notice.text() == ""
    QTest.keyClick(page.automatic.asked_field, Qt.Key.Key_Return)
    wait_until(lambda: world.detected == ["acme.c", "acme.cn"])
    world.detect_gate.set()
    wait_until(lambda: not page.automatic.is_searching)
    assert page.entry.detection == exmail("acme.cn")
    assert page.automatic.asked_field.text() == "acme.cn"


def test_a_search_can_be_stopped(page: ServerPage, world: FakeWorld) -> None:
    world.detect_gate.clear()
    type_asked(page, ASKED)
    QTest.keyClick(page.automatic.asked_field, Qt.Key.Key_Return)
    wait_until(page.automatic.notice.button.isVisible)
    assert page.automatic.notice.button.text() == "Stop"
    page.automatic.notice.button.click()
    assert not page.automatic.is_searching
    assert "Stopped" in page.automatic.notice.text()
    assert page.entry.detection is None
    world.detect_gate.set()
    world.detections[ASKED] = exmail(ASKED)
    page.automatic.notice.button.click()
    wait_until(lambda: page.entry.endpoint == EXMAIL_SERVER)


def test_half_an_address_is_not_asked_about(page: ServerPage, world: FakeWorld) -> None:
    type_asked(page, "anna@acme")
    assert not page.automatic.is_searching
    QTest.keyClick(page.automatic.asked_field, Qt.Key.Key_Return)
    assert "whole mail address" in page.automatic.notice.text()
    assert world.detected == []


def test_where_searching_is_switched_off_the_page_says_so(page: ServerPage, world: FakeWorld) -> None:
    steps = (
        StepReport(DetectionStep.DOMAIN_TABLE, StepOutcome.NOTHING),
        StepReport(DetectionStep.MX, StepOutcome.NOT_ASKED),
    )
    find(page, world, replace(nothing(), steps=steps))
    assert "switched off in the settings" in page.automatic.notice.text()
    page.automatic.notice.button.click()
    assert page.manual_choice.isChecked()


def test_nothing_found_tells_what_was_tried_and_leads_to_typing(page: ServerPage, world: FakeWorld) -> None:
    find(page, world, nothing())
    assert "No mail server was found for acme.example" in page.automatic.notice.text()
    assert not page.automatic.card.isVisible()
    assert page.automatic.tried_button.isVisible()
    page.automatic.tried_button.click()
    assert "(mail.acme.example)" in page.automatic.tried
    assert len(page.automatic.tried.splitlines()) == len(DetectionStep)
    page.automatic.notice.button.click()
    assert page.manual_choice.isChecked()
    assert page.form.host_field.hasFocus()


def test_without_a_network_the_search_is_begun_again(page: ServerPage, world: FakeWorld) -> None:
    find(page, world, offline())
    assert "Nothing answered" in page.automatic.notice.text()
    world.detections["acme.example"] = replace(exmail(), asked="acme.example", domain="acme.example")
    page.automatic.notice.button.click()
    wait_until(lambda: page.entry.endpoint == EXMAIL_SERVER)
    assert world.detected == ["acme.example", "acme.example"]


def test_an_answer_from_the_own_table_alone_does_not_mean_that_there_is_a_network(
    page: ServerPage, world: FakeWorld
) -> None:
    table = StepReport(DetectionStep.DOMAIN_TABLE, StepOutcome.NOTHING)
    guess = StepReport(DetectionStep.GUESS, StepOutcome.NOT_ASKED)
    find(page, world, replace(offline(), steps=(table, *offline().steps[:-1], guess)))
    assert "Nothing answered" in page.automatic.notice.text()


def test_a_mistake_of_our_own_is_told_and_can_be_tried_again(
    open_window: OpenWindow, world: FakeWorld, expected_log: Callable[[str], None]
) -> None:
    is_broken = [True]

    def detect(asked: str, cancel: CancelToken, *, online: bool = True) -> Detection:
        if is_broken[0]:
            raise KeyError(asked)
        return exmail(asked)

    expected_log("detection failed in a way that nobody expected")
    page = open_wizard(open_window(replace(world.services(), detect=detect))).source_page
    type_asked(page, ASKED)
    wait_until(lambda: "mistake of its own" in page.automatic.notice.text())
    is_broken[0] = False
    page.automatic.notice.button.click()
    wait_until(lambda: page.entry.endpoint == EXMAIL_SERVER)


def test_a_gateway_is_named_and_another_server_can_be_chosen(page: ServerPage, world: FakeWorld) -> None:
    detection = gateway()
    find(page, world, detection)
    card = page.automatic.card
    assert "Proofpoint" in card.gateway.text()
    assert "browser only" in card.problem.text()
    field = card.candidates_field
    assert field.count() == 2
    assert "outlook.office365.com" in field.currentText()
    field.setCurrentIndex(1)
    field.activated.emit(1)
    assert page.entry.endpoint == detection.servers[1]
    assert "hosting-provider" in field.currentText()


def test_a_gateway_without_a_server_behind_it_is_told(page: ServerPage, world: FakeWorld) -> None:
    find(page, world, replace(gateway(), provider=None, servers=()))
    assert "Proofpoint" in page.automatic.notice.text()
    find(page, world, replace(exmail("bo@other.example"), servers=()))
    assert EXMAIL.name_zh in page.automatic.notice.text()


def test_a_guessed_server_needs_a_yes(wizard: MigrationWizard, page: ServerPage, world: FakeWorld) -> None:
    find(page, world, guessed())
    assert not wizard.primary_button().isEnabled()
    assert not page.test_button.isEnabled()
    consent = page.automatic.card.consent
    assert "Nothing vouches for this server" in consent.text()
    consent.button.click()
    assert wizard.primary_button().isEnabled()
    assert page.test_button.isEnabled()
    assert wizard.draft.source.endpoint == guessed().servers[0]


def test_pop3_is_chosen_and_imap_again(wizard: MigrationWizard, page: ServerPage, world: FakeWorld) -> None:
    find(page, world, exmail(ASKED))
    card = page.automatic.card
    assert card.problem.text() == ""
    card.candidates_field.setCurrentIndex(1)
    card.candidates_field.activated.emit(1)
    assert wizard.draft.source.endpoint == exmail(ASKED).servers[1]
    assert "only the inbox can be read" in card.problem.text()
    assert card.reminders[0].box.accessibleName() == "POP3 is switched on for every mailbox"
    assert wizard.primary_button().isEnabled()
    QTest.mouseClick(card.problem.button, Qt.MouseButton.LeftButton)
    assert wizard.draft.source.endpoint == EXMAIL_SERVER
    assert card.candidates_field.currentIndex() == 0
    assert card.reminders[0].box.accessibleName() == "IMAP is switched on for every mailbox"
    assert card.problem.text() == ""


def test_a_provider_with_pop3_alone_is_a_source_but_no_destination(
    wizard: MigrationWizard, page: ServerPage, world: FakeWorld
) -> None:
    only_pop3 = replace(exmail(ASKED), servers=exmail(ASKED).servers[1:], provider=replace(EXMAIL, imap=()))
    find(page, world, only_pop3)
    assert "only the inbox can be read" in page.automatic.card.problem.text()
    assert page.automatic.card.problem.button.isHidden()
    go_on(wizard, Step.DESTINATION)
    find(wizard.destination_page, world, only_pop3)
    assert "Nothing can be put into a mailbox by POP3" in wizard.destination_page.automatic.card.problem.text()
    assert not wizard.primary_button().isEnabled()


# By hand


def test_automatic_and_by_hand_keep_what_was_typed_in_each(
    wizard: MigrationWizard, page: ServerPage, world: FakeWorld
) -> None:
    find(page, world, exmail(ASKED))
    type_server(page, Endpoint("10.0.0.7", 1993))
    assert wizard.draft.source.origin.setup is ServerSetup.MANUAL
    page.automatic_choice.click()
    assert page.automatic.asked_field.text() == ASKED
    assert page.entry.endpoint == EXMAIL_SERVER
    page.manual_choice.click()
    assert page.form.host_field.text() == "10.0.0.7"
    assert page.entry.endpoint == Endpoint("10.0.0.7", 1993)
    assert world.detected == [ASKED]


def test_change_fills_in_what_was_found(page: ServerPage, world: FakeWorld) -> None:
    find(page, world, replace(exmail(ASKED), user_name=UserNameForm.LOCAL))
    page.automatic.card.change_button.click()
    assert page.manual_choice.isChecked()
    assert page.form.host_field.text() == EXMAIL_SERVER.host
    assert page.form.user_name_field.currentData() == UserNameForm.LOCAL


def test_choosing_by_hand_gives_up_the_search(page: ServerPage, world: FakeWorld) -> None:
    world.detect_gate.clear()
    world.detections[ASKED] = exmail(ASKED)
    type_asked(page, ASKED)
    QTest.keyClick(page.automatic.asked_field, Qt.Key.Key_Return)
    page.manual_choice.click()
    assert not page.automatic.is_searching
    QTest.keyClicks(page.form.host_field, "imap.acme.cn")
    world.detect_gate.set()
    page.automatic_choice.click()
    wait_until(lambda: page.entry.endpoint == EXMAIL_SERVER)


def test_pop3_is_offered_for_the_source_alone(wizard: MigrationWizard, page: ServerPage) -> None:
    type_server(page, OLD)
    field = page.form.protocol_field
    field.setCurrentIndex(field.findData(MailProtocol.POP3))
    field.activated.emit(field.currentIndex())
    assert page.form.port_field.value() == 995
    assert "only the inbox can be read" in page.form.notice.text()
    assert page.form.notice.button.isHidden()
    assert wizard.draft.source.endpoint == Endpoint(OLD.host, 995, protocol=MailProtocol.POP3)
    assert page.test_button.isEnabled()
    assert wizard.destination_page.form.protocol_field.count() == 1


def test_a_server_found_and_changed_to_pop3_goes_back_to_imap(
    wizard: MigrationWizard, page: ServerPage, world: FakeWorld
) -> None:
    find(page, world, exmail(ASKED))
    page.automatic.card.change_button.click()
    field = page.form.protocol_field
    field.setCurrentIndex(field.findData(MailProtocol.POP3))
    field.activated.emit(field.currentIndex())
    assert wizard.draft.source.protocol is MailProtocol.POP3
    QTest.mouseClick(page.form.notice.button, Qt.MouseButton.LeftButton)
    assert wizard.draft.source.endpoint == EXMAIL_SERVER
    assert page.form.notice.text() == ""


def test_without_encryption_both_remarks_are_made(page: ServerPage) -> None:
    type_server(page, Endpoint("10.0.0.7", 110, Security.PLAIN, MailProtocol.POP3))
    assert "readable for everyone" in page.form.notice.text()
    assert "only the inbox can be read" in page.form.notice.text()


def test_a_test_that_says_reading_deletes_is_remembered(
    wizard: MigrationWizard, page: ServerPage, world: FakeWorld
) -> None:
    type_server(page, Endpoint(OLD.host, 995, protocol=MailProtocol.POP3))
    world.tester.results = (StageResult(Stage.FOLDERS, Failure(Reason.READING_DELETES, Side.SOURCE)),)
    assert not wizard.draft.reading_deletes
    page.test_button.click()
    dialog = page.findChild(ConnectionTestDialog)
    assert dialog is not None
    dialog.address_field.setText(ASKED)
    dialog.password_field.setText("right")
    dialog.test_button.click()
    wait_until(lambda: wizard.draft.reading_deletes)
    dialog.reject()


def test_the_form_of_user_names_is_kept(wizard: MigrationWizard, page: ServerPage) -> None:
    type_server(page, OLD)
    field = page.form.user_name_field
    field.setCurrentIndex(field.findData(UserNameForm.LOCAL))
    field.activated.emit(field.currentIndex())
    assert wizard.draft.source.login_name(ASKED) == "anna"
    page.form.port_field.setValue(1993)
    QTest.keyClicks(page.form.host_field, "x")
    assert wizard.draft.source.user_name is UserNameForm.LOCAL


def test_the_old_server_itself_is_recommended_at_the_source_alone(wizard: MigrationWizard, page: ServerPage) -> None:
    type_server(page, OLD)
    assert "IP address" in page.hint.text()
    assert page.hint.isVisible()
    go_on(wizard, Step.DESTINATION)
    type_server(wizard.destination_page, NEW)
    assert not wizard.destination_page.hint.isVisible()


def test_going_back_and_on_keeps_what_was_found(wizard: MigrationWizard, page: ServerPage, world: FakeWorld) -> None:
    find(page, world, exmail(ASKED))
    go_on(wizard, Step.DESTINATION)
    find(wizard.destination_page, world, replace(exmail("b@new.example"), servers=(NEW,)))
    wizard.back()
    assert page.automatic.card.isVisible()
    go_on(wizard, Step.DESTINATION)
    assert wizard.destination_page.entry.endpoint == NEW
    assert world.detected == [ASKED, "b@new.example"]


# Test and pins


def open_test(page: ServerPage) -> ConnectionTestDialog:
    page.test_button.click()
    return next(dialog for dialog in page.findChildren(ConnectionTestDialog) if dialog.isVisible())


def test_a_test_knows_the_address_and_its_outcome_stays_on_the_page(page: ServerPage, world: FakeWorld) -> None:
    find(page, world, exmail(ASKED))
    dialog = open_test(page)
    assert dialog.address_field.text() == ASKED
    QTest.keyClicks(dialog.password_field, "p")
    dialog.test_button.click()
    wait_until(lambda: not page._testing.is_running)
    dialog.close()
    assert page.tested.text() == f"Tested with {ASKED}: works."
    page.automatic.card.change_button.click()
    assert page.tested.text() != ""
    page.form.port_field.setValue(1993)
    assert page.tested.text() == ""


def test_a_certificate_that_is_trusted_is_seen_and_can_be_removed(wizard: MigrationWizard, page: ServerPage) -> None:
    type_server(page, OLD)
    dialog = open_test(page)
    dialog.pinned.emit(CertificatePin(OLD.host, OLD.port, "aa"))
    dialog.close()
    assert "1 certificate is trusted by you, for imap.old.example:993 only" in page.pin_notice.text()
    assert wizard.draft.plan().options.pins == (CertificatePin(OLD.host, OLD.port, "aa"),)
    page.form.port_field.setValue(1993)
    assert page.pin_notice.text() == ""
    page.form.port_field.setValue(OLD.port)
    page.pin_notice.button.click()
    assert page.pin_notice.text() == ""
    assert wizard.draft.options.pins == ()


# One mailbox


def test_the_address_of_one_mailbox_is_not_typed_twice(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    QTest.mouseClick(window.start_page.single_button, Qt.MouseButton.LeftButton)
    wizard = window.wizard
    assert wizard is not None
    find(wizard.source_page, world, exmail(ASKED))
    dialog = open_test(wizard.source_page)
    QTest.keyClicks(dialog.password_field, "s3cret")
    dialog.test_button.click()
    wait_until(lambda: not wizard.questions.testing.is_running)
    dialog.close()
    go_on(wizard, Step.DESTINATION)
    find(wizard.destination_page, world, replace(exmail("anna@new.example"), servers=(NEW,)))
    go_on(wizard, Step.ACCOUNTS)
    single = wizard.accounts_page.single
    assert single.source_user.text() == ASKED
    assert single.source_password.secret() == Secret("s3cret")
    assert single.destination_user.text() == "anna@new.example"


# Closing


@pytest.mark.parametrize("closes_window", [True, False])
def test_closing_while_something_runs_leaves_no_thread(
    open_window: OpenWindow, world: FakeWorld, spawn: QtSpawn, closes_window: bool
) -> None:
    world.detect_gate.clear()
    world.tester.gate.clear()
    window: MainWindow = open_window(world.services())
    wizard = open_wizard(window)
    type_server(wizard.source_page, OLD)
    go_on(wizard, Step.DESTINATION)
    type_asked(wizard.destination_page, ASKED)
    QTest.keyClick(wizard.destination_page.automatic.asked_field, Qt.Key.Key_Return)
    wizard.back()
    dialog = open_test(wizard.source_page)
    dialog.address_field.setText("anna")
    QTest.keyClicks(dialog.password_field, "p")
    dialog.test_button.click()
    wait_until(lambda: bool(world.tester.asked))
    if closes_window:
        window.close_for_good()
    else:
        wizard.close_for_good()
    wait_until(lambda: not {"detection", "connection test"} & set(spawn.running))
    assert not wizard.questions.testing.is_running
