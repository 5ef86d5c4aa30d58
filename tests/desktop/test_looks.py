"""What can be said of looks without looking: contrast, names for screen readers, nothing cut off."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.resource_files import resource_path
from tests.screens.scenes import SCENES, Scene

PALETTES = {"light": theme.light_palette, "dark": theme.dark_palette}
SMALLEST = theme.SMALLEST_WIDTH, theme.SMALLEST_HEIGHT


def luminance(color: QColor) -> float:
    """WCAG 2.1, relative luminance."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("shade", PALETTES)
@pytest.mark.parametrize("tone", Tone)
def test_colours_of_states_can_be_read(qapp: QApplication, shade: str, tone: Tone) -> None:
    palette = PALETTES[shade]()
    assert theme.is_dark(palette) is (shade == "dark")
    selected = theme.tint(palette, Tone.MOVING)
    plain = (palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Window))
    for background in (*plain, theme.surface(palette), selected):
        assert contrast(tone.color(palette), background) >= 4.5
    assert contrast(palette.color(QPalette.ColorRole.Text), theme.tint(palette, tone)) >= 4.5
    assert contrast(theme.secondary_text(palette), palette.color(QPalette.ColorRole.Window)) >= 4.5


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


def shown(scene: Scene, kind: type[QWidget]) -> list[QWidget]:
    return [widget for widget in scene.widget.findChildren(kind) if widget.isVisibleTo(scene.widget)]


def test_every_control_has_a_name(scene: Scene) -> None:
    def name_of(control: QWidget) -> str:
        if control.accessibleName():
            return control.accessibleName()
        if isinstance(control, QAbstractButton):
            return control.text()
        labels = scene.widget.findChildren(QLabel)
        return next((label.text() for label in labels if label.buddy() is control), "")

    controls = [
        widget
        for kind in (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)
        for widget in shown(scene, kind)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not _is_a_part(widget)
    ]
    nameless = [repr(widget) for widget in controls if not name_of(widget)]
    assert controls or scene.widget is scene.window
    assert nameless == []


def test_nothing_is_cut_off_in_the_smallest_window(scene: Scene) -> None:
    assert scene.widget.width() <= max(SMALLEST[0], scene.widget.minimumSizeHint().width())
    cut = [f"{widget!r}: {problem}" for widget in shown(scene, QWidget) if (problem := _what_is_cut(scene, widget))]
    assert cut == []


def test_the_scene_fits_the_smallest_window(scene: Scene) -> None:
    needed = scene.widget.minimumSizeHint()
    assert needed.width() <= SMALLEST[0]
    assert needed.height() <= SMALLEST[1]


def _is_a_part(widget: QWidget) -> bool:
    """Of a spin box, a combo box, a table's corner: named by what it is a part of."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractSpinBox | QComboBox | QAbstractItemView | QLineEdit):
            return True
        parent = parent.parentWidget()
    return False


def _what_is_cut(scene: Scene, widget: QWidget) -> str:
    if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
        return _cut_text(widget)
    if isinstance(widget, QAbstractButton) and widget.text() and not _is_a_part(widget):
        if _less(widget.size(), QSize(widget.minimumSizeHint().width(), 0)):
            return f"{widget.text()!r} is {widget.width()} wide, needs {widget.minimumSizeHint().width()}"
        return _outside(scene, widget)
    if isinstance(widget, QLineEdit | QComboBox) and not _is_a_part(widget):
        return _outside(scene, widget)
    return ""


def _cut_text(label: QLabel) -> str:
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        return f"{label.text()!r} is {label.height()} high, needs {needed}" if label.height() < needed else ""
    needed = label.sizeHint().width()
    return f"{label.text()!r} is {label.width()} wide, needs {needed}" if label.width() < needed else ""


def _outside(scene: Scene, widget: QWidget) -> str:
    parent = widget.parentWidget()
    while parent is not None and parent is not scene.widget:
        if isinstance(parent, QAbstractScrollArea):
            return ""
        parent = parent.parentWidget()
    place = QRect(widget.mapTo(scene.widget, widget.rect().topLeft()), widget.size())
    return "" if scene.widget.rect().contains(place) else f"lies at {place.getRect()}"


def _less(one: QSize, other: QSize) -> bool:
    return one.width() < other.width() or one.height() < other.height()


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


def mnemonics(widget: QWidget, kind: type[QAbstractButton | QLabel]) -> list[str]:
    texts = [child.text() for child in widget.findChildren(kind) if child.isVisibleTo(widget)]
    return [text[text.index("&") + 1].lower() for text in texts if "&" in text.replace("&&", "")]


def test_no_two_things_of_a_page_have_the_same_key(scene: Scene) -> None:
    keys = mnemonics(scene.widget, QAbstractButton) + mnemonics(scene.widget, QLabel)
    assert sorted(keys) == sorted(set(keys))
