from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.testing import ConnectionTesting
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.dialogs.certificate_dialog import CertificateDialog
from mailmove_gui.desktop.dialogs.connection_test_dialog import ConnectionTestDialog
from mailmove_gui.desktop.widgets.stage_list import StepState
from mailmove_gui.domain.certificates import Certificate, CertificatePin
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.providers import UserNameForm
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from tests.desktop.conftest import clean_up, wait_until
from tests.desktop.services import OLD, FakeTester, FakeWorld

CERTIFICATE = Certificate(
    "CN=mail.hosting.example",
    ("mail.hosting.example", "*.hosting.example"),
    "CN=Hosting CA",
    datetime(2024, 3, 1, tzinfo=UTC),
    datetime(2027, 3, 1, tzinfo=UTC),
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)
WRONG_HOST = StageResult(Stage.TLS, Failure(Reason.CERTIFICATE_WRONG_HOST, Side.SOURCE), certificate=CERTIFICATE)
_P = StepState


class PinningTester(FakeTester):
    """Its certificate fits nobody, so it must be pinned."""

    def test(
        self,
        mailbox: Mailbox,
        secret: Secret,
        side: Side,
        options: Options,
        report: Callable[[StageResult], None],
        cancel: CancelToken,
    ) -> None:
        pins = [pin.sha256 for pin in options.pins if pin.is_for(mailbox.endpoint)]
        before = (StageResult(Stage.NAME), StageResult(Stage.CONNECT))
        rest = tuple(StageResult(stage) for stage in list(Stage)[2:])
        self.results = (*before, *rest) if CERTIFICATE.sha256 in pins else (*before, WRONG_HOST)
        super().test(mailbox, secret, side, options, report, cancel)


class Opened:
    """A dialog and what it told; pins go into its options, as on the page."""

    def __init__(self, world: FakeWorld, spawn: QtSpawn, form: UserNameForm = UserNameForm.FULL) -> None:
        self.options = Options()
        self.pins: list[CertificatePin] = []
        self.logins: list[tuple[str, Secret]] = []
        self.ends: list[str] = []
        self.testing = ConnectionTesting(world.services(), spawn)
        self.dialog = ConnectionTestDialog(
            self.testing, OLD, Side.SOURCE, form, lambda: self.options, "anna@old.example"
        )
        self.dialog.pinned.connect(self._pin)
        self.dialog.logged_in.connect(self._log_in)
        self.dialog.ended.connect(self.ends.append)
        self.dialog.show()

    def run(self, password: str = "p") -> None:
        QTest.keyClicks(self.dialog.password_field, password)
        QTest.keyClick(self.dialog.password_field, Qt.Key.Key_Return)
        wait_until(lambda: not self.is_running())

    def is_running(self) -> bool:
        return self.testing.is_running

    def states(self) -> list[StepState]:
        return [self.dialog.stages.state(stage) for stage in Stage]

    def _pin(self, pin: CertificatePin) -> None:
        self.pins.append(pin)
        self.options = replace(self.options, pins=(pin,))

    def _log_in(self, address: str, secret: Secret) -> None:
        self.logins.append((address, secret))


OpenDialog = Callable[..., Opened]


@pytest.fixture
def open_dialog(world: FakeWorld, spawn: QtSpawn, qapp: object) -> Iterator[OpenDialog]:
    made: list[Opened] = []

    def make(form: UserNameForm = UserNameForm.FULL) -> Opened:
        made.append(Opened(world, spawn, form))
        return made[-1]

    yield make
    for one in made:
        one.dialog.close()
        assert one.testing.join(10.0)
        one.dialog.deleteLater()
        one.testing.deleteLater()
    clean_up()


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_everything_works(open_dialog: OpenDialog, world: FakeWorld) -> None:
    opened = open_dialog()
    assert not opened.dialog.test_button.isEnabled()
    opened.run(" s3cret ")
    assert opened.states() == [_P.PASSED] * len(Stage)
    assert "Everything works" in opened.dialog.notice.text()
    assert opened.logins == [("anna@old.example", Secret(" s3cret "))]
    assert opened.ends == ["Tested with anna@old.example: works."]
    assert world.tester.asked[0][0] == Mailbox(OLD, "anna@old.example")


def test_the_login_name_follows_the_form(open_dialog: OpenDialog, world: FakeWorld) -> None:
    open_dialog(UserNameForm.LOCAL).run()
    assert world.tester.asked[0][0].user == "anna"


def test_a_wrong_password_says_what_to_do_and_the_servers_words_on_demand(
    open_dialog: OpenDialog, world: FakeWorld
) -> None:
    failure = Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO [AUTHENTICATIONFAILED] Login failed")
    passed = tuple(StageResult(stage) for stage in list(Stage)[:4])
    world.tester.results = (*passed, StageResult(Stage.LOGIN, failure))
    opened = open_dialog()
    opened.run()
    assert opened.states() == [*[_P.PASSED] * 4, _P.FAILED, _P.LEFT_OUT]
    assert opened.dialog.stages.detail(Stage.FOLDERS) == "not reached"
    assert "does not accept this password" in opened.dialog.notice.text()
    assert opened.dialog.notice.button.isHidden()
    assert opened.logins == []
    assert "Login" in opened.ends[0]
    assert opened.dialog.words_button.isVisible()
    assert opened.dialog.server_words == "NO [AUTHENTICATIONFAILED] Login failed"
    opened.dialog.words_button.click()
    assert opened.dialog.words_button.is_open
    opened.dialog.password_field.clear()
    assert not opened.dialog.test_button.isEnabled()


