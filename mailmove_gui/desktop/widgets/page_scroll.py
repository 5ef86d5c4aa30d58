"""Room for what may be higher than the window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget


class PageScroll(QScrollArea):
    """Shows a part of a page on the page's own background, and scrolls it up and down where it does not fit."""

    def __init__(self, layout: QLayout, parent: QWidget) -> None:
        super().__init__(parent)
        content = QWidget(self)
        content.setLayout(layout)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
