"""Tables as files and clipboards hold them: CSV, spreadsheets, pasted rows -> rows of cells."""

import re
from dataclasses import dataclass
from pathlib import Path

from mailmove_gui.batch.encodings import decode_table
from mailmove_gui.batch.rows import TableRow
from mailmove_gui.batch.separators import SEPARATORS, best_separator, split_lines
from mailmove_gui.batch.spreadsheets import is_spreadsheet, spreadsheet_rows
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind

_SEPARATORS_AS_BLANKS = str.maketrans(dict.fromkeys(",;\t", " "))
_SEPARATOR_LINE = re.compile(r"sep=([^\s\"]|\t)\r?\n", re.IGNORECASE)
# ="00123" is how a list is written that Excel shall show with its zeros; only digits, for =x"y" may be a password.
_DIGITS_AS_FORMULA = re.compile(r'="(\d+)"')


@dataclass(frozen=True, slots=True)
class Table:
    """All rows that are not blank. `encoding` and `separator` say how a text was read; a spreadsheet has none.

    `unread` are the numbers of rows in which a quotation mark is not closed or stands alone.
    """

    rows: tuple[TableRow, ...]
    encoding: str = ""
    separator: str = ""
    unread: tuple[int, ...] = ()

    def width(self) -> int:
        """The number of columns; looks at all rows."""
        return max((len(row.cells) for row in self.rows), default=0)


def read_table(path: Path) -> Table:
    """Read a CSV, XLSX, XLS or ODS file; of a spreadsheet the first sheet that is not empty.

    Raises:
        InvalidInput: FILE_NOT_FOUND, FILE_NOT_READABLE, FILE_NOT_A_TABLE or FILE_EMPTY, with the file's name.
    """
    return table_of_bytes(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """What is in a file.

    Raises:
        InvalidInput: FILE_NOT_FOUND or FILE_NOT_READABLE, with the file's name.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_FOUND, file=path.name)) from None
    except (OSError, ValueError):  # a ValueError is a name with a zero byte
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_READABLE, file=path.name)) from None


def table_of_bytes(data: bytes, file: str = "", *, encoding: str = "", separator: str = "") -> Table:
    """Read the content of a file; encoding and separator are recognised unless they are given.

    Raises:
        InvalidInput: FILE_NOT_READABLE, FILE_NOT_A_TABLE or FILE_EMPTY, with the file's name.
    """
    try:
        if is_spreadsheet(data):
            table = Table(spreadsheet_rows(data))
        else:
            decoded = decode_table(data, encoding)
            if decoded is None:
                raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_TABLE))
            read = parse_table(decoded[0], separator)
            table = Table(read.rows, decoded[1], read.separator, read.unread)
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(file=file)) from None
    if not table.rows and not table.unread:
        raise InvalidInput(Problem(ProblemKind.FILE_EMPTY, file=file))
    return table


def parse_table(text: str, separator: str = "") -> Table:
    r"""Split text into rows and cells, at the separator that fits best unless one of `SEPARATORS` is given.

    Quoting as in CSV (RFC 4180), any line ends; Excel's first line ``sep=;`` is obeyed, and the cell ``="00123"`` is
    00123.
    """
    text = text.removeprefix("\ufeff")
    told = _SEPARATOR_LINE.match(text)
    if told:
        text = text[told.end() :]
    chosen = separator if separator in SEPARATORS else told[1] if told else best_separator(text)
    rows: list[TableRow] = []
    unread: list[int] = []
    # Spreadsheets quote what they put on the clipboard as they do in CSV.
    for number, cells in enumerate(split_lines(text, chosen), 1):
        if cells is None:
            unread.append(number)
        elif any(cell.translate(_SEPARATORS_AS_BLANKS).strip() for cell in cells):
            rows.append(TableRow(number, tuple(map(_without_formula, cells))))
    return Table(tuple(rows), separator=chosen, unread=tuple(unread))


def _without_formula(cell: str) -> str:
    formula = _DIGITS_AS_FORMULA.fullmatch(cell)
    return formula[1] if formula else cell
