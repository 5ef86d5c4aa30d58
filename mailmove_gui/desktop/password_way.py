"""The way from an account that cannot log in to one that goes on."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.dialogs.retry_dialog import RetryDialog
from mailmove_gui.domain.events import AccountChanged, Event
from mailmove_gui.domain.logins import AccountLogins, waits_at_login
from mailmove_gui.domain.secret import Secret, SecretKey


class PasswordWay(QObject):
    """Opens the retry dialog, keeps it up to date while accounts go on or fail, and passes on what is typed."""

    def __init__(self, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self._controller = controller
        self._window = window
        self._dialog: RetryDialog | None = None
        self._wanted: tuple[str, ...] = ()
        self._opening = 0
        self._heeded: dict[str, int] = {}
        controller.happened.connect(self._follow)
        controller.logins.told.connect(self._show)

    @property
    def dialog(self) -> RetryDialog | None:
        """The dialog, while it is open."""
        return self._dialog

    @Slot(object)
    def ask(self, account_ids: tuple[str, ...]) -> None:
        """Ask about these accounts; about one alone, nothing of the others is shown."""
        if self._dialog is None and account_ids:
            self._wanted = account_ids
            self._opening = self._controller.logins.ask(account_ids)

    @Slot(object)
    def _follow(self, events: tuple[Event, ...]) -> None:
        if self._dialog is None:
            return
        shown, takes_others = self._dialog.account_ids, len(self._wanted) > 1
        changed = {
            event.account_id
            for event in events
            if isinstance(event, AccountChanged)
            and (event.account_id in shown or (takes_others and waits_at_login(event.state, event.failure)))
        }
        if changed:
            self._controller.logins.ask(changed)

    @Slot(int, object)
    def _show(self, number: int, accounts: tuple[AccountLogins, ...]) -> None:
        # What was looked up before an account was tried again is not news any more.
        news = [one for one in accounts if number >= self._heeded.get(one.account_id, 0)]
        if self._dialog is not None:
            self._dialog.renew(news)
        elif number == self._opening and any(one.questions for one in news):
            self._open(news)

    def _open(self, accounts: list[AccountLogins]) -> None:
        dialog = RetryDialog(
            self._controller.logins,
            accounts,
            self._window,
            is_alone=len(self._wanted) == 1,
            keeps=self._controller.keeps_passwords,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.retry_wanted.connect(self._retry)
        dialog.renewal_wanted.connect(self._look_again)
        dialog.keep_wanted.connect(self._keep)
        dialog.finished.connect(self._forget)
        self._dialog = dialog
        dialog.open()

    @Slot(object, object)
    def _retry(self, passwords: Mapping[SecretKey, Secret], account_ids: tuple[str, ...]) -> None:
        self._controller.take_passwords(passwords, account_ids)
        number = self._controller.logins.ask(account_ids)
        self._heeded.update(dict.fromkeys(account_ids, number))

    @Slot(str)
    def _look_again(self, account_id: str) -> None:
        self._controller.logins.ask((account_id,))

    @Slot(bool)
    def _keep(self, wanted: bool) -> None:
        self._controller.keep_passwords(wanted)

    @Slot()
    def _forget(self) -> None:
        self._dialog = None
        self._wanted = ()
