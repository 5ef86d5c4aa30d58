"""The way of a report through the window, in every format, and what the PDF says."""

import shutil
import subprocess
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QRadioButton

from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.pdf import write_pdf
from mailmove_gui.desktop.bridge.services import ReportFormat, Services
from mailmove_gui.desktop.dialogs.report_dialog import ReportDialog
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import RefusalRecord
from mailmove_gui.ledger import SqliteLedger, create_ledger
from tests.desktop.conftest import wait_until
from tests.desktop.services import FakeWorld
from tests.servers.leaks import leaks_below
from tests.unit.report.sample import HOSTILE, NOW, account, fill, sample_ledger

OpenWindow = Callable[[Services], MainWindow]
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")


@pytest.fixture
def ledger(qapp: QApplication, tmp_path: Path) -> Iterator[SqliteLedger]:
    made = sample_ledger(tmp_path / "acme.mailmove", "永新阀门")
    yield made
    made.close()


@pytest.fixture
def window(open_window: OpenWindow, world: FakeWorld) -> MainWindow:
    return with_migration(open_window, world, world.services())


def with_migration(open_window: OpenWindow, world: FakeWorld, services: Services) -> MainWindow:
    window = open_window(services)
    plan = MigrationPlan("Acme: 永新", world.accounts)
    window.controller.create(NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords()))
    wait_until(lambda: window.has_migration)
    return window


def words_of(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-enc", "UTF-8", pdf, "-"], capture_output=True, check=True)
    # Letters that look the same share a glyph in some fonts, and are read back as the other one.
    return unicodedata.normalize("NFKC", done.stdout.decode()).replace("\N{CJK RADICAL C-SIMPLIFIED GATE}", "门")


def press(dialog: ReportDialog, name: str) -> None:
    (button,) = [one for one in dialog.findChildren(QPushButton) if one.text() == name]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        (ReportFormat.PDF, "Acme 永新 report.pdf", b"%PDF-"),
        (ReportFormat.WEB_PAGE, "Acme 永新 report.html", b"<!DOCTYPE html>"),
        (ReportFormat.ACCOUNTS, "Acme 永新 accounts.csv", b'\xef\xbb\xbf"source_user"'),
        (ReportFormat.REFUSALS, "Acme 永新 not moved.csv", b'\xef\xbb\xbf"source_user"'),
    ],
)
def test_each_format_is_chosen_named_and_written(
    window: MainWindow, world: FakeWorld, form: ReportFormat, name: str, begins: bytes
) -> None:
    window.board.actions_.report.trigger()
    (dialog,) = window.findChildren(ReportDialog)
    assert dialog.form is ReportFormat.PDF
    dialog.choose(form)
    press(dialog, "&Save as…")
    (files,) = window.findChildren(QFileDialog)
    assert [Path(file).name for file in files.selectedFiles()] == [name]
    files.fileSelected.emit(str(world.folder / name))
    files.close()
    wait_until(lambda: "The report is written." in [box.text() for box in window.findChildren(QMessageBox)])
    assert (world.folder / name).read_bytes().startswith(begins)
    for box in window.findChildren(QMessageBox):
        box.close()


def test_the_last_format_is_offered_again_and_cancel_writes_nothing(window: MainWindow, world: FakeWorld) -> None:
    before = set(world.folder.iterdir())
    window.board.actions_.report.trigger()
    (dialog,) = window.findChildren(ReportDialog)
    press(dialog, "&Cancel")
    assert not window.findChildren(QFileDialog)
    assert set(world.folder.iterdir()) == before


def test_the_formats_can_be_chosen_with_keys_and_say_what_they_are_for(window: MainWindow) -> None:
    window.board.actions_.report.trigger()
    (dialog,) = window.findChildren(ReportDialog)
    (first, *others) = dialog.findChildren(QRadioButton)
    assert all(button.accessibleDescription() for button in (first, *others))
    dialog.activateWindow()
    first.setFocus()
    wait_until(first.hasFocus)
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert dialog.form is ReportFormat.WEB_PAGE
    dialog.reject()


def test_closing_puts_an_end_to_a_report(open_window: OpenWindow, world: FakeWorld) -> None:
    begun = threading.Event()

    def write(ledger: Ledger, path: Path, form: ReportFormat | ControlPanel, cancel: CancelToken) -> None:
        begun.set()
        cancel.wait(60)

    window = with_migration(open_window, world, replace(world.services(), write_report=write))
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.controller.write_report(world.folder / "report.pdf", ReportFormat.PDF)
    wait_until(begun.is_set)
    window.close_for_good()
    wait_until(lambda: gone == [window])


def test_a_long_report_says_that_it_is_coming(open_window: OpenWindow, world: FakeWorld) -> None:
    go_on = threading.Event()

    def write(ledger: Ledger, path: Path, form: ReportFormat | ControlPanel, cancel: CancelToken) -> None:
        assert go_on.wait(30)

    window = with_migration(open_window, world, replace(world.services(), write_report=write))
    window.board.actions_.report.trigger()
    (dialog,) = window.findChildren(ReportDialog)
    press(dialog, "&Save as…")
    (files,) = window.findChildren(QFileDialog)
    files.fileSelected.emit(str(world.folder / "report.pdf"))
    files.close()

    def shown() -> list[str]:
        return [box.text() for box in window.findChildren(QMessageBox) if box.isVisible()]

    wait_until(lambda: shown() == ["The report is being written…"])
    go_on.set()
    wait_until(lambda: shown() == ["The report is written."])
    for box in window.findChildren(QMessageBox):
        box.close()


