"""Our own icons, drawn in one colour and tinted when they are used."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from mailmove_gui.resource_files import resource_path

_SIZES = (16, 20, 24, 32, 48)
_RATIOS = (1.0, 2.0)


def icon(name: str, color: QColor | None = None) -> QIcon:
    """The icon as a whole; without a colour it has that of button texts, also when disabled."""
    palette = QGuiApplication.palette()
    group = QPalette.ColorGroup
    normal = color or palette.color(group.Active, QPalette.ColorRole.ButtonText)
    disabled = palette.color(group.Disabled, QPalette.ColorRole.ButtonText)
    made = QIcon()
    for size in _SIZES:
        for ratio in _RATIOS:
            made.addPixmap(pixmap(name, normal, size, ratio), QIcon.Mode.Normal)
            made.addPixmap(pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, color: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of `size` device-independent pixels."""
    return _drawn(name, color.name(), size, ratio)


def application_icon() -> QIcon:
    """The program's icon, in its own colours."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_drawn("mailmove", "#000000", size, 1.0))
    return made


@lru_cache(maxsize=1024)
def _drawn(name: str, color: str, size: int, ratio: float) -> QPixmap:
    picture = QPixmap(QSize(size, size) * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", color).encode()))
    renderer.render(painter, QRectF(0, 0, size * ratio, size * ratio))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@lru_cache(maxsize=128)
def _svg(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
