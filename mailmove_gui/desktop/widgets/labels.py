"""Labels: titles, headings, second-rank text, and text that is shortened where there is no room."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mailmove_gui.desktop import theme


class TitleLabel(QLabel):
    """A page's title."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(theme.title_font(self.font()))
        self.setWordWrap(True)


class SectionLabel(QLabel):
    """A section's heading."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(theme.section_font(self.font()))


class WrappedLabel(QLabel):
    """Text that wraps."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)


class QuietLabel(QLabel):
    """Text that is read second; wraps."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self._is_tinting = False
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._is_tinting:
            self._tint()

    def _tint(self) -> None:
        self._is_tinting = True
        theme.set_color(self, theme.secondary_text(self.palette()))
        self._is_tinting = False


class ElidedLabel(QWidget):
    """One line that is shortened in its middle where there is no room; the tool tip then has all of it."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._text = ""
        self._align = Qt.AlignmentFlag.AlignLeft
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show another text."""
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._renew_tool_tip()
        self.update()

    def setAlignment(self, align: Qt.AlignmentFlag) -> None:
        """Left or right."""
        self._align = align
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        metrics = self.fontMetrics()
        return QSize(min(metrics.averageCharWidth() * 8, self.sizeHint().width()), metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have a tool tip only where something is missing."""
        super().resizeEvent(event)
        self._renew_tool_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        shown = self.fontMetrics().elidedText(self._text, self._mode, self.width())
        painter.drawText(self.rect(), int(self._align | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()

    def _renew_tool_tip(self) -> None:
        is_short = self.fontMetrics().horizontalAdvance(self._text) > self.width()
        self.setToolTip(self._text if is_short else "")
