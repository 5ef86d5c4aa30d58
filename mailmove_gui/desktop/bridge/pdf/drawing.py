"""The blocks of a report, drawn one after the other."""

from collections.abc import Iterable, Sequence
from typing import assert_never

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
    Row,
    Spans,
    Table,
    TableKind,
    plain,
)

_BODY = Style(9.5)
_ROUTE = Style(11)
_VERDICT = Style(11.5, bold=True)
_CELL, _FIGURE = Style(8.5), Style(8.5, align_right=True)
_HEADINGS = {1: Style(19, bold=True), 2: Style(13.5, bold=True), 3: Style(11, bold=True), 4: Style(9.5, bold=True)}
_ABOVE_MM = {1: 0.0, 2: 8.0, 3: 6.0, 4: 3.0}
_BELOW_MM = {1: 1.5, 2: 2.5, 3: 1.5, 4: 1.0}
# A heading stays with what it is above of: the heading of a table and its first rows.
_COMPANY_MM = {1: 0.0, 2: 40.0, 3: 34.0, 4: 24.0}
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
        pages.rule(pages.y + pages.mm(0.8))
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
                (plain(card.note, Look.QUIET), _CELL),
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
        self._columns: list[tuple[float, float]] = []
        x = 0.0
        for share in _WIDTHS[table.kind]:
            width = pages.width * share / 100
            self._columns.append((x, width - pages.mm(_CELL_GAP_MM)))
            x += width
        # The last column ends where the line does.
        last_x, last_width = self._columns[-1]
        self._columns[-1] = (last_x, last_width + pages.mm(_CELL_GAP_MM))

    def draw(self) -> None:
        """All rows."""
        is_first = True
        for row in self._rows():
            cells = self._cells(row)
            height = _height(cells) + self._padding * 2
            if is_first:
                heading = self._heading()
                self._pages.keep_together(height + _height(heading) + self._padding * 2)
                self._draw_heading(heading)
                is_first = False
            elif self._pages.keep_together(height):
                self._draw_heading(self._heading())
            self._draw_row(cells)
        if is_first:
            self._draw_heading(self._heading())
        self._pages.advance(self._pages.mm(2))

    def _rows(self) -> Iterable[Row]:
        yield from self._table.rows
        if self._table.total is not None:
            yield self._table.total

    @property
    def _padding(self) -> float:
        return self._pages.mm(_ROW_PADDING_MM)

    def _heading(self) -> list[tuple[float, Lines]]:
        return self._cells(tuple(plain(word, Look.IDLE) for word in self._table.headings))

    def _cells(self, row: Row) -> list[tuple[float, Lines]]:
        return [
            (x, self._pages.lines(spans, width, _FIGURE if index >= self._first_figure else _CELL))
            for index, (spans, (x, width)) in enumerate(zip(row, self._columns, strict=True))
        ]

    def _draw_heading(self, cells: list[tuple[float, Lines]]) -> None:
        self._draw_row(cells)

    def _draw_row(self, cells: list[tuple[float, Lines]]) -> None:
        self._pages.advance(self._padding)
        _pour(cells, self._pages)
        self._pages.advance(self._padding)
        self._pages.rule(self._pages.y)


def _height(columns: Sequence[tuple[float, Lines]]) -> float:
    return max(len(lines) for _x, lines in columns) * max(lines.pitch for _x, lines in columns)


def _pour(columns: Sequence[tuple[float, Lines]], pages: Pages) -> None:
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
