"""What of the mailboxes is moved, and in which order."""

from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QDate, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.days import day_in, set_up_day
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel
from mailmove_gui.desktop.widgets.page_scroll import PageScroll
from mailmove_gui.desktop.wizard.folder_names_field import FolderNamesField
from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.desktop.wizard.pop3_card import Pop3Card
from mailmove_gui.desktop.wizard.pop3_source import is_read_by_pop3_alone
from mailmove_gui.domain.folders import UNWANTED, display_name
from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.texts import _, ngettext, numbers

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard

_MEGABYTE = 1_000_000
_USUAL_MEGABYTES = 25
_MOST_MEGABYTES = 10_000
_MOST_AT_ONCE = 20


class Folders(IntEnum):
    """Which folders."""

    ALL = 0
    NOT_UNWANTED = 1
    NAMED = 2


class WhatPage(Page):
    """Folders, days and size, order and pace. Everything is filled in well: one can just go on."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(wizard, _("What to move"), _("Everything is moved unless you say otherwise here."))
        self.all_button = QRadioButton(_("A&ll folders"), self)
        self.not_unwanted_button = QRadioButton(_("All but &Junk and Trash"), self)
        self.named_button = QRadioButton(_("Onl&y these folders and those below them:"), self)
        self._choice = QButtonGroup(self)
        for choice, button in (
            (Folders.ALL, self.all_button),
            (Folders.NOT_UNWANTED, self.not_unwanted_button),
            (Folders.NAMED, self.named_button),
        ):
            self._choice.addButton(button, choice)
        self.names_field = FolderNamesField(self)
        self.pick_button = QPushButton(icons.icon("folder"), _("&Pick…"), self)
        self.pick_button.setAutoDefault(False)
        self._menu = QMenu(self)
        self.pick_button.setMenu(self._menu)
        self.pop3 = Pop3Card(self)
        self.since_box, self.since_field = QCheckBox(_("Only from this day on:"), self), QDateEdit(self)
        self.before_box, self.before_field = QCheckBox(_("Only before this day:"), self), QDateEdit(self)
        self.size_box, self.size_field = QCheckBox(_("Only up to this size:"), self), QSpinBox(self)
        self.order_field = QComboBox(self)
        self.at_once_label, self.at_once_field = QLabel(_("Accounts at the &same time"), self), QSpinBox(self)
        self.notice = Notice(self)
        self._is_showing = False
        self._set_up_fields()
        self._folders = self._folders_card()
        inside = QVBoxLayout()
        theme.set_margins(inside, 0)
        inside.addWidget(self._folders)
        inside.addWidget(self.pop3)
        beside = QHBoxLayout()
        beside.setSpacing(theme.SPACE)
        beside.addWidget(self._messages_card(), 3)
        beside.addWidget(self._order_card(), 2)
        inside.addLayout(beside)
        inside.addStretch(1)
        self.body.addWidget(PageScroll(inside, self), 1)
        self.body.addWidget(self.notice)
        self._choice.idToggled.connect(self._changed)
        self.names_field.textChanged.connect(self._changed)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._menu.triggered.connect(self._pick)
        for box in (self.since_box, self.before_box, self.size_box):
            box.toggled.connect(self._changed)
        self.since_field.dateChanged.connect(self._changed)
        self.before_field.dateChanged.connect(self._changed)
        self.size_field.valueChanged.connect(self._changed)
        self.order_field.activated.connect(self._changed)
        self.pop3.changed.connect(self._changed)
        self.at_once_field.valueChanged.connect(self._changed)

    def initializePage(self) -> None:
        """Show what was chosen."""
        by_pop3_alone = is_read_by_pop3_alone(self.draft)
        if by_pop3_alone:
            # The inbox is all there is: a choice made before, for another server, would leave nothing.
            self._owner.change(replace(self.draft, options=replace(self.draft.options, folders=())))
        options = self.draft.options
        self._is_showing = True
        choice = Folders.NOT_UNWANTED if options.exclude_roles else Folders.ALL
        if options.folders:
            choice = Folders.NAMED
        self._choice.button(choice).setChecked(True)
        self.names_field.setPlainText("\n".join(options.folders))
        for box, field, day in (
            (self.since_box, self.since_field, options.since),
            (self.before_box, self.before_field, options.before),
        ):
            box.setChecked(day is not None)
            if day is not None:
                field.setDate(QDate(day.year, day.month, day.day))
        self.size_box.setChecked(options.max_size_bytes is not None)
        if options.max_size_bytes is not None:
            self.size_field.setValue(options.max_size_bytes // _MEGABYTE)
        self.order_field.setCurrentIndex(self.order_field.findData(options.order))
        self.at_once_field.setValue(options.accounts_at_once)
        self.pop3.show_draft(self.draft)
        self._is_showing = False
        self._folders.setVisible(not by_pop3_alone)
        self.at_once_label.setVisible(not self.draft.is_single)
        self.at_once_field.setVisible(not self.draft.is_single)
        self._renew()

    def showEvent(self, event: QShowEvent) -> None:
        """Offer what a check has found meanwhile: coming back does not initialise a page."""
        super().showEvent(event)
        self._is_showing = True
        self.pop3.show_draft(self.draft)
        self._is_showing = False
        self.pick_button.setVisible(bool(self._known_folders()))

    def isComplete(self) -> bool:
        """Whether something can be left over to move."""
        return not self._problem()

    def _set_up_fields(self) -> None:
        today = QDate.currentDate()
        for field, day, name in (
            (self.since_field, today.addYears(-1), _("Only from this day on")),
            (self.before_field, today, _("Only before this day")),
        ):
            set_up_day(field, name)
            field.setDate(day)
        self.size_field.setRange(1, _MOST_MEGABYTES)
        self.size_field.setValue(_USUAL_MEGABYTES)
        self.size_field.setSuffix(_(" MB"))
        self.size_field.setAccessibleName(_("Only up to this size"))
        self.order_field.addItem(_("Newest messages first"), MessageOrder.NEWEST_FIRST)
        self.order_field.addItem(_("Oldest messages first"), MessageOrder.OLDEST_FIRST)
        self.order_field.setAccessibleName(_("Order"))
        self.at_once_field.setRange(1, _MOST_AT_ONCE)
        self.at_once_label.setBuddy(self.at_once_field)
        self.names_field.setAccessibleName(_("Names of folders, one a line"))
        self.names_field.setPlaceholderText(_("One name a line, such as INBOX or Projects/2024; * stands for anything"))
        for widget in (self.size_field, self.order_field, self.at_once_field):
            widget.setMinimumHeight(theme.field_height(widget))

    def _folders_card(self) -> Card:
        card = Card(self)
        layout = QVBoxLayout(card)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_SMALL)
        layout.addWidget(SectionLabel(_("Folders"), card))
        for button in self._choice.buttons():
            layout.addWidget(button)
        names = QHBoxLayout()
        names.setContentsMargins(theme.SPACE_HUGE, 0, 0, 0)
        names.setSpacing(theme.SPACE_SMALL)
        names.addWidget(self.names_field, 1)
        pick = QVBoxLayout()
        pick.addWidget(self.pick_button)
        pick.addStretch(1)
        names.addLayout(pick)
        layout.addLayout(names)
        return card

    def _messages_card(self) -> Card:
        card = Card(self)
        layout = QGridLayout(card)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_SMALL)
        layout.addWidget(SectionLabel(_("Messages"), card), 0, 0, 1, 2)
        rows: tuple[tuple[QCheckBox, QWidget], ...] = (
            (self.since_box, self.since_field),
            (self.before_box, self.before_field),
            (self.size_box, self.size_field),
        )
        for number, (box, field) in enumerate(rows, 1):
            layout.addWidget(box, number, 0)
            layout.addWidget(field, number, 1)
        layout.setColumnStretch(0, 1)
        return card

    def _order_card(self) -> Card:
        card = Card(self)
        layout = QVBoxLayout(card)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_SMALL)
        layout.addWidget(SectionLabel(_("Order"), card))
        layout.addWidget(self.order_field)
        layout.addWidget(QuietLabel(_("Newest first: people can work while older mail follows."), card))
        at_once = QHBoxLayout()
        at_once.addWidget(self.at_once_label, 1)
        at_once.addWidget(self.at_once_field)
        layout.addLayout(at_once)
        layout.addStretch(1)
        return card

    def _known_folders(self) -> list[str]:
        """Folders of accounts that were checked before; names are typed until there are any."""
        checks = self.draft.checks.values()
        paths = {folder.path for check in checks for folder in check.source_folders if folder.selectable}
        return [display_name(path) for path in sorted(paths)]

    @Slot()
    def _fill_menu(self) -> None:
        self._menu.clear()
        for name in self._known_folders():
            self._menu.addAction(name.replace("&", "&&")).setData(name)

    def _names(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.names_field.toPlainText().splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def _options(self) -> Options:
        """The draft's options with what the page says."""
        choice = Folders(self._choice.checkedId())
        return replace(
            self.pop3.in_options(self.draft.options),
            folders=self._names() if choice is Folders.NAMED else (),
            exclude_roles=UNWANTED if choice is Folders.NOT_UNWANTED else frozenset(),
            since=day_in(self.since_field) if self.since_box.isChecked() else None,
            before=day_in(self.before_field) if self.before_box.isChecked() else None,
            max_size_bytes=self.size_field.value() * _MEGABYTE if self.size_box.isChecked() else None,
            order=MessageOrder(self.order_field.currentData()),
            accounts_at_once=self.at_once_field.value(),
        )

    def _problem(self) -> str:
        options = self.draft.options
        if self.named_button.isChecked() and not options.folders:
            return _("No folder is named. Type a name, or move all folders.")
        if options.since is not None and options.before is not None and options.since >= options.before:
            return _("No message is both from the first day on and before the second one. Change one of the days.")
        return ""

    @Slot()
    def _changed(self) -> None:
        if self._is_showing:
            return
        self._owner.change(replace(self.draft, options=self._options()))
        self._renew()

    @Slot(QAction)
    def _pick(self, action: QAction) -> None:
        self.names_field.setPlainText("\n".join(dict.fromkeys((*self._names(), cast("str", action.data())))))
        self.named_button.setChecked(True)

    def _renew(self) -> None:
        is_named = self.named_button.isChecked()
        self.names_field.setEnabled(is_named)
        self.since_field.setEnabled(self.since_box.isChecked())
        self.before_field.setEnabled(self.before_box.isChecked())
        self.size_field.setEnabled(self.size_box.isChecked())
        problem = self._problem()
        if problem:
            self.notice.say(Tone.WAITING, problem)
        else:
            self.notice.clear()
        self.name_next(_check_button(len(self.draft.accounts()), is_single=self.draft.is_single))
        self.completeChanged.emit()


def _check_button(accounts: int, *, is_single: bool) -> str:
    if is_single:
        return _("&Check this mailbox")
    return ngettext("&Check {n} account", "&Check {n} accounts", accounts).format(n=numbers.count(accounts))
