"""Finding out who runs a domain's mail, away from the UI thread."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from mailmove_gui.desktop.bridge.latest_run import LatestRun
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.settings import SharedSettings
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ports import Spawn


class Detecting(LatestRun):
    """Looks for the servers of addresses and domains; `reported` carries one Detection."""

    def __init__(
        self, services: Services, spawn: Spawn, settings: SharedSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(spawn, parent)
        self._detect = services.detect
        self._settings = settings

    def ask(self, asked: str) -> None:
        """Look for the servers of an address or domain; a search that is running is given up."""
        online = self._settings.value.search_online

        def work(report: Callable[[Any], None], cancel: CancelToken) -> None:
            report(self._detect(asked, cancel, online=online))

        self._begin("detection", work)
