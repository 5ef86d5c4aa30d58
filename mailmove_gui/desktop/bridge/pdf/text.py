"""Words broken into lines, with their looks."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QPagedPaintDevice,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from mailmove_gui.report.document import Look, Span, Spans

INK, QUIET_INK, LINE = QColor("#000000"), QColor("#444444"), QColor("#BBBBBB")
COLORS = {
    Look.QUIET: QUIET_INK,
    Look.SERVER: QUIET_INK,
    Look.MOVING: QColor("#0969DA"),
    Look.DONE: QColor("#1A7F37"),
    Look.WAITING: QColor("#9A6700"),
    Look.SOMEONE: QColor("#BC4C00"),
    Look.FAILED: QColor("#CF222E"),
    Look.IDLE: QColor("#59636E"),
}
_BOLD = frozenset({Look.STRONG, Look.MOVING, Look.DONE, Look.WAITING, Look.SOMEONE, Look.FAILED, Look.IDLE})
_LINE_SPACING = 1.2
# Those that are there, in this order; a document need not look as the desktop does. Latin before Chinese, because Qt
# does not say in a PDF which digits the glyphs of Noto Sans CJK stand for, and nobody could search for a number.
# Chinese by name, because left alone Linux may take Japanese forms.
_FONTS = (
    *("Segoe UI", "Helvetica Neue", "DejaVu Sans", "Noto Sans"),
    *("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC"),
)
# Foreign text turns its own line around, not what stands beside it (UAX #9: first strong isolate).
_ISOLATE, _END_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True, slots=True)
class Style:
    """How large, how heavy, and at which side."""

    points: float
    bold: bool = False
    align_right: bool = False


class Lines:
    """Lines that are ready to be drawn, some here and the rest on the next page if need be."""

    def __init__(self, layouts: Sequence[QTextLayout]) -> None:
        # A line is part of its layout, which Python must not let go.
        self._layouts = layouts
        self._lines: list[QTextLine] = [layout.lineAt(n) for layout in layouts for n in range(layout.lineCount())]
        self.ascent = max((line.ascent() for line in self._lines), default=0.0)
        """From a line's top to its base line; the largest, since letters of several fonts may be in it."""
        self.pitch = max((line.height() for line in self._lines), default=0.0) * _LINE_SPACING
        """From one base line to the next."""

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def height(self) -> float:
        """Of all lines."""
        return len(self) * self.pitch

    def draw(self, painter: QPainter, x: float, base_line: float, pitch: float, numbers: range) -> None:
        """Draw the lines of these numbers, as far as there are, the first of them on a base line."""
        for place, number in enumerate(numbers):
            if number >= len(self._lines):
                return
            line = self._lines[number]
            line.draw(painter, QPointF(x, base_line + place * pitch - line.ascent()))


class Typesetter:
    """Breaks words into lines for a device."""

    def __init__(self, device: QPagedPaintDevice) -> None:
        self._device = device
        self._families = [*filter(QFontDatabase.hasFamily, _FONTS), QFontInfo(QFont()).family()]

    def lines(self, spans: Spans, width: float, style: Style) -> Lines:
        """Words in lines of a width; a span that asks for it begins a line."""
        font = QFont(self._families)
        font.setPointSizeF(style.points)
        font.setBold(style.bold)
        option = QTextOption(Qt.AlignmentFlag.AlignRight if style.align_right else Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setUseDesignMetrics(True)
        layouts = []
        for part in _parts(spans):
            text, formats = _formatted(part)
            layout = QTextLayout(text, font, self._device)
            layout.setTextOption(option)
            layout.setFormats(formats)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(width)
            layout.endLayout()
            layouts.append(layout)
        return Lines(layouts)


def _parts(spans: Spans) -> list[list[Span]]:
    parts: list[list[Span]] = []
    for span in spans:
        if span.on_new_line or not parts:
            parts.append([])
        parts[-1].append(span)
    return parts


def _formatted(spans: Sequence[Span]) -> tuple[str, list[QTextLayout.FormatRange]]:
    text, formats = "", []
    for span in spans:
        words = f"{_ISOLATE}{span.words}{_END_ISOLATE}" if span.is_foreign else span.words
        piece = " ".join(filter(None, (span.mark, words)))
        text += " " if text else ""
        # Qt counts in UTF-16, where an emoji is two.
        formats.append(_format(_utf16_length(text), _utf16_length(piece), span.look))
        text += piece
    return text, formats


def _format(start: int, length: int, look: Look) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = start, length
    chars = QTextCharFormat()
    chars.setForeground(COLORS.get(look, INK))
    if look in _BOLD:
        chars.setFontWeight(QFont.Weight.DemiBold)
    made.format = chars
    return made


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
