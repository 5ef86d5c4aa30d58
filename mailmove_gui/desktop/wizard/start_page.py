"""Everything once more, and the button that starts."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.bridge.open_document import FILE_SUFFIX
from mailmove_gui.desktop.dialogs.files import file_dialog, migration_files
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.labels import ElidedLabel, QuietLabel, SectionLabel
from mailmove_gui.desktop.wizard.draft import free_path
from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.texts import _, numbers

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard

_ICON_SIZE = 16


class StartPage(Page):
    """What moves, what does not, and where the migration's file lies."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(wizard, _("Ready to start"), _("Nothing has been moved so far."))
        self.setFinalPage(True)
        self._what = SectionLabel(parent=self)
        self._route = QuietLabel(parent=self)
        self.name_field = QLineEdit(self)
        self._path_label = ElidedLabel(parent=self)
        self.change_button = QPushButton(icons.icon("folder"), _("&Change…"), self)
        self.change_button.setAutoDefault(False)
        self.remember_box = QCheckBox(
            _("&Keep passwords in the system's keyring until the migration is finished"), self
        )
        self._form = QFormLayout()
        self._passwords = QVBoxLayout()
        self._passwords.setSpacing(theme.SPACE_TINY)
        self.notice = Notice(self)
        self._has_own_path = False
        self.body.addWidget(self._build_summary())
        columns = QHBoxLayout()
        columns.setSpacing(theme.SPACE)
        columns.addWidget(
            self._build_list(
                _("What moves"),
                "tick",
                Tone.DONE,
                (
                    _("Every chosen folder and message, byte for byte"),
                    _("Read and flagged marks, and the dates"),
                    _("Each message once: what is there already is not copied again"),
                ),
            )
        )
        columns.addWidget(
            self._build_list(
                _("What does not move"),
                "cross",
                Tone.IDLE,
                (
                    _("Contacts and calendars"),
                    _("Rules, filters and forwardings"),
                    _("Signatures and other settings"),
                ),
            )
        )
        self.body.addLayout(columns)
        self.body.addWidget(self._build_file())
        self.body.addWidget(self.notice)
        self.body.addStretch(1)
        self.name_next(_("&Start moving"))
        self.name_field.textEdited.connect(self._take_name)
        self.name_field.editingFinished.connect(self._suggest_path)
        self.change_button.clicked.connect(self._choose_path)
        self.remember_box.toggled.connect(self._take_remember)

    def initializePage(self) -> None:
        """Show what will be done."""
        draft = self.draft
        if not draft.name:
            draft = replace(draft, name=draft.default_name())
            self._owner.change(draft)
        passed = [draft.checks[account_id] for account_id in draft.passed()]
        messages = numbers.messages(sum(check.messages for check in passed))
        parts = [numbers.accounts(len(passed)), messages]
        sizes = [check.size_bytes for check in passed]
        if passed and all(size is not None for size in sizes):
            parts.append(numbers.size(sum(size or 0 for size in sizes)))
        self._what.setText(" \N{MIDDLE DOT} ".join(parts))
        self._route.setText(
            _("From {source} to {destination}. The source is not changed.").format(
                source=draft.source.host, destination=draft.destination.host
            )
        )
        self.name_field.setText(draft.name)
        self.remember_box.setChecked(draft.remember_passwords)
        self._form.setRowVisible(self._passwords, not draft.is_sample)
        self._show_path()
        self._suggest_path()
        self.setFocusProxy(self.name_field)

    def isComplete(self) -> bool:
        """Whether there is a name, a file, and something to start."""
        draft = self.draft
        return bool(draft.name.strip() and draft.path is not None and draft.passed())

    def say_failed(self, text: str) -> None:
        """The migration's file could not be made."""
        self.notice.say(Tone.FAILED, text)

    def _build_summary(self) -> Card:
        card = Card(self)
        layout = QVBoxLayout(card)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_TINY)
        layout.addWidget(self._what)
        layout.addWidget(self._route)
        return card

    def _build_list(self, title: str, icon_name: str, tone: Tone, lines: tuple[str, ...]) -> Card:
        card = Card(self)
        layout = QVBoxLayout(card)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_SMALL)
        layout.addWidget(SectionLabel(title, card))
        for line in lines:
            mark = QLabel(card)
            mark.setFixedSize(_ICON_SIZE, _ICON_SIZE)
            mark.setPixmap(icons.pixmap(icon_name, tone.color(self.palette()), _ICON_SIZE, self.devicePixelRatioF()))
            text = QLabel(line, card)
            text.setWordWrap(True)
            row = QHBoxLayout()
            row.setSpacing(theme.SPACE_SMALL)
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(text, 1)
            layout.addLayout(row)
        layout.addStretch(1)
        return card

    def _build_file(self) -> QWidget:
        card = Card(self)
        form = self._form
        card.setLayout(form)
        form.setContentsMargins(theme.SPACE_LARGE, theme.SPACE_LARGE, theme.SPACE_LARGE, theme.SPACE_LARGE)
        form.setHorizontalSpacing(theme.SPACE_LARGE)
        form.setVerticalSpacing(theme.SPACE_SMALL)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.name_field.setMinimumHeight(theme.field_height(self.name_field))
        self.name_field.setAccessibleName(_("Name of the migration"))
        form.addRow(_("&Name"), self.name_field)
        path = QHBoxLayout()
        path.setSpacing(theme.SPACE_SMALL)
        path.addWidget(self._path_label, 1)
        path.addWidget(self.change_button)
        form.addRow(QLabel(_("File"), card), path)
        form.addRow(
            QLabel("", card),
            QuietLabel(
                _("This file remembers what has been moved. Open it to go on after a stop. No password is in it."), card
            ),
        )
        self._passwords.addWidget(self.remember_box)
        self._passwords.addWidget(
            QuietLabel(_("Without this they are asked for again after MailMove was closed."), card)
        )
        form.addRow(QLabel(_("Passwords"), card), self._passwords)
        return card

    @Slot(str)
    def _take_name(self, name: str) -> None:
        self._owner.change(replace(self.draft, name=name))
        self.completeChanged.emit()

    @Slot(bool)
    def _take_remember(self, wanted: bool) -> None:
        self._owner.change(replace(self.draft, remember_passwords=wanted))

    @Slot()
    def _suggest_path(self) -> None:
        """Look for a file name that is free, away from the UI thread."""
        if self._has_own_path or not self.draft.name.strip():
            return
        folder, name = self._owner.folder, self.draft.name
        self._owner.background.run(lambda: free_path(folder, name, FILE_SUFFIX), self._take_path)

    def _take_path(self, path: Path) -> None:
        self._owner.change(replace(self.draft, path=path))
        self._show_path()
        self.completeChanged.emit()

    def _show_path(self) -> None:
        self._path_label.setText(str(self.draft.path) if self.draft.path is not None else "")

    @Slot()
    def _choose_path(self) -> None:
        title, suffix = _("Where shall the migration be saved?"), FILE_SUFFIX.removeprefix(".")
        dialog = file_dialog(self, title, [migration_files()], save_as=suffix)
        if self.draft.path is not None:
            dialog.setDirectory(str(self.draft.path.parent))
            dialog.selectFile(self.draft.path.name)
        dialog.fileSelected.connect(self._path_chosen)
        dialog.open()

    @Slot(str)
    def _path_chosen(self, name: str) -> None:
        self._has_own_path = True
        self._take_path(Path(name))
