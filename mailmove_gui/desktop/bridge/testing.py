"""A connection test with one account, away from the UI thread."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from mailmove_gui.desktop.bridge.latest_run import LatestRun
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret


class ConnectionTesting(LatestRun):
    """Goes to a mailbox step by step; `reported` carries a StageResult for each step."""

    def __init__(self, services: Services, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(spawn, parent)
        self._tester = services.tester

    def start(self, mailbox: Mailbox, secret: Secret, side: Side, options: Options) -> None:
        """Test; a test that is running is given up."""

        def work(report: Callable[[Any], None], cancel: CancelToken) -> None:
            self._tester.test(mailbox, secret, side, options, report, cancel)

        self._begin("connection test", work)
