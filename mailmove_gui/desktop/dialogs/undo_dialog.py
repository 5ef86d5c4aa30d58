"""Takes what was moved out of a wrong mailbox again: the question, how far it is, and what came of it."""

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.undoing import UndoEnded
from mailmove_gui.desktop.dialogs.message import message
from mailmove_gui.desktop.models import undoing
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel, TitleLabel, WrappedLabel
from mailmove_gui.desktop.widgets.progress import ProgressStrip
from mailmove_gui.domain.events import AccountProgressed, Event
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.texts import _, numbers

_WIDTH = 620
_DOT = "\N{BULLET} "


class UndoDialog(QDialog):
    """One account's undo, from the question to the result."""

    undo_wanted = Signal(str)
    """account id: the question was answered with yes"""
    stop_wanted = Signal(str)
    """account id"""
    forget_wanted = Signal(str)
    """account id: it cannot come to its end, and the second question was answered with yes, too"""

    def __init__(self, row: BoardRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account = row.account
        self._moved = row.counts.moved
        self._removed = 0
        self._is_running = False
        user = row.account.destination.user
        self.setWindowTitle(_("Undo for {user}").format(user=user))
        self.setMinimumWidth(_WIDTH)
        self._title = TitleLabel(_("Take the moved messages out of this mailbox?"), self)
        self._pages = QStackedWidget(self)
        self.agreed_box = CheckBox(
            _("&Yes, remove {messages} from {user}").format(messages=numbers.messages(self._moved), user=user), self
        )
        self.remove_button = QPushButton(_("&Remove {messages}").format(messages=numbers.messages(self._moved)), self)
        self.remove_button.setAutoDefault(False)
        self.remove_button.setEnabled(False)
        self.stop_button = QPushButton(_("&Stop"), self)
        self.stop_button.setAutoDefault(False)
        self.forget_button = QPushButton(_("&Forget what was moved…"), self)
        self.forget_button.setAutoDefault(False)
        self.close_button = QPushButton(_("&Keep them"), self)
        self.close_button.setDefault(True)
        self.notice = Notice(self)
        self._strip = ProgressStrip(self)
        self._numbers = QLabel(self)
        self._question = self._question_page(row)
        self._pages.addWidget(self._question)
        self._pages.addWidget(self._progress_page())
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.remove_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.stop_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.forget_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.stop_button.hide()
        self.forget_button.hide()
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        layout.addWidget(self._title)
        layout.addWidget(self._pages, 1)
        layout.addWidget(buttons)
        self.agreed_box.toggled.connect(self.remove_button.setEnabled)
        self.remove_button.clicked.connect(self._begin)
        self.stop_button.clicked.connect(self._stop)
        self.forget_button.clicked.connect(self._ask_to_forget)
        self.close_button.clicked.connect(self.reject)
        self.close_button.setFocus()

    @property
    def account_id(self) -> str:
        """Whose undo it is."""
        return self._account.id

    @property
    def progress(self) -> str:
        """How far it is, in words."""
        return self._numbers.text()

    def reject(self) -> None:
        """Close; while it runs, stop it first."""
        if self._is_running:
            self._stop()
        else:
            super().reject()

    @Slot(object)
    def follow(self, events: tuple[Event, ...]) -> None:
        """Show how far it is."""
        if not self._is_running:
            return
        for event in events:
            if isinstance(event, AccountProgressed) and event.account_id == self._account.id:
                self._removed = max(self._removed, self._moved - event.counts.moved)
                self._show_progress()

    @Slot(object)
    def show_end(self, ended: UndoEnded) -> None:
        """Say what came of it."""
        if ended.account_id != self._account.id:
            return
        self._is_running = False
        self.stop_button.hide()
        self._strip.hide()
        self._numbers.hide()
        self.close_button.setText(_("&Close"))
        self.close_button.show()
        self.close_button.setFocus()
        if ended.result is not None:
            self._title.setText(_("The undo is done"))
            is_complete = ended.result.removed == self._moved
            tone = Tone.DONE if is_complete else Tone.WAITING
            self.notice.say(tone, "\n".join(undoing.result_lines(ended.result)))
        elif ended.failure is not None:
            self._title.setText(_("The undo did not come to its end"))
            # Where a server removes nothing, all is forgotten already.
            can_forget = ended.failure.reason is not Reason.CANNOT_UNDO
            self.notice.say(Tone.FAILED, undoing.failure_text(ended.failure, can_forget=can_forget))
            self.forget_button.setVisible(can_forget)
        else:
            self._title.setText(_("The undo was stopped"))
            self.notice.say(Tone.WAITING, undoing.stopped_text(self._removed, self._moved))
        self.adjustSize()

    def _question_page(self, row: BoardRow) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        theme.set_margins(layout, 0)
        layout.addWidget(WrappedLabel(undoing.question(self._account, self._moved), page))
        card = Card(page)
        inside = QVBoxLayout(card)
        theme.set_margins(inside, theme.SPACE_LARGE, theme.SPACE_TINY)
        for heading, lines in (
            (_("What is removed"), undoing.removed_lines()),
            (_("What stays"), undoing.kept_lines()),
        ):
            inside.addWidget(SectionLabel(heading, card))
            inside.addWidget(WrappedLabel(_as_list(lines), card))
        inside.insertSpacing(2, theme.SPACE_SMALL)
        layout.addWidget(card)
        layout.addWidget(QuietLabel(undoing.afterwards(is_running=row.is_running), page))
        layout.addWidget(self.agreed_box)
        layout.addStretch(1)
        return page

    def _progress_page(self) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        theme.set_margins(layout, 0)
        layout.addWidget(self._strip)
        layout.addWidget(self._numbers)
        layout.addWidget(self.notice)
        layout.addStretch(1)
        return page

    @Slot()
    def _begin(self) -> None:
        self._is_running = True
        self._title.setText(_("Removing messages…"))
        # A stack is as high as its highest page.
        self._pages.removeWidget(self._question)
        self._question.hide()
        self.remove_button.hide()
        self.close_button.hide()
        self.stop_button.show()
        self.stop_button.setFocus()
        self._show_progress()
        self.adjustSize()
        self.undo_wanted.emit(self._account.id)

    @Slot()
    def _stop(self) -> None:
        self._title.setText(_("Stopping…"))
        self.stop_button.setEnabled(False)
        self.stop_wanted.emit(self._account.id)

    @Slot()
    def _ask_to_forget(self) -> None:
        box = message(
            self,
            QMessageBox.Icon.Question,
            _("Forget what was moved into this mailbox?"),
            "\n".join(undoing.forgetting_lines(self._account)),
        )
        forget = box.addButton(_("&Forget it"), QMessageBox.ButtonRole.DestructiveRole)
        forget.clicked.connect(self._forget)
        keep = box.addButton(_("&Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.open()

    @Slot()
    def _forget(self) -> None:
        self.forget_wanted.emit(self._account.id)
        self.accept()

    def _show_progress(self) -> None:
        self._strip.show_share(self._removed / self._moved if self._moved else 0.0)
        self._numbers.setText(undoing.progress_text(self._removed, self._moved))


def _as_list(lines: Iterable[str]) -> str:
    return "\n".join(_DOT + line for line in lines)
