"""What a picture is taken of."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.ports import RunningThread


@dataclass(frozen=True, slots=True)
class Scene:
    """A widget to take a picture of, and the window that it belongs to."""

    widget: QWidget
    window: MainWindow


class _NoThread:
    def join(self, timeout_s: float | None = None) -> bool:
        return True


def no_spawn(name: str, target: Callable[[], None]) -> RunningThread:
    """Pictures show what was put into them, so nothing runs behind them."""
    return _NoThread()
