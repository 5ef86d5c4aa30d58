"""The icon in the system's tray: how the migrations stand, and notifications."""

from PySide6.QtCore import QObject, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from mailmove_gui.desktop import icons
from mailmove_gui.desktop.models.standing import Standing, standing_text
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.texts import _

_SIZES = (22, 32, 48, 64)
_BADGE, _ROUND = 0.6, 0.12
"""Share of the icon that its badge takes, and of the badge that surrounds its picture."""


class Tray(QObject):
    """One icon for all windows, shown while a migration is open. Without a tray on this desktop it does nothing."""

    show_wanted = Signal()
    pause_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._standings: dict[int, Standing] = {}
        self._icon: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self._badge = ""

    @property
    def is_available(self) -> bool:
        """Whether this desktop shows such icons."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def icon(self) -> QSystemTrayIcon | None:
        """The icon, once there was something to show."""
        return self._icon

    def show_standing(self, window_id: int, standing: Standing | None) -> None:
        """Show how a window's migration stands; None: it is closed."""
        if standing is None:
            self._standings.pop(window_id, None)
        else:
            self._standings[window_id] = standing
        if not self._standings:
            self.hide()
        elif self._icon is not None or self.is_available:
            self._show()

    def say(self, title: str, text: str) -> None:
        """Show a notification; a click on it brings the windows to the front."""
        if self._icon is not None and self._icon.isVisible():
            self._icon.showMessage(title, text, icons.application_icon())

    def hide(self) -> None:
        """Take the icon away."""
        if self._icon is not None:
            self._icon.hide()

    def _show(self) -> None:
        if self._icon is None:
            self._icon = self._make()
        text = standing_text(self._standings.values())
        tip = _("MailMove: {standing}").format(standing=text)
        if tip != self._icon.toolTip():
            self._icon.setToolTip(tip)
        badge, tone = _badge_of(sum(self._standings.values(), Standing()))
        if badge != self._badge:
            self._badge = badge
            self._icon.setIcon(_state_icon(badge, tone))
        if not self._icon.isVisible():
            self._icon.show()

    def _make(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(self)
        self._menu = QMenu()
        self._menu.addAction(_("&Show MailMove")).triggered.connect(self.show_wanted)
        self._menu.addAction(_("&Pause all")).triggered.connect(self.pause_wanted)
        self._menu.addSeparator()
        self._menu.addAction(_("&Quit MailMove")).triggered.connect(self.quit_wanted)
        icon.setContextMenu(self._menu)
        icon.activated.connect(self._activated)
        icon.messageClicked.connect(self.show_wanted)
        return icon

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.show_wanted.emit()


def _badge_of(standing: Standing) -> tuple[str, Tone]:
    if standing.needs_someone:
        return ("key", Tone.NEEDS_SOMEONE) if standing.need_password else ("failed", Tone.FAILED)
    if standing.running:
        return "moving", Tone.MOVING
    if standing.watched:
        return "watching", Tone.MOVING
    if standing.is_finished:
        return "done", Tone.DONE
    return "paused", Tone.IDLE


def _state_icon(badge: str, tone: Tone) -> QIcon:
    """The program's icon with a state in its corner."""
    palette = QApplication.palette()
    made = QIcon()
    for size in _SIZES:
        picture = QPixmap(icons.application_icon().pixmap(size, size))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = round(size * _BADGE)
        corner = QPoint(size - side, size - side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawEllipse(QRectF(corner.x(), corner.y(), side, side))
        inset = round(side * _ROUND)
        inside = icons.pixmap(badge, tone.color(palette), side - 2 * inset)
        painter.drawPixmap(corner + QPoint(inset, inset), inside)
        painter.end()
        made.addPixmap(picture)
    return made