@needs_poppler
def test_the_pdf_says_what_the_page_says(ledger: SqliteLedger, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    raised: list[BaseException] = []

    def work() -> None:
        try:
            write_pdf(ledger, path, NOW)
        except BaseException as error:  # noqa: BLE001 -- handed to the test
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert raised == []
    words = words_of(path)
    for expected in (
        "永新阀门",
        "李雷@acme.cn",
        HOSTILE,
        "Not everything has been moved yet.",
        "How the numbers add up",
        "Messages that the source has shown",
        "请使用授权码",
        "Projects/2024 a//b",
        "Contacts, calendars, filter rules",
        "Page 1",
        "the last one",
    ):
        assert expected in words, expected
    pages = words.rstrip("\f").split("\f")
    assert all("Report: 永新阀门" in page for page in pages)
    assert [page for page in pages if "the last one" in page] == [pages[-1]]


@needs_poppler
def test_all_fonts_are_inside_the_pdf(ledger: SqliteLedger, tmp_path: Path) -> None:
    write_pdf(ledger, tmp_path / "report.pdf", NOW)
    done = subprocess.run(["pdffonts", tmp_path / "report.pdf"], capture_output=True, check=True, text=True)
    fonts = done.stdout.splitlines()[2:]
    # From the right: object and generation, Unicode map, subset, embedded.
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts), done.stdout
    if QFontDatabase.hasFamily("Noto Sans CJK SC"):
        assert any("CJKsc" in line for line in fonts), done.stdout


@needs_poppler
def test_what_is_longer_than_a_page_goes_on_on_the_next(qapp: QApplication, tmp_path: Path) -> None:
    one = account("anna")
    ledger = create_ledger(tmp_path / "long.mailmove", MigrationPlan("", (one,)))
    fill(ledger, one.id, ("INBOX",), 62, moved=1)
    folder = ledger.source_folder(one.id, ("INBOX",), ("INBOX",))
    rows = ledger.pending(folder.id, ledger.plan().options.order, None, 61)
    long_words = " ".join(f"word{number}" for number in range(4000))
    ledger.mark_refused(one.id, RefusalRecord(rows[0].id, Reason.MESSAGE_REFUSED, long_words, subject="long one"))
    for row in rows[1:]:
        ledger.mark_refused(one.id, RefusalRecord(row.id, Reason.MESSAGE_UNREADABLE, "", subject=f"subject {row.uid}."))
    write_pdf(ledger, tmp_path / "long.pdf", NOW)
    ledger.close()
    words = words_of(tmp_path / "long.pdf")
    assert all(f"word{number}" in words for number in range(4000))
    assert all(f"subject {row.uid}." in words for row in rows[1:])
    pages = words.rstrip("\f").split("\f")
    continued = [page for page in pages if "subject" in page]
    assert len(continued) > 2
    assert all("Subject" in page for page in continued)


@needs_poppler
def test_a_heading_stays_with_the_first_row_below_it(qapp: QApplication, tmp_path: Path) -> None:
    accounts = tuple(account(f"user{number}") for number in range(12))
    ledger = create_ledger(tmp_path / "many.mailmove", MigrationPlan("", accounts))
    for number, one in enumerate(accounts):
        for folder in range(number):
            fill(ledger, one.id, (f"Folder {folder}",), 1, moved=1)
    write_pdf(ledger, tmp_path / "many.pdf", NOW)
    ledger.close()
    headings = 0
    for page in words_of(tmp_path / "many.pdf").split("\f"):
        for part in page.split("@acme.cn → user")[1:]:
            headings += 1
            assert "Folder 0" in part, page
    assert headings == 11


def test_a_pdf_that_is_stopped_or_fails_leaves_what_was_there(ledger: SqliteLedger, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"old")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        write_pdf(ledger, path, cancel=cancel)
    assert path.read_bytes() == b"old"
    with pytest.raises(FileNotFoundError):
        write_pdf(ledger, tmp_path / "none" / "report.pdf")
    assert [file.name for file in tmp_path.iterdir() if "report" in file.name] == ["report.pdf"]


def test_a_full_disk_is_no_success(ledger: SqliteLedger, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "report.pdf"
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal, so that writing more fails as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, former[1]))
    try:
        with pytest.raises(OSError, match=r"."):
            write_pdf(ledger, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
    assert [file.name for file in tmp_path.iterdir() if "report" in file.name] == []


@needs_poppler
def test_a_password_in_a_pdf_would_be_found(ledger: SqliteLedger, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    write_pdf(ledger, folder / "report.pdf", NOW)
    assert leaks_below(folder, [("cy", "AUTHENTICATIONFAILED")])
    assert not leaks_below(folder, [("cy", "in no report")])
