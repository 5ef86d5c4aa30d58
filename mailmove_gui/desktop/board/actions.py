"""What can be done with accounts: the same actions in toolbar, menu and context menu."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QKeySequence

from mailmove_gui.desktop import icons
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.desktop.models.undoing import can_be_undone
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import _

_RETRIABLE = frozenset({AccountState.FAILED, AccountState.NEEDS_PASSWORD, AccountState.DONE_WITH_REFUSALS})
_REST = frozenset({AccountState.SKIPPED, AccountState.CLOSED})


class BoardActions(QObject):
    """Actions on the chosen accounts, or on all if none is chosen; what makes no sense for them is off.

    Each signal that carries an object carries a tuple of account ids.
    """

    start_wanted = Signal(object)
    """tuple of account ids; None: all that can go on by themselves"""
    pause_wanted = Signal(object)
    """tuple of account ids"""
    stop_wanted = Signal(object)
    retry_wanted = Signal(object)
    passwords_wanted = Signal(object)
    skip_wanted = Signal(object)
    unskip_wanted = Signal(object)
    reminder_wanted = Signal(object)
    verify_wanted = Signal(object)
    undo_wanted = Signal(object)
    """of one account"""
    correction_wanted = Signal(object)
    """of one account"""
    details_wanted = Signal(object)
    """of one account"""
    control_wanted = Signal()
    """speed and times"""
    cutover_wanted = Signal()
    """the day of the switch"""
    report_wanted = Signal()
    removal_wanted = Signal()
    """remove all passwords of the migration"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen: tuple[BoardRow, ...] = ()
        self._everything: tuple[BoardRow, ...] = ()
        self.start = self._make("start", "Ctrl+Return", self._start)
        self.pause = self._make("pause", "Ctrl+P", self._pause)
        self.stop = self._make("stop", "Ctrl+.", self._stop)
        self.pass_now = self._make("watching", "Ctrl+Shift+N", self._pass_now)
        self.retry = self._make("retry", "Ctrl+R", self._retry)
        self.passwords = self._make("key", "Ctrl+K", self._passwords)
        self.skip = self._make("left_out", "Ctrl+L", self._skip)
        self.unskip = self._make("add", "Ctrl+I", self._unskip)
        self.reminder = self._make("invited", "Ctrl+M", self._reminder)
        self.verify = self._make("verifying", "Ctrl+E", self._verify)
        self.undo = self._make("undo", "Ctrl+U", self._undo)
        self.correct = self._make("edit", "Ctrl+Shift+E", self._correct)
        self.details = self._make("info", "Ctrl+D", self._details)
        self.start_all = self._make("start", "Ctrl+Shift+Return", self._start_all)
        self.pause_all = self._make("pause", "Ctrl+Shift+P", self._pause_all)
        self.stop_all = self._make("stop", "Ctrl+Shift+.", self._stop_all)
        self.control = self._make("settings", "Ctrl+T", self.control_wanted)
        self.cutover = self._make("connection", "Ctrl+Shift+U", self.cutover_wanted)
        self.report = self._make("report", "Ctrl+S", self.report_wanted)
        self.remove_passwords = QAction(_("&Remove passwords"), self)
        self.remove_passwords.setToolTip(
            _("Remove this migration's passwords from the system's keyring and from memory")
        )
        self.remove_passwords.triggered.connect(self.removal_wanted)
        self._name_for_good()
        self.aim((), ())

    @property
    def on_accounts(self) -> tuple[QAction, ...]:
        """Those that work on chosen accounts, in their order."""
        return (
            self.start,
            self.pause,
            self.stop,
            self.pass_now,
            self.retry,
            self.passwords,
            self.skip,
            self.unskip,
            self.reminder,
            self.verify,
            self.undo,
            self.correct,
            self.details,
        )

    @property
    def on_all(self) -> tuple[QAction, ...]:
        """Those that work on all accounts, whoever is chosen."""
        return self.start_all, self.pause_all, self.stop_all

    @property
    def on_migration(self) -> tuple[QAction, ...]:
        """Those that are not about accounts."""
        return self.control, self.cutover, self.report, self.remove_passwords

    @property
    def in_toolbar(self) -> tuple[QAction, ...]:
        """What is needed most."""
        return self.start, self.pause, self.stop, self.retry, self.control, self.report, self.cutover

    def aim(self, chosen: Sequence[BoardRow], everything: Sequence[BoardRow]) -> None:
        """Work on the chosen accounts, or on everything."""
        self._chosen, self._everything = tuple(chosen), tuple(everything)
        one = self._chosen[0] if len(self._chosen) == 1 else None
        running = bool(_active(self._targets))
        self.start.setEnabled(bool(self._startable()))
        self.pause.setEnabled(running)
        self.stop.setEnabled(running)
        self.pass_now.setEnabled(any(row.is_watched for row in self._targets))
        self.retry.setEnabled(bool(self._retriable()))
        self.passwords.setEnabled(any(row.waits_at_login for row in self._targets))
        self.skip.setEnabled(any(_can_be_skipped(row) for row in self._chosen))
        self.unskip.setEnabled(any(row.state is AccountState.SKIPPED for row in self._chosen))
        self.reminder.setEnabled(any(row.group is Group.NOT_STARTED for row in self._targets))
        self.verify.setEnabled(bool(self._verifiable()))
        self.undo.setEnabled(one is not None and can_be_undone(one))
        self.correct.setEnabled(one is not None and not one.is_running)
        self.details.setEnabled(one is not None)
        running_anywhere = bool(_active(self._everything)) if chosen else running
        self.start_all.setEnabled(any(_starts_by_itself(row) for row in self._everything))
        self.pause_all.setEnabled(running_anywhere)
        self.stop_all.setEnabled(running_anywhere)
        self._name_by_targets()

    def renew_icons(self) -> None:
        """Follow light and dark."""
        for action in (*self.on_accounts, *self.on_all, self.control, self.cutover, self.report):
            action.setIcon(icons.icon(action.objectName()))

    @property
    def _targets(self) -> tuple[BoardRow, ...]:
        return self._chosen or self._everything

    def _make(self, icon_name: str, keys: str, wanted: Callable[[], None] | SignalInstance) -> QAction:
        action = QAction(self)
        action.setObjectName(icon_name)
        action.setIcon(icons.icon(icon_name))
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(wanted)
        return action

    def _name_for_good(self) -> None:
        _name(self.pass_now, _("&Pass now"), _("Look for new mail now, without waiting for the next pass"))
        _name(self.skip, _("Lea&ve out"), _("Leave the selected accounts out; those that run are stopped"))
        _name(self.unskip, _("Take &in again"), _("Take accounts in again that were left out"))
        _name(self.reminder, _("Re&minder text…"), _("A text to send to colleagues whose accounts are not started"))
        _name(self.verify, _("Verif&y again…"), _("Look again whether everything that was moved is there"))
        _name(self.undo, _("Und&o…"), _("Take what was moved out of a wrong mailbox again"))
        _name(self.correct, _("&Correct the addresses…"), _("Where one account's mail really is, or is to go"))
        _name(self.details, _("&Details"), _("Folders, messages that were not moved, and what happened"))
        _name(self.start_all, _("Start a&ll accounts"), _("Start or go on with all accounts that are not finished"))
        _name(self.pause_all, _("Pause all &accounts"), _("Rest after the messages that are on their way"))
        _name(self.stop_all, _("Stop all accounts &now"), _("Takes seconds; what is cut off is sent again"))
        _name(
            self.control,
            _("&Speed and times…"),
            _("Accounts at once, bandwidth, quiet hours, and when the source ends"),
            _("Speed…"),
        )
        tip = _("Where the domain's mail goes, and what to do until all is switched to the new server")
        _name(self.cutover, _("Cuto&ver…"), tip, _("Cutover…"))
        tip = _("Save a page that lists what was moved and what was not")
        _name(self.report, _("Re&port…"), tip, _("Report…"))

    def _name_by_targets(self) -> None:
        goes_on = _goes_on(self._targets)
        start_tip = _("Start or go on with the selected accounts")
        pause_tip = _("Rest after the messages that are on their way")
        stop_tip = _("Stop now; what is on its way is cut off and sent again")
        retry_tip = _("Try failed accounts and refused messages again")
        if self._chosen:
            start = _("&Go on with selected") if goes_on else _("&Start selected")
            _name(self.start, start, start_tip, _("Go on") if goes_on else _("Start"))
            _name(self.pause, _("Pa&use selected"), pause_tip, _("Pause"))
            _name(self.stop, _("S&top selected"), stop_tip, _("Stop"))
            _name(self.retry, _("&Retry selected"), retry_tip, _("Retry"))
            _name(self.passwords, _("Enter pass&words…"), _("Type the passwords of selected accounts again"))
        else:
            start = _("&Go on with all") if goes_on else _("&Start all")
            _name(self.start, start, self.start_all.toolTip(), _("Go on") if goes_on else _("Start all"))
            _name(self.pause, _("Pa&use all"), pause_tip, _("Pause all"))
            _name(self.stop, _("S&top all"), stop_tip, _("Stop all"))
            _name(self.retry, _("&Retry all"), retry_tip, _("Retry all"))
            _name(self.passwords, _("Enter pass&words…"), _("Type the passwords that are missing or wrong"))

    def _startable(self) -> tuple[str, ...]:
        """Accounts that a start makes sense for; those that are finished or wait only when they are chosen."""
        if self._chosen:
            return _ids(row for row in self._chosen if not row.is_running or row.can_go_on_now)
        return _ids(row for row in self._everything if _starts_by_itself(row))

    @Slot()
    def _start(self) -> None:
        # Without names it is left to the engine, which does not try refused passwords again.
        self.start_wanted.emit(self._startable() if self._chosen else None)

    @Slot()
    def _pause(self) -> None:
        self.pause_wanted.emit(_active(self._targets))

    @Slot()
    def _stop(self) -> None:
        self.stop_wanted.emit(_active(self._targets))

    @Slot()
    def _start_all(self) -> None:
        self.start_wanted.emit(None)

    @Slot()
    def _pause_all(self) -> None:
        self.pause_wanted.emit(_active(self._everything))

    @Slot()
    def _stop_all(self) -> None:
        self.stop_wanted.emit(_active(self._everything))

    @Slot()
    def _pass_now(self) -> None:
        self.start_wanted.emit(_ids(row for row in self._targets if row.is_watched))

    @Slot()
    def _retry(self) -> None:
        self.retry_wanted.emit(self._retriable())

    def _retriable(self) -> tuple[str, ...]:
        """Accounts to try again; those that wait at a login only when they are chosen: each try may lock a mailbox."""
        return _ids(
            row for row in self._targets if _is_retriable(row) and not (row.waits_at_login and not self._chosen)
        )

    @Slot()
    def _passwords(self) -> None:
        self.passwords_wanted.emit(_ids(row for row in self._targets if row.waits_at_login))

    @Slot()
    def _skip(self) -> None:
        self.skip_wanted.emit(_ids(row for row in self._chosen if _can_be_skipped(row)))

    @Slot()
    def _unskip(self) -> None:
        self.unskip_wanted.emit(_ids(row for row in self._chosen if row.state is AccountState.SKIPPED))

    @Slot()
    def _reminder(self) -> None:
        self.reminder_wanted.emit(_ids(row for row in self._targets if row.group is Group.NOT_STARTED))

    @Slot()
    def _verify(self) -> None:
        self.verify_wanted.emit(self._verifiable())

    def _verifiable(self) -> tuple[str, ...]:
        """Accounts that have moved something and are at rest; those that wait at a login only when they are chosen."""
        return _ids(
            row
            for row in self._targets
            if row.counts.moved + row.counts.already_there
            and not row.is_running
            and not (row.waits_at_login and not self._chosen)
        )

    @Slot()
    def _undo(self) -> None:
        self.undo_wanted.emit(_ids(self._chosen))

    @Slot()
    def _correct(self) -> None:
        self.correction_wanted.emit(_ids(self._chosen))

    @Slot()
    def _details(self) -> None:
        self.details_wanted.emit(_ids(self._chosen))


