"""The blocks of a report, drawn one after the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
_RULED_LEVEL = 2
_PARAGRAPH_GAP_MM = 1.0
# What is higher than this need not stay on one page.
_TALL_MM = 60.0
_CELL_GAP_MM = 3.0
_ROW_PADDING_MM = 0.8
# Shares of the line, in percent.
_WIDTHS = {
    TableKind.SUM: (40, 12),
    TableKind.ATTENTION: (24, 18, 58),
    TableKind.ACCOUNTS: (26, 15, 12, 8, 7, 7, 7, 6, 6, 6),
    TableKind.FOLDERS: (26, 26, 8, 8, 8, 8, 8, 8),
    TableKind.REFUSALS: (15, 20, 27, 31, 7),
}


def draw(blocks: Iterable[Block], pages: Pages) -> None:
    """Fill pages with the blocks."""
    held = _Held(pages)
    for block in blocks:
        match block:
            case Heading(level, spans) | FoldBegun(level, spans):
                held.add_heading(level, spans)
            case Paragraph():
                _paragraph(block, held, pages)
            case Listing(items):
                _listing(items, held, pages)
            case Cards(cards):
                _cards(cards, held, pages)
            case Table():
                _TableDrawing(block, held, pages).draw()
            case FoldEnded():
                pass
            case _ as never:
                assert_never(never)
    held.let_go(0.0)
    pages.end()


@dataclass(frozen=True, slots=True)
class _HeldLines:
    columns: Columns
    above: float
    below: float
    is_ruled: bool = False

    @property
    def height(self) -> float:
        return self.above + _height(self.columns) + self.below


class _Held:
    """Headings, and what introduces a part, until it is known what they stand above: never alone at a page's end."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._waiting: list[_HeldLines] = []
        self._level = 0

    @property
    def is_empty(self) -> bool:
        """Whether the next block stands for itself."""
        return not self._waiting

    @property
    def is_detail(self) -> bool:
        """Whether what waits is the heading of a single account or folder."""
        return bool(self._waiting) and self._level > _RULED_LEVEL

    def add_heading(self, level: int, spans: Spans) -> None:
        """Hold a heading back."""
        pages = self._pages
        lines = pages.lines(spans, pages.width, _HEADINGS[level])
        is_ruled = level == _RULED_LEVEL
        above, below = pages.mm(_ABOVE_MM[level]), pages.mm(_BELOW_MM[level])
        self._waiting.append(_HeldLines([(0.0, lines)], above, below, is_ruled))
        self._level = level

    def add(self, columns: Columns, below: float = 0.0) -> None:
        """Hold some lines back."""
        self._waiting.append(_HeldLines(columns, 0.0, below))

    def let_go(self, height: float) -> None:
        """Draw what waits, on one page with the first `height` of what comes next."""
        pages = self._pages
        pages.keep_together(sum(one.height for one in self._waiting) + height)
        for one in self._waiting:
            pages.go_down(one.above)
            _pour(one.columns, pages)
            if one.is_ruled:
                pages.rule(pages.y + one.below / 3, pages.width)
            pages.advance(one.below)
        self._waiting.clear()


def _paragraph(block: Paragraph, held: _Held, pages: Pages) -> None:
    match block.kind:
        case ParagraphKind.PLAIN | ParagraphKind.ROUTE:
            lines = pages.lines(block.spans, pages.width, _BODY if block.kind is ParagraphKind.PLAIN else _ROUTE)
            if not held.is_empty:
                held.add([(0.0, lines)], pages.mm(_PARAGRAPH_GAP_MM))
                return
            pages.keep_together(min(lines.height, pages.mm(_TALL_MM)))
            _pour([(0.0, lines)], pages)
            pages.advance(pages.mm(_PARAGRAPH_GAP_MM))
        case ParagraphKind.VERDICT:
            indent = pages.mm(4)
            lines = pages.lines(block.spans, pages.width - indent, _VERDICT)
            held.let_go(lines.height)
            pages.go_down(pages.mm(4))
            pages.bar(lines.height, COLORS.get(block.spans[0].look, INK))
            _pour([(indent, lines)], pages)
            pages.advance(pages.mm(3))
        case _ as never:
            assert_never(never)


