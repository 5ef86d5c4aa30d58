"""Tables as files and clipboards hold them: CSV, spreadsheets, pasted rows -> rows of cells."""

import csv
import datetime
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailmove_gui.batch.columns import ColumnRole, role_of_heading
from mailmove_gui.batch.encodings import decode_table
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind

_SEPARATORS = (",", ";", "\t")
_SEPARATORS_AS_BLANKS = str.maketrans(dict.fromkeys(_SEPARATORS, " "))
_SPREADSHEET_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX and ODS are ZIP files, XLS is an OLE file
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as a spreadsheet shows it, and its cells (not in the repr: some are passwords)."""

    number: int
    cells: tuple[str, ...] = field(repr=False)

    def cell(self, column: int | None) -> str:
        """The cell of a 0-based column; empty where the row is shorter, or the column None."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """All rows that are not blank. `encoding` and `separator` say how a text was read."""

    rows: tuple[TableRow, ...]
    encoding: str = ""
    separator: str = ""


def read_table(path: Path) -> Table:
    """Read a CSV, XLSX, XLS or ODS file; of a spreadsheet the first sheet that is not empty.

    Raises:
        InvalidInput: FILE_NOT_FOUND, FILE_NOT_READABLE, FILE_NOT_A_TABLE or FILE_EMPTY, with the file's name.
    """
    try:
        data = path.read_bytes()
        table = _spreadsheet(data) if data.startswith(_SPREADSHEET_MARKS) else _text_file(data)
    except FileNotFoundError:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_FOUND, file=path.name)) from None
    except OSError:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_READABLE, file=path.name)) from None
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(file=path.name)) from None
    if not table.rows:
        raise InvalidInput(Problem(ProblemKind.FILE_EMPTY, file=path.name))
    return table


def parse_table(text: str) -> Table:
    r"""Split text into rows and cells at the separator that fits best: comma, semicolon or tab.

    Quoting as in CSV (RFC 4180), any line ends; Excel's first line ``sep=;`` is obeyed.

    Raises:
        InvalidInput: FILE_NOT_A_TABLE with the row where a quotation mark is not closed or stands alone.
    """
    text = text.removeprefix("\ufeff")
    told = _SEPARATOR_LINE.match(text)
    if told:
        text = text[told.end() :]
    separator = told[1] if told else _best_separator(text)
    rows: list[TableRow] = []
    number = 0
    # Spreadsheets quote what they put on the clipboard as they do in CSV.
    try:
        for number, cells in enumerate(_split(text, separator), 1):
            if any(cell.translate(_SEPARATORS_AS_BLANKS).strip() for cell in cells):
                rows.append(TableRow(number, tuple(cells)))
    except csv.Error:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_TABLE, row=number + 1)) from None
    return Table(tuple(rows), separator=separator)


def _text_file(data: bytes) -> Table:
    decoded = decode_table(data)
    if decoded is None:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_TABLE))
    table = parse_table(decoded[0])
    return Table(table.rows, decoded[1], table.separator)


def _split(text: str, separator: str) -> Iterator[list[str]]:
    # Strict, because a lenient reader takes everything behind a stray quotation mark for one cell.
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _best_separator(text: str) -> str:
    """The separator with which the first row has most headings, else the rows the most regular columns."""

    def fitness(separator: str) -> tuple[int, float, int]:
        counts: list[int] = []
        headings = 0
        try:
            for cells in _split(text, separator):
                if not cells:
                    continue
                if not counts:
                    headings = sum(role_of_heading(cell) is not ColumnRole.IGNORE for cell in cells)
                counts.append(len(cells))
        except csv.Error:
            pass
        usual = max(set(counts), key=counts.count, default=1)
        regular = counts.count(usual) / len(counts) if usual > 1 else 0.0
        # A tab is seldom part of a password, a comma or semicolon often is.
        return headings, regular, _SEPARATORS.index(separator)

    return max(_SEPARATORS, key=fitness)


def _spreadsheet(data: bytes) -> Table:
    # Imported here, because it is a large extension module that most runs of the program do without.
    from python_calamine import CalamineError, PasswordError, load_workbook  # noqa: PLC0415

    try:
        with load_workbook(io.BytesIO(data)) as workbook:
            for name in workbook.sheet_names:
                rows = _rows(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
                if rows:
                    return Table(rows)
    except PasswordError:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_READABLE)) from None
    except CalamineError:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_TABLE)) from None
    return Table(())


def _rows(values: Sequence[Sequence[object]]) -> tuple[TableRow, ...]:
    rows = (TableRow(number, tuple(map(_look, cells))) for number, cells in enumerate(values, 1))
    return tuple(row for row in rows if any(cell.strip() for cell in row.cells))


def _look(value: object) -> str:
    """A cell as the spreadsheet shows it: 12345, not 12345.0, where somebody's password is a number."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case _:
            return str(value)
