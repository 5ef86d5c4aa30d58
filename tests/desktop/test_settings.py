import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.appearance import ApplicationColors
from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.settings import (
    Appearance,
    LoadedSettings,
    Settings,
    SettingsFile,
    SharedSettings,
)
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.dialogs.open_folder import FolderOpener
from mailmove_gui.desktop.dialogs.settings_dialog import Places, SettingsDialog
from mailmove_gui.domain.plan import MessageOrder
from tests.desktop.conftest import OpenWindow, wait_until
from tests.desktop.driving import open_wizard
from tests.desktop.services import FakeWorld

Keep = Callable[[QWidget], QWidget]
CHOSEN = Settings(
    "zh_CN",
    Appearance.DARK,
    12,
    MessageOrder.OLDEST_FIRST,
    keep_passwords=False,
    keep_awake=False,
    search_online=False,
    notifications=False,
    migrations_folder=Path("/elsewhere").absolute(),
    details_height=310,
)


def file_of(folder: Path) -> Path:
    return folder / "settings.json"


# The file


def test_without_a_file_all_is_as_after_installation(tmp_path: Path) -> None:
    assert SettingsFile(tmp_path / "none").load() == LoadedSettings(Settings())


@pytest.mark.parametrize("settings", [Settings(), CHOSEN], ids=["usual", "chosen"])
def test_what_was_saved_is_read_back(tmp_path: Path, settings: Settings) -> None:
    file = SettingsFile(tmp_path / "new folder")
    file.save(settings)
    assert file.load() == LoadedSettings(settings)
    assert [one.name for one in (tmp_path / "new folder").iterdir()] == ["settings.json"]


def test_what_another_version_wrote_is_kept(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    file_of(tmp_path).write_text('{"version": 9, "keep_awake": false, "colour": {"of": "sky"}}', encoding="utf-8")
    loaded = file.load()
    assert not loaded.is_damaged
    assert not loaded.settings.keep_awake
    file.save(replace(loaded.settings, notifications=False))
    document = json.loads(file_of(tmp_path).read_text(encoding="utf-8"))
    assert document["colour"] == {"of": "sky"}
    assert document["notifications"] is False


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b"\xff\xfe\x00", b'{"keep_awake": '],
    ids=["empty", "cut", "list", "number", "bytes", "half"],
)
def test_a_damaged_file_is_said_and_harms_nobody(
    tmp_path: Path, content: bytes, expected_log: Callable[[str], None]
) -> None:
    expected_log("settings could not be read")
    file_of(tmp_path).write_bytes(content)
    assert SettingsFile(tmp_path).load() == LoadedSettings(Settings(), is_damaged=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": 3},
        {"language": ""},
        {"appearance": "purple"},
        {"appearance": ["dark"]},
        {"accounts_at_once": 0},
        {"accounts_at_once": 51},
        {"accounts_at_once": "4"},
        {"accounts_at_once": True},
        {"order": None},
        {"keep_passwords": "yes"},
        {"keep_awake": 1},
        {"notifications": None},
        {"migrations_folder": "relative"},
        {"migrations_folder": 5},
        {"details_height": True},
        {"details_height": 0},
    ],
    ids=str,
)
def test_one_wrong_entry_leaves_the_others_alone(
    tmp_path: Path, wrong: dict[str, object], expected_log: Callable[[str], None]
) -> None:
    expected_log("some settings could not be read")
    file = SettingsFile(tmp_path)
    file.save(CHOSEN)
    document = json.loads(file_of(tmp_path).read_text(encoding="utf-8"))
    file_of(tmp_path).write_text(json.dumps({**document, **wrong}), encoding="utf-8")
    loaded = file.load()
    (name,) = wrong
    assert loaded.is_damaged
    assert loaded.settings == replace(CHOSEN, **{name: getattr(Settings(), name)})


# What all windows share


@pytest.fixture
def shared(tmp_path: Path, spawn: QtSpawn) -> SharedSettings:
    return SharedSettings(SettingsFile(tmp_path), spawn)


def test_a_change_holds_at_once_and_is_written(tmp_path: Path, shared: SharedSettings) -> None:
    heard: list[Settings] = []
    shared.changed.connect(heard.append)
    shared.change(replace(shared.value, keep_awake=True))
    assert heard == []
    shared.change(replace(shared.value, keep_awake=False))
    shared.change(replace(shared.value, accounts_at_once=9))
    assert [one.accounts_at_once for one in heard] == [4, 9]
    assert shared.value == Settings(keep_awake=False, accounts_at_once=9)
    assert shared.stop(10)
    assert SettingsFile(tmp_path).load().settings == shared.value


def test_a_disk_that_does_not_take_them_is_said(
    tmp_path: Path, spawn: QtSpawn, expected_log: Callable[[str], None]
) -> None:
    expected_log("settings could not be written")
    (tmp_path / "file").touch()
    shared = SharedSettings(SettingsFile(tmp_path / "file"), spawn)
    said: list[bool] = []
    shared.save_failed.connect(lambda: said.append(True))
    shared.change(replace(shared.value, keep_awake=False))
    wait_until(lambda: said == [True])
    assert not shared.value.keep_awake
    assert shared.stop(10)


# The dialog


