"""How a line of text is cut into cells, and by which separator."""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from mailmove_gui.batch.columns import count_headings
from mailmove_gui.batch.guessing import ADDRESS

COMMA, SEMICOLON, TAB, BLANKS, DASHES = ",", ";", "\t", " ", "----"
SEPARATORS = (COMMA, SEMICOLON, TAB, BLANKS, DASHES)
"""All that are understood; `BLANKS` and `DASHES` know no quotation marks."""

_OF_CSV = (COMMA, SEMICOLON, TAB)
_ADDRESS_AND_MORE = {
    DASHES: re.compile(r"\s*[^\s,;@]+@[^\s,;@]+?----"),
    BLANKS: re.compile(r"[ \u3000]*[^\s,;@]+@[^\s,;@]+[ \u3000]+[^\s,;]"),
}
_MOST = 0.8
_SAMPLE_LINES = 200

Cells = list[str]


def split_lines(text: str, separator: str) -> Iterator[Cells | None]:
    """The cells of each row; None for a row in which a quotation mark is not closed or stands alone."""
    lines = list(io.StringIO(text, newline=""))
    if separator == BLANKS:
        return _at_blanks([line.rstrip("\r\n") for line in lines])
    if separator == DASHES:
        return (line.rstrip("\r\n").split(DASHES) for line in lines)
    return _csv_rows(lines, separator)


def best_separator(text: str) -> str:
    """The separator with which the first row has most headings, the cells most addresses, or the columns most rows."""
    sample = list(itertools.islice(io.StringIO(text, newline=""), _SAMPLE_LINES))
    filled = [line for line in sample if line.strip()]
    for separator, begins in _ADDRESS_AND_MORE.items():
        if filled and sum(map(bool, map(begins.match, filled))) >= _MOST * len(filled):
            return separator
    return max(_OF_CSV, key=_fitness(sample))


def _csv_rows(lines: Sequence[str], separator: str) -> Iterator[Cells | None]:
    # Strict, because a lenient reader takes everything behind a stray quotation mark for one cell. After a row that
    # cannot be read, reading goes on in the next line.
    first = 0
    while first < len(lines):
        reader = csv.reader(itertools.islice(lines, first, None), delimiter=separator, strict=True)
        read = 0
        try:
            for cells in reader:
                if _encloses_rows(lines[first + read : first + reader.line_num], separator):
                    raise csv.Error
                yield cells
                read = reader.line_num
        except csv.Error:
            yield None
            first += read + 1
        else:
            return


def _encloses_rows(lines: Sequence[str], separator: str) -> bool:
    """Whether two stray quotation marks made one row of several: in later lines addresses stand where its own is."""
    if len(lines) == 1:
        return False
    places = [
        next((place for place, cell in enumerate(line.split(separator)) if ADDRESS.fullmatch(cell)), None)
        for line in lines
    ]
    return places[0] is not None and places[0] in places[1:]


def _at_blanks(lines: Sequence[str]) -> Iterator[Cells | None]:
    """Address and password; blanks inside and behind a password belong to it, unless another address follows it."""
    words = [line.split() for line in lines]
    is_regular = len({len(one) for one in words if one}) == 1
    for line, one in zip(lines, words, strict=True):
        has_another = any(map(ADDRESS.fullmatch, one[1:3]))
        yield one if is_regular and has_another else line.lstrip().split(None, 1)


def _fitness(sample: Sequence[str]) -> Callable[[str], tuple[int, int, float, int]]:
    def fitness(separator: str) -> tuple[int, int, float, int]:
        rows = [cells for cells in _csv_rows(sample, separator) if cells]
        counts = [len(cells) for cells in rows]
        usual = max(set(counts), key=counts.count, default=1)
        regular = counts.count(usual) / len(counts) if usual > 1 else 0.0
        headings = count_headings(rows[0]) if rows else 0
        addresses = sum(bool(ADDRESS.fullmatch(cell)) for cells in rows for cell in cells)
        # A tab is seldom part of a password, a comma or semicolon often is.
        return headings, addresses, regular, _OF_CSV.index(separator)

    return fitness
