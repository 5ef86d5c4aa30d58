"""Light or dark windows: as the desktop is, or as somebody wants it."""

from typing import assert_never

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.settings import Appearance, Settings, SharedSettings


class ApplicationColors(QObject):
    """Gives the application its colours, and changes them when the desktop or somebody's wish does.

    Where no desktop gave us its colours and Qt shows its own greys, ours are used, which are clearer.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._wanted = Qt.ColorScheme.Unknown
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow()

    def go_by(self, settings: SharedSettings) -> None:
        """Turn all windows light or dark as the settings say, now and whenever they change."""
        settings.changed.connect(self._take)
        self._take(settings.value)

    @Slot(object)
    def _take(self, settings: Settings) -> None:
        wanted = _scheme_of(settings.appearance)
        if wanted is self._wanted:
            return
        self._wanted = wanted
        QGuiApplication.styleHints().setColorScheme(self._wanted)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        if not (theme.is_fusion() and self._is_ours_to_choose()):
            return
        # A desktop without light and dark does not hear what we want.
        heard = QGuiApplication.styleHints().colorScheme()
        scheme = heard if self._wanted is Qt.ColorScheme.Unknown else self._wanted
        palette = theme.dark_palette() if scheme is Qt.ColorScheme.Dark else theme.light_palette()
        if self._application.palette() != palette:
            self._application.setPalette(palette)

    def _is_ours_to_choose(self) -> bool:
        window = self._application.palette().window()
        ours = (theme.light_palette(), theme.dark_palette(), self._application.style().standardPalette())
        return any(window == palette.window() for palette in ours)


def _scheme_of(appearance: Appearance) -> Qt.ColorScheme:
    match appearance:
        case Appearance.SYSTEM:
            return Qt.ColorScheme.Unknown
        case Appearance.LIGHT:
            return Qt.ColorScheme.Light
        case Appearance.DARK:
            return Qt.ColorScheme.Dark
        case _ as never:
            assert_never(never)
