"""The board as a whole: header, toolbar, notice, filters, table, strip."""

import time
from itertools import pairwise

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QTableView,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.board.actions import BoardActions
from mailmove_gui.desktop.board.cells import AccountCell, ProblemCell, ProgressCell, StateCell
from mailmove_gui.desktop.board.header import BoardHeader
from mailmove_gui.desktop.board.strip import AccountStrip
from mailmove_gui.desktop.bridge.controller import Controller, OpenedMigration
from mailmove_gui.desktop.details.panel import DetailsPanel
from mailmove_gui.desktop.details.split import DetailsSplit
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.board_filter import BoardFilter
from mailmove_gui.desktop.models.board_model import BoardModel, Column
from mailmove_gui.desktop.models.groups import SHOWN_WHEN_EMPTY, Group
from mailmove_gui.desktop.models.rows import BoardRow, Summary
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.cells import Cell, Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.chips import Chip, ChipRow
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.domain.events import AccountChanged, Event
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.passwords import kept_in_memory, left_in_keyring

_CLOCK_MS = 1000
_TONES = {
    Group.NEEDS_YOU: Tone.NEEDS_SOMEONE,
    Group.FAILED: Tone.FAILED,
}


class BoardView(QWidget):
    """Shows where every account stands and sends what people want to the controller."""

    passwords_wanted = Signal(object)
    """tuple of account ids: ask for their passwords"""
    report_wanted = Signal()
    summary_changed = Signal(object)
    """Summary"""

    def __init__(self, controller: Controller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self.model = BoardModel(self)
        self.filter = BoardFilter(self.model, self)
        self.actions_ = BoardActions(self)
        self._header = BoardHeader(self)
        self._notice = Notice(self)
        self._keyring_notice = Notice(self)
        self._chips = ChipRow(self)
        self._strip = AccountStrip(self)
        self._search = QLineEdit(self)
        self.table = Table(self)
        self.details = DetailsPanel(controller, self)
        self.split = DetailsSplit(self.table, self.details, self)
        self._summary: Summary | None = None
        self._build_toolbar()
        self._build_chips()
        self._build_table()
        self._arrange()
        self._connect()
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._look_at_clock)

    def show_migration(self, opened: OpenedMigration, checks: dict[str, AccountCheck] | None = None) -> None:
        """Show a migration that was just opened."""
        self.model.show_accounts(opened.plan, opened.records, checks)
        route = route_of(opened.plan)
        self._header.show_name(opened.plan.name or route, route)
        self.details.end()
        self.details.start_counting(self.model.rows)
        self._renew_numbers()
        self._clock.start()

    def end(self) -> None:
        """The migration is closed: nothing changes any more."""
        self._clock.stop()
        self.details.end()
        self.split.fold()

    @property
    def summary(self) -> Summary:
        """All accounts together, as last shown."""
        return self._summary or self.model.summary()

    @property
    def notice(self) -> Notice:
        """Says that passwords are missing."""
        return self._notice

    @property
    def keyring_notice(self) -> Notice:
        """Says where passwords are when the keyring fails."""
        return self._keyring_notice

    @property
    def strip(self) -> AccountStrip:
        """Speaks of the chosen account."""
        return self._strip

    @property
    def chips(self) -> ChipRow:
        """The filters."""
        return self._chips

    @property
    def header(self) -> BoardHeader:
        """The top."""
        return self._header

    @property
    def search_field(self) -> QLineEdit:
        """Where accounts are searched for."""
        return self._search

    def chosen(self) -> list[BoardRow]:
        """The selected accounts, as shown."""
        rows = self.table.selectionModel().selectedRows()
        return [self.filter.board_row(index) for index in rows]

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.actions_.renew_icons()
            self._search_icon.setIcon(icons.icon("search", theme.secondary_text(self.palette())))

    def _build_toolbar(self) -> None:
        self._toolbar = QToolBar(self)
        self._toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toolbar.setAccessibleName(_("Actions"))
        for action in self.actions_.on_accounts[:4]:
            self._toolbar.addAction(action)
        self._toolbar.addSeparator()
        self._toolbar.addAction(self.actions_.report)
        self._search.setPlaceholderText(_("Search accounts (Ctrl+F)"))
        self._search.setAccessibleName(_("Search accounts"))
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(180)
        self._search.setMaximumWidth(280)
        self._search_icon = QAction(self)
        self._search_icon.setIcon(icons.icon("search", theme.secondary_text(self.palette())))
        self._search.addAction(self._search_icon, QLineEdit.ActionPosition.LeadingPosition)
        find = QAction(self)
        find.setShortcut(QKeySequence(QKeySequence.StandardKey.Find))
        find.triggered.connect(self._search.setFocus)
        self.addAction(find)

    def _build_chips(self) -> None:
        self._chips.add(Chip(_("All"), parent=self))
        for group in Group:
            self._chips.add(Chip(group.word, _TONES.get(group, Tone.IDLE), self))

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.filter)
        set_up_table(table)
        table.setAccessibleName(_("Accounts"))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        table.setItemDelegate(Cell(table, right=True))
        table.setItemDelegateForColumn(Column.ACCOUNT, AccountCell(table))
        table.setItemDelegateForColumn(Column.STATE, StateCell(table))
        table.setItemDelegateForColumn(Column.PROGRESS, ProgressCell(table))
        table.setItemDelegateForColumn(Column.PROBLEM, ProblemCell(table))
        least = {
            Column.ACCOUNT: text_width(table, "anna.muster@old.example"),
            Column.STATE: text_width(table, "Needs a password ") + 22,
            Column.PROGRESS: text_width(table, "12 480 of 12 480"),
            Column.SIZE: text_width(table, "450 MB of"),
            Column.SPEED: text_width(table, "1 310/min"),
            Column.LEFT: text_width(table, "Time left"),
            Column.PROBLEM: text_width(table, "The source server does"),
        }
        shares = {Column.ACCOUNT: 4, Column.PROGRESS: 1, Column.SIZE: 2, Column.PROBLEM: 6}
        self._fit = ColumnFit(table, least, shares)
        header = table.horizontalHeader()
        header.setSectionsClickable(True)
        # In the order of the plan until somebody sorts.
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        table.setSortingEnabled(True)

    def _arrange(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(theme.SPACE)
        self._toolbar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tools.addWidget(self._toolbar, 1)
        tools.addWidget(self._search)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE)
        layout.addWidget(self._header)
        layout.addLayout(tools)
        layout.addWidget(self._keyring_notice)
        layout.addWidget(self._notice)
        layout.addWidget(self._chips)
        layout.addWidget(self.split, 1)
        layout.addWidget(self._strip)
        chips = [self._chips.chip(position) for position in range(len(Group) + 1)]
        stops = [self._search, self._keyring_notice.button, self._notice.button, *chips, self.table]
        stops += [*self.details.tab_stops, self._strip.button]
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)

    def _connect(self) -> None:
        controller, actions = self._controller, self.actions_
        controller.happened.connect(self._apply)
        controller.keyring_failed.connect(self._say_in_memory)
        controller.passwords_left_behind.connect(self._say_left_behind)
        controller.passwords_removed.connect(self._say_removed)
        actions.removal_wanted.connect(self._remove_passwords)
        actions.start_wanted.connect(controller.start)
        actions.pause_wanted.connect(controller.pause)
        actions.stop_wanted.connect(controller.stop)
        actions.retry_wanted.connect(controller.retry)
        actions.passwords_wanted.connect(self.passwords_wanted)
        actions.report_wanted.connect(self.report_wanted)
        self._chips.chosen.connect(self._show_group)
        self._search.textChanged.connect(self.filter.search)
        self._notice.button.clicked.connect(self._follow_notice)
        self._strip.helped.connect(self._help)
        self.details.helped.connect(self._help)
        self.details.closed.connect(self._close_details)
        actions.details_wanted.connect(self.show_details)
        self.table.selectionModel().selectionChanged.connect(self._selection_changed)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.activated.connect(self._activate)

    @Slot(object)
    def _apply(self, events: tuple[Event, ...]) -> None:
        self.model.apply(events)
        if any(isinstance(event, AccountChanged) for event in events):
            self._renew_numbers()

    @Slot(object)
    def _say_in_memory(self, problem: KeyringProblem) -> None:
        self._keyring_notice.say(Tone.WAITING, kept_in_memory(problem))

    @Slot(object)
    def _say_left_behind(self, problem: KeyringProblem) -> None:
        self._keyring_notice.say(Tone.WAITING, left_in_keyring(problem))

    @Slot()
    def _remove_passwords(self) -> None:
        self.actions_.remove_passwords.setEnabled(False)
        self._keyring_notice.say(Tone.MOVING, _("Removing passwords…"))
        self._controller.remove_passwords()

    @Slot(object)
    def _say_removed(self, removed: RemovedPasswords) -> None:
        self.actions_.remove_passwords.setEnabled(True)
        if removed.problem is None:
            self._keyring_notice.clear()
        else:
            self._say_in_memory(removed.problem)

    @Slot()
    def _look_at_clock(self) -> None:
        self.model.look_at_clock()
        self._renew_numbers()

    def _renew_numbers(self) -> None:
        summary = self.model.summary(time.monotonic())
        self._summary = summary
        self.summary_changed.emit(summary)
        self._header.show_summary(summary)
        self._chips.chip(0).show_number(summary.accounts)
        for position, group in enumerate(Group, 1):
            number = summary.groups.get(group, 0)
            chip = self._chips.chip(position)
            chip.show_number(number)
            chip.setVisible(bool(number) or group in SHOWN_WHEN_EMPTY or chip.isChecked())
        needing = summary.groups.get(Group.NEEDS_YOU, 0)
        if needing:
            text = ngettext("{n} account needs a password.", "{n} accounts need a password.", needing)
            button = ngettext("Enter password…", "Enter passwords…", needing)
            self._notice.say(Tone.NEEDS_SOMEONE, text.format(n=needing), button=button, icon_name="key")
        elif outcome := words.outcome_text(summary):
            tone = Tone.WAITING if summary.not_moved else Tone.DONE
            self._notice.say(tone, outcome, button=_("Save report…"))
        else:
            self._notice.clear()
        self._renew_choice()

    def _renew_choice(self) -> None:
        chosen = self.chosen()
        self.actions_.aim(chosen, self.model.rows)
        only = chosen[0] if len(chosen) == 1 else None
        if not self.details.account_id:
            self._strip.show_row(only)
            return
        # The details follow the choice, and say what the strip would.
        self._strip.show_row(None)
        row = only or self.model.row_of(self.details.account_id)
        if row is not None:
            self.details.show_row(row)

    @Slot(QItemSelection, QItemSelection)
    def _selection_changed(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._renew_choice()

    @Slot(int)
    def _show_group(self, position: int) -> None:
        self.filter.show_group(list(Group)[position - 1] if position else None)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions([self.actions_.details, *self.actions_.on_accounts])
        menu.addSeparator()
        menu.addAction(self.actions_.report)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(place))

    @Slot()
    def _follow_notice(self) -> None:
        needing = tuple(row.account.id for row in self.model.rows if row.state is AccountState.NEEDS_PASSWORD)
        if needing:
            self.passwords_wanted.emit(needing)
        else:
            self.report_wanted.emit()

    @Slot(QModelIndex)
    def _activate(self, index: QModelIndex) -> None:
        self.show_details(self.filter.board_row(index).account.id)

    @Slot(str)
    def show_details(self, account_id: str) -> None:
        """Open the details of an account below the table."""
        row = self.model.row_of(account_id)
        if row is not None:
            was_closed = not self.details.account_id
            self.details.show_row(row)
            if was_closed:
                self.split.unfold()
            self._renew_choice()

    @Slot()
    def _close_details(self) -> None:
        self.details.end()
        self.split.fold()
        self._renew_choice()
        self.table.setFocus()

    @Slot(str)
    def _help(self, account_id: str) -> None:
        row = self.model.row_of(account_id)
        if row is None:
            return
        if row.state is AccountState.NEEDS_PASSWORD:
            self.passwords_wanted.emit((account_id,))
        else:
            self._controller.retry((account_id,))


def route_of(plan: MigrationPlan) -> str:
    """``mail.old.example → mail.new.example`` if all accounts go that way."""
    pairs = {(one.source.endpoint.host, one.destination.endpoint.host) for one in plan.accounts}
    if len(pairs) != 1:
        return ngettext("{n} account", "{n} accounts", len(plan.accounts)).format(n=len(plan.accounts))
    source, destination = pairs.pop()
    return f"{source} \N{RIGHTWARDS ARROW} {destination}"
