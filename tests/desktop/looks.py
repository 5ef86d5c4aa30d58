"""What can be said of a window's looks without looking; each check returns what is wrong, for any window or dialog.

``nameless``: controls that a screen reader cannot name. ``cut``: texts and buttons without the room that they need.
``pale``: texts with less contrast than WCAG 2.1 AA wants. ``out_of_order``: where Tab does not go as people read.
``doubled_keys``: mnemonics of which there are two.
"""

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

LEAST_CONTRAST = 4.5
_CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)


def luminance(color: QColor) -> float:
    """WCAG 2.1, relative luminance."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shown(root: QWidget, *kinds: type[QWidget]) -> list[QWidget]:
    """The visible widgets of these kinds, without those that are a part of another control."""
    return [
        widget
        for kind in kinds or (QWidget,)
        for widget in root.findChildren(kind)
        if widget.isVisibleTo(root) and not _is_a_part(widget)
    ]


def controls(root: QWidget) -> list[QWidget]:
    """What can be reached with the keyboard."""
    return [widget for widget in shown(root, *_CONTROLS) if widget.focusPolicy() != Qt.FocusPolicy.NoFocus]


def nameless(root: QWidget) -> list[str]:
    buddies = {label.buddy(): label.text() for label in root.findChildren(QLabel) if label.buddy() is not None}

    def name_of(control: QWidget) -> str:
        own = control.text() if isinstance(control, QAbstractButton) else ""
        return control.accessibleName() or own or buddies.get(control, "")

    return [repr(control) for control in controls(root) if not name_of(control)]


def cut(root: QWidget) -> list[str]:
    return [f"{widget!r}: {problem}" for widget in shown(root) if (problem := _what_is_cut(root, widget))]


def pale(root: QWidget) -> list[str]:
    """Measured in a picture: the colour that fills most of a text's place, against the one that stands out most."""
    picture = root.grab().toImage()
    ratio = picture.devicePixelRatio()
    found = []
    for widget in shown(root, QLabel, QAbstractButton):
        assert isinstance(widget, QLabel | QAbstractButton)
        if not widget.text() or not widget.isEnabled():
            continue
        place = QRect(widget.mapTo(root, widget.rect().topLeft()) * ratio, widget.size() * ratio)
        place = place.intersected(picture.rect())
        if place.isEmpty() or not _is_in_sight(root, widget):
            continue
        reached = _reached(picture, place)
        if reached < LEAST_CONTRAST:
            found.append(f"{widget.text()!r}: {reached:.2f}")
    return found


def out_of_order(root: QWidget) -> list[str]:
    """Steps of the Tab key that go up, or left within a row."""
    stops = [(QRect(one.mapTo(root, one.rect().topLeft()), one.size()), one) for one in _tab_chain(root)]
    # The chain is a ring; people begin at the top.
    first = min(range(len(stops)), key=lambda number: (stops[number][0].top(), stops[number][0].left()), default=0)
    stops = stops[first:] + stops[:first]
    chain, places = [one for _place, one in stops], [place for place, _one in stops]
    found = []
    for number in range(1, len(chain)):
        before, after = places[number - 1], places[number]
        area = _area_above(root, chain[number - 1])
        if area is not None and not area.isAncestorOf(chain[number]):
            # Out of an area that may be scrolled: what counts is where that lies.
            before = before.intersected(QRect(area.mapTo(root, area.rect().topLeft()), area.size()))
        goes_up = after.bottom() <= before.top()
        is_beside = before.top() < after.center().y() < before.bottom() or after.top() < before.center().y() < (
            after.bottom()
        )
        if goes_up or (is_beside and after.right() <= before.left()):
            found.append(f"{_told(chain[number - 1])} -> {_told(chain[number])}")
    return found


def doubled_keys(root: QWidget) -> list[str]:
    texts = [widget.text() for widget in shown(root, QAbstractButton, QLabel) if hasattr(widget, "text")]
    for bar in root.findChildren(QTabBar):
        if bar.isVisibleTo(root):
            texts += [bar.tabText(number) for number in range(bar.count())]
    keys = Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text.replace("&&", ""))
    return sorted(key for key, number in keys.items() if number > 1)


def _tab_chain(root: QWidget) -> Iterator[QWidget]:
    widget: QWidget | None = root.nextInFocusChain()
    while widget is not None and widget is not root:
        reached = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.isVisibleTo(root)
        # A radio button of several, and an area that only scrolls, are no stops of their own.
        is_stop = not isinstance(widget, QAbstractScrollArea) or isinstance(widget, QAbstractItemView)
        if reached and is_stop and widget.window() is root.window() and not _is_a_part(widget):
            yield widget
        widget = widget.nextInFocusChain()


def _told(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text or repr(widget)


def _reached(picture: QImage, place: QRect) -> float:
    colors = Counter(
        picture.pixel(x, y)
        for x in range(place.left(), place.right() + 1)
        for y in range(place.top(), place.bottom() + 1)
    )
    background = QColor(colors.most_common(1)[0][0])
    return max(contrast(background, QColor(color)) for color in colors)


def _is_a_part(widget: QWidget) -> bool:
    """Of a spin box, a combo box, a table's corner: named by what it is a part of."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractSpinBox | QComboBox | QAbstractItemView | QLineEdit | QTabBar):
            return True
        parent = parent.parentWidget()
    return False


def _is_in_sight(root: QWidget, widget: QWidget) -> bool:
    """Whether no scroll area hides a part of it."""
    return widget.visibleRegion().boundingRect().size() == widget.size() or not _area_above(root, widget)


def _area_above(root: QWidget, widget: QWidget) -> QAbstractScrollArea | None:
    parent = widget.parentWidget()
    while parent is not None and parent is not root:
        if isinstance(parent, QAbstractScrollArea):
            return parent
        parent = parent.parentWidget()
    return None


def _what_is_cut(root: QWidget, widget: QWidget) -> str:
    if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
        return _cut_text(widget)
    if isinstance(widget, QAbstractButton) and widget.text():
        needed = widget.minimumSizeHint().width()
        if _less(widget.size(), QSize(needed, 0)):
            return f"{widget.text()!r} is {widget.width()} wide, needs {needed}"
        return _outside(root, widget)
    if isinstance(widget, QLineEdit | QComboBox):
        return _outside(root, widget)
    return ""


def _cut_text(label: QLabel) -> str:
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        return f"{label.text()!r} is {label.height()} high, needs {needed}" if label.height() < needed else ""
    needed = label.sizeHint().width()
    return f"{label.text()!r} is {label.width()} wide, needs {needed}" if label.width() < needed else ""


def _outside(root: QWidget, widget: QWidget) -> str:
    if _area_above(root, widget) is not None:
        return ""
    place = QRect(widget.mapTo(root, widget.rect().topLeft()), widget.size())
    return "" if root.rect().contains(place) else f"lies at {place.getRect()}"


def _less(one: QSize, other: QSize) -> bool:
    return one.width() < other.width() or one.height() < other.height()
