"""Which accounts."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.batch import AccountTable, parse_table
from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.problem_list import ProblemList
from mailmove_gui.desktop.widgets.tab_order import put_in_tab_order
from mailmove_gui.desktop.wizard.accounts_model import AccountsModel, Column
from mailmove_gui.desktop.wizard.accounts_table import AccountsTable
from mailmove_gui.desktop.wizard.draft import likely_domains
from mailmove_gui.desktop.wizard.list_import import ListImport
from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.desktop.wizard.problem_words import row_sentences
from mailmove_gui.desktop.wizard.single_form import SingleForm
from mailmove_gui.domain.problems import ProblemKind
from mailmove_gui.texts import _, joined, ngettext, numbers
from mailmove_gui.texts.problems import in_row, what_is_wrong

_SHOWN_PROBLEMS = 3
_LIST_LINES = 4

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
        self.lists = ListImport(wizard, self, self.notice)
        self.domain_field = QComboBox(self)
        self.same_passwords = QCheckBox(_("The destination has the sa&me passwords"), self)
        self._count = QLabel(self)
        self.show_button = self._button("warning", _("S&how"), _("The rows with something to look at"))
        self.show_button.setCheckable(True)
        self.problems = ProblemList(self)
        self.import_button = self._button("import", _("&Import file…"), _("A list of accounts as CSV or XLSX"))
        self.paste_button = self._button("paste", _("&Paste"), _("Rows copied from a spreadsheet (Ctrl+V)"))
        self.add_button = self._button("add", _("&Add row"), _("Type another account"))
        self.remove_button = self._button("remove", _("&Remove"), _("Take the selected rows away (Delete)"))
        self.template_button = self._button("report", _("Temp&late…"), _("Save an empty list to fill in"))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._build_many())
        self._stack.addWidget(self.single)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)
        above = (self.import_button, self.paste_button, self.add_button, self.remove_button, self.template_button)
        below = (self.domain_field, self.same_passwords, self.table, self.show_button, self.problems)
        put_in_tab_order((*above, *below))
        self.model.edited.connect(self._take_rows)
        self.model.judged.connect(self._renew)
        self.single.edited.connect(self._take_single)
        self.single.settled.connect(self._judge_single)
        self.table.paste_wanted.connect(self.paste)
        self.table.remove_wanted.connect(self._remove)
        self.lists.read.connect(self._take_accounts)
        self.import_button.clicked.connect(self.lists.choose_file)
        self.paste_button.clicked.connect(self.paste)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)
        self.template_button.clicked.connect(self.lists.choose_template)
        self.domain_field.editTextChanged.connect(self._take_options)
        self.same_passwords.toggled.connect(self._take_options)
        self.show_button.toggled.connect(self._show_problems)
        self.problems.row_wanted.connect(self._go_to_row)
        self.table.selectionModel().selectionChanged.connect(self._renew_remove)

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
        with QSignalBlocker(self.domain_field):
            self.domain_field.clear()
            self.domain_field.addItems(["", *likely_domains(draft)])
            self.domain_field.setEditText(draft.destination_domain)
        with QSignalBlocker(self.same_passwords):
            self.same_passwords.setChecked(draft.same_passwords)
        self._show_rows()
        self._renew()
        if draft.is_single:
            self.single.source_user.setFocus()
        else:
            self.table.setFocus()
            self.table.setCurrentIndex(self.model.index(0, 0))

    def isComplete(self) -> bool:
        """Whether the accounts can be checked."""
        if self.draft.is_single:
            return self.draft.can_check
        return self.model.is_judged and self.model.judgement.can_check

    @Slot()
    def paste(self) -> None:
        """Take rows, or the text of one cell, from the clipboard."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self.notice.say(Tone.IDLE, _("There is no text on the clipboard. Copy rows in a spreadsheet first."))
            return
        index = self.table.currentIndex()
        # An empty line is an empty cell: without it, the passwords below would belong to others.
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
        cells = [line.split("\t") for line in lines]
        if self.table.hasFocus() and index.isValid() and index.column() != Column.PROBLEM:
            is_one_cell = len(cells) == 1 and parse_table(text).width() == 1
            if is_one_cell or index.column() != Column.SOURCE_USER:
                self.model.fill(index.row(), Column(index.column()), cells)
                return
        self.lists.read_text(text)

    @Slot(object)
    def _take_accounts(self, table: AccountTable) -> None:
        self.model.add_rows(table.rows)
        # What is wrong with the rows themselves stands beside them.
        count, left_out = len(table.rows), len(table.left_out)
        read = ngettext("{n} account was read.", "{n} accounts were read.", count).format(n=numbers.count(count))
        if not left_out:
            self.notice.say(Tone.DONE, read)
            return
        lost = ngettext(
            "{n} row was left out. Correct it in the list and import it again.",
            "{n} rows were left out. Correct them in the list and import them again.",
            left_out,
        ).format(n=numbers.count(left_out))
        named = (in_row(problem.row or 0, what_is_wrong(problem)) for problem in table.problems[:_SHOWN_PROBLEMS])
        self.notice.say(Tone.WAITING, joined([read, lost, *named]))

    def _build_many(self) -> QWidget:
        many = QWidget(self)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_SMALL)
        for button in (self.import_button, self.paste_button, self.add_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.template_button)
        options = QHBoxLayout()
        options.setSpacing(theme.SPACE_SMALL)
        label = QLabel(_("Same name a&t"), self)
        label.setBuddy(self.domain_field)
        self.domain_field.setEditable(True)
        self.domain_field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        edit = self.domain_field.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(_("the same domain"))
        self.domain_field.setAccessibleName(_("Domain of the destination addresses"))
        self.domain_field.setToolTip(
            _("Where no destination address is entered, the source's name at this domain is used")
        )
        self.domain_field.setFixedWidth(220)
        options.addWidget(label)
        options.addWidget(self.domain_field)
        options.addSpacing(theme.SPACE)
        options.addWidget(self.same_passwords)
        options.addStretch(1)
        counts = QHBoxLayout()
        counts.setSpacing(theme.SPACE_SMALL)
        counts.addWidget(self._count)
        counts.addWidget(self.show_button)
        counts.addStretch(1)
        line = self.problems.fontMetrics().height() + theme.SPACE_TINY
        self.problems.setFixedHeight(_LIST_LINES * line + theme.SPACE_SMALL)
        self.problems.hide()
        layout = QVBoxLayout(many)
        theme.set_margins(layout, 0, theme.SPACE_SMALL)
        layout.addLayout(buttons)
        layout.addLayout(options)
        layout.addWidget(self.table, 1)
        layout.addLayout(counts)
        layout.addWidget(self.problems)
        return many

    def _button(self, icon_name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(icons.icon(icon_name), text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        return button

    @Slot()
    def _add(self) -> None:
        self.table.edit_row(self.model.add_blank())

    @Slot()
    def _remove(self) -> None:
        self.model.remove(self.table.chosen_rows())

    @Slot()
    def _take_rows(self) -> None:
        self._owner.change(replace(self.draft, rows=self.model.rows))

    @Slot()
    def _take_single(self) -> None:
        self._owner.change(replace(self.draft, rows=(self.single.row(),)))
        self.completeChanged.emit()

    @Slot()
    def _judge_single(self) -> None:
        # A password that is still to be typed is nothing to be told about.
        found = [problem for problem in self.draft.problems() if problem.kind is not ProblemKind.VALUE_MISSING]
        self.single.say(joined(row_sentences(found)))

    @Slot()
    def _take_options(self) -> None:
        changed = replace(
            self.draft,
            destination_domain=self.domain_field.currentText().strip(),
            same_passwords=self.same_passwords.isChecked(),
        )
        self._owner.change(changed)
        self.model.take_options(changed)

    @Slot(bool)
    def _show_problems(self, shown: bool) -> None:
        self.problems.setVisible(shown and bool(self.model.judgement.to_look_at))
        self._list_problems()

    def _list_problems(self) -> None:
        if self.show_button.isChecked():
            problems = self.model.judgement.problems
            self.problems.show_problems([(row, joined(row_sentences(found))) for row, found in problems.items()])

    @Slot(int)
    def _go_to_row(self, row: int) -> None:
        self.table.go_to(row - 1)

    @Slot()
    def _renew_remove(self) -> None:
        self.remove_button.setEnabled(self.table.selectionModel().hasSelection())

    @Slot()
    def _renew(self) -> None:
        self._renew_remove()
        if self.model.is_judged and not self.draft.is_single:
            self._say_counts()
        self.name_next(_("&Continue to what is moved"))
        self.completeChanged.emit()

    def _say_counts(self) -> None:
        judgement = self.model.judgement
        filled, to_look_at, hindering = judgement.filled, judgement.to_look_at, judgement.hindering
        if filled:
            parts = [numbers.accounts(filled)]
            if to_look_at:
                parts.append(_("{n} ready").format(n=numbers.count(filled - to_look_at)))
                text = ngettext("{n} to look at", "{n} to look at", to_look_at)
                parts.append(text.format(n=numbers.count(to_look_at)))
            if hindering:
                text = ngettext("{n} must be corrected", "{n} must be corrected", hindering)
                parts.append(text.format(n=numbers.count(hindering)))
        else:
            parts = [_("Type accounts, paste rows from a spreadsheet, or import a file.")]
        self._count.setText(" \N{MIDDLE DOT} ".join(parts))
        self.show_button.setVisible(bool(to_look_at))
        self.problems.setVisible(bool(to_look_at) and self.show_button.isChecked())
        self._list_problems()
