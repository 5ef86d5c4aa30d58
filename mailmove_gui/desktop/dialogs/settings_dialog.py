"""What people may set. Every choice holds at once."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.settings import FEWEST_AT_ONCE, MOST_AT_ONCE, Appearance, SharedSettings
from mailmove_gui.desktop.dialogs.folder_row import FolderRow
from mailmove_gui.desktop.dialogs.open_folder import FolderOpener
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.card_form import CardForm, choice, fit
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.domain.plan import MessageOrder
from mailmove_gui.texts import LANGUAGES, _, pgettext

_WIDTH, _HEIGHT = 640, 430


@dataclass(frozen=True, slots=True)
class Places:
    """Where files lie: migrations unless people choose another folder, settings, and logs if there are any."""

    migrations: Path
    settings: Path
    logs: Path | None = None


class SettingsDialog(QDialog):
    """Three tabs: the program itself, new migrations, files and passwords."""

    def __init__(
        self, settings: SharedSettings, places: Places, opener: FolderOpener, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._places = places
        self._opener = opener
        self.setWindowTitle(_("Settings"))
        self.setMinimumSize(_WIDTH, _HEIGHT)
        self.notice = Notice(self)
        self.tabs = QTabWidget(self)
        self.tabs.setAccessibleName(_("Settings"))
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._build_general(), pgettext("settings", "&General"))
        self.tabs.addTab(self._build_migrations(), _("New &migrations"))
        self.tabs.addTab(self._build_files(), _("&Files and passwords"))
        buttons = QDialogButtonBox(self)
        close = QPushButton(_("&Close"), self)
        theme.mark_primary(close)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE)
        layout.addWidget(self.notice)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(buttons)
        settings.save_failed.connect(self._say_not_saved)
        if settings.were_damaged:
            self.notice.say(Tone.WAITING, damaged_text())

    def _build_general(self) -> QWidget:
        now = self._settings.value
        languages = ((word, code) for code, word in LANGUAGES.items())
        self.language_field = choice([(_("As the system"), None), *languages], now.language)
        self.language_field.activated.connect(self._set_language)
        self.appearance_field = choice([(_appearance_word(one), one) for one in Appearance], now.appearance)
        self.appearance_field.activated.connect(self._set_appearance)
        form = CardForm()
        self.language_note = form.add_field(
            _("&Language"), self.language_field, _("The language changes when MailMove is started the next time.")
        )
        self.language_note.hide()
        form.add_field(_("&Appearance"), self.appearance_field)
        form.add_heading(_("While mail is moved"))
        self.awake_box = form.add_switch(
            _("&Keep this computer awake"),
            _("The screen may turn off. A laptop whose lid is closed still falls asleep."),
            is_on=now.keep_awake,
        )
        self.awake_box.toggled.connect(self._set_keep_awake)
        self.notifications_box = form.add_switch(
            _("&Notify me when all is done, or when somebody is needed"),
            _("Only while the window is not in front."),
            is_on=now.notifications,
        )
        self.notifications_box.toggled.connect(self._set_notifications)
        return form

    def _build_migrations(self) -> QWidget:
        now = self._settings.value
        self.at_once_field = QSpinBox()
        self.at_once_field.setRange(FEWEST_AT_ONCE, MOST_AT_ONCE)
        self.at_once_field.setValue(now.accounts_at_once)
        self.at_once_field.valueChanged.connect(self._set_at_once)
        fit(self.at_once_field)
        orders = [
            (_("Newest messages first"), MessageOrder.NEWEST_FIRST),
            (_("Oldest messages first"), MessageOrder.OLDEST_FIRST),
        ]
        self.order_field = choice(orders, now.order)
        self.order_field.activated.connect(self._set_order)
        form = CardForm()
        form.add_field(
            _("Accounts moved at &once"),
            self.at_once_field,
            _("More is not always faster: many servers allow few connections."),
        )
        form.add_field(
            _("O&rder"), self.order_field, _("With the newest first, people can work while older mail follows.")
        )
        self.passwords_box = form.add_switch(
            _("&Keep passwords until the migration is finished"),
            _("In {keyring}. Otherwise MailMove forgets them when it ends, and asks at the next start.").format(
                keyring=_keyring()
            ),
            is_on=now.keep_passwords,
        )
        self.passwords_box.toggled.connect(self._set_keep_passwords)
        self.search_box = form.add_switch(
            _("&Search for the servers of a domain"),
            _("Asks the domain name system and web pages of the domain. Otherwise only known domains are recognised."),
            is_on=now.search_online,
        )
        self.search_box.toggled.connect(self._set_search_online)
        return form

    def _build_files(self) -> QWidget:
        places = self._places
        folder = self._settings.value.migrations_folder or places.migrations
        self.migrations_row = FolderRow(_("the migrations"), folder, self._opener)
        self.change_button = IconButton("folder", _("C&hange…"))
        self.change_button.setAccessibleName(_("Change the folder of the migrations"))
        self.change_button.clicked.connect(self._choose_folder)
        self.migrations_row.row.addWidget(self.change_button)
        form = CardForm()
        note = _("What has been moved, one file each. No password is in it.")
        form.add_field(_("Migrations"), self.migrations_row, note)
        form.add_field(_("Settings"), FolderRow(_("the settings"), places.settings, self._opener))
        if places.logs is not None:
            form.add_field(_("Log"), FolderRow(_("the log"), places.logs, self._opener))
        form.add_heading(_("Passwords"))
        form.add_text(
            _("Kept passwords lie in {keyring}, and nowhere else.").format(keyring=_keyring()),
            _("To remove those of a migration, open it and choose “Remove passwords” in the menu “Migration”."),
        )
        return form

    @Slot()
    def _set_language(self) -> None:
        self._settings.change(replace(self._settings.value, language=self.language_field.currentData()))
        self.language_note.show()

    @Slot()
    def _set_appearance(self) -> None:
        self._settings.change(replace(self._settings.value, appearance=Appearance(self.appearance_field.currentData())))

    @Slot(bool)
    def _set_keep_awake(self, wanted: bool) -> None:
        self._settings.change(replace(self._settings.value, keep_awake=wanted))

    @Slot(bool)
    def _set_notifications(self, wanted: bool) -> None:
        self._settings.change(replace(self._settings.value, notifications=wanted))

    @Slot(int)
    def _set_at_once(self, number: int) -> None:
        self._settings.change(replace(self._settings.value, accounts_at_once=number))

    @Slot()
    def _set_order(self) -> None:
        self._settings.change(replace(self._settings.value, order=MessageOrder(self.order_field.currentData())))

    @Slot(bool)
    def _set_keep_passwords(self, wanted: bool) -> None:
        self._settings.change(replace(self._settings.value, keep_passwords=wanted))

    @Slot(bool)
    def _set_search_online(self, wanted: bool) -> None:
        self._settings.change(replace(self._settings.value, search_online=wanted))

    @Slot()
    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, _("Where shall migrations be saved?"), str(self.migrations_row.folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._set_folder)
        dialog.open()

    @Slot(str)
    def _set_folder(self, name: str) -> None:
        folder = Path(name)
        self._settings.change(replace(self._settings.value, migrations_folder=folder))
        self.migrations_row.show_folder(folder)

    @Slot()
    def _say_not_saved(self) -> None:
        text = _("The settings could not be saved; they hold until MailMove ends. Look whether the disk is full.")
        self.notice.say(Tone.WAITING, text)


def damaged_text() -> str:
    """What is said where the settings' file could not be read as a whole."""
    return _("Some settings could not be read. They are as after the installation now.")


def _appearance_word(appearance: Appearance) -> str:
    match appearance:
        case Appearance.SYSTEM:
            return _("As the system")
        case Appearance.LIGHT:
            return pgettext("appearance", "Light")
        case Appearance.DARK:
            return pgettext("appearance", "Dark")
        case _ as never:
            assert_never(never)


def _keyring() -> str:
    """What the system calls the place where it keeps passwords."""
    match sys.platform:
        case "win32":
            return _("the Windows Credential Manager")
        case "darwin":
            return _("the keychain of macOS")
        case _:
            return _("the keyring of this desktop")
