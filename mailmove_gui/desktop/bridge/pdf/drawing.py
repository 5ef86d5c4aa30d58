"""The blocks of a report, drawn one after the other."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TypeAlias, assert_never

from mailmove_gui.desktop.bridge.pdf.pages import Pages
from mailmove_gui.desktop.bridge.pdf.text import COLORS, INK, Lines, Style
from mailmove_gui.report.document import (
    Block,
    Card,
    Cards,
    FoldBegun,
    FoldEnded,
    Heading,
    Listing,
    Look,
    Paragraph,
    ParagraphKind,
    Spans,
    Table,
    TableKind,
    plain,
)

_BODY = Style(9.5)
_ROUTE = Style(11)
_VERDICT = Style(11.5, bold=True)
_CELL_POINTS = 8.5
Columns: TypeAlias = Sequence[tuple[float, Lines]]
"""What stands side by side, each from its place on."""
_HEADINGS = {1: Style(19, bold=True), 2: Style(13.5, bold=True), 3: Style(11, bold=True), 4: Style(9.5, bold=True)}
_ABOVE_MM = {1: 0.0, 2: 8.0, 3: 6.0, 4: 3.0}
_BELOW_MM = {1: 1.5, 2: 2.5, 3: 1.5, 4: 1.0}
# A heading stays with what it is above of: the heading of a table and its first rows.
_COMPANY_MM = {1: 0.0, 2: 22.0, 3: 28.0, 4: 20.0}
_CELL_GAP_MM = 3.0
_ROW_PADDING_MM = 0.8
# Shares of the line, in percent.
_WIDTHS = {
    TableKind.SUM: (40, 12),
    TableKind.ATTENTION: (24, 18, 58),
    TableKind.ACCOUNTS: (27, 14, 11, 8, 7, 8, 7, 7, 6, 5),
    TableKind.FOLDERS: (26, 26, 8, 8, 8, 8, 8, 8),
    TableKind.REFUSALS: (15, 20, 27, 31, 7),
}


def draw(blocks: Iterable[Block], pages: Pages) -> None:
    """Fill pages with the blocks."""
    for block in blocks:
        match block:
            case Heading(level, spans) | FoldBegun(level, spans):
                _heading(level, spans, pages)
            case Paragraph():
                _paragraph(block, pages)
            case Listing(items):
                _listing(items, pages)
            case Cards(cards):
                _cards(cards, pages)
            case Table():
                _TableDrawing(block, pages).draw()
            case FoldEnded():
                pass
            case _ as never:
                assert_never(never)
    pages.end()


def _heading(level: int, spans: Spans, pages: Pages) -> None:
    lines = pages.lines(spans, pages.width, _HEADINGS[level])
    pages.go_down(pages.mm(_ABOVE_MM[level]))
    pages.keep_together(lines.height + pages.mm(_COMPANY_MM[level]))
    _pour([(0.0, lines)], pages)
    if level == 2:
        pages.rule(pages.y + pages.mm(0.8), pages.width)
    pages.advance(pages.mm(_BELOW_MM[level]))


def _paragraph(block: Paragraph, pages: Pages) -> None:
    match block.kind:
        case ParagraphKind.PLAIN:
            _pour([(0.0, pages.lines(block.spans, pages.width, _BODY))], pages)
        case ParagraphKind.ROUTE:
            _pour([(0.0, pages.lines(block.spans, pages.width, _ROUTE))], pages)
        case ParagraphKind.VERDICT:
            indent = pages.mm(4)
            lines = pages.lines(block.spans, pages.width - indent, _VERDICT)
            pages.go_down(pages.mm(4))
            pages.keep_together(lines.height)
            pages.bar(lines.height, COLORS.get(block.spans[0].look, INK))
            _pour([(indent, lines)], pages)
            pages.advance(pages.mm(2))
        case _ as never:
            assert_never(never)
    pages.advance(pages.mm(1))


def _listing(items: Iterable[Spans], pages: Pages) -> None:
    indent = pages.mm(4)
    for item in items:
        bullet = pages.lines(plain("•"), indent, _BODY)
        _pour([(pages.mm(1), bullet), (indent, pages.lines(item, pages.width - indent, _BODY))], pages)
    pages.advance(pages.mm(1))


def _cards(cards: Sequence[Card], pages: Pages) -> None:
    width = pages.width / len(cards)
    columns = [
        [
            pages.lines(spans, width - pages.mm(_CELL_GAP_MM), style)
            for spans, style in (
                (plain(card.label, Look.QUIET), _BODY),
                (plain(card.value), Style(15, bold=True)),
                (plain(card.note, Look.QUIET), Style(_CELL_POINTS)),
            )
        ]
        for card in cards
    ]
    pages.keep_together(sum(max(column[line].height for column in columns) for line in range(3)))
    for line in range(3):
        _pour([(index * width, column[line]) for index, column in enumerate(columns)], pages)
    pages.advance(pages.mm(2))


class _TableDrawing:
    """A table; its headings come again on each page, and a row stays on one page if it can."""

    def __init__(self, table: Table, pages: Pages) -> None:
        self._table = table
        self._pages = pages
        self._first_figure = len(table.headings) - table.figures
        self._padding = pages.mm(_ROW_PADDING_MM)
        self._begun = False
        gap = pages.mm(_CELL_GAP_MM)
        widths = [(pages.width + gap) * share / 100 for share in _WIDTHS[table.kind]]
        places = [0.0, *accumulate(widths)]
        self._columns = [(x, width - gap) for x, width in zip(places, widths, strict=False)]
        self._width = places[-1] - gap

    def draw(self) -> None:
        """All rows."""
        heading = self._cells([plain(word, Look.QUIET) for word in self._table.headings], bold=True)
        for row in self._table.rows:
            self._add(self._cells(row), heading)
        if self._table.total is not None:
            self._add(self._cells(self._table.total, bold=True), heading)
        self._pages.advance(self._pages.mm(2))

    def _add(self, cells: Columns, heading: Columns) -> None:
        needed = self._height(cells)
        if not self._begun:
            needed += self._height(heading)
        if self._pages.keep_together(needed) or not self._begun:
            self._draw(heading)
            self._begun = True
        self._draw(cells)

    def _cells(self, row: Sequence[Spans], *, bold: bool = False) -> Columns:
        return [
            (x, self._pages.lines(spans, width, Style(_CELL_POINTS, bold, align_right=index >= self._first_figure)))
            for index, (spans, (x, width)) in enumerate(zip(row, self._columns, strict=True))
        ]

    def _height(self, cells: Columns) -> float:
        return _height(cells) + 2 * self._padding

    def _draw(self, cells: Columns) -> None:
        self._pages.advance(self._padding)
        _pour(cells, self._pages)
        self._pages.advance(self._padding)
        self._pages.rule(self._pages.y, self._width)


def _height(columns: Columns) -> float:
    return max(len(lines) for _x, lines in columns) * max(lines.pitch for _x, lines in columns)


def _pour(columns: Columns, pages: Pages) -> None:
    """Draw lines side by side, each from its place on; what is longer than the page goes on on the next one."""
    first, most = 0, max(len(lines) for _x, lines in columns)
    pitch, ascent = (max(value) for value in zip(*((lines.pitch, lines.ascent) for _x, lines in columns), strict=True))
    while first < most:
        if pages.left < pitch:
            pages.begin_page()
        fitting = max(1, min(int(pages.left // pitch), most - first))
        for x, lines in columns:
            lines.draw(pages.painter, x, pages.y + ascent, pitch, range(first, first + fitting))
        pages.advance(fitting * pitch)
        first += fitting