def _ids(rows: Iterable[BoardRow]) -> tuple[str, ...]:
    return tuple(row.account.id for row in rows)


def _active(rows: Iterable[BoardRow]) -> tuple[str, ...]:
    """Those that run, and those that will by themselves."""
    return _ids(row for row in rows if row.is_running or row.is_watched)


def _starts_by_itself(row: BoardRow) -> bool:
    """Whether a start of all accounts does something for it; refused passwords are tried again only when chosen."""
    needs_none = row.is_running or row.is_watched or row.is_finished or row.state in _REST
    return not (needs_none or row.state is AccountState.NEEDS_PASSWORD)


def _is_retriable(row: BoardRow) -> bool:
    return row.state in _RETRIABLE or (row.is_watched and row.not_moved > 0)


def _can_be_skipped(row: BoardRow) -> bool:
    return not (row.is_finished or row.state in _REST)


def _goes_on(rows: Iterable[BoardRow]) -> bool:
    """Whether a start is a going on: something has been paused, and nothing is to be started for the first time."""
    states = {row.state for row in rows}
    return AccountState.PAUSED in states and AccountState.NOT_STARTED not in states


def _name(action: QAction, text: str, tip: str, in_toolbar: str = "") -> None:
    """Qt redraws menus and toolbars at every change, so that there is none without one."""
    if action.text() != text:
        action.setText(text)
    if action.toolTip() != tip:
        action.setToolTip(tip)
    if in_toolbar and action.iconText() != in_toolbar:
        action.setIconText(in_toolbar)
