"""The blocks of a report as HTML, piece by piece."""

import html
from collections.abc import Iterable, Iterator
from typing import assert_never

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
    Span,
    Spans,
    Table,
)


def markup(blocks: Iterable[Block]) -> Iterator[str]:
    """The blocks in their order; a table comes row by row."""
    for block in blocks:
        match block:
            case Heading(level, spans):
                yield f"<h{level}>{inline(spans)}</h{level}>"
            case Paragraph():
                yield _paragraph(block)
            case Listing(items):
                yield "<ul>" + "".join(f"<li>{inline(item)}</li>" for item in items) + "</ul>"
            case Cards(cards):
                yield '<dl class="cards">' + "".join(map(_card, cards)) + "</dl>"
            case Table():
                yield from _table(block)
            case FoldBegun(level, spans, is_open):
                state = " open" if is_open else ""
                yield f"<details{state}><summary><h{level}>{inline(spans)}</h{level}></summary>"
            case FoldEnded():
                yield "</details>"
            case _ as never:
                assert_never(never)


def inline(spans: Spans) -> str:
    """Words with their looks, escaped."""
    return " ".join(map(_span, spans))


def _span(span: Span) -> str:
    words = html.escape(span.words)
    if span.is_foreign:
        words = f"<bdi>{words}</bdi>"
    if span.mark:
        words = f'<span class="mark" aria-hidden="true">{html.escape(span.mark)}</span> {words}'
    if span.look is not Look.PLAIN:
        words = f'<span class="{span.look.value}">{words}</span>'
    return f"<br>{words}" if span.on_new_line else words


def _paragraph(block: Paragraph) -> str:
    match block.kind:
        case ParagraphKind.PLAIN:
            return f"<p>{inline(block.spans)}</p>"
        case ParagraphKind.ROUTE | ParagraphKind.VERDICT:
            return f'<p class="{block.kind.value}">{inline(block.spans)}</p>'
        case _ as never:
            assert_never(never)


def _card(card: Card) -> str:
    label, value, note = (html.escape(words) for words in (card.label, card.value, card.note))
    return f"<div><dt>{label}</dt><dd>{value}<small>{note}</small></dd></div>"


def _table(table: Table) -> Iterator[str]:
    first_figure = len(table.headings) - table.figures
    cells = (
        f'<th scope="col"{_figure(index >= first_figure)}>{html.escape(word)}</th>'
        for index, word in enumerate(table.headings)
    )
    yield f'<div class="scroll"><table class="{table.kind.value}"><thead><tr>{"".join(cells)}</tr></thead><tbody>'
    for row in table.rows:
        yield _row(row, first_figure)
    if table.total is not None:
        yield _row(table.total, first_figure, ' class="total"')
    yield "</tbody></table></div>"


def _row(row: Row, first_figure: int, attribute: str = "") -> str:
    cells = (f"<td{_figure(index >= first_figure)}>{inline(cell)}</td>" for index, cell in enumerate(row))
    return f"<tr{attribute}>{''.join(cells)}</tr>"


def _figure(is_figure: bool) -> str:
    return ' class="n"' if is_figure else ""
