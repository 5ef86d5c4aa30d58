"""What can be said of looks without looking: contrast, names for screen readers, nothing cut off."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.resource_files import resource_path
from mailmove_gui.texts import set_language
from tests.desktop import looks
from tests.screens.all_scenes import SCENES
from tests.screens.scene import Scene

PALETTES = {"light": theme.light_palette, "dark": theme.dark_palette}
IN_COLUMNS = {"wizard_3_single", "wizard_4_what", "wizard_4_what_filled", "wizard_4_what_pop3", "wizard_4_what_mixed"}
"""These are read down one column, then down the other."""
SMALLEST = theme.SMALLEST_WIDTH, theme.SMALLEST_HEIGHT


@pytest.mark.parametrize("shade", PALETTES)
@pytest.mark.parametrize("tone", Tone)
def test_colours_of_states_can_be_read(qapp: QApplication, shade: str, tone: Tone) -> None:
    palette = PALETTES[shade]()
    assert theme.is_dark(palette) is (shade == "dark")
    selected = theme.tint(palette, Tone.MOVING)
    plain = (palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Window))
    for background in (*plain, theme.surface(palette), selected):
        assert looks.contrast(tone.color(palette), background) >= 4.5
    assert looks.contrast(palette.color(QPalette.ColorRole.Text), theme.tint(palette, tone)) >= 4.5
    assert looks.contrast(palette.color(QPalette.ColorRole.Link), theme.surface(palette)) >= 4.5
    assert looks.contrast(theme.secondary_text(palette), palette.color(QPalette.ColorRole.Window)) >= 4.5


@pytest.mark.parametrize("file", sorted(resource_path("icons").glob("*.svg")), ids=lambda file: file.stem)
def test_icons_are_drawn_in_the_colour_asked_for(qapp: QApplication, file: object) -> None:
    name = getattr(file, "stem", "")
    picture = icons.pixmap(name, QColor("#ff0000"), 32).toImage()
    colors = {
        picture.pixelColor(x, y).name() for x in range(32) for y in range(32) if picture.pixelColor(x, y).alpha() == 255
    }
    assert colors
    if name != "mailmove":
        assert colors == {"#ff0000"}


@pytest.fixture
def in_the_dark(qapp: QApplication) -> Iterator[None]:
    former = qapp.palette()
    qapp.setPalette(theme.dark_palette())
    yield
    qapp.setPalette(former)


@pytest.fixture
def in_chinese() -> Iterator[None]:
    assert set_language("zh_CN") == "zh_CN", "the catalogue is not compiled: make environment"
    yield
    set_language("en")


@pytest.fixture(params=sorted(SCENES))
def scene(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Scene]:
    made = SCENES[request.param](*SMALLEST)
    made.widget.show()
    for _round in range(3):
        QApplication.processEvents()
    yield made
    made.widget.hide()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_every_control_has_a_name(scene: Scene) -> None:
    assert looks.controls(scene.widget) or scene.widget is scene.window
    assert looks.nameless(scene.widget) == []


def test_nothing_is_cut_off_in_the_smallest_window(scene: Scene) -> None:
    assert scene.widget.width() <= max(SMALLEST[0], scene.widget.minimumSizeHint().width())
    assert looks.cut(scene.widget) == []


@pytest.mark.parametrize("scene", sorted(SCENES), indirect=True)
@pytest.mark.usefixtures("in_chinese")
def test_chinese_fits_too(scene: Scene) -> None:
    texts = [label.text() for label in scene.widget.findChildren(QLabel)]
    assert any("\u4e00" <= character <= "\u9fff" for text in texts for character in text)
    assert looks.cut(scene.widget) == []
    assert looks.doubled_keys(scene.widget) == []
    needed = scene.widget.minimumSizeHint()
    assert (needed.width() <= SMALLEST[0], needed.height() <= SMALLEST[1]) == (True, True)


def test_every_text_stands_out(scene: Scene) -> None:
    assert looks.pale(scene.widget) == []


@pytest.mark.parametrize("scene", sorted(SCENES), indirect=True)
@pytest.mark.usefixtures("in_the_dark")
def test_every_text_stands_out_in_the_dark(scene: Scene) -> None:
    assert theme.is_dark(scene.widget.palette())
    assert looks.pale(scene.widget) == []


@pytest.mark.parametrize("scene", sorted(SCENES.keys() - IN_COLUMNS), indirect=True)
def test_tab_goes_as_people_read(scene: Scene) -> None:
    assert looks.out_of_order(scene.widget) == []


def test_no_two_things_of_a_page_have_the_same_key(scene: Scene) -> None:
    assert looks.doubled_keys(scene.widget) == []


def test_the_scene_fits_the_smallest_window(scene: Scene) -> None:
    needed = scene.widget.minimumSizeHint()
    assert needed.width() <= SMALLEST[0]
    assert needed.height() <= SMALLEST[1]


def test_the_board_can_be_used_with_the_keyboard(qapp: QApplication) -> None:
    made = SCENES["board"](*SMALLEST)
    window = made.window
    window.show()
    shortcuts = [action.shortcut().toString() for action in window.board.actions_.on_accounts]
    assert all(shortcuts)
    assert len(set(shortcuts)) == len(shortcuts)
    assert all("&" in action.text() for action in window.board.actions_.on_accounts)
    assert window.board.table.focusPolicy() & Qt.FocusPolicy.TabFocus
    menus = [action.text() for action in window.menuBar().actions()]
    assert all("&" in text for text in menus)
    window.hide()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
