"""What a picture is taken of."""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.window import MainWindow


@dataclass(frozen=True, slots=True)
class Scene:
    """A widget to take a picture of, and the window that it belongs to."""

    widget: QWidget
    window: MainWindow