def _listing(items: Iterable[Spans], held: _Held, pages: Pages) -> None:
    indent = pages.mm(4)
    rows: list[Columns] = [
        [
            (pages.mm(1), pages.lines(plain("•"), indent, _BODY)),
            (indent, pages.lines(item, pages.width - indent, _BODY)),
        ]
        for item in items
    ]
    if held.is_detail:
        for row in rows:
            held.add(row)
        return
    for row in rows:
        held.let_go(min(_height(row), pages.mm(_TALL_MM)))
        _pour(row, pages)
    pages.advance(pages.mm(_PARAGRAPH_GAP_MM))


def _cards(cards: Sequence[Card], held: _Held, pages: Pages) -> None:
    width = pages.width / len(cards)
    rows: list[Columns] = [
        [
            (index * width, pages.lines(plain(words, look), width - pages.mm(_CELL_GAP_MM), style))
            for index, words in enumerate(row)
        ]
        for row, look, style in (
            ([card.label for card in cards], Look.QUIET, _BODY),
            ([card.value for card in cards], Look.PLAIN, Style(15, bold=True)),
            ([card.note for card in cards], Look.QUIET, Style(_CELL_POINTS)),
        )
    ]
    held.let_go(sum(map(_height, rows)))
    for row in rows:
        _pour(row, pages)
    pages.advance(pages.mm(2))


class _TableDrawing:
    """A table; its headings come again on each page, and a row stays on one page if it can."""

    def __init__(self, table: Table, held: _Held, pages: Pages) -> None:
        self._table = table
        self._held = held
        self._pages = pages
        self._first_figure = len(table.headings) - table.figures
        self._padding = pages.mm(_ROW_PADDING_MM)
        self._begun = False
        gap = pages.mm(_CELL_GAP_MM)
        widths = [(pages.width + gap) * share / 100 for share in _WIDTHS[table.kind]]
        places = [0.0, *accumulate(widths)]
        self._columns = [(x, width - gap) for x, width in zip(places, widths, strict=False)]
        self._width = places[-1] - gap
        self._heading = self._cells([plain(word, Look.QUIET) for word in table.headings], bold=True)

    def draw(self) -> None:
        """All rows."""
        for row in self._table.rows:
            self._add(self._cells(row))
        if self._table.total is not None:
            self._add(self._cells(self._table.total, bold=True))
        self._pages.advance(self._pages.mm(2))

    def _add(self, cells: Columns) -> None:
        if not self._begun:
            self._held.let_go(self._height(self._heading) + self._height(cells))
            self._draw_heading()
            self._begun = True
        elif self._pages.keep_together(self._height(cells)):
            self._draw_heading()
        self._draw(cells, self._draw_heading)

    def _draw_heading(self) -> None:
        self._draw(self._heading)

    def _cells(self, row: Sequence[Spans], *, bold: bool = False) -> Columns:
        return [
            (x, self._pages.lines(spans, width, Style(_CELL_POINTS, bold, align_right=index >= self._first_figure)))
            for index, (spans, (x, width)) in enumerate(zip(row, self._columns, strict=True))
        ]

    def _height(self, cells: Columns) -> float:
        return _height(cells) + 2 * self._padding

    def _draw(self, cells: Columns, on_new_page: Callable[[], None] | None = None) -> None:
        self._pages.advance(self._padding)
        _pour(cells, self._pages, on_new_page)
        self._pages.advance(self._padding)
        self._pages.rule(self._pages.y, self._width)


def _height(columns: Columns) -> float:
    return max(len(lines) for _x, lines in columns) * max(lines.pitch for _x, lines in columns)


def _pour(columns: Columns, pages: Pages, on_new_page: Callable[[], None] | None = None) -> None:
    """Draw lines side by side, each from its place on; what is longer than the page goes on on the next one.

    `on_new_page` draws what stands at the top there.
    """
    first, most = 0, max(len(lines) for _x, lines in columns)
    pitch, ascent = (max(value) for value in zip(*((lines.pitch, lines.ascent) for _x, lines in columns), strict=True))
    while first < most:
        if pages.left < pitch:
            pages.begin_page()
            if on_new_page is not None:
                on_new_page()
        fitting = max(1, min(int(pages.left // pitch), most - first))
        for x, lines in columns:
            lines.draw(pages.painter, x, pages.y + ascent, pitch, range(first, first + fitting))
        pages.advance(fitting * pitch)
        first += fitting
