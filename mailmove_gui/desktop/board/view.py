"""The board as a whole: header, toolbar, notices, filters, table, strip."""

import time
from datetime import UTC, datetime

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.board.actions import BoardActions
from mailmove_gui.desktop.board.dialogs import BoardDialogs
from mailmove_gui.desktop.board.filters import GroupFilters
from mailmove_gui.desktop.board.header import BoardHeader
from mailmove_gui.desktop.board.notices import BoardNotices
from mailmove_gui.desktop.board.strip import AccountStrip
from mailmove_gui.desktop.board.table import AccountsTable
from mailmove_gui.desktop.board.toolbar import BoardToolbar
from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.bridge.open_document import OpenedMigration
from mailmove_gui.desktop.details.panel import DetailsPanel
from mailmove_gui.desktop.details.split import DetailsSplit
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.board_filter import BoardFilter
from mailmove_gui.desktop.models.board_model import BoardModel
from mailmove_gui.desktop.models.control import Control
from mailmove_gui.desktop.models.deadline import DeadlineWatch
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.models.rows import BoardRow, Summary
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.tab_order import put_in_tab_order
from mailmove_gui.domain.events import AccountChanged, Event
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import Account, MigrationPlan
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import RemovedPasswords
from mailmove_gui.texts import _

_CLOCK_MS = 1000
_FEW_ACCOUNTS = 200
"""Up to here the numbers follow every change at once; adding up more of them is left to the clock."""


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
        self.header = BoardHeader(self)
        self.toolbar = BoardToolbar(self.actions_, self)
        self.notices = BoardNotices(self)
        self.chips = GroupFilters(self)
        self.reminder_button = QPushButton(_("Reminder text…"), self)
        self.reminder_button.setToolTip(self.actions_.reminder.toolTip())
        self.reminder_button.setAutoDefault(False)
        self.reminder_button.hide()
        self.table = AccountsTable(self.filter, self)
        self.strip = AccountStrip(self)
        self.details = DetailsPanel(controller, self)
        self.split = DetailsSplit(self.table, self.details, self)
        self.dialogs = BoardDialogs(controller, self.model, self)
        self._summary: Summary | None = None
        self._deadline = DeadlineWatch()
        self._arrange()
        self._connect()
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._look_at_clock)

    def show_migration(self, opened: OpenedMigration, checks: dict[str, AccountCheck] | None = None) -> None:
        """Show a migration that was just opened."""
        self.model.show_accounts(opened.plan, opened.records, checks)
        route = words.route_text(opened.plan, opened.providers)
        self.header.show_name(opened.plan.name or route, route)
        self.dialogs.know_providers(opened.providers)
        self.details.end()
        self.details.start_counting(self.model.rows)
        self._renew_numbers()
        self._deadline.begin(opened.providers)
        self._take_plan(opened.plan)
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
        """Says that somebody is needed, or how it ended."""
        return self.notices.accounts

    @property
    def keyring_notice(self) -> Notice:
        """Says where passwords are when the keyring fails."""
        return self.notices.keyring

    @property
    def search_field(self) -> QLineEdit:
        """Where accounts are searched for."""
        return self.toolbar.search_field

    def chosen(self) -> tuple[BoardRow, ...]:
        """The selected accounts, as shown."""
        return self.table.chosen()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE)
        layout.addWidget(self.header)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.notices)
        filters = QHBoxLayout()
        filters.addWidget(self.chips, 1)
        filters.addWidget(self.reminder_button)
        layout.addLayout(filters)
        layout.addWidget(self.split, 1)
        layout.addWidget(self.strip)
        put_in_tab_order(
            [
                self.search_field,
                self.keyring_notice.button,
                self.notice.button,
                *self.chips.all_chips,
                self.reminder_button,
                self.table,
                *self.details.tab_stops,
                self.strip.button,
            ]
        )

    def _connect(self) -> None:
        controller, actions = self._controller, self.actions_
        controller.happened.connect(self._apply)
        controller.keyring_failed.connect(self.notices.say_in_memory)
        controller.passwords_left_behind.connect(self.notices.say_left_behind)
        controller.passwords_removed.connect(self._say_removed)
        actions.removal_wanted.connect(self._remove_passwords)
        actions.start_wanted.connect(controller.start)
        actions.pause_wanted.connect(controller.pause)
        actions.stop_wanted.connect(controller.stop)
        actions.retry_wanted.connect(controller.retry)
        actions.passwords_wanted.connect(self.passwords_wanted)
        actions.report_wanted.connect(self.report_wanted)
        actions.skip_wanted.connect(controller.skip)
        actions.unskip_wanted.connect(controller.unskip)
        actions.reminder_wanted.connect(self.dialogs.show_reminder)
        actions.undo_wanted.connect(self.dialogs.ask_undo)
        actions.verify_wanted.connect(self.dialogs.ask_verify)
        actions.correction_wanted.connect(self.dialogs.correct_addresses)
        actions.control_wanted.connect(self.dialogs.show_control)
        actions.cutover_wanted.connect(self.dialogs.show_cutover)
        actions.details_wanted.connect(self._want_details)
        controller.plan_changed.connect(self._take_plan)
        controller.account_corrected.connect(self._take_correction)
        self.chips.group_chosen.connect(self._show_group)
        self.reminder_button.clicked.connect(actions.reminder.trigger)
        self.search_field.textChanged.connect(self.filter.search)
        self.notices.passwords_wanted.connect(self._ask_all_passwords)
        self.notices.report_wanted.connect(self.report_wanted)
        self.strip.helped.connect(self._help)
        self.details.helped.connect(self._help)
        self.details.closed.connect(self._close_details)
        self.table.selectionModel().selectionChanged.connect(self._selection_changed)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.activated.connect(self._activate)

    @Slot(object)
    def _apply(self, events: tuple[Event, ...]) -> None:
        self.model.apply(events)
        is_small = self.model.rowCount() <= _FEW_ACCOUNTS
        if is_small and any(isinstance(event, AccountChanged) for event in events):
            self._renew_numbers()

    @Slot(object)
    def _show_group(self, group: Group | None) -> None:
        self.filter.show_group(group)
        self._renew_choice()

    @Slot(object)
    def _take_plan(self, plan: MigrationPlan) -> None:
        self.model.take_options(plan.options)
        control = Control.of(plan)
        self.dialogs.control = control
        self.header.show_control(control)
        self._deadline.take_plan(plan)
        self._look_at_deadline()

    @Slot(object, object)
    def _take_correction(self, account: Account, record: AccountRecord) -> None:
        self.model.correct(account, record)
        self._renew_numbers()

    @Slot()
    def _remove_passwords(self) -> None:
        self.actions_.remove_passwords.setEnabled(False)
        self.notices.say_removing()
        self._controller.remove_passwords()

    @Slot(object)
    def _say_removed(self, removed: RemovedPasswords) -> None:
        self.actions_.remove_passwords.setEnabled(True)
        self.notices.say_removed(removed)

    @Slot()
    def _look_at_clock(self) -> None:
        self.model.look_at_clock()
        self._renew_numbers()
        self._look_at_deadline()

    def _look_at_deadline(self) -> None:
        rows, now = self.model.in_plan_order, datetime.now(UTC).astimezone()
        words = self._deadline.look(rows, self.summary, time.monotonic(), now)
        self.header.deadline.show_words(words, in_full=False)

    def _renew_numbers(self) -> None:
        summary = self.model.summary(time.monotonic())
        self._summary = summary
        self.summary_changed.emit(summary)
        self.header.show_summary(summary)
        self.chips.show_summary(summary)
        self.notices.show_summary(summary)
        self._renew_choice()

    def _renew_choice(self) -> None:
        chosen = self.chosen()
        self.actions_.aim(chosen, self.model.rows)
        asks = self.filter.group is Group.NOT_STARTED and self.actions_.reminder.isEnabled()
        self.reminder_button.setVisible(asks)
        only = chosen[0] if len(chosen) == 1 else None
        if not self.details.account_id:
            self.strip.show_row(only)
            return
        # The details follow the choice, and say what the strip would.
        self.strip.show_row(None)
        row = only or self.model.row_of(self.details.account_id)
        if row is not None:
            self.details.show_row(row)

    @Slot(QItemSelection, QItemSelection)
    def _selection_changed(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._renew_choice()

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(list(self.actions_.on_accounts))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(place))

    @Slot()
    def _ask_all_passwords(self) -> None:
        self.passwords_wanted.emit(tuple(row.account.id for row in self.model.rows if row.waits_at_login))

    @Slot(QModelIndex)
    def _activate(self, index: QModelIndex) -> None:
        self.show_details(self.filter.board_row(index).account.id)

    @Slot(object)
    def _want_details(self, account_ids: tuple[str, ...]) -> None:
        (account_id,) = account_ids
        self.show_details(account_id)

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
        if row.waits_at_login:
            self.passwords_wanted.emit((account_id,))
        elif row.failure is not None and row.failure.reason is Reason.UNDO_UNFINISHED:
            self.dialogs.ask_undo((account_id,))
        else:
            self._controller.retry((account_id,))
