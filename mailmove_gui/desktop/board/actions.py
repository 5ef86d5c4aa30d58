"""What can be done with accounts: the same actions in toolbar, menu and context menu."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence

from mailmove_gui.desktop import icons
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import _

_RETRIABLE = frozenset({AccountState.FAILED, AccountState.NEEDS_PASSWORD, AccountState.DONE_WITH_REFUSALS})
_REST = frozenset({AccountState.SKIPPED, AccountState.CLOSED})


class BoardActions(QObject):
    """Actions on the chosen accounts, or on all if none is chosen; what makes no sense for them is off."""

    start_wanted = Signal(object)
    """tuple of account ids"""
    pause_wanted = Signal(object)
    stop_wanted = Signal(object)
    retry_wanted = Signal(object)
    passwords_wanted = Signal(object)
    details_wanted = Signal(str)
    """account id"""
    report_wanted = Signal()
    removal_wanted = Signal()
    """remove all passwords of the migration"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._targets: tuple[BoardRow, ...] = ()
        self.start = self._make("start", "Ctrl+Return")
        self.pause = self._make("pause", "Ctrl+P")
        self.stop = self._make("stop", "Ctrl+.")
        self.retry = self._make("retry", "Ctrl+R")
        self.passwords = self._make("key", "Ctrl+K")
        self.details = self._make("info", "Ctrl+D")
        self.details.setText(_("&Details"))
        self.details.setToolTip(_("Show folders, messages that were not moved, and the log of the selected account"))
        self.details.triggered.connect(self._details)
        self.report = self._make("report", "Ctrl+S")
        self.report.setText(_("Re&port…"))
        self.report.setIconText(_("Report…"))
        self.report.setToolTip(_("Save a page that lists what was moved and what was not"))
        self.remove_passwords = QAction(_("&Remove passwords"), self)
        self.remove_passwords.setToolTip(
            _("Remove this migration's passwords from the system's keyring and from memory")
        )
        self.remove_passwords.triggered.connect(self._remove_passwords)
        self.start.triggered.connect(self._start)
        self.pause.triggered.connect(self._pause)
        self.stop.triggered.connect(self._stop)
        self.retry.triggered.connect(self._retry)
        self.passwords.triggered.connect(self._passwords)
        self.report.triggered.connect(self._report)
        self.aim((), ())

    @property
    def on_accounts(self) -> tuple[QAction, ...]:
        """Those that work on accounts, in their order."""
        return self.start, self.pause, self.stop, self.retry, self.passwords

    def aim(self, chosen: Sequence[BoardRow], everything: Sequence[BoardRow]) -> None:
        """Work on the chosen accounts, or on everything."""
        self._targets = tuple(chosen or everything)
        self.start.setEnabled(bool(self._startable(named=bool(chosen))))
        self.details.setEnabled(len(chosen) == 1)
        running = any(row.is_running for row in self._targets)
        self.pause.setEnabled(running)
        self.stop.setEnabled(running)
        self.retry.setEnabled(any(row.state in _RETRIABLE for row in self._targets))
        self.passwords.setEnabled(any(row.state is AccountState.NEEDS_PASSWORD for row in self._targets))
        if chosen:
            self._name(self.start, _("&Start selected"), _("Start or go on with the selected accounts"))
            self._name(self.pause, _("Pa&use selected"), _("Rest after the messages that are on their way"))
            self._name(self.stop, _("S&top selected"), _("Stop now; what is on its way is cut off and sent again"))
            self._name(self.retry, _("&Retry selected"), _("Try failed accounts and refused messages again"))
            self._name(self.passwords, _("Enter pass&words…"), _("Type the passwords of selected accounts again"))
        else:
            self._name(self.start, _("&Start all"), _("Start or go on with all accounts that are not finished"))
            self._name(self.pause, _("Pa&use all"), _("Rest after the messages that are on their way"))
            self._name(self.stop, _("S&top all"), _("Stop now; what is on its way is cut off and sent again"))
            self._name(self.retry, _("&Retry all"), _("Try failed accounts and refused messages again"))
            self._name(self.passwords, _("Enter pass&words…"), _("Type the passwords that are missing or wrong"))
        self._named = bool(chosen)

    def renew_icons(self) -> None:
        """Follow light and dark."""
        for action in (*self.on_accounts, self.details, self.report):
            action.setIcon(icons.icon(action.objectName()))

    def _make(self, icon_name: str, keys: str) -> QAction:
        action = QAction(self)
        action.setObjectName(icon_name)
        action.setIcon(icons.icon(icon_name))
        action.setShortcut(QKeySequence(keys))
        return action

    @staticmethod
    def _name(action: QAction, text: str, tip: str) -> None:
        if action.text() != text:
            action.setText(text)
        if action.toolTip() != tip:
            action.setToolTip(tip)

    def _startable(self, *, named: bool) -> tuple[str, ...]:
        """Accounts that a start makes sense for; finished ones only when they are named."""
        return tuple(
            row.account.id
            for row in self._targets
            if not row.is_running and (named or not (row.is_finished or row.state in _REST))
        )

    @Slot()
    def _start(self) -> None:
        self.start_wanted.emit(self._startable(named=self._named))

    @Slot()
    def _pause(self) -> None:
        self.pause_wanted.emit(tuple(row.account.id for row in self._targets if row.is_running))

    @Slot()
    def _stop(self) -> None:
        self.stop_wanted.emit(tuple(row.account.id for row in self._targets if row.is_running))

    @Slot()
    def _retry(self) -> None:
        self.retry_wanted.emit(tuple(row.account.id for row in self._targets if row.state in _RETRIABLE))

    @Slot()
    def _passwords(self) -> None:
        needing = (row for row in self._targets if row.state is AccountState.NEEDS_PASSWORD)
        self.passwords_wanted.emit(tuple(row.account.id for row in needing))

    @Slot()
    def _details(self) -> None:
        self.details_wanted.emit(self._targets[0].account.id)

    @Slot()
    def _remove_passwords(self) -> None:
        self.removal_wanted.emit()

    @Slot()
    def _report(self) -> None:
        self.report_wanted.emit()
