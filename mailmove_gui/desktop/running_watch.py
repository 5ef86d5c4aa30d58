"""What is seen to while accounts run: the computer stays awake, the tray shows it, and people are told."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from mailmove_gui.desktop.bridge.awake import KeepAwake, Wakefulness
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.settings import SharedSettings
from mailmove_gui.desktop.models.rows import Summary
from mailmove_gui.desktop.models.standing import is_news, news_text, standing_of
from mailmove_gui.desktop.tray import Tray
from mailmove_gui.domain.ports import Spawn

GATHER_MS = 3000
"""Accounts that fail together are told of together."""


class RunningWatch(QObject):
    """Follows one window's migration."""

    wakefulness_changed = Signal(object)
    """Wakefulness"""

    def __init__(
        self, services: Services, spawn: Spawn, settings: SharedSettings, tray: Tray | None, window: QWidget
    ) -> None:
        super().__init__(window)
        self._settings = settings
        self._tray = tray
        self._window = window
        self._name = ""
        self._is_over = False
        self._summary: Summary | None = None
        self._awake = KeepAwake(services.wake_lock(), spawn, self) if services.wake_lock is not None else None
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(GATHER_MS)
        self._gathering.timeout.connect(self._tell)
        settings.changed.connect(self._settings_changed)
        if self._awake is not None:
            self._awake.changed.connect(self.wakefulness_changed)

    @property
    def wakefulness(self) -> Wakefulness:
        """What keeps the computer from falling asleep."""
        return self._awake.state if self._awake is not None else Wakefulness.LEFT_ALONE

    @property
    def can_hide_window(self) -> bool:
        """Whether the tray brings the window back."""
        return self._tray is not None and self._tray.is_available

    def begin(self, name: str) -> None:
        """A migration of that name is open now."""
        self._name = name
        self._summary = None

    @Slot(object)
    def take(self, summary: Summary) -> None:
        """How it stands now."""
        if self._is_over:
            return
        before, self._summary = self._summary, summary
        self._renew_awake()
        if self._tray is not None:
            self._tray.show_standing(id(self), standing_of(summary))
            if before is not None and is_news(before, summary) and not self._gathering.isActive():
                self._gathering.start()

    def tell(self, text: str) -> None:
        """Notify people, if they want that."""
        if self._tray is not None and self._settings.value.notifications:
            self._tray.say(self._name, text)

    def end(self) -> None:
        """The window closes: let the computer go, and tell nothing any more."""
        self._is_over = True
        self._gathering.stop()
        self._summary = None
        self._renew_awake()

    def stop(self, timeout_s: float) -> bool:
        """Nothing runs any more; True if the thread has ended. Only after `end`."""
        if self._tray is not None:
            self._tray.show_standing(id(self), None)
        return self._awake is None or self._awake.stop(timeout_s)

    @Slot()
    def _tell(self) -> None:
        summary = self._summary
        if summary is None or self._is_in_front():
            return
        standing = standing_of(summary)
        if standing.is_finished or standing.needs_someone:
            self.tell(news_text(summary))

    def _is_in_front(self) -> bool:
        """Whether people look at the window, or at a dialog of it."""
        active = QApplication.activeWindow()
        return active is not None and (active is self._window or self._window.isAncestorOf(active))

    @Slot()
    def _settings_changed(self) -> None:
        self._renew_awake()

    def _renew_awake(self) -> None:
        if self._awake is not None:
            runs = self._summary is not None and self._summary.running > 0
            self._awake.want(runs and self._settings.value.keep_awake)
