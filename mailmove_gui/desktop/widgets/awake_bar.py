"""Says whether the computer stays awake."""

from typing import assert_never

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStatusBar, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.awake import Wakefulness
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.texts import _


class AwakeBar(QStatusBar):
    """A quiet line at the bottom of the window; hidden while nothing needs to stay awake."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QuietLabel(parent=self)
        self._label.setWordWrap(False)
        self.addWidget(self._label, 1)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(theme.SPACE, 0, theme.SPACE, theme.SPACE_TINY)
        self.hide()

    def text(self) -> str:
        """What it says."""
        return self._label.text()

    @Slot(object)
    def show_wakefulness(self, state: Wakefulness) -> None:
        """Say it."""
        match state:
            case Wakefulness.LEFT_ALONE:
                text, more = "", ""
            case Wakefulness.KEPT:
                text = _("MailMove keeps this computer awake while mail is moved.")
                more = _("The screen may turn off. A laptop whose lid is closed still falls asleep.")
            case Wakefulness.REFUSED:
                text = _(
                    "This computer may fall asleep: MailMove cannot keep it awake. Switch off sleep in its settings."
                )
                more = ""
            case _ as never:
                assert_never(never)
        self._label.setText(text)
        self._label.setToolTip(more)
        self._label.setAccessibleName(f"{text} {more}".strip())
        self.setVisible(bool(text))