def test_steps_that_are_not_needed_are_told_as_such(open_dialog: OpenDialog, world: FakeWorld) -> None:
    world.tester.results = tuple(StageResult(stage) for stage in Stage if stage is not Stage.TLS)
    opened = open_dialog()
    opened.run()
    assert opened.dialog.stages.state(Stage.TLS) is _P.LEFT_OUT
    assert opened.dialog.stages.detail(Stage.TLS) == "not needed"
    assert "Everything works" in opened.dialog.notice.text()


def test_a_slow_test_shows_where_it_is_and_can_be_stopped(open_dialog: OpenDialog, world: FakeWorld) -> None:
    world.tester.gate.clear()
    opened = open_dialog()
    QTest.keyClicks(opened.dialog.password_field, "p")
    opened.dialog.test_button.click()
    assert opened.is_running()
    assert opened.states()[:2] == [_P.BUSY, _P.WAITING]
    assert opened.dialog.test_button.text().replace("&", "") == "Stop"
    assert opened.dialog.password_field.isReadOnly()
    opened.dialog.test_button.click()
    assert not opened.is_running()
    assert opened.dialog.test_button.text().replace("&", "") == "Test"
    assert opened.dialog.notice.text() == "Stopped."
    world.tester.gate.set()
    assert opened.testing.join(10.0)
    clean_up()
    assert opened.logins == []
    assert _P.PASSED not in opened.states()


def test_closing_ends_the_test(open_dialog: OpenDialog, world: FakeWorld) -> None:
    world.tester.gate.clear()
    opened = open_dialog()
    QTest.keyClicks(opened.dialog.password_field, "p")
    opened.dialog.test_button.click()
    wait_until(lambda: bool(world.tester.asked))
    QTest.keyClick(opened.dialog, Qt.Key.Key_Escape)
    assert not opened.dialog.isVisible()
    assert not opened.is_running()
    assert opened.testing.join(10.0)
    clean_up()
    assert opened.ends == []


def test_a_dialog_hears_nothing_of_the_tests_of_a_later_one(open_dialog: OpenDialog, world: FakeWorld) -> None:
    opened = open_dialog()
    opened.dialog.close()
    opened.testing.start(Mailbox(OLD, "bo"), Secret("p"), Side.SOURCE, Options())
    wait_until(lambda: not opened.is_running())
    assert opened.logins == []
    assert opened.ends == []


def test_a_mistake_of_our_own_is_told(
    open_dialog: OpenDialog, world: FakeWorld, expected_log: Callable[[str], None]
) -> None:
    class Broken(FakeTester):
        def test(self, *arguments: object) -> None:
            raise KeyError("no such thing")

    expected_log("connection test failed in a way that nobody expected")
    world.tester = Broken()
    opened = open_dialog()
    opened.run()
    assert "a mistake of its own" in opened.dialog.notice.text()
    assert opened.dialog.test_button.isEnabled()


def certificate_of(opened: Opened) -> CertificateDialog:
    opened.dialog.notice.button.click()
    found = [one for one in opened.dialog.findChildren(CertificateDialog) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def test_a_certificate_is_trusted_by_a_deliberate_act_and_the_test_goes_on(
    open_dialog: OpenDialog, world: FakeWorld
) -> None:
    world.tester = PinningTester()
    opened = open_dialog()
    opened.run()
    assert opened.states() == [_P.PASSED, _P.PASSED, _P.FAILED, _P.LEFT_OUT, _P.LEFT_OUT, _P.LEFT_OUT]
    assert "certificate" in opened.dialog.notice.text()
    certificate = certificate_of(opened)
    assert not certificate.trust_button.isEnabled()
    assert "imap.old.example:993" in certificate.trust_button.text()
    certificate.compared_box.click()
    certificate.trust_button.click()
    wait_until(lambda: not opened.is_running())
    assert opened.pins == [CertificatePin(OLD.host, OLD.port, CERTIFICATE.sha256)]
    assert world.tester.asked[-1][2].pins == tuple(opened.pins)
    assert opened.states() == [_P.PASSED] * len(Stage)


def test_a_certificate_that_is_not_trusted_changes_nothing(open_dialog: OpenDialog, world: FakeWorld) -> None:
    world.tester = PinningTester()
    opened = open_dialog()
    opened.run()
    certificate = certificate_of(opened)
    QTest.keyClick(certificate, Qt.Key.Key_Return)
    assert not certificate.isVisible()
    assert opened.pins == []
    assert len(world.tester.asked) == 1


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "not for 2001:db8::20"),
        (datetime(2028, 1, 1, tzinfo=UTC), "expired on 2027-03-01"),
        (datetime(2020, 1, 1, tzinfo=UTC), "valid only from 2024-03-01"),
    ],
)
def test_a_certificate_shows_all_that_is_needed_to_judge_it(
    keep: Callable[[QWidget], QWidget], now: datetime, said: str
) -> None:
    server, reason = Endpoint("2001:db8::20", 1993), Reason.CERTIFICATE_WRONG_HOST
    shown = texts(keep(CertificateDialog(CERTIFICATE, server, reason, now=now)))
    for expected in ("*.hosting.example", "CN=Hosting CA", "[2001:db8::20]:1993", "2024-03-01", "2027-03-01", said):
        assert expected in shown
    assert CERTIFICATE.fingerprint in shown.replace("\n", "")


def test_a_certificate_for_a_hundred_names_fits_the_window(keep: Callable[[QWidget], QWidget]) -> None:
    many = replace(CERTIFICATE, names=tuple(f"{number}.hosting.example" for number in range(100)))
    dialog = keep(CertificateDialog(many, OLD, Reason.CERTIFICATE_WRONG_HOST))
    assert dialog.sizeHint().height() <= theme.SMALLEST_HEIGHT
