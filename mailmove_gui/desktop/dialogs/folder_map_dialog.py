"""Shows which folder goes where, and lets it be changed."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models.folder_map_model import (
    FOLDER_ROLE,
    WARNS_ROLE,
    Column,
    FolderMapModel,
)
from mailmove_gui.desktop.models.folder_wishes import FolderWishes
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.cells import AddressCell, Cell, IconCell, Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.texts import _

Index = QModelIndex | QPersistentModelIndex
_WIDTH, _HEIGHT = 860, 560
_CHECKED = Qt.CheckState.Checked


class _MoveCell(Cell):
    """A check box in the middle; a click anywhere in the cell, or the space bar, changes it."""

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        style = QApplication.style()
        box = QStyleOptionButton()
        side = style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth)
        box.rect = QRect(rect.center().x() - side // 2, rect.center().y() - side // 2, side, side)
        # Fusion draws the frame in a darker shade of this colour, which is not seen in a dark table.
        box.palette = QPalette(palette)
        box.palette.setColor(QPalette.ColorRole.Window, theme.secondary_text(palette))
        box.state = QStyle.StateFlag.State_On if _is_checked(index) else QStyle.StateFlag.State_Off
        if index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            box.state |= QStyle.StateFlag.State_Enabled
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorCheckBox, box, painter)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        is_key = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select)
        if event.type() != QEvent.Type.MouseButtonRelease and not is_key:
            return False
        state = Qt.CheckState.Unchecked if _is_checked(index) else _CHECKED
        return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)


class _KindCell(IconCell):
    """Icon and word of a special folder."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        role = index.data(FOLDER_ROLE)
        return None if role is None or role == FolderRole.NONE else (_icon_name(FolderRole(role)), Tone.IDLE)


class _NoteCell(IconCell):
    """A mark, and why."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        match index.data(WARNS_ROLE):
            case True:
                return "warning", Tone.WAITING
            case False:
                return "info", Tone.IDLE
            case _:
                return None

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        painter.setPen(theme.secondary_text(palette))
        super().paint_inside(painter, rect, palette, index)


class _DestinationCell(AddressCell):
    """The destination's folders to choose from, and a field for any other name."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QComboBox(parent)
        editor.setEditable(True)
        editor.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        editor.setAccessibleName(_("Folder at the destination"))
        model = index.model()
        if isinstance(model, FolderMapModel):
            editor.addItems(model.destinations())
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data() or ""))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())


