"""What the pages of the two servers ask the world."""

import time

from PySide6.QtCore import QObject

from mailmove_gui.desktop.bridge.detecting import Detecting
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.settings import SharedSettings
from mailmove_gui.desktop.bridge.testing import ConnectionTesting
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.reasons import Side


class ServerQuestions(QObject):
    """One search a side, so that they do not give each other up, and one connection test at a time."""

    def __init__(
        self, services: Services, spawn: Spawn, settings: SharedSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.detecting = {side: Detecting(services, spawn, settings, self) for side in Side}
        self.testing = ConnectionTesting(services, spawn, self)

    def cancel(self) -> None:
        """Give up all that is running. Does not wait."""
        for run in (*self.detecting.values(), self.testing):
            run.cancel()

    def join(self, timeout_s: float) -> bool:
        """Wait until all threads have ended; True if so."""
        deadline_s = time.monotonic() + timeout_s
        runs = (*self.detecting.values(), self.testing)
        return all(run.join(max(0.0, deadline_s - time.monotonic())) for run in runs)
