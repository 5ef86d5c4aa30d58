"""What people may set. Every choice holds at once."""

import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.bridge.settings import FEWEST_AT_ONCE, MOST_AT_ONCE, Appearance, SharedSettings
from mailmove_gui.desktop.dialogs.folder_row import FolderRow
from mailmove_gui.desktop.dialogs.open_folder import FolderOpener
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel
from mailmove_gui.domain.plan import MessageOrder
from mailmove_gui.texts import LANGUAGES, _, pgettext

_WIDTH, _HEIGHT = 640, 430
_BESIDE_BOX = 22
"""Where the text of a check box begins."""


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
        self.language_field = _choice([(_("As the system"), None), *((word, code) for code, word in LANGUAGES.items())])
        _choose(self.language_field, now.language)
        self.language_field.activated.connect(self._set_language)
        self.language_note = QuietLabel(_("The language changes when MailMove is started the next time."))
        self.language_note.hide()
        self.appearance_field = _choice([(_appearance_word(one), one) for one in Appearance])
        _choose(self.appearance_field, now.appearance)
        self.appearance_field.activated.connect(self._set_appearance)
        self.awake_box = _switch(_("&Keep this computer awake while mail is moved"), now.keep_awake)
        self.awake_box.toggled.connect(self._set_keep_awake)
        self.notifications_box = _switch(
            _("&Notify me when all is done, or when somebody is needed"), now.notifications
        )
        self.notifications_box.toggled.connect(self._set_notifications)
        page, form = _page()
        form.addRow(_label(_("&Language"), self.language_field), self.language_field)
        form.addRow("", self.language_note)
        form.addRow(_label(_("&Appearance"), self.appearance_field), self.appearance_field)
        form.addRow(_heading(_("While mail is moved")))
        form.addRow(self.awake_box)
        form.addRow(_below_box(_("The screen may turn off. A laptop whose lid is closed still falls asleep.")))
        form.addRow(self.notifications_box)
        form.addRow(_below_box(_("Only while the window is not in front.")))
        return page

    def _build_migrations(self) -> QWidget:
        now = self._settings.value
        self.at_once_field = QSpinBox()
        self.at_once_field.setRange(FEWEST_AT_ONCE, MOST_AT_ONCE)
        self.at_once_field.setValue(now.accounts_at_once)
        _fix_size(self.at_once_field)
        self.at_once_field.valueChanged.connect(self._set_at_once)
        self.order_field = _choice(
            [
                (_("Newest messages first"), MessageOrder.NEWEST_FIRST),
                (_("Oldest messages first"), MessageOrder.OLDEST_FIRST),
            ]
        )
        _choose(self.order_field, now.order)
        self.order_field.activated.connect(self._set_order)
        self.passwords_box = _switch(_("&Keep passwords until the migration is finished"), now.keep_passwords)
        self.passwords_box.toggled.connect(self._set_keep_passwords)
        page, form = _page()
        form.addRow(_label(_("Accounts moved at &once"), self.at_once_field), self.at_once_field)
        form.addRow("", QuietLabel(_("More is not always faster: many servers allow few connections.")))
        form.addRow(_label(_("O&rder"), self.order_field), self.order_field)
        form.addRow("", QuietLabel(_("With the newest first, people can work while older mail follows.")))
        form.addRow(self.passwords_box)
        form.addRow(
            _below_box(
                _("In {keyring}. Otherwise MailMove forgets them when it ends, and asks at the next start.").format(
                    keyring=_keyring()
                )
            )
        )
        return page

    def _build_files(self) -> QWidget:
        places = self._places
        folder = self._settings.value.migrations_folder or places.migrations
        self.migrations_row = FolderRow(_("the migrations"), folder, self._opener)
        self.change_button = QPushButton(icons.icon("folder"), _("C&hange…"))
        self.change_button.setAutoDefault(False)
        self.change_button.setAccessibleName(_("Change the folder of the migrations"))
        self.change_button.clicked.connect(self._choose_folder)
        self.migrations_row.row.addWidget(self.change_button)
        page, form = _page()
        form.addRow(_label(_("Migrations"), self.migrations_row), self.migrations_row)
        form.addRow("", QuietLabel(_("What has been moved, one file each. No password is in it.")))
        settings_row = FolderRow(_("the settings"), places.settings, self._opener)
        form.addRow(_label(_("Settings"), settings_row), settings_row)
        if places.logs is not None:
            logs_row = FolderRow(_("the log"), places.logs, self._opener)
            form.addRow(_label(_("Log"), logs_row), logs_row)
        form.addRow(_heading(_("Passwords")))
        form.addRow(_wrapped(_("Kept passwords lie in {keyring}, and nowhere else.").format(keyring=_keyring())))
        form.addRow(
            QuietLabel(
                _("To remove those of a migration, open it and choose “Remove passwords” in the menu “Migration”.")
            )
        )
        return page

    @Slot()
    def _set_language(self) -> None:
        self._settings.change(language=self.language_field.currentData())
        self.language_note.show()

    @Slot()
    def _set_appearance(self) -> None:
        self._settings.change(appearance=Appearance(self.appearance_field.currentData()))

    @Slot(bool)
    def _set_keep_awake(self, wanted: bool) -> None:
        self._settings.change(keep_awake=wanted)

    @Slot(bool)
    def _set_notifications(self, wanted: bool) -> None:
        self._settings.change(notifications=wanted)

    @Slot(int)
    def _set_at_once(self, number: int) -> None:
        self._settings.change(accounts_at_once=number)

    @Slot()
    def _set_order(self) -> None:
        self._settings.change(order=MessageOrder(self.order_field.currentData()))

    @Slot(bool)
    def _set_keep_passwords(self, wanted: bool) -> None:
        self._settings.change(keep_passwords=wanted)

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
        self._settings.change(migrations_folder=folder)
        self.migrations_row.show_folder(folder)

    @Slot()
    def _say_not_saved(self) -> None:
        text = _("The settings could not be saved; they hold until MailMove ends. Look whether the disk is full.")
        self.notice.say(Tone.WAITING, text)


