"""The program around the migrations: start page with a past, settings, about, and the question at closing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailmove_gui.desktop.bridge.awake import Wakefulness
from mailmove_gui.desktop.bridge.recent import RecentMigration
from mailmove_gui.desktop.bridge.settings import LoadedSettings, Settings, SettingsFile, SharedSettings
from mailmove_gui.desktop.dialogs.about_dialog import AboutDialog
from mailmove_gui.desktop.dialogs.close_question import close_question
from mailmove_gui.desktop.dialogs.open_folder import FolderOpener
from mailmove_gui.desktop.dialogs.settings_dialog import Places, SettingsDialog
from mailmove_gui.desktop.window import MainWindow
from tests.screens.scene import Scene, no_spawn

Frame = Callable[[int, int], Scene]
"""Makes the window that something is shown above."""

HOME = Path("/home/anna")
PLACES = Places(HOME / "Documents/MailMove", HOME / ".config/MailMove", HOME / ".local/state/MailMove/log")


def start_with_past(start: Frame, width: int, height: int) -> Scene:
    scene = start(width, height)
    now = datetime.now(UTC)
    scene.window.start_page.show_recent(
        (
            RecentMigration(HOME / "acme.mailmove", "Acme GmbH: old.example to new.example", now, 24, 18, 2, 1, 0),
            RecentMigration(
                HOME / "valves.mailmove", "永新阀门 邮箱迁移", now - timedelta(days=1), 30, 12, 0, 0, 0, running=5
            ),
            RecentMigration(HOME / "done.mailmove", "Office", now - timedelta(days=4), 3, 3, 0, 0, 0),
            RecentMigration(
                Path("/media/usb-stick/branch-office-2026.mailmove"),
                "Branch office",
                now - timedelta(days=12),
                3,
                3,
                0,
                0,
                1,
                is_missing=True,
            ),
        )
    )
    return scene


def settings(tab: int, start: Frame, width: int, height: int) -> Scene:
    window = start(width, height).window
    dialog = SettingsDialog(window.settings, PLACES, FolderOpener(window.background, window), window)
    dialog.tabs.setCurrentIndex(tab)
    return Scene(dialog, window)


def settings_noted(start: Frame, width: int, height: int) -> Scene:
    """With everything shown that is shown at times only."""
    window = start(width, height).window
    loaded = LoadedSettings(Settings(), is_damaged=True)
    damaged = SharedSettings(SettingsFile(Path("/nowhere")), no_spawn, loaded, window)
    dialog = SettingsDialog(damaged, PLACES, FolderOpener(window.background, window), window)
    dialog.language_field.setCurrentIndex(2)
    dialog.language_field.activated.emit(2)
    return Scene(dialog, window)


def about(start: Frame, width: int, height: int) -> Scene:
    window = start(width, height).window
    return Scene(AboutDialog(PLACES.logs, FolderOpener(window.background, window), window), window)


def closing(board: Frame, width: int, height: int, *, can_hide: bool) -> Scene:
    window = board(width, height).window
    hide = window.go_to_background if can_hide else None
    return Scene(close_question(window, 5, 0, stop=window.close_for_good, hide=hide), window)


def awake(state: Wakefulness, board: Frame, width: int, height: int) -> Scene:
    scene = board(width, height)
    assert isinstance(scene.widget, MainWindow)
    scene.widget.watch.wakefulness_changed.emit(state)
    return scene