class FolderMapDialog(QDialog):
    """The folder map of accounts that passed their check. What was changed is in `wishes` once it is accepted."""

    def __init__(
        self,
        accounts: Sequence[Account],
        checks: Mapping[str, AccountCheck],
        options: Options,
        wishes: FolderWishes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Folder map"))
        self.resize(_WIDTH, _HEIGHT)
        self._accounts = tuple(accounts)
        self._checks = dict(checks)
        self.model = FolderMapModel(options, wishes, self)
        self.account_field = QComboBox(self)
        self.account_field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.account_field.addItems([account.source.user for account in self._accounts])
        self.table = self._make_table()
        self.all_button = QRadioButton(_("for &all accounts"), self)
        self.only_this_button = QRadioButton(_("&only for this account"), self)
        self.all_button.setChecked(True)
        self.notice = Notice(self)
        self.reset_button = QPushButton(_("Un&do all changes"), self)
        self.reset_button.setAutoDefault(False)
        self._build()
        self.account_field.currentIndexChanged.connect(self._show_account)
        self.only_this_button.toggled.connect(self._set_scope)
        self.reset_button.clicked.connect(self._reset)
        self.model.refused.connect(self._say)
        self._show_account(0)
        self.table.setFocus()

    def wishes(self) -> FolderWishes:
        """What the user wants of folders."""
        return self.model.wishes

    def _make_table(self) -> Table:
        table = Table(self)
        table.setModel(self.model)
        set_up_table(table, lines=1.6)
        table.setAccessibleName(_("Folder map"))
        triggers = QAbstractItemView.EditTrigger
        table.setEditTriggers(
            triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setItemDelegate(AddressCell(table))
        table.setItemDelegateForColumn(Column.MOVE, _MoveCell(table))
        table.setItemDelegateForColumn(Column.KIND, _KindCell(table))
        table.setItemDelegateForColumn(Column.MESSAGES, Cell(table, right=True))
        table.setItemDelegateForColumn(Column.DESTINATION, _DestinationCell(table))
        table.setItemDelegateForColumn(Column.NOTE, _NoteCell(table))
        least = {
            Column.MOVE: text_width(table, _("Move")),
            Column.SOURCE: text_width(table, "Projects/2024"),
            Column.KIND: text_width(table, _("All mail")) + 22,
            Column.MESSAGES: text_width(table, _("Messages")),
            Column.DESTINATION: text_width(table, "Projects/2024"),
            Column.NOTE: text_width(table, "Goes to the folder of"),
        }
        self._fit = ColumnFit(table, least, {Column.SOURCE: 3, Column.DESTINATION: 3, Column.NOTE: 4})
        return table

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE, theme.SPACE)
        layout.addWidget(TitleLabel(_("Folder map"), self))
        layout.addWidget(
            QuietLabel(
                _("Special folders go to their counterparts, all others keep their names. Double-click to change one."),
                self,
            )
        )
        whose = QHBoxLayout()
        label = QLabel(_("&Folders of"), self)
        label.setBuddy(self.account_field)
        whose.addWidget(label)
        whose.addWidget(self.account_field, 1)
        layout.addLayout(whose)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.notice)
        scope = QHBoxLayout()
        scope.setSpacing(theme.SPACE)
        scope_label = QLabel(_("Changes count"), self)
        scope.addWidget(scope_label)
        scope.addWidget(self.all_button)
        scope.addWidget(self.only_this_button)
        scope.addStretch(1)
        layout.addLayout(scope)
        choosing: tuple[QWidget, ...] = (label, self.account_field, scope_label, self.all_button, self.only_this_button)
        for widget in choosing:
            widget.setVisible(len(self._accounts) > 1)
        buttons = QDialogButtonBox(self)
        use = QPushButton(_("&Use this map"), self)
        theme.mark_primary(use)
        cancel = QPushButton(_("Cancel"), self)
        cancel.setAutoDefault(False)
        buttons.addButton(self.reset_button, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(use, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    @Slot(int)
    def _show_account(self, position: int) -> None:
        account = self._accounts[position]
        self.model.show_account(account, self._checks[account.id])
        self.notice.clear()

    @Slot(bool)
    def _set_scope(self, only_this: bool) -> None:
        self.model.only_this = only_this

    @Slot()
    def _reset(self) -> None:
        self.model.forget_wishes()
        self.notice.clear()

    @Slot(str)
    def _say(self, problem: str) -> None:
        if problem:
            self.notice.say(Tone.FAILED, problem)
        else:
            self.notice.clear()


def _is_checked(index: Index) -> bool:
    return bool(index.data(Qt.ItemDataRole.CheckStateRole) == _CHECKED)


def _icon_name(role: FolderRole) -> str:
    """The icon of a kind of folder."""
    match role:
        case FolderRole.INBOX:
            return "inbox"
        case FolderRole.SENT:
            return "sent"
        case FolderRole.DRAFTS:
            return "drafts"
        case FolderRole.TRASH:
            return "trash"
        case FolderRole.JUNK:
            return "junk"
        case FolderRole.ARCHIVE | FolderRole.ALL:
            return "archive"
        case FolderRole.NONE | FolderRole.FLAGGED | FolderRole.IMPORTANT | FolderRole.NOT_MAIL:
            return "folder"
        case _ as never:
            assert_never(never)