@pytest.fixture
def dialog(tmp_path: Path, shared: SharedSettings, spawn: QtSpawn, keep: Keep) -> SettingsDialog:
    places = Places(tmp_path / "migrations", tmp_path, tmp_path / "log")
    made = SettingsDialog(shared, places, FolderOpener(Background(spawn)))
    keep(made)
    made.show()
    return made


def test_every_choice_holds_at_once(dialog: SettingsDialog, shared: SharedSettings) -> None:
    for field, position in ((dialog.language_field, 2), (dialog.appearance_field, 2), (dialog.order_field, 1)):
        field.setCurrentIndex(position)
        field.activated.emit(position)
    dialog.at_once_field.setValue(12)
    dialog.awake_box.click()
    dialog.notifications_box.click()
    dialog.passwords_box.click()
    dialog.search_box.click()
    dialog._set_folder(str(CHOSEN.migrations_folder))
    assert shared.value == replace(CHOSEN, details_height=None)  # not chosen in this dialog
    assert dialog.migrations_row.folder == CHOSEN.migrations_folder
    assert shared.stop(10)


def test_it_shows_what_is_set(tmp_path: Path, spawn: QtSpawn, keep: Keep) -> None:
    shared = SharedSettings(SettingsFile(tmp_path), spawn, LoadedSettings(CHOSEN, is_damaged=True))
    made = SettingsDialog(shared, Places(tmp_path, tmp_path), FolderOpener(Background(spawn)))
    keep(made)
    texts = [field.currentText() for field in (made.language_field, made.appearance_field, made.order_field)]
    assert texts == ["简体中文", "Dark", "Oldest messages first"]
    assert made.at_once_field.value() == 12
    assert not any(box.isChecked() for box in (made.awake_box, made.notifications_box, made.passwords_box))
    assert made.migrations_row.folder == CHOSEN.migrations_folder
    assert made.notice.text() == "Some settings could not be read. They are as after the installation now."
    assert shared.value == CHOSEN


def test_the_language_says_when_it_changes(dialog: SettingsDialog, shared: SharedSettings) -> None:
    assert not dialog.language_note.isVisible()
    dialog.language_field.setFocus()
    QTest.keyClick(dialog.language_field, Qt.Key.Key_Down)
    assert shared.value.language == "en"
    assert "started the next time" in dialog.language_note.text()
    assert dialog.language_note.isVisible()
    assert shared.stop(10)


def test_a_folder_is_made_and_shown(
    dialog: SettingsDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spawn: QtSpawn
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog.tabs.setCurrentIndex(2)
    dialog.migrations_row.open_button.click()
    wait_until(lambda: bool(opened))
    assert opened == [(tmp_path / "migrations").as_posix()]
    assert (tmp_path / "migrations").is_dir()
    dialog._opener._background.stop(10)


# What they do


def test_colours_change_at_once(qapp: QApplication, shared: SharedSettings) -> None:
    former = qapp.palette()
    colors = ApplicationColors(qapp)
    try:
        colors.go_by(shared)
        for appearance, is_dark in ((Appearance.DARK, True), (Appearance.LIGHT, False), (Appearance.DARK, True)):
            shared.change(replace(shared.value, appearance=appearance))
            assert theme.is_dark(qapp.palette()) is is_dark
        shared.change(replace(shared.value, appearance=Appearance.SYSTEM))
        assert not theme.is_dark(qapp.palette())
    finally:
        colors.deleteLater()
        qapp.setPalette(former)
        assert shared.stop(10)


def test_colours_that_a_desktop_chose_are_left_alone(qapp: QApplication, shared: SharedSettings) -> None:
    former = qapp.palette()
    own = theme.light_palette()
    own.setColor(own.ColorRole.Window, Qt.GlobalColor.darkGreen)
    qapp.setPalette(own)
    colors = ApplicationColors(qapp)
    try:
        colors.go_by(shared)
        assert qapp.palette().window().color() == own.window().color()
    finally:
        colors.deleteLater()
        qapp.setPalette(former)


def test_new_migrations_begin_with_them(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    window.settings.change(
        replace(
            window.settings.value,
            accounts_at_once=7,
            order=MessageOrder.OLDEST_FIRST,
            keep_passwords=False,
            migrations_folder=world.folder / "own",
        )
    )
    wizard = open_wizard(window)
    assert wizard.draft.options.accounts_at_once == 7
    assert wizard.draft.options.order is MessageOrder.OLDEST_FIRST
    assert not wizard.draft.remember_passwords
    assert wizard.folder == world.folder / "own"


@pytest.mark.parametrize("way", ["button", "keys"])
def test_settings_open_from_button_and_keys(open_window: OpenWindow, world: FakeWorld, way: str) -> None:
    window = open_window(world.services())
    if way == "button":
        window.start_page.settings_button.setFocus()
        QTest.keyClick(window.start_page.settings_button, Qt.Key.Key_Space)
    else:
        wait_until(window.isActiveWindow)
        QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = window.findChildren(SettingsDialog)
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_damaged_settings_are_said_on_the_start_page(open_window: OpenWindow, world: FakeWorld, spawn: QtSpawn) -> None:
    loaded = LoadedSettings(Settings(), is_damaged=True)
    shared = SharedSettings(SettingsFile(world.folder), spawn, loaded)
    window = open_window(world.services(), settings=shared)
    assert "Some settings could not be read" in window.start_page.notice.text()