def damaged_text() -> str:
    """What is said where the settings' file could not be read as a whole."""
    return _("Some settings could not be read. They are as after the installation now.")


def _page() -> tuple[QWidget, QFormLayout]:
    page, card = QWidget(), Card()
    outside = QVBoxLayout(page)
    outside.setContentsMargins(0, theme.SPACE, 0, 0)
    outside.addWidget(card)
    form = QFormLayout(card)
    form.setContentsMargins(theme.SPACE_LARGE, theme.SPACE_LARGE, theme.SPACE_LARGE, theme.SPACE_LARGE)
    form.setHorizontalSpacing(theme.SPACE_LARGE)
    form.setVerticalSpacing(theme.SPACE_SMALL)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return page, form


def _heading(text: str) -> QLabel:
    label = SectionLabel(text)
    label.setContentsMargins(0, theme.SPACE, 0, 0)
    return label


def _label(text: str, field: QWidget) -> QLabel:
    """As high as its field, so that both stand on one line."""
    label = QLabel(text)
    if "&" in text:
        label.setBuddy(field)
    label.setMinimumHeight(field.sizeHint().height())
    return label


def _below_box(text: str) -> QLabel:
    """What there is to say about a check box."""
    label = QuietLabel(text)
    label.setContentsMargins(_BESIDE_BOX, 0, 0, theme.SPACE_SMALL)
    return label


def _fix_size(field: QWidget) -> None:
    """As wide as its content, and no wider."""
    field.setMinimumHeight(theme.field_height(field))
    field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


def _wrapped(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def _choice(choices: list[tuple[str, object]]) -> QComboBox:
    field = QComboBox()
    for word, value in choices:
        field.addItem(word, value)
    _fix_size(field)
    return field


def _choose(field: QComboBox, value: object) -> None:
    field.setCurrentIndex(max(0, next((n for n in range(field.count()) if field.itemData(n) == value), 0)))


def _switch(text: str, is_on: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(is_on)
    return box


def _appearance_word(appearance: Appearance) -> str:
    match appearance:
        case Appearance.SYSTEM:
            return _("As the system")
        case Appearance.LIGHT:
            return pgettext("appearance", "Light")
        case Appearance.DARK:
            return pgettext("appearance", "Dark")


def _keyring() -> str:
    """What the system calls the place where it keeps passwords."""
    match sys.platform:
        case "win32":
            return _("the Windows Credential Manager")
        case "darwin":
            return _("the keychain of macOS")
        case _:
            return _("the keyring of this desktop")
