"""Which accounts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.batch import AccountTable, parse_pasted, read_accounts
from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.dialogs.files import account_lists, all_files, file_dialog
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.desktop.wizard.accounts_model import PASSWORDS, AccountsModel, Column
from mailmove_gui.desktop.wizard.accounts_table import AccountsTable
from mailmove_gui.desktop.wizard.draft import hinders
from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.desktop.wizard.single_form import SingleForm
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.texts import _, ngettext, numbers
from mailmove_gui.texts.problems import sentence

_SHOWN_PROBLEMS = 3

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class AccountsPage(Page):
    """Accounts typed, pasted from a spreadsheet, or read from a file; one account as a form."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(wizard, "", "")
        self.model = AccountsModel(self)
        self.table = AccountsTable(self.model, self)
        self.single = SingleForm(self)
        self.notice = Notice(self)
        self.domain_field = QLineEdit(self)
        self.same_passwords = QCheckBox(_("The destination has the sa&me passwords"), self)
        self._count = QLabel(self)
        self._row_problem = QuietLabel(parent=self)
        self.import_button = self._button("import", _("&Import file…"), _("A list of accounts as CSV or XLSX"))
        self.paste_button = self._button("paste", _("&Paste"), _("Rows copied from a spreadsheet (Ctrl+V)"))
        self.add_button = self._button("add", _("&Add row"), _("Type another account"))
        self.remove_button = self._button("remove", _("&Remove"), _("Take the selected rows away (Delete)"))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._build_many())
        self._stack.addWidget(self.single)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)
        self.model.edited.connect(self._take_rows)
        self.single.edited.connect(self._take_single)
        self.table.paste_wanted.connect(self.paste)
        self.table.remove_wanted.connect(self._remove)
        self.import_button.clicked.connect(self._choose_file)
        self.paste_button.clicked.connect(self.paste)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)
        self.domain_field.textEdited.connect(self._take_options)
        self.same_passwords.toggled.connect(self._take_options)
        self.table.selectionModel().selectionChanged.connect(self._renew)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what the draft holds: passwords may have been corrected on a later page."""
        super().showEvent(event)
        if self.draft.rows and self.draft.rows != self.model.rows:
            self._show_rows()

    def _show_rows(self) -> None:
        self.model.show_draft(self.draft)
        self.single.show_row(self.model.rows[0])

    def initializePage(self) -> None:
        """Show what was typed before."""
        draft = self.draft
        self._stack.setCurrentIndex(1 if draft.is_single else 0)
        title = _("Which mailbox?") if draft.is_single else _("Which accounts?")
        self.heading.setText(title)
        self.setAccessibleName(title)
        self.explanation.setText(
            _("{source} to {destination}").format(source=draft.source.host, destination=draft.destination.host)
        )
        self.domain_field.setText(draft.destination_domain)
        self.same_passwords.blockSignals(True)
        self.same_passwords.setChecked(draft.same_passwords)
        self.same_passwords.blockSignals(False)
        self._show_rows()
        self._renew()
        if draft.is_single:
            self.single.source_user.setFocus()
        else:
            self.table.setFocus()
            self.table.setCurrentIndex(self.model.index(0, 0))

    def isComplete(self) -> bool:
        """Whether the accounts can be checked."""
        return self.draft.can_check

    def import_file(self, path: Path) -> None:
        """Read a list of accounts; the rows appear when it is read.

        Rows without servers of their own stay without: they follow the wizard's, also when those are corrected.
        """
        self._read(lambda: read_accounts(path))

    @Slot()
    def paste(self) -> None:
        """Take rows, or the text of one cell, from the clipboard."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self.notice.say(Tone.IDLE, _("There is no text on the clipboard. Copy rows in a spreadsheet first."))
            return
        index = self.table.currentIndex()
        cells = [line.split("\t") for line in text.splitlines() if line.strip()]
        if self.table.hasFocus() and index.isValid() and index.column() != Column.PROBLEM:
            is_one_cell = len(cells) == 1 and len(cells[0]) == 1 and not any(mark in text for mark in ",;")
            if is_one_cell or index.column() != Column.SOURCE_USER:
                self._fill(index.row(), index.column(), cells)
                return
        self._read(lambda: parse_pasted(text))

    def _fill(self, first_row: int, first_column: int, cells: list[list[str]]) -> None:
        """Put cells into the table from one cell on to the right and down: a column of passwords is no list of rows."""
        while len(self.model.rows) < first_row + len(cells):
            self.model.add_blank()
        for row, texts in enumerate(cells, first_row):
            for column, cell in enumerate(texts, first_column):
                if column < Column.PROBLEM:
                    self.model.setData(self.model.index(row, column), cell.strip() if column not in PASSWORDS else cell)

    def _read(self, work: Callable[[], AccountTable]) -> None:
        self.notice.say(Tone.MOVING, _("Reading the list…"))
        self._owner.background.run(work, self._take_table, self._refuse_table)

    def _take_table(self, table: AccountTable) -> None:
        # What is wrong with the rows themselves stands beside them. A row whose server cannot be read is left out:
        # it must not fall back to another server without a word.
        lost = [problem for problem in table.problems if problem.field in ("source", "destination") and problem.value]
        unreadable = {problem.row for problem in lost}
        rows = [row for row in table.rows if row.number not in unreadable]
        self.model.add_rows(rows)
        read = ngettext("{n} account was read.", "{n} accounts were read.", len(rows)).format(
            n=numbers.count(len(rows))
        )
        if lost:
            left_out = ngettext(
                "{n} row was left out. Correct it in the list and import it again.",
                "{n} rows were left out. Correct them in the list and import them again.",
                len(unreadable),
            ).format(n=numbers.count(len(unreadable)))
            self.notice.say(Tone.WAITING, " ".join([read, left_out, *map(sentence, lost[:_SHOWN_PROBLEMS])]))
        else:
            self.notice.say(Tone.DONE, read)

    def _refuse_table(self, error: Exception) -> None:
        if not isinstance(error, InvalidInput):
            self.notice.clear()
            raise error
        self.notice.say(Tone.FAILED, sentence(error.problem))

    def _build_many(self) -> QWidget:
        many = QWidget(self)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_SMALL)
        for button in (self.import_button, self.paste_button, self.add_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        options = QHBoxLayout()
        options.setSpacing(theme.SPACE_SMALL)
        label = QLabel(_("Same name a&t"), self)
        label.setBuddy(self.domain_field)
        self.domain_field.setPlaceholderText(_("the same domain"))
        self.domain_field.setAccessibleName(_("Domain of the destination addresses"))
        self.domain_field.setToolTip(
            _("Where no destination address is entered, the source's name at this domain is used")
        )
        self.domain_field.setMaximumWidth(200)
        options.addWidget(label)
        options.addWidget(self.domain_field)
        options.addSpacing(theme.SPACE)
        options.addWidget(self.same_passwords)
        options.addStretch(1)
        layout = QVBoxLayout(many)
        theme.set_margins(layout, 0, theme.SPACE_SMALL)
        layout.addLayout(buttons)
        layout.addLayout(options)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._count)
        layout.addWidget(self._row_problem)
        return many

    def _button(self, icon_name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(icons.icon(icon_name), text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        return button

    @Slot()
    def _choose_file(self) -> None:
        dialog = file_dialog(self, _("Choose a list of accounts"), [account_lists(), all_files()])
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    @Slot(str)
    def _file_chosen(self, name: str) -> None:
        self.import_file(Path(name))

    @Slot()
    def _add(self) -> None:
        self.table.edit_row(self.model.add_blank())

    @Slot()
    def _remove(self) -> None:
        self.model.remove(self.table.chosen_rows())

    @Slot()
    def _take_rows(self) -> None:
        self._owner.change(replace(self.draft, rows=self.model.rows))
        self._renew()

    @Slot()
    def _take_single(self) -> None:
        self._owner.change(replace(self.draft, rows=(self.single.row(),)))
        self._renew()

    @Slot()
    def _take_options(self) -> None:
        changed = replace(
            self.draft,
            destination_domain=self.domain_field.text().strip(),
            same_passwords=self.same_passwords.isChecked(),
        )
        self._owner.change(changed)
        self.model.take_options(changed)
        self._renew()

    @Slot()
    def _renew(self) -> None:
        draft = self.draft
        problems = draft.problems()
        filled = len(draft.filled_rows())
        to_look_at = len({problem.row for problem in problems})
        parts = (
            [numbers.accounts(filled)]
            if filled
            else [_("Type accounts, paste rows from a spreadsheet, or import a file.")]
        )
        if filled and to_look_at:
            parts.append(ngettext("{n} to look at", "{n} to look at", to_look_at).format(n=numbers.count(to_look_at)))
        hindering = len({problem.row for problem in problems if hinders(problem)})
        if hindering:
            parts.append(
                ngettext("{n} must be corrected", "{n} must be corrected", hindering).format(n=numbers.count(hindering))
            )
        self._count.setText(" \N{MIDDLE DOT} ".join(parts))
        current = self.table.currentIndex()
        problem = self.model.index(current.row(), Column.PROBLEM).data() if current.isValid() else ""
        self._row_problem.setText(
            _("Row {n}: {problem}").format(n=current.row() + 1, problem=problem) if problem else ""
        )
        self._row_problem.setVisible(bool(problem))
        self.remove_button.setEnabled(bool(self.table.chosen_rows()))
        self.name_next(_("&Continue to what is moved"))
        self.completeChanged.emit()
