"""What happened to an account, in plain words."""

from itertools import islice

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.details.table_or_words import TableOrWords
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.domain.records import AttemptRecord
from mailmove_gui.texts import _
from mailmove_gui.texts.log import log_lines

_MOST_LINES = 5000
"""Of an account that waits every few minutes for weeks, the last ones."""


class LogTab(QWidget):
    """Lines of text, the newest last; they can be marked and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[AttemptRecord, ...] = ()
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setMaximumBlockCount(_MOST_LINES)
        self.text.setFont(theme.tabular(self.text.font()))
        self.text.setAccessibleName(_("Log"))
        self.copy_button = IconButton("paste", _("&Copy log"), self)
        self.copy_button.clicked.connect(self._copy)
        self.content = TableOrWords(self.text, self)
        below = QHBoxLayout()
        below.addWidget(self.copy_button)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_SMALL)
        layout.addWidget(self.content, 1)
        layout.addLayout(below)
        self.clear()

    def clear(self) -> None:
        """Another account is going to be shown."""
        self._shown = ()
        self.text.clear()
        self.content.show_words(_("Reading…"))
        self.copy_button.setEnabled(False)

    def show_log(self, records: tuple[AttemptRecord, ...]) -> None:
        """Show an account's log, or add what is new; who reads further up is left there."""
        known = len(self._shown)
        if records[:known] != self._shown:
            self.clear()
            known = 0
        start = max(known, len(records) - _MOST_LINES)
        bar = self.text.verticalScrollBar()
        is_at_end = bar.value() >= bar.maximum()
        lines = list(log_lines(islice(records, start, None), after=records[start - 1] if start else None))
        if lines:
            self.text.appendPlainText("\n".join(lines))
        if is_at_end:
            bar.setValue(bar.maximum())
        self._shown = records
        self.content.show_words("" if records else _("Nothing has happened yet."))
        self.copy_button.setEnabled(bool(records))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
