"""Boxes to tick and circles to choose that can be seen in the dark.

Qt's Fusion style draws their outline a shade darker than the window, which nobody sees in a dark one.
"""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QStyle, QStyleOptionButton

from mailmove_gui.desktop import theme

_RADIUS = 2.0


class CheckBox(QCheckBox):
    """A box to tick."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it, and its outline."""
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        _draw_outline(self, option, QStyle.SubElement.SE_CheckBoxIndicator, _RADIUS)


class RadioButton(QRadioButton):
    """One of several choices."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it, and its outline."""
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        _draw_outline(self, option, QStyle.SubElement.SE_RadioButtonIndicator, None)


def _draw_outline(
    button: QAbstractButton, option: QStyleOptionButton, part: QStyle.SubElement, radius: float | None
) -> None:
    """Draw around a part of a button; without a radius it is round."""
    if not theme.is_dark(button.palette()):
        return
    inside = QRectF(button.style().subElementRect(part, option, button)).adjusted(0.5, 0.5, -0.5, -0.5)
    painter = QPainter(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.secondary_text(button.palette()), 1))
    corner = inside.width() / 2 if radius is None else radius
    painter.drawRoundedRect(inside, corner, corner)
    painter.end()
