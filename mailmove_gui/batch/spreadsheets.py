"""The first sheet of an XLSX, XLS or ODS file that is not empty."""

import datetime
import io
from collections.abc import Sequence
from decimal import Decimal

from mailmove_gui.batch.rows import TableRow
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind

_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX and ODS are ZIP files, XLS is an OLE file


def is_spreadsheet(data: bytes) -> bool:
    """Whether a file is one, by its first bytes."""
    return data.startswith(_MARKS)


def spreadsheet_rows(data: bytes) -> tuple[TableRow, ...]:
    """All rows of the first sheet that has any.

    Raises:
        InvalidInput: FILE_NOT_READABLE if it asks for a password, FILE_NOT_A_TABLE if it is damaged.
    """
    # Imported here, because it is a large extension module that most runs of the program do without.
    from python_calamine import CalamineError, PasswordError, load_workbook  # noqa: PLC0415

    try:
        with load_workbook(io.BytesIO(data)) as workbook:
            for name in workbook.sheet_names:
                rows = _rows(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
                if rows:
                    return rows
    except PasswordError:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_READABLE)) from None
    except CalamineError:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_TABLE)) from None
    return ()


def _rows(values: Sequence[Sequence[object]]) -> tuple[TableRow, ...]:
    rows = (
        TableRow(
            number,
            tuple(map(_look, cells)),
            frozenset(column for column, cell in enumerate(cells) if not isinstance(cell, str)),
        )
        for number, cells in enumerate(values, 1)
    )
    return tuple(row for row in rows if any(cell.strip() for cell in row.cells))


def _look(value: object) -> str:
    """A cell as the spreadsheet shows it: 12345, not 12345.0, where somebody's password is a number."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return format(Decimal(repr(value)), "f")
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case _:
            return str(value)
