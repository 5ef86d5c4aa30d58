"""Looking how far the switch has come, away from the UI thread."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot

from mailmove_gui.desktop.bridge.latest_run import LatestRun
from mailmove_gui.desktop.bridge.open_document import OpenDocument
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.reasons import MailError
from mailmove_gui.engine.clock import SystemClock
from mailmove_gui.engine.cutover import look_at_cutover


class CutoverLooks(LatestRun):
    """Looks at the open migration's switch; `reported` carries one Cutover, or the Failure of its ledger."""

    def __init__(self, services: Services, document: OpenDocument, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(spawn, parent)
        self._watch = services.mx_watch
        self._document = document

    @Slot()
    def look(self) -> None:
        """Ask the name servers and the ledger; a look that is under way is given up."""

        def work(report: Callable[[Any], None], cancel: CancelToken) -> None:
            ledger = self._document.ledger
            if ledger is None:
                return
            try:
                report(look_at_cutover(ledger, self._watch, SystemClock(), cancel))
            except MailError as error:
                report(Failure(error.reason, error.side, error.server_text))
            except ValueError:
                cancel.check()  # the migration was closed meanwhile
                raise

        self._begin("cutover", work)
