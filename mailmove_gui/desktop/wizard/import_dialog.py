"""Shows how a list of accounts is read before it is imported, and lets it be read in another way."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.batch import (
    BLANKS,
    COMMA,
    DASHES,
    ENCODINGS,
    SEMICOLON,
    TAB,
    ColumnRole,
    ListReading,
    with_encoding,
    with_headings,
    with_role,
    with_separator,
    with_trimming,
)
from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.cells import AddressCell, Table, set_up_table
from mailmove_gui.desktop.widgets.labels import TitleLabel
from mailmove_gui.desktop.widgets.problem_list import ProblemList
from mailmove_gui.desktop.wizard.import_model import (
    MOST_COLUMNS,
    ImportModel,
    ImportPreview,
    Judge,
    column_name,
    preview_of,
)
from mailmove_gui.desktop.wizard.role_header import RoleHeader
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.texts import _, ngettext, numbers
from mailmove_gui.texts.problems import sentence

_WIDTH, _HEIGHT = 840, 560
_WIDEST_COLUMN = 260
_LIST_LINES = 5
_ROW_LINES = 1.2

Change = Callable[[ListReading], ListReading]


class _Reader:
    """The list as it was read last; used by the background thread alone, where changes come one after the other."""

    def __init__(self, reading: ListReading, judge: Judge) -> None:
        self._reading = reading
        self._judge = judge

    def read(self, change: Change) -> ImportPreview:
        """Read it with one choice changed.

        Raises:
            InvalidInput: it cannot be read like that; the list stays as it was.
        """
        self._reading = change(self._reading)
        return preview_of(self._reading, self._judge)


class ImportDialog(QDialog):
    """The first rows of a list, what each column is for, and what will be read and what not."""

    import_wanted = Signal(object)
    """AccountTable"""

    def __init__(
        self, preview: ImportPreview, judge: Judge, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preview = preview
        self._background = background
        self._reader = _Reader(preview.reading, judge)
        self._awaited = 0
        self.setWindowTitle(_("Import accounts"))
        self.encoding = QComboBox(self)
        self.separator = QComboBox(self)
        self.headings = QCheckBox(_("First row holds &headings"), self)
        self.trims = QCheckBox(_("&Trim blanks around passwords"), self)
        self.reveals = QCheckBox(_("&Show passwords"), self)
        self.notice = Notice(self)
        self.model = ImportModel(preview.reading, self)
        self.table = Table(self)
        self.header = RoleHeader(self.table)
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.problems = ProblemList(self)
        self.import_button = QPushButton(self)
        self._build()
        self.encoding.activated.connect(self._choose_encoding)
        self.separator.activated.connect(self._choose_separator)
        self.headings.toggled.connect(self._choose_headings)
        self.trims.toggled.connect(self._choose_trimming)
        self.reveals.toggled.connect(self._reveal)
        self.header.role_chosen.connect(self._choose_role)
        self._show()
        self.resize(_WIDTH, _HEIGHT)
        self.import_button.setFocus()
        if not preview.reading.has_headings and not preview.reading.is_clear:
            self.notice.say(Tone.WAITING, _("This list has no headings. Check above each column what it is for."))

    @property
    def preview(self) -> ImportPreview:
        """What is shown."""
        return self._preview

    @property
    def is_reading(self) -> bool:
        """Whether the list is being read in another way."""
        return self._awaited > 0

    def accept(self) -> None:
        """Import what is shown."""
        if self.import_button.isEnabled():
            self.import_wanted.emit(self._preview.reading.accounts)
            super().accept()

    def _build(self) -> None:
        source = self._preview.reading.source
        set_up_table(self.table, lines=_ROW_LINES)
        self.table.setHorizontalHeader(self.header)
        self.table.setModel(self.model)
        self.table.setItemDelegate(AddressCell(self.table))
        self.table.verticalHeader().show()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.setAccessibleName(_("The first rows of the list"))
        choices = QHBoxLayout()
        choices.setSpacing(theme.SPACE_SMALL)
        for text, chooser in ((_("&Encoding"), self.encoding), (_("Se&parator"), self.separator)):
            label = QLabel(text, self)
            label.setBuddy(chooser)
            choices.addWidget(label)
            choices.addWidget(chooser)
            choices.addSpacing(theme.SPACE)
            is_there = self._preview.reading.table.separator if chooser is self.separator else source.text is None
            for widget in (label, chooser):
                # A spreadsheet says itself how it is written, and pasted text is text already.
                widget.setVisible(bool(is_there and self._preview.reading.table.separator))
        choices.addWidget(self.headings)
        choices.addStretch(1)
        passwords = QHBoxLayout()
        passwords.setSpacing(theme.SPACE_LARGE)
        passwords.addWidget(self.trims)
        passwords.addWidget(self.reveals)
        passwords.addStretch(1)
        line = self.problems.fontMetrics().height() + theme.SPACE_TINY
        self.problems.setMaximumHeight(_LIST_LINES * line + theme.SPACE_SMALL)
        self.problems.setMinimumHeight(2 * line)
        buttons = QDialogButtonBox(self)
        cancel = QPushButton(_("Cancel"), self)
        cancel.setAutoDefault(False)
        theme.mark_primary(self.import_button)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.import_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_SMALL)
        file = source.file
        layout.addWidget(TitleLabel(_("Import {file}").format(file=file) if file else _("Import pasted rows"), self))
        layout.addLayout(choices)
        layout.addLayout(passwords)
        layout.addWidget(self.notice)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.summary)
        layout.addWidget(self.problems)
        layout.addWidget(buttons)

    def _show(self) -> None:
        reading = self._preview.reading
        _show_choice(self.encoding, _encodings(reading.table.encoding), reading.table.encoding)
        _show_choice(self.separator, _separators(reading.table.separator), reading.table.separator)
        for box, checked in ((self.headings, reading.has_headings), (self.trims, reading.trims_passwords)):
            with QSignalBlocker(box):
                box.setChecked(checked)
        self.model.show_reading(reading)
        shown = reading.roles[:MOST_COLUMNS]
        self.header.show_roles(shown, [column_name(reading, column) for column in range(len(shown))])
        self._fit_columns()
        self.summary.setText(self._preview.summary())
        lines = self._preview.lines()
        self.problems.show_problems(lines)
        self.problems.setVisible(bool(lines))
        self._renew_button()

    def _fit_columns(self) -> None:
        metrics = self.table.fontMetrics()
        least = max((chooser.sizeHint().width() for chooser in self.header.choosers), default=0) + theme.SPACE_SMALL
        for column in range(self.model.columnCount()):
            texts = [str(self.model.index(row, column).data() or "") for row in range(self.model.rowCount())]
            widest = max(map(metrics.horizontalAdvance, texts), default=0) + 2 * theme.SPACE
            self.table.setColumnWidth(column, max(least, min(widest, _WIDEST_COLUMN)))

    def _renew_button(self) -> None:
        count = self._preview.accounts
        self.import_button.setEnabled(bool(count) and not self.is_reading)
        text = ngettext("&Import {n} account", "&Import {n} accounts", count).format(n=numbers.count(count))
        self.import_button.setText(text if count else _("&Import accounts"))

    def _read(self, change: Change) -> None:
        reader = self._reader
        self._awaited += 1
        self._renew_button()
        self._background.run(lambda: reader.read(change), self._take, self._refuse)

    def _take(self, preview: ImportPreview) -> None:
        self._awaited -= 1
        self._preview = preview
        self.notice.clear()
        self._show()

    def _refuse(self, error: Exception) -> None:
        self._awaited -= 1
        self._show()
        if not isinstance(error, InvalidInput):
            raise error
        self.notice.say(Tone.FAILED, sentence(error.problem))

    @Slot(int)
    def _choose_encoding(self, position: int) -> None:
        encoding = str(self.encoding.itemData(position))
        self._read(lambda reading: with_encoding(reading, encoding))

    @Slot(int)
    def _choose_separator(self, position: int) -> None:
        separator = str(self.separator.itemData(position))
        self._read(lambda reading: with_separator(reading, separator))

    @Slot(bool)
    def _choose_headings(self, has_headings: bool) -> None:
        self._read(lambda reading: with_headings(reading, has_headings=has_headings))

    @Slot(bool)
    def _choose_trimming(self, trims: bool) -> None:
        self._read(lambda reading: with_trimming(reading, trims_passwords=trims))

    @Slot(int, str)
    def _choose_role(self, column: int, role: str) -> None:
        self._read(lambda reading: with_role(reading, column, ColumnRole(role)))

    @Slot(bool)
    def _reveal(self, shown: bool) -> None:
        self.model.reveal(shown)


def _show_choice(chooser: QComboBox, names: dict[str, str], current: str) -> None:
    with QSignalBlocker(chooser):
        chooser.clear()
        for value, name in names.items():
            chooser.addItem(name, value)
        chooser.setCurrentIndex(max(0, chooser.findData(current)))


def _encodings(current: str) -> dict[str, str]:
    names = {
        "utf-8": _("Unicode (UTF-8)"),
        "gb18030": _("Chinese (GB18030)"),
        "utf-16-le": _("Unicode (UTF-16 LE)"),
        "utf-16-be": _("Unicode (UTF-16 BE)"),
        "big5": _("Traditional Chinese (Big5)"),
        "cp1252": _("Western (Windows-1252)"),
    }
    known = {encoding: names[encoding] for encoding in ENCODINGS}
    return known if current in known else {current: current.upper(), **known}


def _separators(current: str) -> dict[str, str]:
    names = {
        COMMA: _("Comma ,"),
        SEMICOLON: _("Semicolon ;"),
        TAB: _("Tab"),
        BLANKS: _("Blanks"),
        DASHES: _("Dashes ----"),
    }
    return names if current in names else {current: current, **names}
