"""Messages that were not moved, and what can be done about them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QTableView, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.account_details import NotMoved, Saved
from mailmove_gui.desktop.details.cells import WhyCell
from mailmove_gui.desktop.details.message_dialog import MessageDialog
from mailmove_gui.desktop.details.table_or_words import TableOrWords
from mailmove_gui.desktop.dialogs.files import folder_dialog
from mailmove_gui.desktop.dialogs.message import message
from mailmove_gui.desktop.models.not_moved import NotMovedMessage
from mailmove_gui.desktop.models.refusals_model import MESSAGE_ROLE, Column, RefusalsModel
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.cells import AddressCell, Cell, Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.domain.events import Refusal
from mailmove_gui.texts import _, ngettext, numbers
from mailmove_gui.texts.reasons import sentence, what_happened


class RefusalsTab(QWidget):
    """A table, and actions on the selected messages, or on all if none is selected."""

    save_wanted = Signal(object, object)
    """tuple[Refusal, ...], and the folder's Path"""
    stop_saving_wanted = Signal()
    retry_wanted = Signal(object)
    """tuple of ids of ledger rows"""
    dismiss_wanted = Signal(object)
    """tuple of ids of ledger rows"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RefusalsModel(self)
        self.table = Table(self)
        self.notice = Notice(self)
        self.save_button = IconButton("report", _("&Save as .eml…"), self)
        self.retry_button = IconButton("retry", _("&Try again"), self)
        self.dismiss_button = IconButton("left_out", _("S&kip for good…"), self)
        self._hint = QuietLabel(parent=self)
        self._to_save: tuple[Refusal, ...] = ()
        self._to_dismiss: tuple[int, ...] = ()
        self._is_saving = False
        self._folder: Path | None = None
        self._build_table()
        self.content = TableOrWords(self.table, self)
        self._arrange()
        self._connect()
        self.clear()

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """Where the Tab key stops, as people read."""
        return self.table, self.notice.button, self.save_button, self.retry_button, self.dismiss_button

    def clear(self) -> None:
        """Another account is going to be shown."""
        self.model.show_messages(())
        self.content.show_words(_("Reading…"))
        if not self._is_saving:
            self.notice.clear()
        self._renew_buttons()

    def show_not_moved(self, found: NotMoved) -> None:
        """Show the messages of an account, or bring them up to date."""
        self._replace(found.messages)
        is_empty = not self.model.rowCount()
        self.content.show_words(_("No message was refused, and none is doubtful.") if is_empty else "")
        self._hint.setText("" if found.is_whole else _("These are the first; the report lists all."))
        self._renew_buttons()

    def show_saving(self, tried: int, wanted: int) -> None:
        """Messages are being saved."""
        self._is_saving = True
        text = _("Saving: {tried} of {messages}…").format(tried=numbers.count(tried), messages=numbers.messages(wanted))
        self.notice.say(Tone.MOVING, text, button=_("Stop saving"))
        self._renew_buttons()

    def show_saved(self, saved: Saved) -> None:
        """Say what became of it."""
        self._is_saving = False
        self._folder = saved.folder if saved.files else None
        text = ngettext("{n} message is saved in {folder}.", "{n} messages are saved in {folder}.", saved.files)
        parts = [text.format(n=numbers.count(saved.files), folder=saved.folder)]
        if saved.not_saved:
            refusal, failure = saved.not_saved[0]
            text = ngettext(
                "{n} could not be saved: “{subject}”. {why}",
                "{n} could not be saved, the first of them “{subject}”. {why}",
                len(saved.not_saved),
            )
            parts.append(
                text.format(
                    n=numbers.count(len(saved.not_saved)),
                    subject=refusal.subject or _("(no subject)"),
                    why=what_happened(failure.reason, failure.side, server_text=failure.server_text),
                )
            )
        if saved.failure is not None:
            parts.append(sentence(saved.failure))
        elif saved.was_stopped:
            parts.append(_("Then it was stopped."))
        is_well = not saved.not_saved and saved.failure is None
        tone = Tone.DONE if is_well else Tone.FAILED if not saved.files else Tone.WAITING
        self.notice.say(tone, " ".join(parts), button=_("Open folder") if self._folder else "")
        self._renew_buttons()

    def targets(self) -> Sequence[NotMovedMessage]:
        """The selected messages; all, if none is."""
        return self._selected() or self.model.messages

    def save_into(self, folder: Path) -> None:
        """Save what was chosen."""
        if self._to_save:
            self.show_saving(0, len(self._to_save))
            self.save_wanted.emit(self._to_save, folder)

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        set_up_table(table)
        table.setAccessibleName(_("Messages that were not moved"))
        table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        table.setItemDelegate(Cell(table))
        table.setItemDelegateForColumn(Column.SENDER, AddressCell(table))
        table.setItemDelegateForColumn(Column.FOLDER, AddressCell(table))
        table.setItemDelegateForColumn(Column.SIZE, Cell(table, right=True))
        table.setItemDelegateForColumn(Column.WHY, WhyCell(table))
        least = {
            Column.SUBJECT: text_width(table, "Minutes of the meeting"),
            Column.SENDER: text_width(table, "anna@old.example"),
            Column.FOLDER: text_width(table, "Projects/2024"),
            Column.DATE: text_width(table, "2024-03-02"),
            Column.SIZE: text_width(table, "999 MB"),
            Column.WHY: text_width(table, "The destination refused this") + 22,
        }
        shares = {Column.SUBJECT: 3, Column.SENDER: 2, Column.FOLDER: 1, Column.WHY: 4}
        self._fit = ColumnFit(table, least, shares)
        header = table.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        table.setSortingEnabled(True)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_SMALL)
        for button in (self.save_button, self.retry_button, self.dismiss_button):
            buttons.addWidget(button)
        buttons.addWidget(self._hint, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_SMALL)
        layout.addWidget(self.content, 1)
        layout.addWidget(self.notice)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.table.activated.connect(self._show_message)
        self.table.selectionModel().selectionChanged.connect(self._selection_changed)
        self.save_button.clicked.connect(self._choose_folder)
        self.retry_button.clicked.connect(self._retry)
        self.dismiss_button.clicked.connect(self._ask_dismiss)
        self.notice.button.clicked.connect(self._follow_notice)

    @Slot(QItemSelection, QItemSelection)
    def _selection_changed(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._renew_buttons()

    def _selected(self) -> list[NotMovedMessage]:
        """By ranges: Qt takes seconds to make a list of the indexes of some thousand rows."""
        selection = self.table.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        rows = sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})
        return [self.model.messages[row] for row in rows]

    def _replace(self, messages: tuple[NotMovedMessage, ...]) -> None:
        """Show other messages; what is selected of them stays so, and the table where it is."""
        selected, place = {one.id for one in self._selected()}, self.table.verticalScrollBar().value()
        current = self.table.currentIndex()
        current_id = self.model.messages[current.row()].id if current.isValid() else None
        self.model.show_messages(messages)
        selection, last = QItemSelection(), len(Column) - 1
        for row, one in enumerate(self.model.messages):
            if one.id == current_id:
                self.table.selectionModel().setCurrentIndex(
                    self.model.index(row, max(0, current.column())), QItemSelectionModel.SelectionFlag.NoUpdate
                )
            if one.id in selected:
                selection.select(self.model.index(row, 0), self.model.index(row, last))
        self.table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.table.verticalScrollBar().setValue(place)

    def _renew_buttons(self) -> None:
        selected = self._selected()
        is_named, targets = bool(selected), selected or self.model.messages
        self.save_button.setText(_("&Save as .eml…") if is_named else _("&Save all as .eml…"))
        self.retry_button.setText(_("&Try again") if is_named else _("&Try all again"))
        self.dismiss_button.setText(_("S&kip for good…") if is_named else _("S&kip all for good…"))
        self.save_button.setEnabled(bool(targets) and not self._is_saving)
        self.retry_button.setEnabled(is_named or any(not one.is_dismissed for one in targets))
        self.dismiss_button.setEnabled(any(not one.is_dismissed for one in targets))

    def _to_retry(self) -> tuple[int, ...]:
        """What was skipped for good is tried again only where somebody names it."""
        selected = self._selected()
        chosen = selected or [one for one in self.model.messages if not one.is_dismissed]
        return tuple(one.id for one in chosen)

    @Slot(QModelIndex)
    def _show_message(self, index: QModelIndex) -> None:
        dialog = MessageDialog(index.data(MESSAGE_ROLE), self)
        dialog.save_wanted.connect(self._choose_folder_for)
        dialog.open()

    @Slot()
    def _choose_folder(self) -> None:
        self._choose_folder_for(tuple(one.refusal for one in self.targets()))

    @Slot(object)
    def _choose_folder_for(self, refusals: tuple[Refusal, ...]) -> None:
        if self._is_saving:
            return
        self._to_save = refusals
        dialog = folder_dialog(self, _("Save messages in a folder"))
        dialog.fileSelected.connect(self._folder_chosen)
        dialog.open()

    @Slot(str)
    def _folder_chosen(self, name: str) -> None:
        self.save_into(Path(name))

    @Slot()
    def _retry(self) -> None:
        self.retry_wanted.emit(self._to_retry())

    @Slot()
    def _ask_dismiss(self) -> None:
        self._to_dismiss = tuple(one.id for one in self.targets() if not one.is_dismissed)
        number = len(self._to_dismiss)
        box = message(
            self,
            QMessageBox.Icon.Question,
            ngettext("Skip {n} message for good?", "Skip {n} messages for good?", number).format(
                n=numbers.count(number)
            ),
            _(
                "They stay at the source, and no further pass tries them. They also stay in this list: select them"
                " and press “Try again” to have them moved after all."
            ),
        )
        skip = box.addButton(_("Skip for good"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(skip)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.accepted.connect(self._dismiss)
        box.open()

    @Slot()
    def _dismiss(self) -> None:
        self.dismiss_wanted.emit(self._to_dismiss)

    @Slot()
    def _follow_notice(self) -> None:
        if self._is_saving:
            self.stop_saving_wanted.emit()
        elif self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
