"""Spacing, fonts and colours of every window; light and dark follow the palette."""

import functools
from collections.abc import Callable
from enum import Enum
from typing import assert_never

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLayout, QPushButton, QWidget

from mailmove_gui.domain.states import AccountState

SPACE_TINY, SPACE_SMALL, SPACE, SPACE_LARGE, SPACE_HUGE = 4, 8, 12, 16, 24
"""Distances, in device-independent pixels."""

RADIUS = 6
SMALLEST_WIDTH, SMALLEST_HEIGHT = 900, 600
"""Nothing is cut off in a window of this size."""

_TITLE_SCALE, _SECTION_SCALE = 1.5, 1.1
_DARK_BELOW = 128
_MOST_PALETTES = 64


class Tone(Enum):
    """What a colour says. Never alone: an icon and a word say the same."""

    MOVING = ("#0969DA", "#58A6FF")
    DONE = ("#1A7F37", "#3FB950")
    WAITING = ("#9A6700", "#D29922")
    NEEDS_SOMEONE = ("#BC4C00", "#F0883E")
    FAILED = ("#CF222E", "#F85149")
    IDLE = ("#59636E", "#9198A1")

    def color(self, palette: QPalette) -> QColor:
        """The colour on this palette; contrast to its base is at least 4.5:1."""
        light, dark = self.value
        return QColor(dark if is_dark(palette) else light)


def tone_of(state: AccountState) -> Tone:
    """The tone of an account's state."""
    match state:
        case AccountState.CHECKING | AccountState.MOVING | AccountState.VERIFYING | AccountState.WATCHING:
            return Tone.MOVING
        case AccountState.DONE:
            return Tone.DONE
        case AccountState.WAITING | AccountState.DONE_WITH_REFUSALS:
            return Tone.WAITING
        case AccountState.NEEDS_PASSWORD:
            return Tone.NEEDS_SOMEONE
        case AccountState.FAILED:
            return Tone.FAILED
        case (
            AccountState.NOT_STARTED
            | AccountState.INVITED
            | AccountState.READY
            | AccountState.QUEUED
            | AccountState.PAUSED
            | AccountState.SKIPPED
            | AccountState.CLOSED
        ):
            return Tone.IDLE
        case _ as never:
            assert_never(never)


def icon_of(state: AccountState) -> str:  # noqa: C901, PLR0911, PLR0912 -- one branch a state
    """Name of the icon of an account's state."""
    match state:
        case AccountState.NOT_STARTED:
            return "idle"
        case AccountState.INVITED:
            return "invited"
        case AccountState.CHECKING:
            return "checking"
        case AccountState.READY:
            return "ready"
        case AccountState.QUEUED:
            return "queued"
        case AccountState.MOVING:
            return "moving"
        case AccountState.VERIFYING:
            return "verifying"
        case AccountState.WAITING:
            return "waiting"
        case AccountState.PAUSED:
            return "paused"
        case AccountState.NEEDS_PASSWORD:
            return "key"
        case AccountState.FAILED:
            return "failed"
        case AccountState.DONE:
            return "done"
        case AccountState.DONE_WITH_REFUSALS:
            return "done_partly"
        case AccountState.WATCHING:
            return "watching"
        case AccountState.SKIPPED:
            return "left_out"
        case AccountState.CLOSED:
            return "closed"
        case _ as never:
            assert_never(never)


def _kept(work_out: Callable[[QPalette], QColor]) -> Callable[[QPalette], QColor]:
    """Colours are asked for in every cell that is painted: each is worked out once a palette."""
    known: dict[int, QColor] = {}

    @functools.wraps(work_out)
    def color(palette: QPalette) -> QColor:
        key = palette.cacheKey()
        if key not in known:
            if len(known) > _MOST_PALETTES:
                known.clear()
            known[key] = work_out(palette)
        return QColor(known[key])

    return color


def is_dark(palette: QPalette) -> bool:
    """Whether windows are dark."""
    return palette.color(QPalette.ColorRole.Window).lightness() < _DARK_BELOW


@_kept
def secondary_text(palette: QPalette) -> QColor:
    """For what is read second; contrast at least 4.5:1."""
    return Tone.IDLE.color(palette)


@_kept
def surface(palette: QPalette) -> QColor:
    """Of a card. In the dark a shade lighter than fields, which would not be seen on it otherwise."""
    base = palette.color(QPalette.ColorRole.Base)
    return _mix(base, palette.color(QPalette.ColorRole.Text), 0.05) if is_dark(palette) else base


@_kept
def border(palette: QPalette) -> QColor:
    """The line around a card."""
    return _mix(palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text), 0.16)


@_kept
def track(palette: QPalette) -> QColor:
    """What a progress bar has not reached yet."""
    return _mix(palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text), 0.12)


def tint(palette: QPalette, tone: Tone) -> QColor:
    """A background that carries a tone and stays readable."""
    share = 0.10 if is_dark(palette) else 0.05
    return _mix(palette.color(QPalette.ColorRole.Base), tone.color(palette), share)


def title_font(font: QFont) -> QFont:
    """Of a page's title."""
    return _scaled(font, _TITLE_SCALE)


def section_font(font: QFont) -> QFont:
    """Of a section's heading."""
    return _scaled(font, _SECTION_SCALE)


def tabular(font: QFont) -> QFont:
    """The same font with digits of one width, so that changing numbers do not dance."""
    changed = QFont(font)
    changed.setFeature(QFont.Tag("tnum"), 1)
    return changed


def set_color(widget: QWidget, color: QColor) -> None:
    """Give a widget's text a colour."""
    palette = widget.palette()
    palette.setColor(QPalette.ColorRole.WindowText, color)
    palette.setColor(QPalette.ColorRole.Text, color)
    widget.setPalette(palette)


def field_height(widget: QWidget) -> int:
    """Of a field to type into: Fusion's own is cramped, other styles know better."""
    return widget.fontMetrics().height() + (14 if is_fusion() else 0)


def mark_primary(button: QPushButton) -> None:
    """The one button of a page that goes on. Windows and macOS show a default button as such; Fusion hardly does."""
    button.setDefault(True)
    if not is_fusion():
        return
    dark = is_dark(QGuiApplication.palette())
    fill, hover, off, off_text = (
        ("#1F6FEB", "#388BFD", "#262D36", "#6E7681") if dark else ("#0969DA", "#0757B8", "#E4E8EC", "#8B949E")
    )
    button.setStyleSheet(
        f"QPushButton {{ background: {fill}; color: #FFFFFF; border: 1px solid {fill}; border-radius: 4px;"
        " padding: 5px 14px; font-weight: 600; }"
        f"QPushButton:hover, QPushButton:focus {{ background: {hover}; border-color: {hover}; }}"
        f"QPushButton:disabled {{ background: {off}; border-color: {off}; color: {off_text}; }}"
    )


def set_margins(layout: QLayout, margin: int, spacing: int = SPACE) -> None:
    """The same margin all around, and the distance between items."""
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)


def light_palette() -> QPalette:
    """Our light colours."""
    return _palette(window="#F6F8FA", base="#FFFFFF", text="#1F2328", button="#FAFBFC", accent="#0969DA")


def dark_palette() -> QPalette:
    """Our dark colours."""
    return _palette(window="#0B1016", base="#12171E", text="#E6EDF3", button="#262D36", accent="#1F6FEB")


def _palette(*, window: str, base: str, text: str, button: str, accent: str) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette(QColor(button), QColor(window))
    foreground, background = QColor(text), QColor(base)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.ToolTipText):
        palette.setColor(role, foreground)
    palette.setColor(roles.Base, background)
    palette.setColor(roles.AlternateBase, QColor(window))
    palette.setColor(roles.ToolTipBase, background)
    palette.setColor(roles.Highlight, QColor(accent))
    palette.setColor(roles.Accent, QColor(accent))
    palette.setColor(roles.HighlightedText, QColor(Qt.GlobalColor.white))
    palette.setColor(roles.PlaceholderText, _mix(background, foreground, 0.55))
    palette.setColor(roles.Link, Tone.MOVING.color(palette))
    palette.setColor(roles.Mid, _mix(background, foreground, 0.16))
    faint = _mix(background, foreground, 0.42)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, roles.Highlight, _mix(background, foreground, 0.2))
    return palette


def _mix(below: QColor, above: QColor, share: float) -> QColor:
    def channel(lower: float, upper: float) -> float:
        return lower * (1 - share) + upper * share

    return QColor.fromRgbF(
        channel(below.redF(), above.redF()),
        channel(below.greenF(), above.greenF()),
        channel(below.blueF(), above.blueF()),
    )


def _scaled(font: QFont, factor: float) -> QFont:
    changed = QFont(font)
    if font.pointSizeF() > 0:
        changed.setPointSizeF(font.pointSizeF() * factor)
    else:
        changed.setPixelSize(round(font.pixelSize() * factor))
    changed.setWeight(QFont.Weight.DemiBold)
    return changed


def is_fusion() -> bool:
    """Whether Qt draws everything itself, because no desktop's own style is there."""
    return QApplication.style().objectName().lower() == "fusion"
